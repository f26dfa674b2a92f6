"""The printed bill says what the bill says, stays as it was first printed, and takes no text for markup."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing import get_context
from typing import Any

import psutil
import pytest

from core.billing import bill_pdf, run_bills
from core.billing.formats import Formats, grouped
from core.billing.labels import ENGLISH, GERMAN
from core.billing.pdf import render
from core.billing.printable import printable
from core.context import Context
from core.entity import Document
from core.errors import NotFound
from core.inventory import terminate
from core.period import Period
from core.service import Core
from tests.builders.billing import a_paying_subscriber, bills
from tests.builders.catalog import a_monthly_price, a_price
from tests.builders.usage import a_call, a_voice_allowance, a_voice_price

HOSTILE = '#panic("x") *bold* _it_ $x$ @ref <a> \\ " \' // [ ] { } `code` ☃ 名前'


@pytest.fixture
def bill(core: Core, context: Context) -> Document:
    """A bill with a monthly fee, an activation and two calls, one of them included."""
    return a_bill(core, context)


def a_bill(core: Core, context: Context) -> Document:
    prices = (a_monthly_price(Decimal("9.99")), a_price(Decimal("5")), a_voice_price("0.085"), a_voice_allowance(1))
    a_paying_subscriber(core, context, *prices)
    core.run(context, lambda work: work.create_many("Usage", [a_call(60), a_call(90)]))
    run_bills(core, context, date(2026, 2, 1))
    return bills(core, context)[0]


def printed(core: Core, context: Context, bill: Document) -> dict[str, Any]:
    """Return what is printed on a bill."""
    with core.reading(context) as reading:
        return printable(reading, bill)


def with_settings(core: Core, **changes: Any) -> Core:
    """Return the same system with other settings."""
    return Core(core.settings.model_copy(update=changes), core.database, core.entities.values(), core.clock)


def test_a_bill_says_what_was_charged(core: Core, context: Context, bill: Document) -> None:
    said = printed(core, context, bill)
    assert said["title"] == "Your bill for January 2026"
    assert said["recipient"] == ["Ada Example"]
    assert {fact["name"]: fact["value"] for fact in said["facts"]} == {
        "Bill number": "000001",
        "Bill date": "February 1, 2026",
        "Billing period": "January 2026",
        "Customer number": "c1",
        "Account number": "b1",
    }
    assert said["due"]["when"] == "Please pay by February 15, 2026"
    assert [(row["name"], row["amount"]) for row in said["summary"]] == [
        ("Monthly and other recurring charges", "€19.98"),
        ("One-time charges", "€5.00"),
        ("Usage", "€0.17"),
    ]
    assert said["taxes"] == [{"name": "VAT 19%", "net": "€25.15", "tax": "€4.78", "gross": "€29.93"}]
    assert (said["net"], said["gross"]) == ("€25.15", "€29.93")
    (product,) = said["charges"]
    assert (product["name"], product["number"]) == ("Plan M", "+49 1511 2345678")
    assert [(line["detail"], line["amount"]) for line in product["lines"]] == [
        ("January 2026", "€9.99"),
        ("February 2026", "€9.99"),
        ("on Jan 1, 2026", "€5.00"),
        ("1 call, 1:00", "included"),
        ("1 call, 1:30", "€0.17"),
    ]


def test_a_bill_is_printed_once_and_stays_as_it_was(
    core: Core, context: Context, bill: Document, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = bill_pdf(core, context, bill["id"])
    assert first.startswith(b"%PDF-")
    # A later release of the suite may word and lay out bills in another way.
    monkeypatch.setitem(ENGLISH, "bill", "Invoice")
    assert bill_pdf(core, context, bill["id"]) == first


def test_a_bill_printed_twice_at_once_is_one_document(core: Core, context: Context, bill: Document) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(lambda _: bill_pdf(core, context, bill["id"]), range(4)))) == 1


def test_equal_data_gives_equal_bytes(core: Core, context: Context, bill: Document) -> None:
    assert render(printed(core, context, bill), bill) == render(printed(core, context, bill), bill)


def test_no_text_is_taken_for_markup(core: Core, context: Context, bill: Document) -> None:
    said = printed(core, context, bill)
    said |= {"recipient": [HOSTILE], "title": HOSTILE}
    said["brand"] |= {"name": HOSTILE, "address": [HOSTILE], "email": HOSTILE}
    said["charges"][0]["lines"][0] |= {"name": HOSTILE, "detail": HOSTILE}
    kind = said["usage"][0]["kinds"][0]
    kind["rows"][0] = [HOSTILE] * 7
    kind["tariffs"][0] |= {"name": HOSTILE, "detail": HOSTILE}
    kind["place"] = HOSTILE
    assert render(said, bill).startswith(b"%PDF-")


def test_thousands_of_usages_fit_on_a_bill(core: Core, context: Context, bill: Document) -> None:
    said = printed(core, context, bill)
    said["usage"][0]["kinds"][0]["rows"] *= 2500
    assert len(render(said, bill)) > 100_000


def test_bills_printed_before_take_no_memory(core: Core, context: Context, bill: Document) -> None:
    said = printed(core, context, bill)
    # In a process of its own: what other tests have given back would hide what this one takes.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert pool.submit(growth, said, bill).result() < 40 * 2**20


def growth(said: dict[str, Any], bill: Document) -> int:
    """Return by how many bytes this process grows from the second of a dozen bills of 300 usages to the last."""
    sizes = []
    rows = said["usage"][0]["kinds"][0]["rows"]
    for number in range(12):
        rows[:] = [
            ["Jan 10", f"{number}:{usage}", "+49 30 123456", "", "1:00", "A", "included"] for usage in range(300)
        ]
        render(said, bill)
        sizes.append(psutil.Process().memory_info().rss)
    return sizes[-1] - sizes[1]


def test_a_bill_is_written_as_usual_where_the_brand_is(core: Core, context: Context) -> None:
    said = printed(core, context, a_bill(with_settings(core, brand_locale="de_DE"), context))
    assert said["title"] == "Ihre Rechnung für Januar 2026"
    assert said["gross"] == "29,93\N{NO-BREAK SPACE}€"
    assert said["facts"][1] == {"name": "Rechnungsdatum", "value": "1. Februar 2026"}
    assert said["taxes"][0]["name"] == "USt 19\N{NO-BREAK SPACE}%"


def test_a_credit_and_nothing_are_not_asked_for(core: Core, context: Context, bill: Document) -> None:
    for amount, words in ((Decimal(-5), "We owe you"), (Decimal(0), "nothing to pay")):
        said = printed(core, context, bill | {"amountDue": {"unit": "EUR", "value": amount}})
        assert words in said["due"]["when"]
        assert "-" not in said["due"]["amount"]
        assert said["due"]["label"] == ("In your favour" if amount else "Amount due")


def test_what_is_given_back_says_so(core: Core, context: Context) -> None:
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(31)))
    run_bills(core, context, date(2026, 2, 1))
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    given = [line for each in printed(core, context, bills(core, context)[-1])["charges"] for line in each["lines"]]
    assert given[-1]["detail"] == "given back: February 2026"


def test_a_discount_that_is_taken_back_says_so_and_is_in_the_summary(core: Core, context: Context) -> None:
    share = a_price(None, priceType="discount", percentage=Decimal(10), recurringChargePeriodType="month")
    product = a_paying_subscriber(core, context, a_monthly_price(Decimal(10)), share)
    run_bills(core, context, date(2026, 2, 1))
    core.run(context, lambda work: terminate(work, product["id"]))
    run_bills(core, context, date(2026, 3, 1))
    said = printed(core, context, bills(core, context)[-1])
    details = {line["detail"] for charges in said["charges"] for line in charges["lines"]}
    assert "discount taken back: February 2026" in details
    assert [each["amount"] for each in said["summary"]] == ["-€13.93"]
    assert said["net"] == "-€13.93"


def test_an_account_number_is_written_in_groups() -> None:
    assert grouped("DE00000000000000000000") == "DE00 0000 0000 0000 0000 00"
    assert grouped("Sort code 12-34-56") == "Sort code 12-34-56"


def test_only_the_document_of_a_bill_is_found(core: Core, context: Context, bill: Document) -> None:
    with pytest.raises(NotFound):
        bill_pdf(core, context, "nothing")
    with pytest.raises(NotFound, match="has no document"):
        bill_pdf(core, context, bill["id"], "nothing")
    assert bill_pdf(core, context, bill["id"], bill["billDocument"][0]["id"]).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [
        (59, "s", "0:59"),
        (3661, "s", "1:01:01"),
        (999, "B", "999 B"),
        (9_500, "B", "9.50 kB"),
        (994_570, "B", "0.99 MB"),
        (2_500_000_000, "B", "2.50 GB"),
        (3, "message", "3"),
    ],
)
def test_amounts_of_usage_are_written_to_be_read(quantity: int, unit: str, text: str) -> None:
    assert Formats.of("en").usage(quantity, unit) == text


def test_periods_are_written_with_their_last_day() -> None:
    formats = Formats.of("en_GB")
    start, end = datetime(2026, 1, 15, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    assert formats.span(Period(start, end)) == "15 Jan 2026 – 31 Jan 2026"
    assert formats.span(Period(start, datetime(2026, 1, 16, tzinfo=UTC))) == "15 Jan 2026"
    assert formats.span(Period(datetime(2026, 1, 1, tzinfo=UTC), end)) == "January 2026"


def test_a_period_that_ends_within_a_day_is_written_with_that_day() -> None:
    formats = Formats.of("en_GB")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert formats.span(Period(start, datetime(2026, 1, 15, 12, tzinfo=UTC))) == "1 Jan 2026 – 15 Jan 2026"
    assert formats.span(Period(start, datetime(2026, 1, 31, 12, tzinfo=UTC))) == "1 Jan 2026 – 31 Jan 2026"
    assert formats.span(Period(start, datetime(2026, 2, 1, 12, tzinfo=UTC))) == "1 Jan 2026 – 1 Feb 2026"
    assert formats.span(Period(start, datetime(2026, 1, 1, 12, tzinfo=UTC))) == "1 Jan 2026"


def test_all_languages_have_all_words() -> None:
    assert ENGLISH.keys() == GERMAN.keys()
