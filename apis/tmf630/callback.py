"""Posts notifications to the callback addresses of subscribers, over connections that stay open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from apis.tmf630.version import JSON

# Answers that speak of the listener rather than of the one notification: it can't take any at the moment.
OUT_OF_SERVICE = (429, 502, 503, 504)
MOST_OF_A_BODY = 65_536
KEPT_OPEN = 32


@dataclass(frozen=True, slots=True)
class Answer:
    """What a listener made of a notification: `error` is None when it took it.

    `unreachable` says that the listener as a whole doesn't answer, so that the next one need not be tried.
    """

    error: str | None = None
    unreachable: bool = False


class CallbackSession:
    """Calls listeners from one thread. Nothing that one listener sends, a cookie for one, reaches another."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=KEPT_OPEN, pool_maxsize=1))
        self._environment: dict[str, dict[str, Any]] = {}

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one notification and read the answer. Redirects aren't followed: a callback is where it says it is."""
        sent = {"Content-Type": JSON, "Accept": JSON, **headers}
        try:
            # Prepared without the session: that would add what a .netrc file has for the host.
            request = requests.Request("POST", url, data=body, headers=sent).prepare()
            response = self._session.send(request, allow_redirects=False, timeout=self._timeout, **self._settings(url))
            with response:
                # An unread rest would close the connection; a very long one may.
                response.raw.read(MOST_OF_A_BODY)
        except (requests.RequestException, OSError, ValueError) as error:
            return Answer(f"{type(error).__name__}: {error}"[:500], unreachable=True)
        return _answer_of(response)

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def _settings(self, url: str) -> dict[str, Any]:
        """Return the proxies and certificates that the environment has for a URL; looked up once, as that is slow."""
        if url not in self._environment:
            if len(self._environment) > 10 * KEPT_OPEN:
                self._environment.clear()
            self._environment[url] = dict(self._session.merge_environment_settings(url, {}, True, None, None))
        return self._environment[url]


def _answer_of(response: requests.Response) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer()
    if 300 <= status < 400:
        return Answer(f"answered {status}: redirects aren't followed")
    return Answer(f"answered {status}", unreachable=status in OUT_OF_SERVICE)
