"""Under which scheme, host and prefix callers reach the server: by the settings, a trusted proxy, or the request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address, ip_network

from core.errors import InvalidInput
from core.setting_values import EVERYBODY
from core.settings import Settings

_HOST = re.compile(rb"[A-Za-z0-9._\-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
# Without steps that lead up or nowhere: whoever follows an address would take them out.
_PREFIX = re.compile(rb"(/(?!\.{1,2}(?:/|\Z))[A-Za-z0-9._~\-]+)*/?")


class Origins:
    """Works out the origin of addresses in replies: `https://api.brand.example/prefix`."""

    def __init__(self, settings: Settings) -> None:
        self._public = settings.public_url.rstrip("/") if settings.public_url else None
        self._prefix = settings.path_prefix
        self._trusted = frozenset(settings.trusted_proxies)
        self._networks = tuple(ip_network(name, strict=False) for name in settings.trusted_proxies if name != EVERYBODY)

    def of(self, scope: Mapping[str, object], headers: Mapping[bytes, bytes]) -> str:
        """Return the origin of a request, without a slash at its end. Raises InvalidInput for a Host that is none.

        `X-Forwarded-Proto`, `-Host` and `-Prefix` count only when a trusted proxy speaks.
        """
        scheme, host, prefix = str(scope["scheme"]), headers.get(b"host", b""), self._prefix
        if self._is_trusted(scope.get("client")):
            scheme = _first(headers, b"x-forwarded-proto").decode("latin-1") or scheme
            host = _first(headers, b"x-forwarded-host") or host
            forwarded = _first(headers, b"x-forwarded-prefix")
            if _PREFIX.fullmatch(forwarded):
                prefix = forwarded.decode().rstrip("/") + prefix
        if self._public is not None:
            return self._public + prefix
        if scheme not in ("http", "https") or not _HOST.fullmatch(host):
            raise InvalidInput("the Host of the request can't be understood", code="invalidHost")
        return f"{scheme}://{host.decode()}{prefix}"

    def _is_trusted(self, client: object) -> bool:
        # A server behind a Unix socket has no client address: whoever can open the socket is trusted.
        name = client[0] if isinstance(client, tuple | list) and client else ""
        return name in self._trusted or EVERYBODY in self._trusted or _within(name, self._networks)


def _first(headers: Mapping[bytes, bytes], name: bytes) -> bytes:
    return headers.get(name, b"").partition(b",")[0].strip()


@lru_cache(maxsize=1024)
def _within(name: str, networks: tuple[object, ...]) -> bool:
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return any(address in network for network in networks)  # type: ignore[operator]
