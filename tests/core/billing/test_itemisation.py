"""Itemised usage tells a customer of each session once: where, by which tariff, what of it was included."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.billing import run_bills
from core.billing.printable import printable
from core.context import Context
from core.entity import Document
from core.service import Core
from tests.builders.billing import a_paying_subscriber, bills
from tests.builders.catalog import a_usage_price
from tests.builders.usage import a_call, a_data_allowance, a_data_price, a_session, a_voice_allowance, a_voice_price

MB, NO_BREAK = 1_000_000, "\N{NO-BREAK SPACE}"
ABROAD = a_usage_price(1, per=60, name="Calls abroad", conditions={"usageType": ["voice"], "visitedNetwork": []})


def printed(core: Core, context: Context, prices: list[Document], usages: list[Document]) -> dict[str, Any]:
    """Return what is printed on the bill of a subscriber who pays these prices for these usages."""
    a_paying_subscriber(core, context, *prices)
    core.run(context, lambda work: work.create_many("Usage", usages))
    run_bills(core, context, date(2026, 2, 1))
    with core.reading(context) as reading:
        return printable(reading, bills(core, context)[0])


def kinds(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [kind for product in said["usage"] for kind in product["kinds"]]


def test_usages_by_several_tariffs_are_marked_with_theirs(core: Core, context: Context) -> None:
    said = printed(core, context, [a_voice_price("0.085"), a_voice_allowance(1)], [a_call(60), a_call(90)])
    (kind,) = kinds(said)
    assert (kind["name"], kind["place"], kind["quantity"], kind["amount"]) == ("Calls", "", "2:30", "€0.17")
    assert kind["tariffs"] == [
        {"mark": "A", "name": "1 min included", "detail": "1 call, 1:00", "amount": "included"},
        {"mark": "B", "name": "Usage", "detail": "1 call, 1:30", "amount": "€0.17"},
    ]
    assert kind["rows"] == [
        ["Jan 10", "10:00:00", "+49 30 123456", "", "1:00", "A", "included"],
        ["Jan 10", "10:00:00", "+49 30 123456", "", "1:30", "B", "€0.17"],
    ]


def test_a_session_on_which_an_allowance_ends_is_one_session_with_its_parts(core: Core, context: Context) -> None:
    prices = [a_data_price("2"), a_data_allowance(10)]
    said = printed(core, context, prices, [a_session(4 * MB), a_session(8 * MB)])
    (kind,) = kinds(said)
    parts = "A_6.00_MB_included, B_2.00_MB_€4.00"
    assert [(each["mark"], each["detail"]) for each in kind["tariffs"]] == [
        ("A", "2 sessions, 10.00 MB"),
        ("B", "1 session, 2.00 MB"),
    ]
    assert kind["rows"] == [
        ["Jan 10", "10:00:00", "", "", "4.00 MB", "A", "included"],
        ["Jan 10", "10:00:00", "", parts.replace("_", NO_BREAK), "8.00 MB", "A + B", "€4.00"],
    ]


def test_usage_in_a_visited_network_stands_apart_under_its_name(core: Core, context: Context) -> None:
    calls = [a_call(60), a_call(60, visitedNetwork="31099")]
    said = printed(core, context, [a_voice_price(), ABROAD], calls)
    assert [(kind["name"], kind["place"], kind["amount"]) for kind in kinds(said)] == [
        ("Calls", "", "€0.09"),
        ("Calls", "abroad, in network 31099", "€1.00"),
    ]
    # One tariff is said once, above the calls.
    assert [[each["name"] for each in kind["tariffs"]] for kind in kinds(said)] == [["Usage"], ["Calls abroad"]]
    assert [row[5] for kind in kinds(said) for row in kind["rows"]] == ["", ""]


def test_what_a_plan_has_without_limit_is_included_like_an_allowance(core: Core, context: Context) -> None:
    # Unanswered calls, too, although they would cost nothing anyway.
    said = printed(core, context, [a_voice_price("0", name="Unlimited calls")], [a_call(60), a_call(0)])
    (charges,) = said["charges"]
    assert [(line["name"], line["amount"]) for line in charges["lines"]] == [("Unlimited calls", "included")]
    (kind,) = kinds(said)
    assert [kind["amount"], *(row[-1] for row in kind["rows"])] == ["included"] * 3


def test_a_call_that_nobody_answered_by_a_price_that_is_charged_is_not_called_included(
    core: Core, context: Context
) -> None:
    said = printed(core, context, [a_voice_price("0.09")], [a_call(0)])
    assert [line["amount"] for line in said["charges"][0]["lines"]] == ["€0.00"]
    assert kinds(said)[0]["rows"][0][-1] == "€0.00"


def test_what_is_charged_too_little_to_be_on_the_bill_is_not_called_included(core: Core, context: Context) -> None:
    said = printed(core, context, [a_voice_price("0.001")], [a_call(60)])
    assert [line["amount"] for line in said["charges"][0]["lines"]] == ["€0.00"]
    assert kinds(said)[0]["rows"][0][-1] == "€0.001"
