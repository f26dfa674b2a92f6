"""The relay delivers to real listeners: everything, in order, at least once, and nobody waits for another."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from core.context import Context
from core.domains import open_core
from core.events import subscriptions
from core.service import Core
from core.settings import Settings
from tests.apis.announcements import ORDERS, deliveries, relay_over, subscribe, tell
from tests.apis.listeners import Listener, unused_address, wait_until


def test_each_subscriber_gets_each_event_in_the_words_of_its_api_version(core: Core, context: Context) -> None:
    with Listener() as one, Listener() as other, Listener() as stranger, relay_over(core) as relay:
        subscribe(core, context, one.url)
        subscribe(core, context, other.url, query="eventType=CustomerDeleteEvent")
        subscribe(core, context, stranger.url, api_version=ORDERS)
        tell(core, context, "c1")
        tell(core, context, "c1", kind="Delete")
        assert relay.run_once() == 3
        assert relay.run_once() == 0
    assert [body["eventType"] for body in one.received] == ["CustomerCreateEvent", "CustomerDeleteEvent"]
    assert other.received == one.received[1:]
    assert stranger.received == []
    assert one.headers[0]["Content-Type"] == "application/json"
    assert one.connections == 1, "the connection is kept open"


def test_events_of_a_resource_arrive_in_their_order_though_many_are_on_their_way(core: Core, context: Context) -> None:
    customers = [f"c{number}" for number in range(20)]
    with Listener() as listener, relay_over(core) as relay, relay_over(core) as second:
        subscribe(core, context, listener.url)
        for step in range(10):
            tell(core, context, *customers, kind="AttributeValueChange", step=step)
        relay.start()
        second.start()
        wait_until(lambda: len(listener.received) >= 200)
    steps: dict[str, list[int]] = {customer: [] for customer in customers}
    for body in listener.received:
        customer = body["event"]["customer"]
        steps[customer["id"]].append(customer["step"])
    assert all(seen == list(range(10)) for seen in steps.values())


def test_two_relays_make_one_delivery_an_event_and_subscription(settings: Settings, context: Context) -> None:
    one, other = open_core(settings), open_core(settings)
    with Listener() as listener, relay_over(one) as relay, relay_over(other) as second:
        for number in range(3):
            subscribe(one, context, f"{listener.url}/{number}")
        relay.start()
        second.start()
        for batch in range(10):
            tell(one, context, *(f"{batch}-{number}" for number in range(10)))
        wait_until(lambda: len(listener.received) >= 300)
        wait_until(lambda: all(row.delivered_at for row in deliveries(one)))
    assert set(Counter(listener.identifiers()).values()) == {3}
    assert len(deliveries(one)) == 300
    one.dispose()
    other.dispose()


def test_a_dead_and_a_slow_listener_delay_no_other(core: Core, context: Context) -> None:
    free = threading.Event()

    def hang(_body: dict[str, Any]) -> int:
        free.wait()
        return 204

    with Listener() as well, Listener(hang) as slow, relay_over(core) as relay:
        subscribe(core, context, unused_address())
        subscribe(core, context, slow.url)
        subscribe(core, context, well.url)
        tell(core, context, *(f"c{number}" for number in range(30)))
        relay.start()
        wait_until(lambda: len(well.received) == 30)
        assert len(slow.received) < 30
        free.set()
    states = Counter((bool(row.delivered_at), row.attempts > 0) for row in deliveries(core))
    assert states[True, True] >= 30


def test_a_commit_in_the_same_process_wakes_the_relay(settings: Settings, context: Context) -> None:
    core = open_core(settings.model_copy(update={"relay_interval": 600.0}))
    with Listener() as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        relay.start()
        time.sleep(0.2)
        tell(core, context, "c1")
        wait_until(lambda: listener.received)
    core.dispose()


def test_a_redirect_is_not_followed(core: Core, context: Context) -> None:
    with Listener(lambda body: 307) as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "c1")
        assert relay.run_once() == 0
    assert len(listener.received) == 1
    assert "redirect" in deliveries(core)[0].last_error


def test_an_invalid_notification_is_parked_instead_of_sent(
    core: Core, context: Context, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with Listener() as listener, relay_over(core) as relay:
        subscribe(core, context, listener.url)
        tell(core, context, "c1", contactMedium="none")
        tell(core, context, "c1", kind="Delete")
        assert relay.run_once() == 1
    assert [body["eventType"] for body in listener.received] == ["CustomerDeleteEvent"]
    parked = deliveries(core)[0]
    assert parked.parked_at is not None
    assert parked.last_error.startswith("event.customer.contactMedium: must be an array")
    # Where it is written to depends on what has set up logging in this process before.
    assert "notification.unsendable" in "".join((*capsys.readouterr(), caplog.text))


def test_nothing_is_sent_once_a_subscription_has_ended(core: Core, context: Context) -> None:
    with Listener() as listener, relay_over(core) as relay:
        ended = subscribe(core, context, listener.url)
        tell(core, context, "c1")
        with core.work(context) as work:
            subscriptions.remove(work.connection, context.tenant, ("tmf629", "v5"), ended["id"])
        assert relay.run_once() == 0
    assert listener.received == []


def test_stopping_gives_back_what_was_not_sent(core: Core, context: Context) -> None:
    def sleep(_body: dict[str, Any]) -> int:
        time.sleep(0.2)
        return 204

    with Listener(sleep) as listener:
        subscribe(core, context, listener.url)
        tell(core, context, *(f"c{number}" for number in range(50)))
        with relay_over(core) as relay:
            relay.start()
            wait_until(lambda: listener.received)
        sent = set(listener.identifiers())
    assert 0 < len(sent) < 50
    for row in deliveries(core):
        assert row.claimed_until is None
        assert (row.event_id in sent) == (row.delivered_at is not None)


def test_a_runner_that_calls_for_another_while_the_relay_ends_gives_back_what_it_has(
    settings: Settings, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = threading.Event()

    class SlowPool(ThreadPoolExecutor):
        def submit(self, *arguments: Any, **options: Any) -> Any:
            if threading.current_thread().name != "relay":
                second.set()
                time.sleep(0.2)
            return super().submit(*arguments, **options)

    monkeypatch.setattr("apis.tmf630.relay.ThreadPoolExecutor", SlowPool)
    core = open_core(settings.model_copy(update={"relay_batch": 1}))
    with Listener() as listener:
        subscribe(core, context, listener.url)
        tell(core, context, "c1", "c2", "c3")
        with relay_over(core) as relay:
            relay.start()
            wait_until(second.is_set)
    assert [row.claimed_until for row in deliveries(core)] == [None] * 3
    core.dispose()


def test_a_name_that_leads_to_a_forbidden_address_by_now_is_not_called(
    core: Core, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_server = core.settings.model_copy(update={"host": "0.0.0.0"})
    with Listener() as listener:
        port = listener.url.split(":")[2].split("/")[0]
        subscribe(core, context, f"http://localhost:{port}/events")  # as if the name had led elsewhere then
        tell(core, context, "c1")
        monkeypatch.setattr(core, "settings", open_server)
        with relay_over(core) as relay:
            assert relay.run_once() == 0
            assert listener.connections == 0
    [owed] = deliveries(core)
    assert (owed.delivered_at, owed.parked_at) == (None, None)
    assert "leads to an address that notifications may not go to" in owed.last_error


def test_the_address_that_was_checked_is_the_one_that_is_called(
    core: Core, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def lookup(host: str, port: int, *arguments: Any, **options: Any) -> list[Any]:
        # A name whose answer changes: at first a good address, ever after another.
        looked_up.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(looked_up) < 2 else "10.0.0.1", port))]

    with Listener() as listener, relay_over(core) as relay:
        port = listener.url.split(":")[2].split("/")[0]
        subscribe(core, context, f"http://changing.example:{port}/events")
        tell(core, context, "c1", "c2")
        resolve = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *rest, **options: (lookup if host == "changing.example" else resolve)(host, *rest, **options),
        )
        assert relay.run_once() == 2
    assert looked_up == ["changing.example"]
    assert len(listener.received) == 2
