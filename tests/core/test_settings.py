"""Settings come from the environment and one file, and what makes no sense is refused by name."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.settings import Settings


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file in use, empty."""
    path = tmp_path / "brand.toml"
    path.touch()
    monkeypatch.setenv("BSS_CONFIG", str(path))
    return path


def test_the_environment_wins_over_the_file_and_arguments_over_both(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('brand_name = "From the file"\nport = 1\nhost = "::1"\n')
    monkeypatch.setenv("BSS_PORT", "2")
    monkeypatch.setenv("BSS_HOST", "127.0.0.2")
    settings = Settings(host="127.0.0.3")
    assert (settings.brand_name, settings.port, settings.host) == ("From the file", 2, "127.0.0.3")


def test_lists_and_mappings_are_json_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BSS_TRUSTED_PROXIES", '["10.0.0.0/8"]')
    monkeypatch.setenv("BSS_FURTHER_BASE_PATHS", '{"tmf620": ["/catalog"]}')
    settings = Settings()
    assert settings.trusted_proxies == ["10.0.0.0/8"]
    assert settings.further_base_paths == {"tmf620": ["/catalog"]}


def test_every_setting_can_be_given_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Settings()
    for name, value in usual.model_dump(mode="json", exclude_none=True).items():
        monkeypatch.setenv(f"BSS_{name.upper()}", value if isinstance(value, str) else json.dumps(value))
    assert Settings() == usual
    monkeypatch.setenv("BSS_PARTIAL_STATUS", "206")
    assert Settings().partial_status == 206


def test_a_rate_is_read_exactly(file: Path) -> None:
    file.write_text("tax_rate = 8.1\n")
    assert Settings().tax_rate == Decimal("8.1")


def test_an_unknown_key_in_the_file_is_refused_by_name(file: Path) -> None:
    file.write_text("prot = 8081\n")
    with pytest.raises(ValidationError, match="prot"):
        Settings()


def test_a_named_file_that_is_missing_is_refused(file: Path) -> None:
    file.unlink()
    with pytest.raises(FileNotFoundError, match="BSS_CONFIG"):
        Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("currency", "Euro"),
        ("judge", "never"),
        ("path_prefix", "no/leading/slash"),
        ("path_prefix", "/trailing/"),
        ("max_body_bytes", 1),
        ("tax_rate", "-1"),
        ("brand_color", "blue"),
        ("idempotency_lifetime", 1e300),
        ("event_retention", 1e300),
        ("relay_backoff", 1e308),
        ("relay_timeout", "inf"),
        ("relay_timeout", "nan"),
        ("relay_interval", 1e-300),
        ("database_busy_timeout", 1e300),
        ("database_busy_timeout", 86_401),
        ("payment_due_days", 99_999_999_999),
        ("relay_batch", 10**20),
        ("scan_limit", 10**20),
        ("currency", "XXY"),
        ("currency", "eur"),
        ("tax_rate", "1e400"),
        ("tax_rate", "1e-400"),
        ("tax_rate", "NaN"),
        ("public_url", "foo"),
        ("public_url", ""),
        ("public_url", "ftp://brand.example"),
        ("public_url", "https://"),
        ("public_url", "https://brand.example/?a=b"),
        ("public_url", "https://brand.example\n"),
        ("trusted_proxies", ["zz"]),
        ("trusted_proxies", ["10.0.0.0/33"]),
        ("further_base_paths", {"tmf620": ["catalog"]}),
        ("further_base_paths", {"tmf620": [""]}),
        ("bill_number_prefix", "a\nb"),
        ("brand_name", "a\x00"),
        ("brand_name", "a\u2028b"),
        ("brand_address", "a\x1bb"),
        ("brand_locale", "xx_nowhere"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(ValidationError, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trusted_proxies", ["*", "::1", "10.1.2.3/8"]),
        ("public_url", "https://api.brand.example:8443/mobile/"),
        ("public_url", "http://[::1]:8080"),
        ("event_retention", 315_576_000),
        ("currency", "KWD"),
        ("tax_rate", Decimal("8.125")),
        ("brand_name", "Example\u00a0Mobile"),
        ("brand_address", "1 Example Street\r\n10000 Example Town"),
        ("brand_locale", "de_DE"),
    ],
)
def test_a_value_that_makes_sense_is_taken_as_it_is(name: str, value: object) -> None:
    assert getattr(Settings(**{name: value}), name) == value


def test_a_locale_may_be_written_with_a_hyphen() -> None:
    assert Settings(brand_locale="de-DE").brand_locale == "de_DE"


def test_the_usual_page_fits_into_the_largest() -> None:
    with pytest.raises(ValidationError, match="default_limit"):
        Settings(default_limit=200, max_limit=100)


def test_only_the_demo_brand_has_an_invented_letterhead(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invented = ("brand_tax_number", "brand_bank_account", "brand_website", "brand_email")
    assert all(getattr(Settings(), name) for name in invented)
    monkeypatch.setenv("BSS_BRAND_NAME", "Brand Mobile")
    monkeypatch.setenv("BSS_BRAND_EMAIL", "help@brand.example")
    assert [getattr(Settings(), name) for name in invented] == ["", "", "", "help@brand.example"]
    monkeypatch.delenv("BSS_BRAND_NAME")
    file.write_text('brand_name = "Brand Mobile"')
    assert Settings().brand_bank_account == ""


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("db1", False)],
)
def test_only_addresses_of_this_machine_count_as_loopback(host: str, loopback: bool) -> None:
    assert Settings(host=host).listens_on_loopback is loopback
