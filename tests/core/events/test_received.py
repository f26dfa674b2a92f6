"""Notifications of other systems are kept, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from core.clock import FixedClock
from core.context import Context
from core.domains import CHORES
from core.events.received import receive
from core.events.tables import received_notification
from core.service import Core
from core.tasks import CHORES_EVERY, Worker

API = ("tmf622", "v5")


def _receive(core: Core, context: Context, body: dict[str, Any]) -> str:
    with core.work(context) as work:
        return receive(work.connection, context.tenant, API, "ProductOrderCreateEvent", body, work.now)


def _kept(core: Core) -> list[Any]:
    with core.database.reading() as connection:
        return list(connection.execute(select(received_notification)))


def test_a_notification_that_comes_twice_is_kept_once(core: Core, context: Context) -> None:
    body = {"eventId": "e" * 3000, "event": {"productOrder": {"id": "1"}}}
    assert _receive(core, context, body) == _receive(core, context, {**body, "again": True}) == body["eventId"]
    [row] = _kept(core)
    assert (row.body, row.event_type, row.received_at) == (body, "ProductOrderCreateEvent", core.clock.now())


def test_notifications_without_identifier_are_all_kept(core: Core, context: Context) -> None:
    assert _receive(core, context, {"event": {}}) != _receive(core, context, {"event": {}})
    assert len(_kept(core)) == 2


def test_each_brand_keeps_its_own_notifications(core: Core, context: Context) -> None:
    _receive(core, context, {"eventId": "e"})
    _receive(core, Context(tenant="other"), {"eventId": "e"})
    assert sorted(row.tenant for row in _kept(core)) == ["default", "other"]


def test_a_worker_removes_notifications_whose_time_is_over(core: Core, context: Context, clock: FixedClock) -> None:
    lifetime, worker = timedelta(seconds=core.settings.received_retention), Worker(core, {}, chores=CHORES)
    _receive(core, Context(tenant="other"), {"eventId": "old"})
    clock.advance(lifetime / 2)
    _receive(core, context, {"eventId": "new"})
    clock.advance(lifetime / 2)
    worker.do_chores()
    assert {row.event_id for row in _kept(core)} == {"old", "new"}
    clock.advance(CHORES_EVERY)
    worker.do_chores()
    assert [row.event_id for row in _kept(core)] == ["new"]
