"""Objects that say which schema they follow: held to it where it is registered here, kept as they came where not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from sqlalchemy import event

from apis.tmf630.extensions import Locations
from core.context import Context
from core.schemas import remove
from core.service import Core
from tests.apis.conftest import Ask
from tests.builders.schemas import a_schema, register
from tests.contract.customers import CUSTOMERS, MERGE, OPERATIONS, a_customer, error_in

OURS = "/tmf-api/schema/pigeon"
V4 = CUSTOMERS.replace("v5", "v4")
SPECIFICATIONS = "/tmf-api/productCatalogManagement/v5/productSpecification"


def a_pigeon(location: str = OURS, **attributes: Any) -> dict[str, Any]:
    return {"@type": "Pigeon", "@baseType": "ContactMedium", "@schemaLocation": location, "loft": 7, **attributes}


@contextmanager
def statements(core: Core) -> Iterator[list[str]]:
    """Gather the SQL that is run."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        seen.append(statement)

    engines = (core.database.reader, core.database.writer)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    yield seen
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (OURS, "pigeon"),
        (f"{OURS}#", "pigeon"),
        (f"https://api.brand.example/gate{OURS}", "pigeon"),
        (f"https://api.brand.example{OURS}", "pigeon"),
        (f"http://API.brand.example:80/gate{OURS}#", "pigeon"),
        (f"http://inside:8080{OURS}", "pigeon"),
        (f"{OURS}#/$defs/Home", "pigeon#/$defs/Home"),
        (f"{OURS}/1", "pigeon/1"),
        (f"http://inside:8081{OURS}", None),
        (f"https://elsewhere.example{OURS}", None),
        (f"//inside:8080{OURS}", None),
        (f"ftp://inside:8080{OURS}", None),
        (f"https://api.brand.example/other{OURS}", None),
        ("https://api.brand.example/tmf-api/customerManagement/v5", None),
        ("http://[", None),
        ("pigeon", None),
        ("", None),
    ],
)
def test_an_address_is_ours_under_every_origin_that_we_are_known_by(address: str, name: str | None) -> None:
    assert Locations(("https://api.brand.example/gate", "http://inside:8080")).name_in(address) == name


@pytest.mark.parametrize("location", [OURS, f"http://brand.example{OURS}", f"http://127.0.0.1:8080{OURS}"])
def test_what_follows_a_registered_schema_is_held_to_it_at_any_depth(
    ask: Ask, core: Core, context: Context, location: str
) -> None:
    register(core, context)
    wrong = a_pigeon(location, loft="high", home={"city": 1})
    error = error_in(ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon(), wrong])), 400)
    assert error["message"].split("; ") == [
        "contactMedium[1].home.city: must be a string, not a number",
        "contactMedium[1].loft: must be a whole number, not a string",
    ]
    deep = a_customer(loyalty={"levels": [{"@schemaLocation": location}]})
    assert error_in(ask("POST", CUSTOMERS, json=deep), 400)["reason"] == (
        "loyalty.levels[0].loft: is mandatory but missing"
    )
    right = a_pigeon(location, home={"city": "Ghent"}, more={"x": [1]})
    baseless = {name: value for name, value in a_pigeon(location).items() if name != "@baseType"}
    created = ask("POST", CUSTOMERS, json=a_customer(contactMedium=[right, baseless]))
    assert (created.status_code, created.json()["contactMedium"]) == (201, [right, baseless])
    shown = ask("GET", created.json()["href"], params={"fields": "contactMedium.loft"}).json()["contactMedium"]
    assert shown == [{name: right[name] for name in ("@type", "@baseType", "@schemaLocation", "loft")}, baseless]


def test_the_resource_itself_may_be_what_a_schema_extends(ask: Ask, core: Core, context: Context) -> None:
    register(core, context, a_schema("keeper", "Customer"))
    keeper = {"@type": "Keeper", "@baseType": "Customer", "@schemaLocation": "/tmf-api/schema/keeper"}
    error = error_in(ask("POST", CUSTOMERS, json=a_customer(**keeper, loft=0)), 400)
    assert error["reason"] == "loft: must be 1 or more"
    assert ask("POST", CUSTOMERS, json=a_customer(**keeper, loft=1)).json().items() >= keeper.items()


