"""A server that is killed under load has kept every request it answered, once, and tells of all of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from core.clock import wire_instant
from tests.apis.listeners import Listener, wait_until
from tests.journeys.caller import Caller
from tests.journeys.server import Server
from tests.journeys.shop import MSISDN, item, offer, order_for, sign_up

CALLERS = 4
KILLS = 2
ANSWERS_BEFORE_A_KILL = 60
Document = dict[str, Any]


class Load:
    """Several callers that order and report usage without pause; knows what was answered, and what never was."""

    def __init__(self, caller: Caller, customer: str) -> None:
        self.caller = caller
        self.customer = customer
        self.answered: dict[str, list[str]] = {"productOrder": [], "usage": []}
        self.unanswered: list[Document] = []
        self._numbers = iter(range(1_000_000))
        self._lock = threading.Lock()

    def run(self, server: Server, answers: int) -> None:
        """Put load on the server until it has given so many answers more, then kill it."""
        enough = len(self) + answers
        threads = [threading.Thread(target=self._call, args=(Caller(server.url),)) for _ in range(CALLERS)]
        for thread in threads:
            thread.start()
        wait_until(lambda: len(self) >= enough)
        server.kill()
        for thread in threads:
            thread.join()

    def __len__(self) -> int:
        return sum(map(len, self.answered.values()))

    def _call(self, caller: Caller) -> None:
        while True:
            with self._lock:
                number = next(self._numbers)
            if number % 2:
                handset = item("1", "finch-f2", colour="moss", storage="128 GB")
                body: Document = {**order_for(self.customer, handset), "description": f"order {number}"}
                api, path = "tmf622", "productOrder"
            else:
                body, api, path = record(number), "tmf635", "usage"
            try:
                created = caller.post(api, path, body)
            except requests.RequestException:
                with self._lock:
                    self.unanswered += [body] if path == "usage" else []
                return
            with self._lock:
                self.answered[path].append(created["id"])


def record(number: int) -> Document:
    """Return a usage record of the customer's line."""
    named = {"msisdn": MSISDN, "source": "switch-1", "recordId": f"record-{number}", "destination": "+493023125000"}
    return {
        "usageType": "sms",
        "usageDate": wire_instant(datetime.now(UTC)),
        "usageCharacteristic": [{"name": name, "value": value} for name, value in named.items()],
    }


def record_id(usage: Document) -> str:
    """Return the identifier of the network record that a usage is of."""
    return next(str(each["value"]) for each in usage["usageCharacteristic"] if each["name"] == "recordId")


def everything(caller: Caller, api: str, path: str) -> Iterator[Document]:
    """Yield all resources of a kind."""
    offset = 0
    while page := caller.get(api, path, offset=str(offset), limit="100"):
        yield from page
        offset += len(page)


def told(listener: Listener, name: str) -> Counter[tuple[str, str, str]]:
    """Return how many different events came of each kind: (event type, resource, state)."""
    events = {body["eventId"]: body for body in listener.received if name in body["event"]}
    state = "state" if name == "productOrder" else "status"
    return Counter(
        (body["eventType"], body["event"][name]["id"], body["event"][name][state]) for body in events.values()
    )


def expected(orders: list[str], usages: list[str]) -> set[tuple[str, str, str]]:
    """Return the events that the life of orders and usages consists of."""
    change = "ProductOrderStateChangeEvent"
    of_orders = [("ProductOrderCreateEvent", "acknowledged"), (change, "inProgress"), (change, "completed")]
    change = "UsageStateChangeEvent"
    of_usages = [("UsageCreateEvent", "received"), (change, "guided"), (change, "rated")]
    return {(kind, id_, state) for kind, state in of_orders for id_ in orders} | {
        (kind, id_, state) for kind, state in of_usages for id_ in usages
    }


@pytest.mark.slow
def test_what_a_killed_server_had_answered_is_there_once_and_told_of(server: Server, caller: Caller) -> None:
    offer(caller)
    customer = sign_up(caller)
    order = caller.post("tmf622", "productOrder", order_for(customer, item("1", "plan-m", msisdn=MSISDN)))
    caller.until("tmf622", f"productOrder/{order['id']}", "state", "completed")
    load = Load(caller, customer)
    with Listener() as listener:
        for api in ("tmf622", "tmf635"):
            caller.post(api, "hub", {"callback": listener.url} | ({"@type": "Hub"} if api == "tmf622" else {}))
        for _ in range(KILLS):
            load.run(server, ANSWERS_BEFORE_A_KILL)
            server.start()
        again = [caller.post("tmf635", "usage", body) for body in load.unanswered]

        orders = Counter(each["id"] for each in everything(caller, "tmf622", "productOrder"))
        usages = {each["id"]: each for each in everything(caller, "tmf635", "usage")}
        assert set(load.answered["productOrder"]) <= orders.keys()
        assert set(load.answered["usage"]) | {each["id"] for each in again} <= usages.keys()
        records = Counter(record_id(each) for each in usages.values())
        assert set(records.values()) == {1}, "a record that is sent again is the same usage"

        wanted = expected(load.answered["productOrder"], load.answered["usage"])
        # An order that was being fulfilled when the server was killed waits until its task's lease has run out.
        wait_until(lambda: wanted <= (told(listener, "productOrder") + told(listener, "usage")).keys())
    events = told(listener, "productOrder") + told(listener, "usage")
    assert {events[each] for each in wanted} == {1}, "each under one identifier, however often it was sent"
