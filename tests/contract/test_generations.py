"""One resource in two wordings, over HTTP: what is written through one generation is read through the other."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from core.entity import new_id
from core.storage.json import dumps_text
from tests.apis.listeners import Listener, wait_until
from tests.contract.customers import CUSTOMERS, MERGE, OPERATIONS, QUERY, created, error_in

OLD_CUSTOMERS = CUSTOMERS.replace("v5", "v4")
PRODUCTS = "/tmf-api/productInventory/{}/product"
HUB = "/tmf-api/productInventory/v5/hub"
ORDERS = "/tmf-api/productOrderingManagement/{}/productOrder"


def old_customer(**attributes: Any) -> dict[str, Any]:
    """Return the body of a customer's creation in v4."""
    return {"name": "Ada Example", "engagedParty": {"id": "p1", "@referredType": "Individual"}, **attributes}


def created_in_v4(http: httpx.Client, **attributes: Any) -> dict[str, Any]:
    """Create a customer in v4 and return it as v4 shows it."""
    reply = http.post(OLD_CUSTOMERS, json=old_customer(**attributes))
    assert reply.status_code == 201, reply.text
    customer: dict[str, Any] = reply.json()
    return customer


def test_what_v4_creates_v5_shows_with_types_at_every_level(http: httpx.Client) -> None:
    mail = {"mediumType": "email", "preferred": True, "characteristic": {"emailAddress": "a@b.example", "fax": "1"}}
    old = created_in_v4(http, contactMedium=[mail], characteristic=[{"name": "age", "value": 7}], loyalty={"points": 3})
    assert old["href"].endswith(f"{OLD_CUSTOMERS}/{old['id']}")
    new = http.get(f"{CUSTOMERS}/{old['id']}").json()
    assert new["href"].endswith(f"{CUSTOMERS}/{old['id']}")
    assert new["engagedParty"] == {"@type": "PartyRef", "@referredType": "Individual", "id": "p1"}
    (medium,) = new["contactMedium"]
    assert medium.items() >= {"@type": "EmailContactMedium", "emailAddress": "a@b.example"}.items()
    assert new["characteristic"] == [{"@type": "IntegerCharacteristic", "name": "age", "value": 7}]
    assert new["loyalty"] == {"points": 3}
    again = http.get(f"{OLD_CUSTOMERS}/{old['id']}").json()
    assert again == old
    assert again["contactMedium"][0].items() >= mail.items()


def test_a_patch_in_v4_keeps_what_only_v5_can_say(http: httpx.Client) -> None:
    shop = {"@type": "PartyRef", "id": "shop", "partyId": "only v5 knows this"}
    related = [{"@type": "RelatedPartyOrPartyRole", "role": "seller", "partyOrPartyRole": shop}]
    customer = created(http, relatedParty=related, statusReason="x")
    place = f"{OLD_CUSTOMERS}/{customer['id']}"
    # v4 demands the party of a customer even in a patch.
    wanted = {"statusReason": "seen in v4", "engagedParty": http.get(place).json()["engagedParty"]}
    reply = http.patch(place, json=wanted, headers={"Content-Type": MERGE})
    assert reply.status_code == 200, reply.text
    assert http.get(customer["href"]).json() == {**customer, "statusReason": "seen in v4"}


def test_what_only_v5_says_of_members_outlives_a_reading_in_words_of_v4(http: httpx.Client) -> None:
    note = {"@type": "Note", "id": "n", "text": "only v5 has remarks on items"}
    offering = {"@type": "ProductOfferingRef", "id": "none", "version": "2"}
    items = [
        {"@type": "ProductOrderItem", "id": "1", "action": "add", "productOffering": offering, "note": [note]},
        {"@type": "ProductOrderItem", "id": "2", "action": "add", "note": [note]},
    ]
    body = {"@type": "ProductOrder", "requestedInitialState": "draft", "productOrderItem": items}
    order = http.post(ORDERS.format("v5"), json=body).json()
    place = f"{ORDERS.format('v4')}/{order['id']}"
    first, second = http.get(place).json()["productOrderItem"]
    del first["note"], second["note"], first["productOffering"]["version"]

    def patch(**attributes: Any) -> dict[str, Any]:
        assert http.patch(place, json=attributes, headers={"Content-Type": MERGE}).status_code == 200
        changed: dict[str, Any] = http.get(order["href"]).json()
        return changed

    # v4 demands the items of an order in every patch.
    changed = patch(description="x", productOrderItem=[first, second])
    assert changed["productOrderItem"] == order["productOrderItem"]
    changed = patch(productOrderItem=[second | {"quantity": 2}, first])
    assert changed["productOrderItem"] == [order["productOrderItem"][1] | {"quantity": 2}, order["productOrderItem"][0]]
    changed = patch(productOrderItem=[second | {"note": None}, first | {"productOffering": {"id": "other"}}])
    assert "note" not in changed["productOrderItem"][0]
    assert changed["productOrderItem"][1]["note"] == [note]
    assert changed["productOrderItem"][1]["productOffering"] == {"@type": "ProductOfferingRef", "id": "other"}
    gone = [{"op": "remove", "path": "/productOrderItem/1/note"}]
    assert http.patch(place, json=gone, headers={"Content-Type": OPERATIONS}).status_code == 200
    assert all("note" not in item for item in http.get(order["href"]).json()["productOrderItem"])


