"""Subscriptions, events and claims in a few words, for the tests of their delivery."""

from __future__ import annotations

from datetime import timedelta

from core.context import Context
from core.events import subscriptions
from core.events.delivery import Claim, Subscriber, claim, waiting_subscribers
from core.events.distribution import distribute
from core.events.selection import Channel, Selection
from core.query import Condition
from core.service import Core

API = ("tmf000", "v1")
KINDS = ("Create", "StateChange", "AttributeValueChange", "Delete")
LISTENER = "http://listener.example/"
LEASE = timedelta(minutes=1)


def selections(channel: Channel, query: str) -> Selection:
    """Read the queries of these tests: kinds, apart by commas, each with what the name must be if that matters."""
    wanted = (part.partition(":") for part in (query.split(",") if query else KINDS))
    known = {("Thing", kind): (Condition(("name",), (name,)),) if name else () for kind, _, name in wanted}
    return Selection(known if channel == Channel(*API) else {})


def subscribe(
    core: Core,
    context: Context,
    *,
    callback: str = "http://listener.example/",
    query: str = "",
    api: tuple[str, str] = API,
) -> str:
    """Subscribe a callback to events and return the identifier of the subscription."""
    document = {"callback": callback, "query": query}
    with core.work(context) as work:
        created = subscriptions.create(work.connection, context.tenant, api, document, work.now)
    identifier: str = created["id"]
    return identifier


def tell(core: Core, context: Context, *identifiers: str, kind: str = "Create", entity: str = "Thing") -> None:
    """Let something happen to each of some resources, in one transaction."""
    with core.work(context) as work:
        for identifier in identifiers:
            work.emit(entity, kind, {"id": identifier, "name": f"{kind} of {identifier}"})


def distribute_all(core: Core) -> int:
    """Distribute what waits in the outbox."""
    return distribute(core.database, selections, core.clock.now(), 1000)


def waiting(core: Core) -> list[Subscriber]:
    """Return the subscriptions with something due."""
    return waiting_subscribers(core.database, core.clock.now())


def take(core: Core, subscriber: Subscriber, limit: int = 100) -> list[Claim]:
    """Claim deliveries for a minute."""
    now = core.clock.now()
    return claim(core.database, subscriber, now, now + LEASE, limit)


def resources(claims: list[Claim]) -> list[str]:
    """Return what claimed events are about, in their order."""
    return [each.entity_id for each in claims]
