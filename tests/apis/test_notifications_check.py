"""Our compiled check gives the same verdict as openapi-core's own schema validators."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema_path import SchemaPath
from openapi_core.validation.request.validators import V30RequestBodyValidator

from apis.tmf630.notification_check import ListenerRequest, NotificationCheck
from apis.tmf630.validation_form import ValidationForm
from core.entity import copied
from core.storage.json import dumps
from tests.apis.announcements import ORDERS

EVENT = "ProductOrderCreateEvent"
CHECK = NotificationCheck(ORDERS)
PLACES = (
    (),
    ("@type",),
    ("event",),
    ("event", "productOrder"),
    ("event", "productOrder", "@type"),
    ("event", "productOrder", "state"),
    ("event", "productOrder", "creationDate"),
    ("event", "productOrder", "relatedParty", 0),
    ("event", "productOrder", "relatedParty", 0, "partyOrPartyRole", "@type"),
    ("event", "productOrder", "productOrderItem"),
    ("event", "productOrder", "productOrderItem", 0, "action"),
    ("event", "productOrder", "productOrderItem", 0, "quantity"),
    ("event", "productOrder", "productOrderItem", 0, "product", "productCharacteristic", 0, "value"),
    ("event", "productOrder", "productOrderItem", 0, "product", "productCharacteristic", 0, "@type"),
    ("event", "productOrder", "productOrderItem", 0, "productOffering", "id"),
    ("eventTime",),
    ("source",),
)
VALUES = ("x", 1, True, None, [], {}, ["x"], {"@type": "X"}, "2026-01-31T10:00:00Z", "acknowledged", "PartyRoleRef")


AT = "2026-01-31T10:00:00Z"
SOURCE = {"@type": "EntityRef", "id": "o1"}


def _notification() -> dict[str, Any]:
    characteristic = {"@type": "StringCharacteristic", "name": "msisdn", "value": "49151"}
    item = {
        "@type": "ProductOrderItem",
        "id": "1",
        "action": "add",
        "quantity": 1,
        "productOffering": {"@type": "ProductOfferingRef", "id": "off1"},
        "product": {"@type": "Product", "productCharacteristic": [characteristic]},
    }
    party = {"@type": "PartyRef", "id": "p1", "name": "Jo", "@referredType": "Individual"}
    related = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "customer", "partyOrPartyRole": party}
    order = {
        "@type": "ProductOrder",
        "id": "o1",
        "state": "acknowledged",
        "creationDate": AT,
        "relatedParty": [related],
        "productOrderItem": [item],
    }
    return {"@type": EVENT, "eventId": "e1", "eventTime": AT, "source": SOURCE, "event": {"productOrder": order}}


@pytest.fixture(scope="module")
def own() -> V30RequestBodyValidator:
    """Return openapi-core with its own validators, on a form of the document in which they don't recurse."""
    document = ORDERS.specification.document
    form = ValidationForm(document["components"]["schemas"])
    definitions = _without_conditions(form.definitions)
    path = ORDERS.operations[f"notify{EVENT}"].path
    operation = document["paths"][path]["post"]
    content = {
        media: {"schema": form.of(each["schema"])} for media, each in operation["requestBody"]["content"].items()
    }
    paths = {path: {"post": {**operation, "requestBody": {"required": True, "content": content}}}}
    return V30RequestBodyValidator(
        SchemaPath.from_dict({**document, "paths": paths, "definitions": definitions}, resolved_cache_maxsize=256)
    )


def _without_conditions(node: Any) -> Any:
    """Return a schema in which OpenAPI 3.0's keywords say what `if`, `then` and `else` do: it has none of them."""
    if isinstance(node, list):
        return [_without_conditions(member) for member in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _without_conditions(member) for key, member in node.items() if key not in ("if", "then", "else")}
    if isinstance(node.get("if"), dict):
        case, then, otherwise = (_without_conditions(node.get(key, {})) for key in ("if", "then", "else"))
        plain["allOf"] = [*plain.get("allOf", []), {"anyOf": [{"not": case}, then]}, {"anyOf": [case, otherwise]}]
    return plain


def _verdicts(own: V30RequestBodyValidator, notification: Any) -> tuple[bool, bool]:
    body = dumps(notification)
    path = f"{ORDERS.base_path}{ORDERS.operations[f'notify{EVENT}'].path}"
    return not CHECK.faults(EVENT, body), not list(own.iter_errors(ListenerRequest(path, body)))


def test_both_take_a_good_notification(own: V30RequestBodyValidator) -> None:
    assert _verdicts(own, _notification()) == (True, True)


@given(place=st.sampled_from(PLACES), value=st.sampled_from(VALUES), remove=st.booleans())
def test_both_agree_on_a_notification_with_anything_at_any_place(
    own: V30RequestBodyValidator, place: tuple[Any, ...], value: Any, remove: bool
) -> None:
    notification = copied(_notification())
    if not place:
        notification = value
    else:
        *way, last = place
        target: Any = notification
        for step in way:
            target = target[step]
        if remove:
            del target[last]
        else:
            target[last] = value
    mine, theirs = _verdicts(own, notification)
    assert mine == theirs
