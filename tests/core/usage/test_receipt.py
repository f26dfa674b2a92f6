"""A usage that comes in is guided and rated at once, or kept as rejected with its reasons."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core, Work
from core.storage.tables import outbox
from core.usage.usage import LIFECYCLE
from tests.builders.catalog import a_characteristic
from tests.builders.usage import (
    a_call,
    a_subscriber,
    a_usage,
    a_usage_specification,
    a_voice_allowance,
    a_voice_price,
    charged,
    reasons,
    tags,
)


def post(core: Core, context: Context, usage: Document) -> Document:
    """Send a usage and return the reply."""
    return core.run(context, lambda work: work.create("Usage", usage))


def events_of(core: Core, identifier: str) -> list[tuple[str, str]]:
    """Return kind and status of every event about a usage, in their order."""
    with core.database.reading() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.entity_id == identifier).order_by(outbox.c.id))
        return [(row.kind, row.payload["status"]) for row in rows]


def test_a_call_is_guided_by_its_number_and_rated_by_the_started_minute(core: Core, context: Context) -> None:
    product = core.run(context, lambda work: a_subscriber(work, a_voice_price("0.09")))
    usage = post(core, context, a_call(61))
    assert usage["status"] == "rated"
    assert usage["ratedProductUsage"] == [
        {
            "@type": "RatedProductUsage",
            "isBilled": False,
            "isTaxExempt": False,
            "offerTariffType": "Usage",
            "ratingAmountType": "Total",
            "ratingDate": "2026-01-15T12:00:00.000Z",
            "taxRate": Decimal(19),
            "usageRatingTag": "usage",
            "productRef": {"@type": "ProductRef", "id": product["id"], "name": "Plan M"},
            "taxExcludedRatingAmount": {"@type": "Money", "unit": "EUR", "value": Decimal("0.18")},
            "taxIncludedRatingAmount": {"@type": "Money", "unit": "EUR", "value": Decimal("0.2142")},
        }
    ]
    with core.reading(context) as reading:
        assert reading.require("Usage", usage["id"]) == usage


def test_every_state_of_a_usage_is_told_of(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = post(core, context, a_call())
    assert events_of(core, usage["id"]) == [
        ("Create", "received"),
        ("StateChange", "guided"),
        ("StateChange", "rated"),
    ]


@pytest.mark.parametrize("kind", ["productId", "imsi"])
def test_a_usage_is_guided_by_product_or_imsi_too(core: Core, context: Context, kind: str) -> None:
    numbers = [{"@type": "StringCharacteristic", "name": "imsi", "value": "262011234567890"}]
    product = core.run(
        context, lambda work: a_subscriber(work, a_voice_price(), msisdn=None, productCharacteristic=numbers)
    )
    value = {"productId": product["id"], "imsi": "262011234567890"}[kind]
    assert post(core, context, a_call(msisdn=None, **{kind: value}))["status"] == "rated"


def test_a_usage_of_nobody_is_kept_as_rejected_with_the_reason(core: Core, context: Context) -> None:
    usage = post(core, context, a_call(msisdn="+4915199999999"))
    assert usage["status"] == "rejected"
    assert "ratedProductUsage" not in usage
    assert usage["usageCharacteristic"][-1] == {
        "@type": "UsageCharacteristic",
        "name": "rejectReason",
        "valueType": "object",
        "value": {
            "path": "usageCharacteristic[0].value",
            "code": "notGuidable",
            "reason": "no product had msisdn +4915199999999 on 2026-01-10T10:00:00.000Z",
        },
    }


def test_a_usage_that_names_nobody_is_rejected(core: Core, context: Context) -> None:
    assert reasons(post(core, context, {})) == [("usageDate", "missing")]
    assert reasons(post(core, context, a_usage(msisdn=None))) == [("usageCharacteristic", "notGuidable")]


def test_every_fault_of_a_usage_is_named(core: Core, context: Context) -> None:
    usage = post(core, context, a_usage(at=None, duration=-5, volume="much"))
    assert reasons(usage) == [
        ("usageDate", "missing"),
        ("usageCharacteristic[1].value", "amountInvalid"),
        ("usageCharacteristic[2].value", "amountInvalid"),
    ]


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "2026-01-10T00:00:00+14:00"])
def test_a_usage_at_any_time_has_an_outcome(core: Core, context: Context, date: str) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price(), startDate="0001-01-01T00:00:00Z"))
    assert post(core, context, a_call() | {"usageDate": date})["status"] in ("rated", "rejected")


def test_a_usage_far_ahead_of_the_clock_is_rejected_and_takes_no_allowance_until_its_time_has_come(
    core: Core, context: Context, clock: FixedClock
) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price(), a_voice_allowance(1)))
    day, moment = timedelta(days=1), timedelta(milliseconds=1)
    ahead = post(core, context, a_call(at=clock.now() + day + moment))
    assert reasons(ahead) == [("usageDate", "inTheFuture")]
    assert "2026-01-16T12:00:00.000Z" in ahead["usageCharacteristic"][-1]["value"]["reason"]
    assert tags(post(core, context, a_call(at=clock.now() + day))) == ["included usage"]
    clock.advance(moment)
    again = core.run(context, lambda work: work.change("Usage", ahead["id"], _recycled, caller=True))
    assert (again["status"], tags(again)) == ("rated", ["non included usage"])


def test_how_far_ahead_a_usage_may_be_is_a_setting(core: Core, context: Context, clock: FixedClock) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    settings = core.settings.model_copy(update={"usage_ahead": 60})
    strict = Core(settings, core.database, core.entities.values(), core.clock)
    usages = [a_call(at=clock.now() + timedelta(seconds=seconds)) for seconds in (60, 61)]
    assert [post(strict, context, usage)["status"] for usage in usages] == ["rated", "rejected"]


def _recycled(usage: Document) -> Document:
    return usage | {"status": "recycled"}


def test_a_usage_before_the_product_started_is_nobodys(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price(), startDate="2026-01-12T00:00:00.000Z"))
    assert reasons(post(core, context, a_call())) == [("usageCharacteristic[0].value", "notGuidable")]


def test_a_usage_without_a_price_is_guided_and_then_rejected(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = post(core, context, a_usage("sms"))
    assert reasons(usage) == [("usageCharacteristic", "noPrice")]
    states = [status for kind, status in events_of(core, usage["id"]) if kind != "AttributeValueChange"]
    assert states == ["received", "guided", "rejected"]


def test_a_call_without_a_duration_is_rejected(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    assert reasons(post(core, context, a_usage("voice"))) == [("usageCharacteristic", "missing")]


@pytest.mark.parametrize("status", sorted(LIFECYCLE.states - {"received"}))
def test_usage_that_claims_to_be_judged_already_is_captured_and_rejected(
    core: Core, context: Context, status: str
) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    assert reasons(post(core, context, a_call() | {"status": status})) == [("status", "illegalInitialState")]


def test_usage_that_was_rated_elsewhere_is_captured_and_rejected(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    foreign = a_call() | {"ratedProductUsage": [{"isBilled": True}]}
    assert reasons(post(core, context, foreign)) == [("ratedProductUsage", "ratedElsewhere")]


def test_a_known_usage_specification_judges_the_usage(core: Core, context: Context) -> None:
    specification = a_usage_specification(
        a_characteristic("duration", value_type="integer", minCardinality=1),
        a_characteristic("callType", "onnet", "offnet", minCardinality=1),
    )
    core.run(context, lambda work: work.create("UsageSpecification", specification))
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    named = {"usageSpecification": {"id": specification["id"]}}
    assert post(core, context, a_call(callType="onnet") | named)["status"] == "rated"
    assert reasons(post(core, context, a_call(callType="premium") | named)) == [
        ("usageCharacteristic[3].value", "valueNotAllowed")
    ]
    assert reasons(post(core, context, a_usage() | named)) == [
        ("usageCharacteristic", "missingCharacteristic"),
        ("usageCharacteristic", "missingCharacteristic"),
    ]
    elsewhere = {"usageSpecification": {"id": "elsewhere", "href": "https://mediation.example/spec/1"}}
    assert post(core, context, a_call() | elsewhere)["status"] == "rated"


def test_a_specification_that_usages_refer_to_stays(core: Core, context: Context) -> None:
    specification = core.run(context, lambda work: work.create("UsageSpecification", a_usage_specification()))
    post(core, context, a_call() | {"usageSpecification": {"id": specification["id"]}})
    with pytest.raises(Conflict, match="usages refer"):
        core.run(context, lambda work: work.delete("UsageSpecification", specification["id"]))


def test_a_usage_that_cannot_be_rated_is_refused_when_judged_before(core: Core, context: Context) -> None:
    strict = Core(
        core.settings.model_copy(update={"judge": "before"}), core.database, core.entities.values(), core.clock
    )
    with pytest.raises(Conflict) as refusal:
        post(strict, context, a_call())
    assert [fault.code for fault in refusal.value.faults] == ["notGuidable"]
    with core.reading(context) as reading:
        assert reading.find_by("Usage") == []


def test_tags_say_whether_an_allowance_was_there(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = post(core, context, a_call(0))
    assert (tags(usage), charged(usage)) == (["usage"], Decimal(0))


def test_a_usage_follows_the_specification_in_use_for_its_type(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price("0.09")))

    def specify(work: Work) -> Document:
        work.create("UsageSpecification", a_usage_specification(name="voice", lifecycleStatus="Launched"))
        newest = work.create("UsageSpecification", a_usage_specification(name="voice", lifecycleStatus="Launched"))
        work.create("UsageSpecification", a_usage_specification(name="voice", lifecycleStatus="In study"))
        return newest

    specification = core.run(context, specify)
    usage = post(core, context, a_call(61))
    assert usage["status"] == "rated"
    expected = {"@type": "UsageSpecificationRef", "id": specification["id"], "name": "voice"}
    assert usage["usageSpecification"] == expected
    elsewhere = {"id": "of another system"}
    assert post(core, context, a_call(61) | {"usageSpecification": elsewhere})["usageSpecification"] == elsewhere
