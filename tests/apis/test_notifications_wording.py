"""What a notification says: the envelope and payload of the API version, valid by its document."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from apis.tmf630.notification_check import NotificationCheck
from apis.tmf630.notifications import event_wordings, public_origin
from apis.tmf630.specification import available
from apis.tmf630.version import Version
from core.events.history import Happened
from core.settings import Settings
from core.storage.json import dumps
from tests.apis.announcements import CUSTOMERS, ORDERS, USAGES, VERSIONS, a_customer
from tests.apis.generations import generations
from tests.apis.served import version

AT = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)
ORIGIN = "https://api.brand.example/x"


def _event(entity: str, kind: str, payload: dict[str, Any], changed: tuple[str, ...] = ()) -> Happened:
    return Happened("e1", entity, payload["id"], kind, AT, "corr", payload, changed)


def _word(served: Version, entity: str, kind: str, payload: dict[str, Any], changed: tuple[str, ...] = ()) -> Any:
    wording = event_wordings([served])[served.api.name, served.name][entity, kind]
    return wording.word(_event(entity, kind, payload, changed), "default", ORIGIN)


def test_a_v5_notification_has_the_whole_envelope() -> None:
    href = f"{ORIGIN}/tmf-api/customerManagement/v5/customer/a%2Fb"
    customer = a_customer("a/b")
    assert _word(CUSTOMERS, "Customer", "AttributeValueChange", customer, ("name", "status")) == {
        "@type": "CustomerAttributeValueChangeEvent",
        "eventId": "e1",
        "eventTime": "2026-01-31T10:00:00.000Z",
        "timeOccurred": "2026-01-31T10:00:00.000Z",
        "eventType": "CustomerAttributeValueChangeEvent",
        "correlationId": "corr",
        "domain": "customerManagement",
        "title": "Customer attribute value change",
        "description": "Customer a/b: attribute value change of name, status",
        "priority": "normal",
        "source": {"@type": "EntityRef", "id": "a/b", "href": href, "@referredType": "Customer"},
        "reportingSystem": {"@type": "EntityRef", "id": "default", "name": "bss-suite", "@referredType": "System"},
        "event": {"customer": {**customer, "href": href}},
    }


def test_a_v4_notification_is_spelled_as_v4_spells_it() -> None:
    usage = {"id": "u1", "usageType": "VOICE"}
    notification = _word(USAGES, "Usage", "AttributeValueChange", usage, ("status", "usageType"))
    assert notification["timeOcurred"] == "2026-01-31T10:00:00.000Z"
    assert notification["fieldPath"] == "status,usageType"
    assert not {"timeOccurred", "@type", "source", "reportingSystem"} & notification.keys()
    assert notification["event"]["usage"] == {**usage, "href": f"{ORIGIN}/tmf-api/usageManagement/v4/usage/u1"}


def test_an_event_whose_payload_is_a_reference_carries_one_and_what_stands_beside_it() -> None:
    patch = {"op": "add", "path": "/productOrderItem/0/productOffering"}
    order = {"@type": "ProductOrder", "id": "o1", "productOrderItem": [], "informationRequired": patch}
    payload = _word(ORDERS, "ProductOrder", "InformationRequired", order)["event"]
    assert payload["informationRequired"] == patch
    assert payload["productOrder"]["@type"] == "ProductOrderRef"
    assert payload["productOrder"]["id"] == "o1"
    assert "productOrderItem" not in payload["productOrder"]


def test_what_a_held_order_waits_for_is_told_in_the_words_of_each_generation() -> None:
    change = {"op": "replace", "path": "/relatedParty/0/partyOrPartyRole/id"}
    fault = {"status": "held", "code": "unknownCustomer", "message": "relatedParty[0].partyOrPartyRole.id"}
    order = {
        "@type": "ProductOrder",
        "id": "o1",
        "productOrderItem": [],
        "state": "held",
        "informationRequired": change,
    }
    order["productOrderErrorMessage"] = [{"@type": "ProductOrderErrorMessage", **fault}]
    v4, v5 = (_word(generation, "ProductOrder", "InformationRequired", order) for generation in generations("tmf622"))
    assert v4["fieldPath"] == "relatedParty[0].id"
    assert v4["description"] == "Product order o1: information required of relatedParty[0].id"
    [remark] = v4["event"]["productOrder"]["note"]
    assert remark["text"] == "unknownCustomer: relatedParty[0].id"
    assert v4["event"].keys() == {"productOrder"}
    assert "informationRequired" not in v4["event"]["productOrder"]
    assert v5["event"]["informationRequired"] == change
    assert v5["event"]["productOrder"].keys() == {"@type", "id", "href", "@referredType"}
    for generation, notification in zip(generations("tmf622"), (v4, v5), strict=True):
        assert not NotificationCheck(generation).faults("ProductOrderInformationRequiredEvent", dumps(notification))


def test_a_payload_that_the_document_misspells_has_the_right_name_too() -> None:
    cancellation = {"@type": "CancelProductOrder", "id": "c1"}
    told = _word(ORDERS, "CancelProductOrder", "StateChange", cancellation)["event"]
    assert list(told) == ["canccelProductOrder", "cancelProductOrder"]
    assert told["canccelProductOrder"] == told["cancelProductOrder"]


@pytest.mark.parametrize(("api", "name"), available())
def test_every_event_of_every_document_can_be_worded_and_is_valid(api: str, name: str) -> None:
    served = version(api, name)
    check = NotificationCheck(served)
    wordings = event_wordings([served])[api, name]
    for (entity, kind), wording in wordings.items():
        payload = {"id": "1", "@type": entity} if name == "v5" else {"id": "1"}
        payload |= {wording.resource.owner: "t1"} if wording.resource.owner else {}
        notification = wording.word(_event(entity, kind, payload), "default", ORIGIN)
        optional = [f for f in check.faults(wording.event_type, dumps(notification)) if f.code != "missing"]
        assert optional == [], wording.event_type
    assert {wording.event_type for wording in wordings.values()} == {
        event for row in served.specification.resources.values() for event in row.events
    }


def test_what_breaks_the_schema_is_found_and_named() -> None:
    notification = _word(CUSTOMERS, "Customer", "Create", a_customer("1", contactMedium="none"))
    [fault] = NotificationCheck(CUSTOMERS).faults("CustomerCreateEvent", dumps(notification))
    assert (fault.path, fault.code) == ("event.customer.contactMedium", "wrongType")


def test_what_is_no_json_is_found_without_being_quoted() -> None:
    [fault] = NotificationCheck(CUSTOMERS).faults("CustomerCreateEvent", b'{"name": "Jo"')
    assert "Jo" not in fault.reason


def test_addresses_come_from_the_settings() -> None:
    assert public_origin(Settings(public_url="https://api.brand.example/", path_prefix="/x")) == ORIGIN
    assert public_origin(Settings(host="0.0.0.0", port=1234)) == "http://localhost:1234"
    assert public_origin(Settings(host="::1")) == "http://[::1]:8080"


def test_each_api_version_knows_its_own_events() -> None:
    wordings = event_wordings(VERSIONS)
    assert set(wordings) == {("tmf629", "v5"), ("tmf622", "v5"), ("tmf635", "v4")}
    assert ("Customer", "Create") not in wordings["tmf622", "v5"]
