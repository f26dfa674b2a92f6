"""What a topic of ours finds in the database is what its events, as they are worded, meet; on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from apis.app import served_versions
from apis.tmf688_event.own_topics import OwnTopic
from apis.tmf688_event.pages import EventPage
from core.clock import FixedClock
from core.context import Context
from core.entity import Document
from core.evaluation import page_in
from core.events.history import Span, find_events
from core.events.outbox import Event, append, rows_of
from core.query import AllOf, AnyOf, Condition, Criterion, Judged, Member, Negation, Order, Query
from core.service import Core

NOTE = {"@type": "Note", "text": "Call"}
ORDER = {
    "@type": "ProductOrder",
    "id": "o1",
    "href": "kept",
    "state": "held",
    "note": [NOTE, {"text": "5", "id": "n2"}],
}
LACKING = {"op": "add", "path": "/note/0/text", "value": None}
PRODUCT = {"@type": "Product", "id": "p1", "name": "2026-01-15T13:00:00+01:00", "isBundle": True, "size": 5}
EVENTS = [
    Event("ProductOrder", "o1", 1, "Create", ORDER),
    Event("ProductOrder", "o1", 2, "StateChange", {**ORDER, "state": "done", "note": None}, ("state", "note")),
    Event("ProductOrder", "o1", 2, "InformationRequired", {**ORDER, "informationRequired": LACKING}),
    Event("CancelProductOrder", "c1", 1, "StateChange", {"@type": "CancelProductOrder", "id": "c1", "state": "done"}),
    Event("Product", "p1", 1, "Create", PRODUCT),
    Event("Product", "p1", 2, "Batch", PRODUCT),
    Event("Product", "p2", 2, "Burp", PRODUCT),
]
PATHS = [
    "title",
    "topicId",
    "source",
    "source.id",
    "source.name",
    "source.@referredType",
    "source.href",
    "reportingSystem.id",
    "correlationId",
    "description",
    "fieldPath",
    "nothing.at.all",
    "event",
    "event.nobody",
    "event.productOrder",
    "event.productOrder.id",
    "event.productOrder.href",
    "event.productOrder.state",
    "event.productOrder.note",
    "event.productOrder.note.text",
    "event.productOrder.informationRequired.op",
    "event.informationRequired.path",
    "event.informationRequired.value",
    "event.cancelProductOrder.state",
    "event.canccelProductOrder.state",
    "event.product.name",
    "event.product.size",
    "event.product.isBundle",
]
VALUES = ["ProductOrder", "o1", "c1", "done", "Call", "5", "true", "2026-01-15T12:00:00Z", "/note/0/text", "c-1", "add"]
CONDITIONS = [
    *(Condition((*path.split("."),), (value,)) for path in PATHS for value in VALUES),
    *(
        Condition((*path.split("."),), ("c1", "held", "6"), operator)
        for path in PATHS
        for operator in ("ne", "gt", "lt")
    ),
    *(Condition((*path.split("."),), operator=operator) for path in PATHS for operator in ("present", "null")),
    *(Condition((*path.split("."),), ("^[Coh]",), "regex") for path in PATHS),
]
NOTED, PLACED = ("event", "productOrder", "note"), Condition(("text",), ("Call",))
DONE, CREATED = Condition(("event", "productOrder", "state"), ("done",)), Condition(("title",), ("Product create",))
CORRELATED, SHOWN = Condition(("correlationId",), ("c-1",)), Condition(("fieldPath",), ("state,note",))
TREES: list[Criterion] = [
    Member(NOTED, PLACED),
    Member(NOTED, AllOf((PLACED, Condition(("id",), operator="present")))),
    Member(NOTED, Condition(("text",), ("^C",), "regex")),
    Member(("event",), Condition(("productOrder", "state"), ("done",))),
    Member(("event", "productOrder"), Member(("note",), PLACED)),
    Member(("event", "product"), Condition(("size",), ("5",))),
    Member(("event", "productOrder"), Condition(("href",), operator="present")),
    Member(("source",), Condition(("id",), ("o1",))),
    Member(("reportingSystem",), Condition(("id",), ("default",))),
    Member(("event", "informationRequired"), Condition(("op",), ("add",))),
    Negation(Member(NOTED, PLACED)),
    AnyOf((DONE, CREATED)),
    AnyOf((DONE, SHOWN)),
    AnyOf((CREATED, SHOWN)),
    AnyOf((DONE, CORRELATED)),
    AllOf((AnyOf((DONE, SHOWN)), CORRELATED)),
    Negation(AnyOf((DONE, CORRELATED))),
    Negation(AllOf((CREATED, SHOWN))),
    Negation(SHOWN),
    AnyOf(()),
    Judged(lambda event: "productOrder" in event["event"]),
    Member(NOTED, Judged(lambda note: bool(note) and "id" in note)),
    Member(("event", "productOrder"), Judged(lambda order: "note" in order)),
]


@pytest.mark.parametrize("name", ["productOrderingManagement", "productInventory", "customerManagement"])
def test_criteria_find_the_same_events_in_the_database_as_among_those_that_are_worded(
    core: Core, clock: FixedClock, name: str
) -> None:
    with core.work(Context(tenant="default")) as work:
        for number, event in enumerate(EVENTS):
            told_by = Context(tenant="default", correlation_id="c-1" if number % 2 else "")
            append(work.connection, rows_of(told_by, [event], clock.now() + timedelta(microseconds=700)))
    versions = {version.base_path.split("/")[-2]: version for version in served_versions() if version.is_canonical}
    topic = OwnTopic(versions[name], versions["event"])
    found = 0
    with core.work(Context(tenant="default")) as work:
        every = find_events(work.connection, "default", Span(frozenset(topic.wordings)), 0, 100)
        documents: list[Document] = [topic.word(work, event) for event in every]
        for criterion in [*CONDITIONS, *TREES]:
            query = Query((criterion,), limit=100, scan_limit=100)
            items = EventPage(topic, work, query).page().items
            assert items == page_in(documents, query).items, criterion
            found += len(items)
        for path in PATHS:
            query = Query(sort=(Order((*path.split("."),), descending=True),), limit=2, scan_limit=100)
            first = EventPage(topic, work, query).page()
            assert first == page_in(documents, query), path
            following = replace(query, after=first.last)
            assert EventPage(topic, work, following).page() == page_in(documents, following), path
    assert bool(found) is bool(documents) is (name != "customerManagement")
