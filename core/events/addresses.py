"""Which addresses notifications may go to: public ones, and those that the operator allows.

Whoever may subscribe could otherwise have the server call what only the server reaches: neighbours in its network,
the metadata service of its cloud, itself. A name is looked up when a subscription is made, and again for every
connection, which then goes to the very address that was checked: what a name leads to may change in between.
"""

from __future__ import annotations

import socket
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from core.errors import Conflict
from core.events.subscriptions import refuse_unusable_callback
from core.settings import Settings

Address = IPv4Address | IPv6Address
LOOPBACK = (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128"))
# IPv4 behind a translator (RFC 6052), and as it was once written: the last four bytes are where it leads.
TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# All IPv6 addresses that are given out to the public are in here (IANA, IPv6 Global Unicast Address Space). What Python
# takes for global beside that is site-local, behind a translator of a network's own (RFC 8215), or nobody's.
GIVEN_OUT = IPv6Network("2000::/3")
# Addresses for documentation (RFC 9637), which older releases of Python don't know.
EXAMPLES = IPv6Network("3fff::/20")
# How long a subscriber waits for its callback to be looked up; what takes longer is judged at delivery.
PATIENCE = 2.0
_names = ThreadPoolExecutor(8, thread_name_prefix="names")


class ForbiddenAddress(OSError):
    """A name or address that leads to where notifications may not go."""


class Addresses:
    """Tells allowed addresses from forbidden ones, as the settings have it.

    While only this machine reaches the server (it listens on loopback, and no gateway is known), its subscribers may
    be on it, too.
    """

    def __init__(self, settings: Settings) -> None:
        self._allowed: list[IPv4Network | IPv6Network] = list(settings.callback_networks)
        if settings.listens_on_loopback and settings.public_url is None:
            self._allowed += LOOPBACK

    def allow(self, address: Address) -> bool:
        """Tell whether notifications may go to an address."""
        if any(address in network for network in self._allowed):
            return True
        embedded = _embedded(address)
        if embedded is not None:
            return self.allow(embedded)
        return address.is_global and not address.is_multicast and (address.version == 4 or _is_given_out(address))

    def find(self, host: str, port: int, flags: int = 0) -> list[str]:
        """Look up the addresses of a name or literal, of which all must be allowed; flags are those of getaddrinfo.

        Raises ForbiddenAddress, or OSError for a name that leads nowhere.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
        addresses = [str(place[0]) for _family, _type, _protocol, _name, place in found]
        for text in addresses:
            # Python writes the zone of a link-local address behind it.
            if not self.allow(ip_address(text.partition("%")[0])):
                raise ForbiddenAddress(f"'{host}' leads to an address that notifications may not go to")
        return addresses


def refuse_forbidden_callback(callback: str, addresses: Addresses) -> None:
    """Refuse (Conflict) a callback that leads to a forbidden address; one that leads nowhere may do so later."""
    refuse_unusable_callback(callback)
    parts = urlsplit(callback)
    try:
        _find_in_time(addresses, parts.hostname or "", parts.port or 0)
    except ForbiddenAddress as error:
        reason = f"{error}; it has to be public, or the operator allows it (setting callback_networks)"
        raise Conflict(reason, path="callback", code="forbiddenCallback") from error
    except (OSError, UnicodeError, TooLate):
        return


def _find_in_time(addresses: Addresses, host: str, port: int) -> None:
    with suppress(socket.gaierror):
        # An address, however it is spelled, is not looked up, and waits for no name that is.
        addresses.find(host, port, socket.AI_NUMERICHOST)
        return
    looked_up: Future[object] = _names.submit(addresses.find, host, port)
    try:
        looked_up.result(PATIENCE)
    finally:
        looked_up.cancel()


def _is_given_out(address: Address) -> bool:
    return address in GIVEN_OUT and address not in EXAMPLES


def _embedded(address: Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address stands for, if any: mapped, translated or tunnelled."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
