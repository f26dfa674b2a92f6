"""Posts notifications to the callback addresses of subscribers, over connections that stay open.

Each connection goes to an address that was looked up and checked for it, so that a name which leads elsewhere by now
(DNS rebinding) can't have us call what only we reach. Where the environment names a proxy, that one opens the
connections to listeners; what we can look up is checked all the same.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError, NewConnectionError
from urllib3.util.connection import create_connection

from apis.tmf630.version import JSON
from core.events.addresses import Addresses, ForbiddenAddress

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

    def __init__(self, timeout: float, addresses: Addresses) -> None:
        self._timeout = timeout
        self._addresses = addresses
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, CheckedAdapter(addresses))
        self._environment: dict[str, dict[str, Any]] = {}

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one notification and read the answer. Redirects aren't followed: a callback is where it says it is."""
        sent = {"Content-Type": JSON, "Accept": JSON, **headers}
        try:
            # Prepared without the session: that would add what a .netrc file has for the host.
            request = requests.Request("POST", url, data=body, headers=sent).prepare()
            environment = self._settings(url)
            if select_proxy(url, environment["proxies"]):
                self._refuse_forbidden(url)
            response = self._session.send(request, allow_redirects=False, timeout=self._timeout, **environment)
            with response:
                # An unread rest would close the connection; a very long one may.
                response.raw.read(MOST_OF_A_BODY)
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            return Answer(f"no answer: {_words_of(error)}"[:500], unreachable=True)
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

    def _refuse_forbidden(self, url: str) -> None:
        parts = urlsplit(url)
        try:
            self._addresses.find(parts.hostname or "", parts.port or 0)
        except ForbiddenAddress:
            raise
        except OSError:
            # Behind a proxy names of the world outside may be unknown here.
            return


class CheckedAdapter(HTTPAdapter):
    """Opens connections to allowed addresses only."""

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses
        super().__init__(pool_connections=KEPT_OPEN, pool_maxsize=1)

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Have the pools make connections that check where they lead."""
        super().init_poolmanager(*arguments, **options)
        self.poolmanager.pool_classes_by_scheme = checked_pools(self._addresses)


def checked_pools(addresses: Addresses) -> dict[str, type[HTTPConnectionPool]]:
    """Return the classes of connection pools, by scheme, whose connections go to addresses that were checked."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, addresses)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connected(self, addresses)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _connected(connection: HTTPConnection, addresses: Addresses) -> socket.socket:
    """Look up and check the host of a connection, and connect to what was checked; the certificate is the name's."""
    failure: OSError | None = None
    try:
        for address in addresses.find(connection.host, connection.port):
            try:
                return create_connection(
                    (address, connection.port), connection.timeout, socket_options=connection.socket_options
                )
            except OSError as error:
                failure = error
    except OSError as error:
        failure = error
    raise NewConnectionError(connection, str(failure)) from failure


def _words_of(error: BaseException) -> str:
    """Return what the first cause of an error says; the errors around it speak of classes of the libraries."""
    inner = [error.__cause__, getattr(error, "reason", None), *error.args]
    cause = next((each for each in inner if isinstance(each, BaseException)), None)
    if cause is not None:
        return _words_of(cause)
    return (isinstance(error, OSError) and error.strerror) or str(error) or "the connection broke"


def _answer_of(response: requests.Response) -> Answer:
    status = response.status_code
    if 200 <= status < 300:
        return Answer()
    if 300 <= status < 400:
        return Answer(f"answered {status}: redirects aren't followed")
    return Answer(f"answered {status}", unreachable=status in OUT_OF_SERVICE)
