"""The same network record is one usage, however often and in however many places it arrives."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from core.context import Context
from core.entity import Document, copied
from core.errors import Conflict
from core.service import Core
from core.storage.tables import outbox
from core.usage.tables import rated_usage
from tests.builders.usage import a_call, a_subscriber, a_voice_allowance, a_voice_price


def a_record(number: Any = 1, seconds: int = 60, source: str = "msc-1") -> Document:
    """A call that a network element has numbered."""
    return a_call(seconds, source=source, recordId=number)


def send(core: Core, context: Context, *usages: Document) -> list[Document]:
    """Send usages in one set and return the reply."""
    return core.run(context, lambda work: work.create_many("Usage", list(usages)))


@pytest.fixture
def subscriber(core: Core, context: Context) -> Document:
    """A subscriber with an allowance of two minutes."""
    return core.run(context, lambda work: a_subscriber(work, a_voice_price(), a_voice_allowance(2)))


def count(core: Core, context: Context) -> int:
    """Return how many usages there are."""
    with core.reading(context) as reading:
        return len(reading.find_by("Usage"))


@pytest.mark.usefixtures("subscriber")
def test_a_record_sent_again_is_answered_with_the_usage_it_became(core: Core, context: Context) -> None:
    (first,) = send(core, context, a_record())
    (again,) = send(core, context, a_record())
    assert again == first
    assert again["status"] == "rated"
    assert count(core, context) == 1
    with core.database.reading() as connection:
        assert connection.execute(select(func.count()).select_from(rated_usage)).scalar_one() == 1
        told = select(func.count()).where(outbox.c.entity_id == first["id"], outbox.c.kind == "Create")
        assert connection.execute(told).scalar_one() == 1


@pytest.mark.usefixtures("subscriber")
def test_a_record_twice_in_one_set_is_one_usage(core: Core, context: Context) -> None:
    send(core, context, a_record(1))
    replies = send(core, context, a_record(2), a_record(1), a_record(2), a_record(3))
    assert replies[0] == replies[2]
    assert len({reply["id"] for reply in replies}) == 3
    assert count(core, context) == 3


def test_records_of_other_sources_or_without_a_name_are_other_usages(core: Core, context: Context) -> None:
    send(core, context, a_record(source="msc-1"), a_record(source="msc-2"), a_call(), a_call())
    assert count(core, context) == 4


def test_a_number_and_its_spelling_are_the_same_record(core: Core, context: Context) -> None:
    (first,) = send(core, context, a_record(7))
    with pytest.raises(Conflict, match="record '7'") as refusal:
        send(core, context, a_record("7", 61))
    assert first["id"] in refusal.value.reason
    assert refusal.value.code == "recordContradicted"
    assert count(core, context) == 1


def test_a_record_is_the_same_however_it_is_written(core: Core, context: Context) -> None:
    one = a_record(1, 10) | {"usageDate": "2026-01-15T12:00:00Z"}
    (first,) = send(core, context, copied(one))
    written = a_record("1") | {"usageDate": "2026-01-15T13:00:00.000+01:00"}
    for duration in (Decimal("10.0"), Decimal("1e1")):
        members = [
            each | {"value": duration} if each["name"] == "duration" else each
            for each in written["usageCharacteristic"]
        ]
        (again,) = send(core, context, written | {"usageCharacteristic": members[::-1]})
        assert again["id"] == first["id"]
    for other in (one | {"usageDate": "2026-01-15T12:00:00.001Z"}, a_record(1, 100), a_record(1, 1)):
        with pytest.raises(Conflict, match="other content"):
            send(core, context, {"usageDate": one["usageDate"]} | other)


def test_brands_do_not_see_each_others_records(core: Core, context: Context) -> None:
    send(core, context, a_record())
    send(core, Context(tenant="other"), a_record())
    assert count(core, context) == count(core, Context(tenant="other")) == 1


@pytest.mark.usefixtures("subscriber")
def test_a_record_that_arrives_many_times_at_once_is_one_usage(core: Core, context: Context) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = [reply for (reply,) in pool.map(lambda _: send(core, context, a_record()), range(16))]
    assert len({reply["id"] for reply in replies}) == 1
    assert {reply["status"] for reply in replies} == {"rated"}
    assert count(core, context) == 1


def test_a_deleted_record_may_be_sent_again(core: Core, context: Context) -> None:
    (first,) = send(core, context, a_record())
    core.run(context, lambda work: work.delete("Usage", first["id"]))
    (again,) = send(core, context, a_record())
    assert again["id"] != first["id"]


def test_a_usage_cannot_become_another_record(core: Core, context: Context) -> None:
    (first,) = send(core, context, a_record())
    other = a_record(2)["usageCharacteristic"]
    with pytest.raises(Conflict, match="recordId"):
        core.run(
            context,
            lambda w: w.change("Usage", first["id"], lambda d: d | {"usageCharacteristic": other}, caller=True),
        )
