"""The origin of addresses in replies."""

from __future__ import annotations

from typing import Any

import pytest

from apis.edge.address import Origins
from core.errors import InvalidInput
from core.settings import Settings

FORWARDED = {
    "x-forwarded-proto": "https",
    "x-forwarded-host": "api.brand.example, inner",
    "x-forwarded-prefix": "/mobile/",
}


def origin(client: str = "10.0.0.9", headers: dict[str, str] | None = None, **settings: Any) -> str:
    sent = {"host": "localhost:8080"} | (headers or {})
    scope = {"scheme": "http", "client": (client, 50000)}
    encoded = {name.encode(): value.encode() for name, value in sent.items()}
    return Origins(Settings(**settings)).of(scope, encoded)


def test_the_host_of_the_request_is_the_origin() -> None:
    assert origin() == "http://localhost:8080"
    assert origin(headers={"host": "[::1]:8080"}) == "http://[::1]:8080"


def test_the_public_address_of_the_settings_wins() -> None:
    assert origin("127.0.0.1", FORWARDED, public_url="https://brand.example/") == "https://brand.example/mobile"


def test_the_prefix_of_the_settings_is_part_of_it() -> None:
    assert origin(path_prefix="/release") == "http://localhost:8080/release"


@pytest.mark.parametrize(
    ("proxy", "trusted"), [("127.0.0.1", ["127.0.0.1"]), ("10.1.2.3", ["10.0.0.0/8"]), ("9.9.9.9", ["*"])]
)
def test_a_trusted_proxy_is_believed(proxy: str, trusted: list[str]) -> None:
    assert origin(proxy, FORWARDED, trusted_proxies=trusted) == "https://api.brand.example/mobile"


@pytest.mark.parametrize("client", ["10.0.0.9", "testclient", ""])
def test_anybody_else_is_not_believed(client: str) -> None:
    assert origin(client, FORWARDED) == "http://localhost:8080"


@pytest.mark.parametrize("prefix", ["//evil.example?", "/../..", "/..", "/mobile/../other", "/./"])
def test_a_forwarded_prefix_that_is_no_path_is_ignored(prefix: str) -> None:
    assert origin("127.0.0.1", {"x-forwarded-prefix": prefix}) == "http://localhost:8080"


def test_dots_in_a_step_of_a_forwarded_prefix_are_part_of_its_name() -> None:
    assert origin("127.0.0.1", {"x-forwarded-prefix": "/..v1/v1.."}) == "http://localhost:8080/..v1/v1.."


@pytest.mark.parametrize("host", ["", "a b", "evil.example/path", "a>b", "host:port"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput, match="Host"):
        origin(headers={"host": host})
