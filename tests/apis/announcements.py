"""Subscriptions and events of customers, and the relay that delivers them, for the tests of notifications."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from apis.tmf630.relay import Relay
from apis.tmf630.version import Version
from core.context import Context
from core.events import subscriptions
from core.events.tables import delivery
from core.service import Core
from tests.apis.served import version

CUSTOMERS = version("tmf629")
ORDERS = version("tmf622")
USAGES = version("tmf635", "v4")
VERSIONS = (CUSTOMERS, ORDERS, USAGES)


@contextmanager
def relay_over(core: Core) -> Iterator[Relay]:
    """Give a relay for the block, and close what it has opened."""
    relay = Relay(core, VERSIONS)
    try:
        yield relay
    finally:
        relay.stop()


def subscribe(
    core: Core, context: Context, callback: str, *, query: str = "", api_version: Version = CUSTOMERS
) -> dict[str, Any]:
    """Subscribe a callback to the events of an API version."""
    api = (api_version.api.name, api_version.name)
    document = {"callback": callback, "query": query}
    with core.work(context) as work:
        return subscriptions.create(work.connection, context.tenant, api, document, work.now)


def a_customer(identifier: str, **attributes: Any) -> dict[str, Any]:
    """Return the smallest customer that can be told of."""
    party = {"@type": "PartyRef", "@referredType": "Individual", "id": "p1", "name": "Jo"}
    return {"@type": "Customer", "id": identifier, "name": "Jo", "engagedParty": party, **attributes}


def tell(core: Core, context: Context, *identifiers: str, kind: str = "Create", **attributes: Any) -> None:
    """Let something happen to customers, in one transaction."""
    with core.work(context) as work:
        for identifier in identifiers:
            work.emit("Customer", kind, a_customer(identifier, **attributes))


def deliveries(core: Core) -> list[Any]:
    """Return what everybody is owed, or has got, in the order of the events."""
    with core.database.reading() as connection:
        return list(connection.execute(select(delivery).order_by(delivery.c.position, delivery.c.subscription_id)))