def test_v4_finds_by_the_address_of_a_schema_that_it_shows(ask: Ask, core: Core, context: Context) -> None:
    register(core, context, a_schema("keeper", "Customer"))
    keeper = {"@type": "Keeper", "@baseType": "Customer", "@schemaLocation": "/tmf-api/schema/keeper", "loft": 1}
    made = ask("POST", CUSTOMERS, json=a_customer(**keeper)).json()
    shown = ask("GET", f"{V4}/{made['id']}").json()["@schemaLocation"]
    for address, found in ((shown, [made["id"]]), ("http://brand.example/tmf-api/schema/other", [])):
        reply = ask("GET", V4, params={"@schemaLocation": address})
        assert (reply.status_code, [each["id"] for each in reply.json()]) == (200, found)
    refused = ask("GET", V4, params={"@schemaLocation.regex": "^/tmf-api"})
    reason = "@schemaLocation.regex: is an address: only eq and ne are offered"
    assert (refused.status_code, refused.json()["reason"]) == (400, reason)


@pytest.mark.parametrize(
    ("attribute", "base_type", "said"),
    [
        ("characteristic", "Characteristic", {"name": "a", "value": "v"}),
        ("contactMedium", "ContactMedium", {"mediumType": "email", "characteristic": {"emailAddress": "a@b.example"}}),
    ],
)
def test_a_kind_of_the_type_that_a_schema_extends_is_that_type(
    ask: Ask, core: Core, context: Context, attribute: str, base_type: str, said: dict[str, Any]
) -> None:
    register(core, context, a_schema("mine", base_type))
    extended = {"@type": "Mine", "@baseType": base_type, "@schemaLocation": "http://brand.example/tmf-api/schema/mine"}
    body = {"name": "x", "engagedParty": {"id": "p1", "@referredType": "Party"}}
    refused = ask("POST", V4, json={**body, attribute: [{**extended, **said, "loft": 0}]})
    assert (refused.status_code, refused.json()["reason"]) == (400, f"{attribute}[0].loft: must be 1 or more")
    reply = ask("POST", V4, json={**body, attribute: [{**extended, **said, "loft": 1}]})
    assert reply.status_code == 201, reply.text
    assert reply.json()[attribute][0].items() >= {**extended, **said}.items()


def test_a_schema_of_ours_that_is_not_registered_is_named(ask: Ask, core: Core, context: Context) -> None:
    register(core, Context(tenant="other"))
    error = error_in(ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon()])), 409)
    assert (error["code"], error["reason"].partition(";")[0]) == (
        "unknownSchema",
        "contactMedium[0].@schemaLocation: there is no such schema here",
    )
    foreign = a_pigeon("https://elsewhere.example/tmf-api/schema/pigeon", loft="high")
    assert ask("POST", CUSTOMERS, json=a_customer(contactMedium=[foreign])).json()["contactMedium"] == [foreign]


def test_a_schema_that_is_only_pointed_to_holds_nobody_to_it(ask: Ask, core: Core, context: Context) -> None:
    register(core, context)
    target = {"@type": "Pigeon", "@schemaLocation": f"http://brand.example{OURS}"}
    specification = {
        "@type": "ProductSpecification",
        "name": "Pigeon post",
        "lifecycleStatus": "In study",
        "lastUpdate": "2026-01-01T00:00:00Z",
        "targetProductSchema": target,
    }
    assert ask("POST", SPECIFICATIONS, json=specification).json()["targetProductSchema"] == target


def test_a_patch_is_held_to_the_schema_by_what_it_makes_of_the_object(ask: Ask, core: Core, context: Context) -> None:
    register(core, context)
    href = ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon()])).json()["href"]

    def patch(media_type: str, body: Any, status: int) -> dict[str, Any]:
        reply = ask("PATCH", href, json=body, headers={"Content-Type": media_type})
        assert reply.status_code == status, reply.text
        return dict(reply.json())

    replace_loft = {"op": "replace", "path": "/contactMedium/0/loft"}
    wrong = patch(OPERATIONS, [{**replace_loft, "value": True}], 400)
    assert wrong["reason"] == "contactMedium[0].loft: must be a whole number, not a boolean"
    # True is 1 to Python.
    patch(OPERATIONS, [{**replace_loft, "value": 1}], 200)
    patch(OPERATIONS, [{**replace_loft, "value": True}], 400)
    patch(MERGE, a_customer(contactMedium=[a_pigeon(loft=0)]), 400)
    patch(MERGE, a_customer(contactMedium=[a_pigeon(loft=8), a_pigeon(loft=9)]), 200)
    with core.work(context) as work:
        remove(work.connection, context.tenant, "pigeon")
    # What was there before stays, whatever has become of its schema.
    assert len(patch(MERGE, a_customer(description="x"), 200)["contactMedium"]) == 2
    patch(OPERATIONS, [{**replace_loft, "value": 1}], 409)


