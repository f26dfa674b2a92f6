"""What happens to an order while somebody cancels it comes to the same as one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core.ordering import Outcome, Stop, cancel_order, report
from core.service import Work
from core.tasks import task_table
from tests.builders.ordering import an_item, an_order
from tests.core.ordering.shop import Shop
from tests.core.ordering.test_assessed_cancellation import patch
from tests.core.ordering.test_cancellation import cancel
from tests.core.ordering.test_fulfilment import Network, with_network

LATER = {"requestedStartDate": "2026-03-01T00:00:00Z"}


@contextmanager
def meanwhile(shop: Shop, first: Callable[[Work], Any], second: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Do one thing, and before it is committed begin another that waits for it."""
    with ThreadPoolExecutor() as pool:
        with shop.core.work(shop.context) as work:
            first(work)
            future = pool.submit(second)
            # Time to reach the lock, where it stays; without it, it would come after the first.
            wait([future], timeout=1)
        yield future


def test_a_delivery_that_is_told_of_while_somebody_cancels_is_booked(shop: Shop) -> None:
    network = Network()
    network.answer = Stop("assessing")
    slow = with_network(shop, network)
    order = slow.fulfilled(an_order(an_item("plan-s")))["id"]
    request = {"id": "c1", "productOrder": {"id": order}}

    def done() -> Any:
        return slow.run(lambda work: report(work, order, "1", Outcome()))

    with meanwhile(slow, lambda work: work.create("CancelProductOrder", request), done) as told:
        assert told.result()["state"] == "completed"
    assert slow.get("CancelProductOrder", "c1")["state"] == "terminatedWithError"
    assert len(slow.products()) == 1


def test_what_is_put_off_while_its_task_begins_is_put_off(shop: Shop) -> None:
    order = shop.order(an_order(an_item("plan-s"), **LATER))
    request = cancel(shop, order["id"], requestedCancellationDate="2026-01-20T00:00:00Z")
    shop.clock.advance(timedelta(days=6))

    def put_off(work: Work) -> None:
        later = {"requestedCancellationDate": "2026-02-20T00:00:00Z"}
        work.change("CancelProductOrder", request["id"], lambda document: document | later, caller=True)

    with meanwhile(shop, put_off, lambda: cancel_order(shop.core, shop.context, request["id"])) as carried_out:
        carried_out.result()
    assert shop.get("CancelProductOrder", request["id"])["state"] == "acknowledged"
    assert shop.get("ProductOrder", order["id"])["state"] == "acknowledged"


def test_an_order_that_is_removed_while_somebody_cancels_is_unknown(shop: Shop) -> None:
    order = shop.order(an_order(an_item("plan-s"), **LATER))
    with meanwhile(
        shop, lambda work: work.delete("ProductOrder", order["id"]), lambda: cancel(shop, order["id"])
    ) as asked:
        assert (asked.result()["state"], asked.result()["errorMessage"][0]["code"]) == ("rejected", "unknownOrder")
    assert shop.run(lambda work: report(work, order["id"], "1", Outcome())) is None


@pytest.mark.parametrize("change", [{"color": "red"}, {"cancellationReason": "moving"}])
def test_a_change_that_puts_nothing_off_asks_for_no_work(shop: Shop, change: dict[str, Any]) -> None:
    order = shop.order(an_order(an_item("plan-s"), **LATER))
    request = cancel(shop, order["id"], requestedCancellationDate="2026-02-20T00:00:00Z")
    before = open_tasks(shop)
    patch(shop, request, **change)
    assert open_tasks(shop) == before


def open_tasks(shop: Shop) -> int:
    """Count the tasks that are still to be done."""
    with shop.core.database.reading() as connection:
        waiting = select(func.count()).select_from(task_table).where(task_table.c.done_at.is_(None))
        return int(connection.execute(waiting).scalar_one())
