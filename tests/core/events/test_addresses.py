"""Which addresses notifications may go to."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address
from typing import Any

import pytest

from core.errors import Conflict
from core.events.addresses import Addresses, ForbiddenAddress, refuse_forbidden_callback
from core.settings import Settings

BEHIND_A_GATEWAY: dict[str, Any] = {"public_url": "https://api.brand.example"}


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::10.1.2.3",
        "2002:7f00:1::",
        "fc00::1",
        "fe80::1",
        "ff02::1",
        "2001:db8::1",
        "fec0::1",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1:7f00:0:100::",
        "::ffff:0:7f00:1",
        "3fff::1",
        "4000::1",
        "5f00::1",
    ],
)
def test_addresses_that_are_not_public_are_forbidden(address: str) -> None:
    assert not Addresses(Settings(host="0.0.0.0")).allow(ip_address(address))
    assert not Addresses(Settings(**BEHIND_A_GATEWAY)).allow(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert Addresses(Settings()).allow(ip_address(address))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_loopback_is_allowed_while_only_this_machine_reaches_the_server(host: str) -> None:
    addresses = Addresses(Settings(host=host))
    assert addresses.allow(ip_address("127.0.0.1"))
    assert addresses.allow(ip_address("::ffff:127.0.0.1"))
    assert addresses.find("localhost", 80)
    assert not addresses.allow(ip_address("10.1.2.3"))


def test_networks_that_the_operator_names_are_allowed_and_no_others() -> None:
    addresses = Addresses(Settings(host="0.0.0.0", callback_networks=["10.20.0.0/16", "fd00::/8"]))
    assert addresses.allow(ip_address("10.20.255.1"))
    assert addresses.allow(ip_address("fd00::1"))
    assert not addresses.allow(ip_address("10.21.0.1"))
    assert not addresses.allow(ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "0"]
)
def test_a_callback_that_leads_to_a_forbidden_address_is_refused_however_it_is_spelled(host: str) -> None:
    with pytest.raises(Conflict, match="callback_networks") as refusal:
        refuse_forbidden_callback(f"http://{host}:8080/events", Addresses(Settings(host="0.0.0.0")))
    assert refusal.value.faults[0].path == "callback"
    with pytest.raises(ForbiddenAddress):
        Addresses(Settings(host="0.0.0.0")).find(host.strip("[]"), 8080)


def test_names_that_take_long_to_look_up_keep_no_address_from_being_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve, free = socket.getaddrinfo, threading.Event()

    def look_up(host: str, *rest: Any, flags: int = 0, **options: Any) -> Any:
        if host.endswith(".example") and not flags:
            free.wait()
        return resolve(host, *rest, flags=flags, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("core.events.addresses.PATIENCE", 0.01)
    addresses = Addresses(Settings(host="0.0.0.0"))
    try:
        for number in range(20):
            refuse_forbidden_callback(f"http://{number}.example/", addresses)
        with pytest.raises(Conflict):
            refuse_forbidden_callback("http://127.1/", addresses)
    finally:
        free.set()


def test_a_name_that_leads_nowhere_may_do_so_later() -> None:
    refuse_forbidden_callback("http://listener.invalid/events", Addresses(Settings()))
