"""What callers may do to a usage later: recycle it once rejected, have it rated anew, delete it if it isn't billed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from core.storage.tables import outbox
from core.usage.tables import allowance_use, rated_usage
from core.usage.usage import JUDGED_BY
from tests.builders.usage import a_call, a_subscriber, a_voice_allowance, a_voice_price, charged, reasons, tags


def send(core: Core, context: Context, usage: Document) -> Document:
    """Send a usage and return the reply."""
    return core.run(context, lambda work: work.create("Usage", usage))


def patch(core: Core, context: Context, usage: Document, **attributes: Any) -> Document:
    """Change a usage as a caller does."""
    return core.run(context, lambda work: work.change("Usage", usage["id"], lambda d: d | attributes, caller=True))


def used(core: Core) -> int:
    """Return how much of the one allowance is used."""
    with core.database.reading() as connection:
        return connection.execute(select(allowance_use.c.used)).scalar_one()


def test_a_rejected_usage_is_recycled_once_its_cause_is_gone(core: Core, context: Context) -> None:
    usage = send(core, context, a_call())
    assert reasons(usage) == [("usageCharacteristic[0].value", "notGuidable")]
    assert patch(core, context, usage, status="recycled")["status"] == "rejected"
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    recycled = patch(core, context, usage, status="recycled")
    assert recycled["status"] == "rated"
    assert reasons(recycled) == []
    with core.database.reading() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.kind == "StateChange").order_by(outbox.c.id))
        states = [row.payload["status"] for row in rows if row.entity_id == usage["id"]]
    assert states == ["rejected", "recycled", "rejected", "recycled", "guided", "rated"]


def test_a_rejected_usage_may_be_corrected_when_it_is_recycled(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = send(core, context, a_call(msisdn="+4915199999999"))
    corrected = patch(core, context, usage, status="recycled", usageCharacteristic=a_call()["usageCharacteristic"])
    assert corrected["status"] == "rated"


def test_a_reason_of_the_networks_own_stays(core: Core, context: Context) -> None:
    own = {"name": "rejectReason", "valueType": "string", "value": "busy"}
    sent = a_call()
    usage = send(core, context, sent | {"usageCharacteristic": [*sent["usageCharacteristic"], own]})
    assert usage["status"] == "rejected"
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    recycled = patch(core, context, usage, status="recycled")
    assert recycled["status"] == "rated"
    assert recycled["usageCharacteristic"] == [*sent["usageCharacteristic"], own]


def test_a_billed_usage_says_that_it_is_billed(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = send(core, context, a_call())
    billed = core.run(context, lambda work: work.change("Usage", usage["id"], lambda d: d | {"status": "billed"}))
    assert patch(core, context, usage) == billed
    for name, value in {"description": "disputed", "ticket": {"id": "7"}}.items():
        with pytest.raises(Conflict, match=r"^can't be changed: the usage is billed") as refusal:
            patch(core, context, usage, **billed, **{name: value})
        assert [fault.path for fault in refusal.value.faults] == [name]
    with pytest.raises(Conflict, match="a billed usage can't be deleted"):
        core.run(context, lambda work: work.delete("Usage", usage["id"]))


@pytest.mark.parametrize("attribute", [*JUDGED_BY, "relatedParty"])
def test_what_was_billed_stays_as_it_is(core: Core, context: Context, attribute: str) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = send(core, context, a_call())
    core.run(context, lambda work: work.change("Usage", usage["id"], lambda d: d | {"status": "billed"}))
    other: dict[str, Any] = {**a_call(120), "usageSpecification": {"id": "x"}, "relatedParty": [{"id": "x"}]}
    other |= {"usageDate": "2026-01-11T10:00:00.000Z", "usageType": "data"}
    with pytest.raises(Conflict, match=r"^can't be changed: the usage is billed") as refusal:
        patch(core, context, usage, **{attribute: other[attribute]})
    assert [(fault.path, fault.code) for fault in refusal.value.faults] == [(attribute, "usageBilled")]


def test_a_refused_move_lists_only_what_a_caller_may_set(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    with pytest.raises(Conflict, match=r"allowed from 'rated': rerated$"):
        patch(core, context, send(core, context, a_call()), status="guided")


def test_a_rated_usage_that_changes_is_rated_anew_and_gives_back_its_allowance(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price("1"), a_voice_allowance(2)))
    usage = send(core, context, a_call(180))
    assert (charged(usage), used(core)) == (1, 120)
    changed = patch(core, context, usage, usageCharacteristic=a_call(60)["usageCharacteristic"])
    assert changed["status"] == "rerated"
    assert (tags(changed), charged(changed), used(core)) == (["included usage"], 0, 60)
    again = patch(core, context, changed, usageCharacteristic=a_call(300)["usageCharacteristic"])
    assert (again["status"], charged(again), used(core)) == ("rerated", 3, 120)


def test_a_caller_may_have_a_usage_rated_anew_after_prices_were_corrected(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price("1")))
    usage = send(core, context, a_call())
    again = patch(core, context, usage, status="rerated")
    assert again["status"] == "rerated"
    assert charged(again) == charged(usage)
    with core.database.reading() as connection:
        assert connection.execute(select(func.sum(rated_usage.c.amount))).scalar_one() == Decimal(1)


def test_a_usage_that_can_no_longer_be_rated_is_rejected(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price("1"), a_voice_allowance(5)))
    usage = send(core, context, a_call())
    changed = patch(core, context, usage, usageCharacteristic=a_call(msisdn="+4915199999999")["usageCharacteristic"])
    assert changed["status"] == "rejected"
    assert used(core) == 0
    with core.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(rated_usage)).scalar_one() == 0


def test_a_description_changes_without_rating_anew(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_price()))
    usage = send(core, context, a_call())
    assert patch(core, context, usage, description="A call home")["status"] == "rated"


@pytest.mark.parametrize("status", ["guided", "rated", "billed", "received"])
def test_a_caller_cannot_decide_what_rating_decides(core: Core, context: Context, status: str) -> None:
    usage = send(core, context, a_call())
    with pytest.raises(Conflict) as refusal:
        patch(core, context, usage, status=status)
    assert refusal.value.faults[0].path == "status"


def test_a_caller_cannot_write_the_rating(core: Core, context: Context) -> None:
    usage = send(core, context, a_call())
    with pytest.raises(Conflict, match="ratedProductUsage"):
        patch(core, context, usage, ratedProductUsage=[])


def test_a_deleted_usage_gives_back_its_allowance(core: Core, context: Context) -> None:
    core.run(context, lambda work: a_subscriber(work, a_voice_allowance(2)))
    usage = send(core, context, a_call(90))
    assert used(core) == 120
    core.run(context, lambda work: work.delete("Usage", usage["id"]))
    assert used(core) == 0