def test_attributes_of_a_registered_schema_are_filters_where_its_base_type_may_stand(
    ask: Ask, core: Core, context: Context
) -> None:
    assert ask("GET", CUSTOMERS, params={"contactMedium.loft": "7"}).status_code == 400
    register(core, context)
    one = ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon(home={"city": "Ghent"})])).json()
    ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon(loft=8)]))
    for name, value in (("contactMedium.loft", "7"), ("contactMedium.home.city", "Ghent")):
        assert ask("GET", CUSTOMERS, params={name: value}).json() == [one]
    for name in ("loft", "engagedParty.loft", "contactMedium.wing", "contactMedium.home.street"):
        error = error_in(ask("GET", CUSTOMERS, params={name: "7"}), 400)
        assert error["reason"] == f"{name}: is not an attribute of Customer"


def test_the_registry_is_asked_only_about_what_says_that_it_follows_one_of_ours(
    ask: Ask, core: Core, context: Context
) -> None:
    register(core, context)
    with statements(core) as seen:
        foreign = a_pigeon("https://elsewhere.example/pigeon")
        href = ask("POST", CUSTOMERS, json=a_customer(contactMedium=[foreign])).json()["href"]
        ask("PATCH", href, json=a_customer(description="x"), headers={"Content-Type": MERGE})
        ask("GET", CUSTOMERS, params={"contactMedium.preferred": "true"})
        assert len(seen) > 3
        assert [statement for statement in seen if "extension_schema" in statement] == []
        ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon(), a_pigeon()]))
        ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon(), a_pigeon()]))
        # Twice for the digest, once for the document.
        assert len([statement for statement in seen if "extension_schema" in statement]) == 3


def test_schemas_are_served_under_the_address_that_objects_name(ask: Ask, core: Core, context: Context) -> None:
    register(core, context)
    reply = ask("GET", OURS)
    assert reply.headers["Content-Type"] == "application/schema+json"
    assert reply.json() == {**a_schema(), "$id": f"http://brand.example{OURS}"}
    listed = ask("GET", "/tmf-api/schema/").json()["schemas"]
    assert [(each["name"], each["address"], each["baseType"]) for each in listed] == [
        ("pigeon", f"http://brand.example{OURS}", "ContactMedium")
    ]
    assert ask("HEAD", OURS).status_code == 200
    assert error_in(ask("GET", "/tmf-api/schema/dove"), 404)["reason"] == "name: there is no schema 'dove'"
    error_in(ask("DELETE", OURS), 405)


def media(reply: httpx.Response) -> list[dict[str, Any]]:
    """Return the contact media in a reply."""
    assert reply.status_code == 200, reply.text
    found: list[dict[str, Any]] = reply.json()["contactMedium"]
    return found


def test_what_one_generation_was_sent_the_other_gives_back(ask: Ask, core: Core, context: Context) -> None:
    register(core, context)
    absolute = f"http://brand.example{OURS}"
    old = {"name": "x", "engagedParty": {"id": "p1", "@referredType": "Individual"}}
    # v4 demands these two of every medium.
    pigeon = a_pigeon(absolute, home={"city": "Ghent", "x": [{"y": 1}]}, mediumType="pigeon post")
    error = ask("POST", V4, json={**old, "contactMedium": [{**pigeon, "characteristic": {}, "loft": 0}]})
    assert (error.status_code, error.json()["reason"]) == (400, "contactMedium[0].loft: must be 1 or more")
    identifier = ask("POST", V4, json={**old, "contactMedium": [{**pigeon, "characteristic": {}}]}).json()["id"]
    for path in (V4, CUSTOMERS):
        assert media(ask("GET", f"{path}/{identifier}"))[0].items() >= pigeon.items()
        assert [each["id"] for each in ask("GET", path, params={"contactMedium.loft": "7"}).json()] == [identifier]


def test_v4_shows_an_address_where_v5_was_sent_a_path_of_ours(ask: Ask, core: Core, context: Context) -> None:
    register(core, context)
    identifier = ask("POST", CUSTOMERS, json=a_customer(contactMedium=[a_pigeon()])).json()["id"]
    shown = a_pigeon(f"http://brand.example{OURS}").items()
    assert media(ask("GET", f"{V4}/{identifier}"))[0].items() >= shown
    changed = ask(
        "PATCH", f"{V4}/{identifier}", json={"name": "z", "engagedParty": {"id": "p1", "@referredType": "Party"}}
    )
    assert (changed.json()["name"], media(changed)[0].items() >= shown) == ("z", True)
    assert media(ask("GET", f"{CUSTOMERS}/{identifier}")) == [a_pigeon()]
