"""Creating, reading, listing, changing and removing resources, as TMF630 says."""

from __future__ import annotations

import httpx
import pytest

from core.entity import new_id
from tests.contract.customers import CUSTOMERS, MERGE, a_customer, created, error_in


def test_creation_answers_201_with_the_whole_resource_and_its_address(http: httpx.Client) -> None:
    reply = http.post(CUSTOMERS, json=a_customer())
    customer = reply.json()
    assert reply.status_code == 201
    address = str(http.base_url).rstrip("/") + f"{CUSTOMERS}/{customer['id']}"
    assert reply.headers["Location"] == customer["href"] == address
    assert customer.items() >= a_customer().items()
    assert http.get(customer["href"]).json() == customer


def test_an_identifier_that_is_free_is_kept_and_a_taken_one_refused(http: httpx.Client) -> None:
    customer = created(http, id=f"my/own id {new_id()}")
    assert http.get(customer["href"]).json()["id"] == customer["id"]
    assert error_in(http.post(CUSTOMERS, json=a_customer(id=customer["id"])), 409)["reason"].startswith("id: ")


def test_an_address_that_is_sent_is_replaced_by_the_servers_own(http: httpx.Client) -> None:
    assert created(http, href="https://elsewhere.example/1")["href"].startswith(str(http.base_url))


def test_references_keep_the_address_they_came_with(http: httpx.Client) -> None:
    party = {"@type": "PartyRef", "id": "p1", "href": "https://parties.example/p1"}
    assert created(http, engagedParty=party)["engagedParty"] == party


def test_extensions_are_kept_at_every_depth_with_their_digits(http: httpx.Client) -> None:
    body = (
        b'{"@type":"Customer","name":"x","loyalty":{"points":[1.10,{"deep":10000000000000000000000.5}]},'
        b'"engagedParty":{"@type":"PartyRef","id":"p1","x":{"y":123456789012345678901234567890}}}'
    )
    reply = http.post(CUSTOMERS, content=body, headers={"Content-Type": "application/json"})
    text = http.get(reply.headers["Location"]).text
    for part in ('{"points":[1.10,{"deep":10000000000000000000000.5}]}', '{"y":123456789012345678901234567890}'):
        assert part in text


def test_an_unknown_subtype_is_kept_as_it_came(http: httpx.Client) -> None:
    medium = {"@type": "Pigeon", "@baseType": "ContactMedium", "@schemaLocation": "https://e.example/p.json", "loft": 1}
    assert created(http, contactMedium=[medium])["contactMedium"] == [medium]


def test_fields_leave_only_what_was_asked_for(http: httpx.Client) -> None:
    customer = created(
        http, description="long", contactMedium=[{"@type": "EmailContactMedium", "emailAddress": "a@b.c"}]
    )
    wanted = {"fields": "contactMedium.emailAddress"}
    shown = http.get(customer["href"], params=wanted).json()
    assert shown.keys() == {"id", "href", "@type", "name", "engagedParty", "contactMedium"}
    assert http.post(CUSTOMERS, params={"fields": "none"}, json=a_customer(status="x")).json().keys() == {
        "id",
        "href",
        "@type",
        "name",
        "engagedParty",
    }


def test_lists_are_filtered_paged_and_counted(http: httpx.Client) -> None:
    tag = new_id()
    made = [created(http, name=f"n{number}", description=tag)["id"] for number in range(5)]
    reply = http.get(CUSTOMERS, params={"description": tag, "limit": "2", "offset": "2"})
    assert [item["id"] for item in reply.json()] == made[2:4]
    assert (reply.headers["X-Total-Count"], reply.headers["X-Result-Count"]) == ("5", "2")
    assert [item["id"] for item in http.get(reply.links["next"]["url"]).json()] == made[4:]
    assert [item["id"] for item in http.get(reply.links["prev"]["url"]).json()] == made[:2]
    assert reply.links.keys() == {"first", "prev", "next", "last"}


def test_filters_reach_into_objects_and_arrays_and_take_alternatives(http: httpx.Client) -> None:
    tag = new_id()
    mail = {"@type": "EmailContactMedium", "emailAddress": f"{tag}@one.example"}
    phone = {"@type": "PhoneContactMedium", "phoneNumber": tag}
    one, two = created(http, contactMedium=[phone, mail]), created(http, contactMedium=[phone])

    def found(**params: str) -> list[str]:
        return [item["id"] for item in http.get(CUSTOMERS, params=params).json()]

    assert found(**{"contactMedium.emailAddress": f'"{tag}@one.example"'}) == [one["id"]]
    assert found(**{"contactMedium.phoneNumber": tag}) == [one["id"], two["id"]]
    assert found(**{"contactMedium.phoneNumber": tag, "id": f"{two['id']},x"}) == [two["id"]]


def test_a_page_beyond_the_end_is_empty(http: httpx.Client) -> None:
    reply = http.get(CUSTOMERS, params={"offset": "1000000000"})
    assert (reply.status_code, reply.json(), reply.headers["X-Result-Count"]) == (200, [], "0")


def test_removal_answers_204_and_the_resource_is_gone(http: httpx.Client) -> None:
    customer = created(http)
    reply = http.delete(customer["href"])
    assert (reply.status_code, reply.content) == (204, b"")
    error_in(http.get(customer["href"]), 404)
    error_in(http.delete(customer["href"]), 404)
    error_in(http.patch(customer["href"], json=a_customer(), headers={"Content-Type": MERGE}), 404)


def test_every_reply_has_a_correlation_id_and_keeps_the_callers(http: httpx.Client) -> None:
    assert http.get(CUSTOMERS).headers["X-Correlation-ID"]
    assert http.get(CUSTOMERS, headers={"X-Correlation-ID": "abc-1"}).headers["X-Correlation-ID"] == "abc-1"
    assert http.get(CUSTOMERS, headers={"X-Correlation-ID": "a b"}).headers["X-Correlation-ID"] != "a b"
    assert http.get("/nowhere", headers={"X-Correlation-ID": "abc-2"}).headers["X-Correlation-ID"] == "abc-2"


def test_head_answers_like_get_without_the_body(http: httpx.Client) -> None:
    customer = created(http)
    get, head = http.get(customer["href"]), http.head(customer["href"])
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


@pytest.mark.parametrize("base", ["customer", "customerManagement"])
def test_a_further_base_path_serves_the_same_under_the_same_address(http: httpx.Client, base: str) -> None:
    customer = created(http)
    assert http.get(f"/tmf-api/{base}/v5/customer/{customer['id']}").json()["href"] == customer["href"]


def test_v4_replies_have_the_media_type_of_v4(http: httpx.Client) -> None:
    reply = http.get("/tmf-api/usageManagement/v4/usage", headers={"Accept": "application/json"})
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "application/json;charset=utf-8")
