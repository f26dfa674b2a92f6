"""What the query of a subscription may say, and what it selects."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from apis.tmf630.attributes import Attributes
from apis.tmf630.notifications import wordings_of
from apis.tmf630.subscription_query import read_selection_of_events, selections_of
from core.errors import Conflict
from core.events.selection import ENVELOPE, Channel, Selection
from core.query import AnyOf, Condition, Criterion, Member
from tests.apis.generations import generations
from tests.apis.served import version


def read(query: str, api: str = "tmf629") -> Selection:
    """Return what a query to an API of v5 selects."""
    return read_selection_of_events(query, wordings_of(version(api)), Attributes)


def quoted(path: str) -> str:
    """Return the part of a query that is a JSONPath."""
    return f"filter={quote(path)}"


def kinds(selection: Selection) -> set[str]:
    """Return the entities and kinds of events that are taken."""
    return {f"{entity}{kind}" for entity, kind in selection.wanted}


@pytest.mark.parametrize("query", ["", "  ", "?"])
def test_an_empty_query_takes_every_event(query: str) -> None:
    assert read(query) == Selection(dict.fromkeys(wordings_of(version("tmf629")), ()))


@pytest.mark.parametrize(
    "query",
    [
        "eventType=CustomerCreateEvent,CustomerDeleteEvent",
        "eventType = CustomerCreateEvent , CustomerDeleteEvent",
        "eventType=CustomerCreateEvent&eventType=CustomerDeleteEvent",
        "?eventType=CustomerCreateEvent%2CCustomerDeleteEvent",
        "eventType='CustomerCreateEvent',\"CustomerDeleteEvent\"",
        "eventType=CustomerCreateEvent;eventType=CustomerDeleteEvent",
        "eventType=CustomerCreateEvent;CustomerDeleteEvent",
    ],
)
def test_event_types_are_selected_by_comma_or_repetition(query: str) -> None:
    assert kinds(read(query)) == {"CustomerCreate", "CustomerDelete"}


@pytest.mark.parametrize("name", ["cancelProductOrder", "canccelProductOrder"])
def test_a_resource_is_found_by_its_name_where_the_document_misspells_it(name: str) -> None:
    selection = read(f"event.{name}.state=done&eventType=CancelProductOrderStateChangeEvent", "tmf622")
    assert selection.wanted == {("CancelProductOrder", "StateChange"): (Condition(("state",), ("done",)),)}


def test_filters_hold_for_the_events_that_have_the_attribute_and_leave_out_the_others() -> None:
    selection = read("event.productOrder.state=held,failed&event.productOrder.relatedParty.role=customer", "tmf622")
    conditions = (Condition(("state",), ("held", "failed")), Condition(("relatedParty", "role"), ("customer",)))
    assert {entity for entity, _kind in selection.wanted} == {"ProductOrder"}
    assert set(selection.wanted.values()) == {conditions}
    narrowed = read("eventType=ProductOrderStateChangeEvent&event.productOrder.state=held", "tmf622")
    assert narrowed.wanted == {("ProductOrder", "StateChange"): (Condition(("state",), ("held",)),)}


def test_attributes_are_called_as_the_generation_of_the_subscription_calls_them() -> None:
    orders = wordings_of(generations("tmf622")[0])
    selection = read_selection_of_events("event.productOrder.orderDate=2026-01-01T00:00:00.000Z", orders, Attributes)
    [condition] = {condition for conditions in selection.wanted.values() for condition in conditions}
    assert condition.path == ("creationDate",)
    with pytest.raises(Conflict):
        read_selection_of_events("event.productOrder.quux=1", orders, Attributes)


STATUS = Condition(("status",), ("active",), "ne")


@pytest.mark.parametrize(
    ("query", "criteria"),
    [
        ("event.customer.status!=active", (STATUS,)),
        ("event.customer.status.ne=active", (STATUS,)),
        ("event.customer.name%3EM", (Condition(("name",), ("M",), "gt"),)),
        ("event.customer.name>=M", (Condition(("name",), ("M",), "gte"),)),
        ("event.customer.name>M;event.customer.status!=active", (AnyOf((Condition(("name",), ("M",), "gt"), STATUS)),)),
        (
            "event.customer.href=http://b.example/tmf-api/customerManagement/v5/customer/7",
            (Condition(("id",), ("7",)),),
        ),
        (quoted("$[?(@.event.customer.name=='a&b')]"), (Condition(("name",), ("a&b",), kind="text"),)),
        (
            quoted("$[?(@.event.customer.characteristic[?(@.name=='x')])]"),
            (Member(("characteristic",), Condition(("name",), ("x",), kind="text")),),
        ),
    ],
)
def test_filters_are_those_of_lists_with_all_their_operators(query: str, criteria: tuple[Criterion, ...]) -> None:
    assert set(read(query).wanted.values()) == {criteria}


def test_what_the_databases_can_not_say_is_asked_of_the_event_as_the_generation_words_it() -> None:
    query = quoted("$[?(@.event.customer.name==@.event.customer.description)]")
    for generation in generations("tmf629"):
        selection = read_selection_of_events(query, wordings_of(generation), Attributes)
        kind = next(iter(selection.wanted))
        assert selection.takes(kind, {"@type": "Customer", "id": "1", "name": "x", "description": "x"})
        assert not selection.takes(kind, {"@type": "Customer", "id": "1", "name": "x", "description": "y"})


PAYLOAD = {"@type": "Customer", "id": "1", "name": "x"}
TOLD = {**PAYLOAD, ENVELOPE: {"eventId": "e", "eventTime": "2026-01-02T03:04:05.000Z", "correlationId": "c"}}
CREATE = ("Customer", "Create")


@pytest.mark.parametrize(
    ("query", "takes"),
    [
        ("filter=$[?(@.eventType=='CustomerCreateEvent' && @.event.customer.name=='x')]", True),
        ("filter=$[?(@.eventType=='CustomerCreateEvent' && @.event.customer.name=='y')]", False),
        ("filter=$[?(@.event.customer.@type=='Customer')]", True),
        ("filter=$[?(@.eventType!='CustomerCreateEvent' || @.correlationId=='c')]", True),
        ("filter=$[?(length(@.eventType)==19 && @.correlationId!=@.event.customer.id)]", True),
        ("eventType.ne=CustomerCreateEvent", False),
        ("eventType!=CustomerDeleteEvent", True),
        ("eventType=~^CustomerC", True),
        ("eventTime.gt=2026-01-02T04:04:04%2B01:00&eventTime<2026-01-03", True),
        ("eventTime.lt=2026-01-02", False),
        ("correlationId=c&domain=customerManagement&eventId=e", True),
        ("correlationId=d", False),
    ],
)
def test_the_attributes_of_the_event_itself_are_filters_too(query: str, takes: bool) -> None:
    for generation in generations("tmf629"):
        selection = read_selection_of_events(query, wordings_of(generation), Attributes)
        assert selection.takes(CREATE, TOLD) is takes


def test_what_only_one_generation_says_of_events_is_a_filter_there() -> None:
    for generation in generations("tmf629"):
        kinds_of, has_source = wordings_of(generation), generation.name == "v5"
        for query in ("source.id=1&source.@referredType=Customer", "filter=$[?(@.source.id==@.event.customer.id)]"):
            if has_source:
                assert read_selection_of_events(query, kinds_of, Attributes).takes(CREATE, TOLD)
        if not has_source:
            with pytest.raises(Conflict):
                read_selection_of_events("source.id=1", kinds_of, Attributes)


@pytest.mark.parametrize(
    "query",
    [
        "a=1&&b=2",
        "event.customer.name=x&&event.customer.id=1",
        "filter=$[?(@.eventType=='CustomerBurpEvent')]",
        "eventTime>soon",
        "timeOcurred>2026-01-01",
        "domain=elsewhere",
    ],
)
def test_what_is_no_attribute_or_value_of_an_event_is_refused(query: str) -> None:
    with pytest.raises(Conflict):
        read(query)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("event.customer.validFor.startDateTime>soon", "is a date-time"),
        ("event.customer.name=~(", "is not a pattern"),
        ("event.customer.name=a;event.customer.id=b&event.customer.status=c", "it isn't clear which belong together"),
        ("filter=$[?(@.event.customer.name=='a'", "is no JSONPath"),
        ("event.customer.name=a;event.customer.status=b&eventType=CustomerCreateEvent", "which belong together"),
        ("event.customer.name=a;eventType=CustomerCreateEvent", "or one resource that it tells of"),
        ("eventType=CustomerCreateEvent;event.customer.name=a", "or one resource that it tells of"),
        ("eventType>CustomerCreateEvent;event.customer.name=a", "or one resource that it tells of"),
        (
            "filter=$[?(@.eventType=='CustomerCreateEvent' || @.event.customer.name=='a')]",
            "filter: alternatives are about the event itself, or one resource",
        ),
        (
            "filter=$[?(@.eventId!='1' && !(@.event.customer.name=='a' && @.priority=='2'))]",
            "filter: alternatives are about the event itself, or one resource",
        ),
        ("filter=$[?(@.customer.name=='a')]", "no event that the query takes has 'filter=@.customer.name'"),
        (
            "filter=$[?(@.event.customer.id=='a' && @.event.customer.foo==1)]",
            "no event that the query takes has 'filter=@.event.customer.foo';",
        ),
        ("event.customer.name=a&event.customer.foo=b", "no event that the query takes has 'event.customer.foo';"),
        ("domain=elsewhere", "no event that the query takes meets 'domain'"),
        ("filter=$[?(@.event.customer.name==1)]&filter=$[?(@.event.customer.id==1)]", "must be given once"),
    ],
)
def test_a_filter_that_lists_would_refuse_is_refused_for_the_same_reason(query: str, reason: str) -> None:
    with pytest.raises(Conflict, match=re.escape(reason)) as refusal:
        read(query)
    assert refusal.value.faults[0].path == "query"
    assert "query:" not in refusal.value.reason, "the place is said beside the reason"


@pytest.mark.parametrize(
    "query",
    [
        "eventType",
        "eventType=",
        "eventType=A,,B",
        "status=active",
        "event.status=active",
        "event.customer=active",
        "event.customer.=active",
        "event.customer.color=red",
        "event.customer..status=active",
        "event.productOrder.state=held",
        "event.customer.status=",
        "event.customer.name>",
        "filter=",
        "eventType=CustomerCreateEvent&status=active",
        "&",
        "=",
        "$.x",
        "a b",
    ],
)
def test_a_query_that_is_not_understood_is_refused_and_an_example_given(query: str) -> None:
    with pytest.raises(Conflict) as refusal:
        read(query)
    assert refusal.value.faults[0].path == "query"
    assert "eventType" in refusal.value.reason or "event type" in refusal.value.reason


def test_an_event_type_that_the_api_does_not_have_is_refused_and_the_known_ones_listed() -> None:
    with pytest.raises(Conflict, match=r"'CustomerBurpEvent' .* CustomerCreateEvent, CustomerDeleteEvent"):
        read("eventType=CustomerBurpEvent")


def test_a_query_that_is_not_understood_any_more_selects_nothing_and_is_logged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    selections = selections_of([version("tmf629")])
    assert selections(Channel("tmf629", "v5"), "eventType=CustomerBurpEvent") == Selection()
    assert "subscription.unreadable" in "".join(capsys.readouterr())
    assert selections(Channel("tmf629", "v4"), "") == Selection()
