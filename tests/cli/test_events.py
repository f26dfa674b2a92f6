"""`bss events`: deliveries listed, tried again and given up, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest

from cli import exits
from core.clock import FixedClock
from core.context import Context
from core.domains import open_core
from core.events.history import Span, count_events
from core.service import Core
from core.settings import Settings
from tests.apis.announcements import relay_over, subscribe, tell
from tests.apis.listeners import Listener
from tests.cli.conftest import Bss


@pytest.fixture
def brand(bss: Bss) -> Iterator[Core]:
    """The core over the database that the commands work on."""
    assert bss("migrate").exit_code == exits.OK
    core = open_core(Settings())
    yield core
    core.dispose()


def test_deliveries_are_listed_parked_and_tried_again(bss: Bss, brand: Core, context: Context) -> None:
    answers = [500]
    with Listener(lambda body: answers[0]) as listener, relay_over(brand) as relay:
        hub = subscribe(brand, context, listener.url)
        assert "Nothing of that kind" in bss("events", "list").output
        tell(brand, context, "c1", "c[2]")
        relay.run_once()
        lines = bss("events", "list", "--state", "waiting").output
        first, second = map(json.loads, bss("events", "list", "--json").output.splitlines())
        assert [line.split()[:2] for line in lines.splitlines() if "waiting" in line] == [
            [each["event_id"], "waiting"] for each in (first, second)
        ]
        assert lines.count(f"  subscription {hub['id']}\n") == lines.count(": answered 500\n") == 2
        assert "  Customer Create c[2]\n" in lines
        assert max(map(len, lines.splitlines())) <= 80
        assert first.items() >= {"entity_id": "c1", "state": "waiting", "subscription_id": hub["id"]}.items()
        assert bss("events", "park", first["event_id"]).output == "1 delivery is parked now.\n"
        assert json.loads(bss("events", "list", "--json", "--state", "parked").output)["entity_id"] == "c1"
        answers[0] = 204
        assert bss("events", "retry", "--subscription", hub["id"]).output == "2 deliveries are due now.\n"
        reasons = [json.loads(line)["last_error"] for line in bss("events", "list", "--json").output.splitlines()]
        assert reasons == [None, "answered 500"], "that it was parked is no reason any more"
        relay.run_once()
    assert sorted(listener.identifiers()[2:]) == sorted([first["event_id"], second["event_id"]])


@pytest.mark.parametrize(
    "arguments", [("park",), ("retry",), ("retry", "--all", "--subscription", "x"), ("list", "--state", "lost")]
)
def test_what_is_meant_has_to_be_said(bss: Bss, brand: Core, arguments: tuple[str, ...]) -> None:
    result = bss("events", *arguments)
    assert result.exit_code == exits.WRONG_USAGE
    assert result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("retry", "nope"), "There is no event 'nope'.\n"),
        (("park", "nope", "none"), "There is no event 'none', no event 'nope'.\n"),
        (("retry", "--subscription", "nope"), "There is no subscription 'nope'.\n"),
        (("park", "nope", "--subscription", "hub"), "There is no event 'nope', no subscription 'hub'.\n"),
        (("replay", "--since", "2020-01-01", "--subscription", "nope"), "There is no subscription 'nope'.\n"),
        (("list", "--subscription", "nope"), "There is no subscription 'nope'.\n"),
        (("secret", "nope"), "There is no subscription 'nope'.\n"),
    ],
)
def test_a_name_of_nothing_is_told_from_having_nothing_to_do(
    bss: Bss, brand: Core, arguments: tuple[str, ...], said: str
) -> None:
    result = bss("events", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (exits.WRONG_USAGE, "", said)


def test_a_secret_is_shown_and_renewed(bss: Bss, brand: Core, context: Context) -> None:
    hub = subscribe(brand, context, "http://listener.example/")
    secret = bss("events", "secret", hub["id"]).output
    assert secret.startswith("whsec_")
    renewed = bss("events", "secret", hub["id"], "--renew").output
    assert bss("events", "secret", hub["id"]).output == renewed != secret


def test_what_has_happened_is_delivered_again(bss: Bss, brand: Core, context: Context) -> None:
    with Listener() as listener, relay_over(brand) as relay:
        hub = subscribe(brand, context, listener.url)
        tell(brand, context, "c1", "c2")
        relay.run_once()
        assert bss("events", "replay", "--since", "2999-01-01").output == "0 deliveries are due now.\n"
        assert bss("events", "replay", "--since", "now").exit_code == exits.WRONG_USAGE
        backwards = bss("events", "replay", "--since", "2026-01-02", "--until", "2026-01-01")
        assert (backwards.exit_code, backwards.stderr) == (exits.WRONG_USAGE, "--until is before --since.\n")
        again = bss("events", "replay", "--since", "2020-01-01", "--subscription", hub["id"])
        assert "2 deliveries are due now." in again.stdout
        assert "event_retention" in again.stderr
        relay.run_once()
    first, second = listener.identifiers()[:2]
    assert listener.identifiers() == [first, second, first, second]


def test_relays_remove_what_is_older_than_it_is_kept(bss: Bss, brand: Core, context: Context) -> None:
    tell(brand, context, "c1")
    assert bss("relay", "--once").exit_code == exits.OK
    with brand.reading(context) as reading:
        assert count_events(reading.connection, context.tenant, Span()) == 1
    brand.clock = FixedClock(brand.clock.now() + timedelta(days=31))
    with relay_over(brand) as relay:
        relay.run_once()
    with brand.reading(context) as reading:
        assert count_events(reading.connection, context.tenant, Span()) == 0
