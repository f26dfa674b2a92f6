"""Every event of every served document is told, at its moment and only then, to a listener that can take it as valid.

What happens is done to the domain step by step; a listener is subscribed to every API version.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from apis.app import create_app, served_versions
from apis.tmf630.notifications import wordings_of
from core.billing import run_bills
from core.context import Context
from core.entity import Document
from core.errors import Fault
from core.events.tables import delivery
from core.ordering import AtOnce, Outcome, ProductOrder, Stop
from core.service import Core, Work
from core.storage.tables import outbox
from core.tasks import task_table
from tests.apis.listeners import Listener, wait_until
from tests.builders import catalog, inventory, ordering, usage
from tests.builders.billing import a_paying_subscriber, bills

VERSIONS = served_versions()
LATER = {"requestedStartDate": "2030-01-01T00:00:00.000Z"}
WHOLE = {"lifecycleStatus": "In study", "lastUpdate": "2026-01-01T00:00:00.000Z"}


def test_every_event_of_the_documents_arrives_at_its_moment_and_is_valid(core: Core, context: Context) -> None:
    _order_of(core).fulfilment = Network()
    with create_app(core.settings, core).test_client(base_url="http://testserver") as http, Listener() as listener:
        for version in VERSIONS:
            hub = {"callback": f"{listener.url}{version.base_path}", "@type": "Hub"}
            assert http.post(f"{version.base_path}/hub", json=hub).status_code == 201
        for step in steps(core, context):
            assert step.told() == step.expected
        wait_until(lambda: not _open_deliveries(core))
        assert _parked(core) == []
        for version in VERSIONS:
            told = [json.loads(body) for path, body in listener.posts if path == f"/events{version.base_path}"]
            wordings = wordings_of(version).values()
            never = {wording.event_type for wording in wordings} - {body["eventType"] for body in told}
            assert never == set()
            for body in {body["eventType"]: body for body in told}.values():
                take(http, f"{version.base_path}/listener", body)


def _order_of(core: Core) -> ProductOrder:
    rules = core.entities["ProductOrder"]
    assert isinstance(rules, ProductOrder)
    return rules


def take(http: httpx.Client, listeners: str, body: Document) -> None:
    """Have a notification taken by the listener path of its document, which validates it."""
    [path] = {
        path
        for version in VERSIONS
        if listeners.startswith(version.base_path)
        for path in [version.operations[f"notify{body['eventType']}"].path]
    }
    reply = http.post(listeners.removesuffix("/listener") + path, json=body)
    assert reply.status_code in (201, 204), reply.text


@dataclass
class Step:
    """Something that happens, and what is told of it: entity and kind, in order, of the entities that are named."""

    core: Core
    context: Context
    does: Callable[[Work], Any]
    expected: list[str]
    before: int = field(init=False, default=0)

    def told(self) -> list[str]:
        """Let it happen, wait for what follows from it, and return the events about the entities in question."""
        known = {f"{entity} {kind}" for version in VERSIONS for entity, kind in wordings_of(version)}
        entities = {event.split()[0] for event in self.expected}
        self.expected = [event for event in self.expected if event in known]
        before = len(_events(self.core))
        self.core.run(self.context, self.does)
        wait_until(lambda: not _open_tasks(self.core))
        return [event for event in _events(self.core)[before:] if event in known and event.split()[0] in entities]


def steps(core: Core, context: Context) -> Iterator[Step]:
    """Yield everything that is told of."""

    def step(does: Callable[[Work], Any], *expected: str) -> Step:
        kinds = {"C": "Create", "A": "AttributeValueChange", "S": "StateChange", "D": "Delete", "B": "Batch"}
        told = [f"{entity} {kinds.get(kind, kind)}" for entity, *rest in map(str.split, expected) for kind in rest]
        return Step(core, context, does, told)

    for entity, document in CATALOG.items():
        yield from _lives(step, entity, document | WHOLE, "lifecycleStatus", "In design")
    yield from _lives(step, "Customer", a_customer("c0"), "status", "Active")
    yield from _lives(step, "Product", inventory.a_product(id="p0", status="created"), "status", "active")
    yield from _jobs(step, core.settings.exchange_folder)
    yield from _orders(step)
    yield from _usages(step)
    yield from _bills(step, core, context)
    yield from _topics(step)


CATALOG: dict[str, Document] = {
    "ProductCatalog": {"@type": "ProductCatalog", "id": "catalog", "name": "Retail"},
    "Category": catalog.a_category(),
    "ProductSpecification": catalog.a_specification(),
    "ProductOfferingPrice": catalog.a_price(),
    "ProductOffering": catalog.an_offering(),
}


def a_customer(identifier: str) -> Document:
    """Return a customer."""
    party = {"@type": "PartyRef", "@referredType": "Individual", "id": "p1", "name": "Jo"}
    return {"@type": "Customer", "id": identifier, "name": "Jo", "engagedParty": party}


Steps = Callable[..., Step]


def _lives(step: Steps, entity: str, document: Document, state: str, moved: str) -> Iterator[Step]:
    """Yield the life of a resource: made, changed, moved on together with something else, removed."""
    identifier = document["id"]
    yield step(lambda work: work.create(entity, dict(document)), f"{entity} C")
    yield step(lambda work: _change(work, entity, identifier, description="changed"), f"{entity} A")
    yield step(lambda work: _change(work, entity, identifier, **{state: moved}, description="moved"), f"{entity} S A")
    yield step(lambda work: work.delete(entity, identifier), f"{entity} D")


def _change(work: Work, entity: str, identifier: str, **attributes: Any) -> Document:
    return work.change(entity, identifier, lambda document: document | attributes, caller=True)


def _jobs(step: Steps, folder: Path) -> Iterator[Step]:
    elements = [CATALOG["ProductCatalog"] | WHOLE, catalog.a_category() | WHOLE]
    (folder / "in.ndjson").write_text("\n".join(json.dumps(element) for element in elements))
    url = "file:in.ndjson"
    yield step(
        lambda work: work.create("ImportJob", {"url": url}), "ImportJob C S", "ProductCatalog C B", "ImportJob S"
    )
    yield step(lambda work: work.create("ExportJob", {"url": "file:out.ndjson"}), "ExportJob C S S")


class Network(AtOnce):
    """An OSS for which the order `slow` takes its time, and that wants to know why it is to be cancelled."""

    def start(self, work: Work, order: Document, item: Document) -> Outcome:
        """Answer that an item is delivered, or of that order: on its way."""
        return Outcome("inProgress" if order["id"] == "slow" else "completed")

    def stop(self, work: Work, order: Document, items: Sequence[Document], request: Document) -> Stop:
        """Call off what is under way for a reason only."""
        if "cancellationReason" in request:
            return Stop()
        return Stop("assessing", (Fault("cancellationReason", "reasonNeeded", "say why"),))


def _orders(step: Steps) -> Iterator[Step]:
    price = catalog.a_monthly_price()
    plan, phone, unknown = catalog.an_offering(price), catalog.an_offering(price), catalog.an_offering()
    bundle = catalog.a_bundle(catalog.part(plan["id"]), catalog.part(phone["id"]))

    def supply(work: Work) -> None:
        work.create("ProductOfferingPrice", price)
        for offering in (plan, phone, bundle):
            work.create("ProductOffering", offering)
        work.create("Customer", a_customer(ordering.CUSTOMER))

    def order(identifier: str, offering: Document, **attributes: Any) -> Callable[[Work], Document]:
        item = ordering.an_item(offering["id"], product=ordering.with_characteristics())
        return lambda work: work.create("ProductOrder", ordering.an_order(item, id=identifier, **attributes))

    def changed(**attributes: Any) -> Callable[[Work], Document]:
        return lambda work: _change(work, "ProductOrder", "o2", **attributes)

    def cancel(identifier: str) -> Callable[[Work], Document]:
        reference = {"@type": "ProductOrderRef", "id": identifier, "@referredType": "ProductOrder"}
        request = {"id": f"cancel-{identifier}", "productOrder": reference}
        return lambda work: work.create("CancelProductOrder", request)

    def explain(work: Work) -> Document:
        return _change(work, "CancelProductOrder", "cancel-slow", cancellationReason="moving abroad")

    yield step(supply, "ProductOffering C C C")
    yield step(order("o1", plan), "ProductOrder C A S", "Product C", "ProductOrder S")
    yield step(order("several", bundle), "ProductOrder C A S", "Product C C C B", "ProductOrder S")
    yield step(order("held", unknown), "ProductOrder C S ErrorMessage InformationRequired")
    yield step(order("o2", plan, **LATER), "ProductOrder C A")
    yield step(changed(description="for the lobby"), "ProductOrder A")
    yield step(changed(productOrderMilestone=[MILESTONE]), "ProductOrder A Milestone")
    yield step(changed(productOrderMilestone=[MILESTONE], priority="1"), "ProductOrder A")
    yield step(changed(productOrderJeopardyAlert=[ALERT]), "ProductOrder A JeopardyAlert")
    yield step(lambda work: work.delete("ProductOrder", "o2"), "ProductOrder D")
    yield step(order("o3", plan, **LATER), "ProductOrder C A")
    yield step(cancel("o3"), "CancelProductOrder C", "ProductOrder S", "CancelProductOrder S")
    yield step(order("slow", plan), "ProductOrder C A S")
    yield step(cancel("slow"), "CancelProductOrder C", "ProductOrder S", "CancelProductOrder S InformationRequired")
    yield step(explain, "ProductOrder S", "CancelProductOrder S")


MILESTONE = {"@type": "ProductOrderMilestone", "id": "m1", "name": "SIM sent", "status": "Completed"}
ALERT = {"@type": "ProductOrderJeopardyAlert", "id": "a1", "name": "No SIM in stock", "jeopardyType": "normal"}


def _usages(step: Steps) -> Iterator[Step]:
    specification = usage.a_usage_specification(id="calls")
    call, changed = usage.a_call() | {"id": "u1"}, {"description": "changed"}
    yield step(lambda work: usage.a_subscriber(work, usage.a_voice_price()), "Product C")
    yield step(lambda work: work.create("Usage", call), "Usage C S S")
    yield step(lambda work: _change(work, "Usage", "u1", **changed), "Usage A")
    yield step(lambda work: work.delete("Usage", "u1"), "Usage D")
    yield step(lambda work: work.create("UsageSpecification", specification), "UsageSpecification C")
    yield step(lambda work: _change(work, "UsageSpecification", "calls", **changed), "UsageSpecification A")
    yield step(lambda work: work.delete("UsageSpecification", "calls"), "UsageSpecification D")


def _bills(step: Steps, core: Core, context: Context) -> Iterator[Step]:
    a_paying_subscriber(core, context, catalog.a_monthly_price(31), msisdn=None)
    account = {"@type": "BillingAccountRef", "id": "b1"}
    request = {"@type": "CustomerBillOnDemand", "billingAccount": account}
    yield step(
        lambda work: work.create("CustomerBillOnDemand", request),
        "CustomerBillOnDemand C",
        "CustomerBill C",
        "CustomerBillOnDemand S",
    )
    run_bills(core, context, date(2026, 3, 1))
    bill = bills(core, context)[0]["id"]
    yield step(lambda work: _change(work, "CustomerBill", bill, state="validated"), "CustomerBill S")


def _topics(step: Steps) -> Iterator[Step]:
    event = {"@type": "Event", "topicId": "masts", "eventType": "MastFell"}
    yield step(lambda work: work.create("Topic", {"@type": "Topic", "id": "masts"}), "Topic C")
    yield step(lambda work: _change(work, "Topic", "masts", name="Masts"), "Topic A")
    yield step(lambda work: work.create("Event", event), "Event C")
    yield step(lambda work: work.delete("Topic", "masts"), "Topic D")


def _events(core: Core) -> list[str]:
    statement = select(outbox.c.entity, outbox.c.kind).order_by(outbox.c.position)
    with core.database.reading() as connection:
        return [f"{row.entity} {row.kind}" for row in connection.execute(statement)]


def _open_tasks(core: Core) -> list[Any]:
    due = task_table.c.due_at <= core.clock.now()
    with core.database.reading() as connection:
        return list(connection.execute(select(task_table.c.id).where(task_table.c.done_at.is_(None), due)))


def _open_deliveries(core: Core) -> list[Any]:
    undistributed = select(outbox.c.id).where(outbox.c.distributed_at.is_(None))
    undelivered = select(delivery.c.event_id).where(delivery.c.delivered_at.is_(None), delivery.c.parked_at.is_(None))
    with core.database.reading() as connection:
        return [*connection.execute(undistributed), *connection.execute(undelivered)]


def _parked(core: Core) -> list[str | None]:
    with core.database.reading() as connection:
        return list(
            connection.execute(select(delivery.c.last_error).where(delivery.c.parked_at.is_not(None))).scalars()
        )