def test_paths_in_filters_fields_and_patches_are_those_of_the_version_called(http: httpx.Client) -> None:
    tag = new_id()
    medium = {"@type": "EmailContactMedium", "emailAddress": tag}
    customer = created(http, contactMedium=[medium])
    found = http.get(OLD_CUSTOMERS, params={"contactMedium.characteristic.emailAddress": tag}).json()
    assert [each["id"] for each in found] == [customer["id"]]
    assert error_in(http.get(CUSTOMERS, params={"contactMedium.characteristic.emailAddress": tag}), 400)
    place = f"{OLD_CUSTOMERS}/{customer['id']}"
    shown = http.get(place, params={"fields": "contactMedium.characteristic"}).json()
    assert shown["contactMedium"][0]["characteristic"]["emailAddress"] == tag
    moved = [{"op": "replace", "path": "/contactMedium/0/characteristic/emailAddress", "value": "new@b.example"}]
    assert http.patch(place, json=moved, headers={"Content-Type": OPERATIONS}).status_code == 200
    assert http.get(customer["href"]).json()["contactMedium"][0]["emailAddress"] == "new@b.example"
    chosen = "/contactMedium/preferred?contactMedium.mediumType=email"
    reply = http.patch(place, json=[{"op": "add", "path": chosen, "value": True}], headers={"Content-Type": QUERY})
    assert reply.status_code == 200, reply.text
    assert http.get(customer["href"]).json()["contactMedium"][0]["preferred"] is True


def test_a_medium_that_is_called_otherwise_in_v4_is_another_in_v5(http: httpx.Client) -> None:
    customer = created(http, contactMedium=[{"@type": "EmailContactMedium", "emailAddress": "a@b.example"}])
    place = f"{OLD_CUSTOMERS}/{customer['id']}"
    called = [{"op": "replace", "path": "/contactMedium/0/mediumType", "value": "phone"}]
    assert http.patch(place, json=called, headers={"Content-Type": OPERATIONS}).status_code == 200
    (medium,) = http.get(customer["href"]).json()["contactMedium"]
    assert medium == {"@type": "PhoneContactMedium", "emailAddress": "a@b.example"}
    (shown,) = http.get(place).json()["contactMedium"]
    assert (shown["mediumType"], shown["characteristic"]) == ("phone", {"emailAddress": "a@b.example"})


def test_a_party_written_out_without_an_identifier_gets_none_by_a_patch_in_v4(http: httpx.Client) -> None:
    ada = {"@type": "Individual", "familyName": "Old"}
    related = [{"@type": "RelatedPartyOrPartyRole", "role": "contact", "partyOrPartyRole": ada}]
    customer = created(http, relatedParty=related)
    place = f"{OLD_CUSTOMERS}/{customer['id']}"
    named = [{"op": "replace", "path": "/relatedParty/0/partyOrPartyRole/familyName", "value": "New"}]
    assert http.patch(place, json=named, headers={"Content-Type": OPERATIONS}).status_code == 200
    (party,) = http.get(customer["href"]).json()["relatedParty"]
    assert party["partyOrPartyRole"] == ada | {"familyName": "New"}


