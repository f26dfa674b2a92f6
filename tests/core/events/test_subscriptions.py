"""Subscriptions: what makes one, who sees it, how it ends."""

from __future__ import annotations

import pytest

from core.context import Context
from core.errors import Conflict, NotFound
from core.events import subscriptions
from core.service import Core
from tests.core.events.wishes import API, subscribe

OTHER_BRAND = Context(tenant="other")


def test_a_subscription_comes_back_with_all_that_was_sent(core: Core, context: Context) -> None:
    sent = {"callback": "https://listener.example/x?y=1", "@type": "Hub", "note": {"deep": [1]}}
    with core.work(context) as work:
        created = subscriptions.create(work.connection, context.tenant, API, sent, work.now)
    with core.reading(context) as work:
        assert subscriptions.get(work.connection, context.tenant, API, created["id"]) == {"id": created["id"], **sent}
        assert subscriptions.find(work.connection, context.tenant, API).items == [created]


@pytest.mark.parametrize(
    "callback",
    [
        "",
        "listener.example",
        "/events",
        "ftp://listener.example/",
        "http://",
        "http://:80/",
        "http://listener.example:0/",
        "http://listener.example:99999/",
        "http://[::1",
        "http://user:secret@listener.example/",
        "http://listener.example/#part",
        "http://listener.example/ x",
        "http://listener.example/\n",
        "javascript:alert(1)",
        f"http://listener.example/{'x' * 2048}",
    ],
)
def test_a_callback_that_can_not_be_called_is_refused(core: Core, context: Context, callback: str) -> None:
    with pytest.raises(Conflict) as refusal:
        subscribe(core, context, callback=callback)
    assert refusal.value.faults[0].path == "callback"


def test_the_same_callback_with_the_same_query_is_refused_a_second_time(core: Core, context: Context) -> None:
    subscribe(core, context)
    subscribe(core, context, query="Create")
    subscribe(core, context, api=("tmf000", "v2"))
    subscribe(core, OTHER_BRAND)
    with pytest.raises(Conflict) as refusal:
        subscribe(core, context)
    assert refusal.value.faults[0].path == "callback"


def test_a_subscription_is_seen_and_ended_only_by_its_brand_and_api_version(core: Core, context: Context) -> None:
    identifier = subscribe(core, context)
    for tenant, api in (
        (OTHER_BRAND.tenant, API),
        (context.tenant, ("tmf000", "v2")),
        (context.tenant, ("tmf1", "v1")),
    ):
        with core.work(context) as work:
            with pytest.raises(NotFound):
                subscriptions.get(work.connection, tenant, api, identifier)
            with pytest.raises(NotFound):
                subscriptions.remove(work.connection, tenant, api, identifier)
    with core.work(context) as work:
        subscriptions.remove(work.connection, context.tenant, API, identifier)
        assert subscriptions.find(work.connection, context.tenant, API).total == 0
