"""POSTs that carry an Idempotency-Key: sent again they answer the same, and nothing is made twice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from apis.app import create_app
from core.clock import FixedClock
from core.context import Context
from core.idempotency import Key, claim, forget_expired
from core.service import Core
from tests.contract.customers import CUSTOMERS, a_customer, created, error_in

HUB = "/tmf-api/customerManagement/v5/hub"


@pytest.fixture
def app(core: Core) -> Iterator[httpx.Client]:
    """A client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def post(http: httpx.Client, key: str, body: Any = None, path: str = CUSTOMERS) -> httpx.Response:
    return http.post(path, json=body or a_customer(), headers={"Idempotency-Key": key})


def told(reply: httpx.Response) -> tuple[int, bytes, dict[str, str]]:
    """Return what a reply says, but for the id of this one exchange."""
    return reply.status_code, reply.content, {**reply.headers, "x-correlation-id": ""}


def count(http: httpx.Client) -> int:
    return int(http.get(CUSTOMERS).headers["X-Total-Count"])


def test_a_request_sent_again_gets_the_same_reply_even_after_a_change(app: httpx.Client) -> None:
    first = post(app, "k1", a_customer(price=1, zeta=1, alpha=2))
    app.patch(first.json()["href"], json=a_customer(name="New"))
    again = post(app, "k1", a_customer(alpha=2, price=1, zeta=1))
    assert first.status_code == 201
    assert first.headers.keys() >= {"location", "etag"}
    assert told(again) == told(first)
    assert count(app) == 1


def test_a_key_may_stand_in_quotes_and_is_the_same_without(app: httpx.Client) -> None:
    assert told(post(app, '"k1"')) == told(post(app, "k1"))
    assert told(post(app, r'"a \"b\" \\"')) == told(post(app, r'"a \"b\" \\"')) != told(post(app, "k1"))


def test_another_request_under_a_key_is_refused(app: httpx.Client) -> None:
    post(app, "k1")
    assert error_in(post(app, "k1", a_customer(name="Other")), 422)["reason"].startswith("Idempotency-Key: ")
    assert error_in(post(app, "k1", path=f"{CUSTOMERS}?fields=name"), 422)["code"] == "keyReused"
    assert count(app) == 1


def test_a_key_counts_for_one_operation(app: httpx.Client) -> None:
    post(app, "k1")
    hub = {"@type": "Hub", "callback": "https://listener.example/a"}
    first = post(app, "k1", hub, HUB)
    assert first.status_code == 201
    assert told(post(app, "k1", hub, HUB)) == told(first)
    assert post(app, "k2", hub, HUB).status_code == 409


def test_a_refused_request_may_be_mended_under_its_key(app: httpx.Client) -> None:
    taken = created(app, id="c1")
    assert post(app, "k1", a_customer(id="c1")).status_code == 409
    assert post(app, "k1", {"@type": "Customer"}).status_code == 400
    app.delete(taken["href"])
    assert post(app, "k1", a_customer(id="c1")).status_code == 201


@pytest.mark.parametrize("key", ["", '"', '""', "a b", '"a', "k,l", "x" * 256, '"é"', '"a\\b"'])
def test_a_malformed_key_is_refused(app: httpx.Client, key: str) -> None:
    reply = app.post(CUSTOMERS, json=a_customer(), headers=[("Idempotency-Key", key.encode())])  # type: ignore[list-item]
    assert error_in(reply, 400)["reason"].startswith("Idempotency-Key: ")


def test_two_keys_are_none(app: httpx.Client) -> None:
    headers = [("Idempotency-Key", "k1"), ("Idempotency-Key", "k2")]
    assert app.post(CUSTOMERS, json=a_customer(), headers=headers).status_code == 400


def test_a_key_is_forgotten_when_its_time_is_over(app: httpx.Client, core: Core, clock: FixedClock) -> None:
    first = post(app, "k1")
    clock.advance(timedelta(hours=23, minutes=59))
    assert told(post(app, "k1")) == told(first)
    post(app, "k2")
    clock.advance(timedelta(minutes=1))
    second = post(app, "k1", a_customer(name="Other"))
    assert second.status_code == 201
    assert told(post(app, "k1", a_customer(name="Other"))) == told(second)
    clock.advance(timedelta(hours=24))
    assert forget_expired(core) == 2
    assert forget_expired(core) == 0


def test_many_at_once_under_one_key_make_one_resource(app: httpx.Client) -> None:
    replies: list[httpx.Response] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        replies.append(post(app, "k1", a_customer(id="c1")))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert len({str(told(reply)) for reply in replies}) == 1
    assert replies[0].status_code == 201
    assert count(app) == 1


def test_a_request_waits_a_while_for_the_one_with_its_key(
    app: httpx.Client, core: Core, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL alone: SQLite lets one transaction write at a time, so a request never meets a running one."""
    if core.database.is_sqlite:
        pytest.skip("SQLite has one writer at a time")
    monkeypatch.setattr("core.idempotency.PATIENCE", 200)
    running = Key("tmf629/v5/createCustomer", "k1", "")
    anonymous = Context(context.tenant)
    with core.work(anonymous) as work:
        claim(work, running)
        assert error_in(post(app, "k1"), 409)["code"] == "inProgress"
        assert post(app, "k2").status_code == 201
    assert post(app, "k1").status_code == 422