def test_faults_are_told_in_the_words_of_the_version_called(http: httpx.Client) -> None:
    party = {"id": "nobody", "role": "customer", "@referredType": "Customer", "name": "x"}
    item = {"id": "1", "action": "add", "productOffering": {"id": "nothing"}}
    order = {"relatedParty": [party], "productOrderItem": [item], "externalId": "e1"}
    old = http.post(ORDERS.format("v4"), json=order).json()
    assert old["state"] in ("rejected", "held")
    assert any("relatedParty[0].id" in note["text"] or "productOffering" in note["text"] for note in old["note"])
    new = http.get(f"{ORDERS.format('v5')}/{old['id']}").json()
    assert new["externalId"] == [{"@type": "ExternalIdentifier", "id": "e1", **_rest(new["externalId"][0])}]
    assert new["productOrderErrorMessage"]
    assert "note" not in new
    assert new["creationDate"] == old["orderDate"]


def _rest(identifier: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in identifier.items() if key not in ("@type", "id")}


@pytest.mark.parametrize(("writes", "reads"), [(CUSTOMERS, OLD_CUSTOMERS), (OLD_CUSTOMERS, CUSTOMERS)])
def test_an_unknown_subtype_is_given_back_in_both_generations(http: httpx.Client, writes: str, reads: str) -> None:
    pigeon = {"@type": "Pigeon", "@baseType": "ContactMedium", "@schemaLocation": "https://e.example/p.json", "loft": 1}
    if writes == OLD_CUSTOMERS:
        pigeon |= {"mediumType": "pigeon", "characteristic": {}}
    body = old_customer(contactMedium=[pigeon])
    if writes == CUSTOMERS:
        body = {"@type": "Customer", **body, "engagedParty": {"@type": "PartyRef", "id": "p1"}}
    reply = http.post(writes, json=body)
    assert reply.status_code == 201, reply.text
    for place in (writes, reads):
        (medium,) = http.get(f"{place}/{reply.json()['id']}").json()["contactMedium"]
        kept = ("@type", "@baseType", "@schemaLocation", "loft")
        assert {key: medium[key] for key in kept} == {key: pigeon[key] for key in kept}


@pytest.mark.parametrize(
    "said",
    [
        {"@type": "MyPhone"},
        {"@type": ""},
        {"href": {"a": 1}},
        {"product": [{"@type": "Foo"}]},
        {"relatedParty": [{"id": "x", "role": "r", "@referredType": "Individual", "@type": "Foo"}]},
        {"productOffering": {"id": "x", "@type": "Foo"}},
        {"productPrice": [{"priceType": "recurring", "@type": "Foo", "price": {"@type": "X"}}]},
        {"productCharacteristic": [{"name": "a", "value": 1, "@type": "Foo"}]},
    ],
    ids=dumps_text,
)
def test_whatever_v4_takes_lists_and_notifications_of_v5_can_show(http: httpx.Client, said: dict[str, Any]) -> None:
    with Listener() as listener:
        query = "eventType=ProductCreateEvent"
        subscription = http.post(HUB, json={"@type": "Hub", "callback": listener.url, "query": query})
        assert subscription.status_code == 201, subscription.text
        reply = http.post(PRODUCTS.format("v4"), json={"status": "created", **said})
        assert reply.status_code == 201, reply.text
        old = reply.json()
        assert old["href"].endswith(f"{PRODUCTS.format('v4')}/{old['id']}")
        wait_until(lambda: any(each["event"]["product"]["id"] == old["id"] for each in listener.received))
    assert http.delete(f"{HUB}/{subscription.json()['id']}").status_code == 204
    new = http.get(f"{PRODUCTS.format('v5')}/{old['id']}").json()
    assert new["@type"] == "Product"
    for version in ("v4", "v5"):
        listed = http.get(PRODUCTS.format(version), params={"id": old["id"]})
        assert listed.status_code == 200, listed.text
        assert listed.json() == [old if version == "v4" else new]


def test_an_attribute_of_a_caller_of_v4_is_told_apart_from_what_v5_says_under_its_name(http: httpx.Client) -> None:
    product = http.post(PRODUCTS.format("v4"), json={"status": "created", "creationDate": 5}).json()
    place, new = f"{PRODUCTS.format('v4')}/{product['id']}", f"{PRODUCTS.format('v5')}/{product['id']}"
    assert (product["creationDate"], http.get(place).json()["creationDate"]) == (5, 5)
    since = http.get(new).json()["creationDate"]
    assert http.patch(place, json={"creationDate": 6}, headers={"Content-Type": MERGE}).json()["creationDate"] == 6
    shown = http.get(new).json()
    assert (shown["creationDate"], shown["v4_extension"], "v4_kept" in shown) == (since, {"creationDate": 6}, False)


def test_an_identifier_that_is_no_text_is_refused_in_v4_too(http: httpx.Client) -> None:
    for identifier in (5, True, {"a": 1}, [1]):
        reply = http.post(PRODUCTS.format("v4"), json={"status": "created", "id": identifier})
        assert reply.status_code == 409, reply.text
        assert "must be a string" in reply.json()["message"]


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("v4", {"orderDate": "yesterday"}),
        ("v4", {"completionDate": 5}),
        ("v4", {"state": "sleeping"}),
        ("v5", {"creationDate": "yesterday"}),
        ("v5", {"state": "sleeping"}),
    ],
    ids=dumps_text,
)
def test_what_the_server_sets_may_be_sent_but_not_as_what_it_cant_be(
    http: httpx.Client, version: str, said: dict[str, Any]
) -> None:
    item = {"@type": "ProductOrderItem", "id": "1", "action": "add"}
    body = {"@type": "ProductOrder", "productOrderItem": [item]}
    [name] = said
    refused = http.post(ORDERS.format(version), json=body | said)
    assert (refused.status_code, refused.json()["reason"].partition(" be ")[0]) == (409, f"{name}: must")
    sendable = {"state": "completed"} if name == "state" else {name: "2020-01-01T00:00:00Z"}
    assert http.post(ORDERS.format(version), json=body | sendable).status_code == 201


def test_a_subscription_is_told_in_the_words_of_the_generation_it_was_made_in(http: httpx.Client) -> None:
    with Listener() as old, Listener() as new:
        query = "eventType=CustomerCreateEvent"
        hub = "/tmf-api/customerManagement/{}/hub"
        in_v4 = http.post(hub.format("v4"), json={"callback": old.url, "query": query})
        in_v5 = http.post(hub.format("v5"), json={"@type": "Hub", "callback": new.url, "query": query})
        assert (in_v4.status_code, in_v5.status_code) == (201, 201)
        mail = {"mediumType": "email", "characteristic": {"emailAddress": "a@b.example"}}
        identifier = created_in_v4(http, contactMedium=[mail])["id"]
        wait_until(lambda: bool(about(old, identifier) and about(new, identifier)))
        (told_v4,), (told_v5,) = about(old, identifier), about(new, identifier)
        for version, made in (("v4", in_v4), ("v5", in_v5)):
            assert http.delete(f"{hub.format(version)}/{made.json()['id']}").status_code == 204
    assert told_v4["event"]["customer"]["contactMedium"][0]["characteristic"]["emailAddress"] == "a@b.example"
    assert told_v5["event"]["customer"]["contactMedium"][0]["emailAddress"] == "a@b.example"
    assert told_v4["event"]["customer"]["href"].endswith(f"{OLD_CUSTOMERS}/{identifier}")
    assert "timeOcurred" in told_v4
    assert "timeOccurred" in told_v5


def about(listener: Listener, identifier: str) -> list[dict[str, Any]]:
    """Return what a listener was told of a customer."""
    return [told for told in listener.received if told["event"]["customer"]["id"] == identifier]


def test_a_patch_in_v5_leaves_to_v4_what_only_v4_can_say(http: httpx.Client) -> None:
    old_place, new_place = (PRODUCTS.format(version) for version in ("v4", "v5"))
    item = {"orderItemId": "1", "orderItemAction": "invented", "productOrderId": "o"}
    body = {"name": "x", "status": "active", "intent": "text", "productOrderItem": [item]}
    identifier = http.post(old_place, json=body).json()["id"]
    for number in range(2):
        change = {"@type": "Product", "description": str(number)}
        after = http.patch(f"{new_place}/{identifier}", json=change, headers={"Content-Type": MERGE})
        assert after.status_code == 200, after.text
        shown = http.get(f"{old_place}/{identifier}").json()
        assert shown.items() >= {"intent": "text", "description": str(number)}.items()
        assert shown["productOrderItem"][0].items() >= item.items()
        assert not [name for name in shown if name.startswith("v4_")]
    again = http.get(f"{new_place}/{identifier}").json()
    assert http.patch(f"{new_place}/{identifier}", json=again).status_code == 200
    assert http.get(f"{new_place}/{identifier}").json() == again
    (found,) = http.get(new_place, params={"v4_extension.intent": "text", "description": "1"}).json()
    assert found == again
