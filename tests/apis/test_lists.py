"""Lists over HTTP on both databases: operators, JSONPath, order, pages, bounds, and references in full."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest

from apis.app import create_app
from core.context import Context
from core.service import Core
from tests.builders.catalog import a_category, refer
from tests.contract.customers import CUSTOMERS, OPERATIONS, a_customer, error_in

CATALOG = "/tmf-api/productCatalogManagement/v5"
Get = Callable[..., httpx.Response]
# id, name, score, since, characteristics
ROWS = [
    ("a", "Ada", 10, "2026-01-01T10:00:00Z", {"segment": "gold", "tier": "1"}),
    ("b", "Bob", 9, "2026-01-01T10:30:00+01:00", {"segment": "silver", "tier": "2"}),
    ("c", "Cäsar", 100, "2026-01-02T00:00:00Z", {"segment": "gold", "tier": "2"}),
    ("d", "Ada", 50, "2025-12-31T23:00:00-05:00", {}),
]


def row(identifier: str, name: str, score: int, since: str, said: dict[str, str]) -> dict[str, Any]:
    characteristics = [{"@type": "StringCharacteristic", "name": key, "value": said[key]} for key in said]
    credit = {"@type": "CreditProfile", "creditProfileDate": since, "creditScore": score}
    more: dict[str, Any] = {"characteristic": characteristics} if said else {}
    loyalty = {"points": Decimal(f"{score}.50"), "since": since}
    return a_customer(id=identifier, name=name, creditProfile=[credit], loyalty=loyalty, **more)


@pytest.fixture
def get(core: Core) -> Get:
    """Read from an app with four customers."""
    with core.work(Context(core.settings.tenant)) as work:
        work.create_many("Customer", [row(*each) for each in ROWS])
    return getter(core)


def getter(core: Core, **settings: Any) -> Get:
    chosen = core.settings.model_copy(update=settings)
    changed = Core(chosen, core.database, core.entities.values(), core.clock)
    transport = httpx.ASGITransport(create_app(chosen, changed))

    def read(path: str, query: str = "") -> httpx.Response:
        async def once() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport, base_url="http://brand.example") as client:
                return await client.get(f"{path}?{query}" if query else path)

        return asyncio.run(once())

    return read


def ids(reply: httpx.Response) -> str:
    assert reply.status_code == 200, reply.text
    assert reply.headers["X-Result-Count"] == str(len(reply.json()))
    return "".join(each["id"] for each in reply.json())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=Ada", "ad"),
        ("name.gt=Ada&name.lt=C", "b"),
        ("name>=Bob", "bc"),
        ("name%3E%3DBob", "bc"),
        ("name!=Ada", "bc"),
        ("name*=^A", "ad"),
        ("name%3D~s.r$", "c"),
        ("name=Ada;creditProfile.creditScore<10", "abd"),
        ("creditProfile.creditScore.gt=9", "acd"),
        ("creditProfile.creditScore=9,50.0", "bd"),
        ("creditProfile.creditProfileDate=2026-01-01T09:30:00.000Z", "b"),
        ("creditProfile.creditProfileDate>=2026-01-01&creditProfile.creditProfileDate<2026-01-02T00:00:00Z", "abd"),
        ("loyalty.points.gt=9.5", "acd"),
        ("loyalty.points=9.5", "b"),
        ("loyalty.since.gt=2026-01-01T11:00:00%2B01:00", "c"),
        ("characteristic.name=segment&characteristic.value=2", "bc"),
        ("filter=$[?(@.characteristic[?(@.name=='segment' %26%26 @.value=='gold')])]", "ac"),
        ("filter=$[?(@.name=='Ada' %26%26 @.creditProfile.creditScore>10)]", "d"),
        ("filter=$[?(!@.characteristic || @.name=='Bob')]", "bd"),
        ("filter=$[?(count(@.characteristic[*]) == 2 %26%26 length(@.name) == 5)]", "c"),
        ("filter=$[?(@.loyalty.points in [9.5, 10.5])]", "ab"),
        ("sort=name", "adbc"),
        ("sort=-name", "cbda"),
        ("sort=%2Bname,-creditProfile.creditScore", "dabc"),
        ("sort=creditProfile.creditProfileDate", "dbac"),
        ("sort=-loyalty.points", "cdab"),
        ("sort=loyalty.since", "dbac"),
        ("name=Ada&sort=-creditProfile.creditScore", "da"),
    ],
)
def test_a_list_has_what_the_query_asks_for_in_its_order(get: Get, query: str, found: str) -> None:
    result = ids(get(CUSTOMERS, query))
    assert (result if "sort" in query else "".join(sorted(result))) == found


@pytest.mark.parametrize("query", ["", "sort=-name", "sort=loyalty.points", "name.ne=x", "name=Ada,Bob,C%C3%A4sar"])
def test_the_links_lead_through_all_pages_and_back(get: Get, query: str) -> None:
    everything = ids(get(CUSTOMERS, query))
    seen, reply = "", get(CUSTOMERS, f"{query}&limit=2")
    while True:
        seen += ids(reply)
        assert reply.headers["X-Total-Count"] == str(len(everything))
        if "next" not in reply.links:
            break
        reply = get(*reply.links["next"]["url"].removeprefix("http://brand.example").split("?"))
    assert seen == everything
    last = get(*reply.links["last"]["url"].removeprefix("http://brand.example").split("?"))
    assert ids(last) == everything[2:]
    assert ids(get(*last.links["prev"]["url"].removeprefix("http://brand.example").split("?"))) == everything[:2]


def test_a_filter_of_an_array_shows_the_members_that_it_selects(get: Get) -> None:
    query = "filter=characteristic[?(@.name=='segment')]"
    shown = get(CUSTOMERS, query).json()
    assert [[each["value"] for each in customer["characteristic"]] for customer in shown] == [
        ["gold"],
        ["silver"],
        ["gold"],
    ]
    assert [each["name"] for each in get(f"{CUSTOMERS}/a", query).json()["characteristic"]] == ["segment"]
    assert "characteristic" not in get(f"{CUSTOMERS}/a", "filter=characteristic[?(@.name=='none')]").json()
    error_in(get(f"{CUSTOMERS}/a", "filter=$[?(@.name=='Ada')]"), 400)


def test_nested_fields_leave_what_was_asked_for_and_unknown_ones_are_refused(get: Get) -> None:
    shown = get(CUSTOMERS, "fields=loyalty.points,creditProfile.creditScore&name=Bob").json()[0]
    assert shown["loyalty"] == {"points": 9.5}
    assert "creditProfileDate" not in shown["creditProfile"][0]
    assert "fields=nothing" in error_in(get(CUSTOMERS, "fields=name,nothing"), 400)["reason"]
    assert "fields=nothing" in error_in(get(f"{CUSTOMERS}/a", "fields=name,nothing"), 400)["reason"]
    assert "loyalty" not in get(CUSTOMERS, "fields=none").json()[0]


def test_fields_that_nothing_has_are_refused_before_anything_is_changed(core: Core, get: Get) -> None:
    with create_app(core.settings, core).test_client(base_url="http://brand.example") as http:
        body = a_customer(id="e", name="Eve")
        refused = error_in(http.post(CUSTOMERS, json=body, params={"fields": "nothing"}), 400)
        assert refused["reason"] == "fields=nothing: is not an attribute of Customer"
        assert get(f"{CUSTOMERS}/e").status_code == 404
        rename = [{"op": "replace", "path": "/name", "value": "Eve"}]
        change: dict[str, Any] = {"json": rename, "headers": {"Content-Type": OPERATIONS}}
        assert error_in(http.patch(f"{CUSTOMERS}/a", **change, params={"fields": "nothing"}), 400) == refused
        assert get(f"{CUSTOMERS}/a").json()["name"] == "Ada"
        changed = http.patch(f"{CUSTOMERS}/a", **change, params={"fields": "loyalty.points"}).json()
    assert changed["loyalty"] == {"points": 10.5}


def test_an_address_stands_for_its_identifier_in_filters_and_in_the_order(get: Get) -> None:
    href = get(f"{CUSTOMERS}/b").json()["href"]
    for query in (f"href={href}", f"filter=$[?(@.href=='{href}')]", f"sort=-href&href={href}&filter=$[?(@.href)]"):
        assert [each["id"] for each in get(f"{CUSTOMERS}?{query}").json()] == ["b"]
    assert [each["id"] for each in get(f"{CUSTOMERS}?sort=-href").json()] == ["d", "c", "b", "a"]
    assert get(f"{CUSTOMERS}?href>{href}").status_code == 400


@pytest.mark.parametrize("query", ["{}={}", "sort={}", "fields={}", "filter=$[?(@.{}=='{}')]"])
@pytest.mark.parametrize(
    ("place", "word", "other"),
    [
        ("productOrderingManagement/{}/productOrder", "orderDate", "creationDate"),
        ("productCatalogManagement/{}/category", "parentId", "parent.id"),
    ],
)
def test_each_generation_is_asked_in_its_own_words(get: Get, place: str, word: str, other: str, query: str) -> None:
    value = "2026-01-01T00:00:00Z"
    for version, known, unknown in (("v4", word, other), ("v5", other, word)):
        address = f"/tmf-api/{place.format(version)}"
        assert get(f"{address}?{query.format(known, value)}").status_code == 200
        refused = get(f"{address}?{query.format(unknown, value)}")
        assert refused.status_code == 400
        assert "is not an attribute of" in refused.json()["reason"]


def test_a_list_that_is_too_long_to_count_says_that_its_total_is_a_lower_bound(core: Core, get: Get) -> None:
    short = getter(core, count_limit=2)
    for query in ("", "status.ne=x", "name=Ada,Bob,C%C3%A4sar", "sort=name"):
        reply = short(CUSTOMERS, f"{query}&limit=1")
        assert (reply.headers["X-Total-Count"], reply.headers["X-Total-Count-Relation"]) == ("2", "gte")
        assert reply.links.keys() == {"first", "next"}
    assert "X-Total-Count-Relation" not in short(CUSTOMERS, "name=Ada&limit=1").headers


def test_a_filter_that_must_look_at_too_much_is_refused_unless_its_page_is_soon_full(core: Core, get: Get) -> None:
    bounded = getter(core, scan_limit=2)
    for query in ("loyalty.points.gt=90", "sort=loyalty.points", "name*=^C", "name*=^A", "loyalty.points.gt=9&limit=3"):
        error = error_in(bounded(CUSTOMERS, query), 400)
        assert "more than 2 resources" in error["reason"]
    assert ids(bounded(CUSTOMERS, "loyalty.points.gt=9&limit=2")) == "ab"
    assert ids(bounded(CUSTOMERS, "loyalty.points.gt=9&limit=1&sort=-name")) == "c"
    assert ids(bounded(CUSTOMERS, "name=Ada&loyalty.points.gt=20")) == "d"
    assert ids(bounded(CUSTOMERS, "name=Ada&sort=-loyalty.points")) == "da"


def test_a_setting_answers_206_to_what_is_only_a_part(core: Core, get: Get) -> None:
    partial = getter(core, partial_status=206)
    assert partial(CUSTOMERS, "limit=2").status_code == 206
    assert partial(CUSTOMERS).status_code == 200


def test_references_to_our_resources_are_shown_in_full_as_deep_as_asked(core: Core) -> None:
    with core.work(Context(core.settings.tenant)) as work:
        work.create("Category", a_category(id="top", name="All", description="everything"))
        work.create("Category", a_category(id="mid", name="Plans", parent="top"))
        work.create(
            "Category", a_category(id="low", name="Gone", parent="mid", subCategory=[refer("Category", "none")])
        )
    get = getter(core)
    assert "description" not in get(f"{CATALOG}/category/low").json()["parent"]
    once = get(f"{CATALOG}/category/low", "depth=1").json()
    assert (once["parent"]["parent"]["id"], once["parent"]["name"]) == ("top", "Plans")
    assert "description" not in once["parent"]["parent"]
    assert once["subCategory"][0]["id"] == "none"
    twice = get(f"{CATALOG}/category", "id=low&expand=parent&depth=2").json()[0]
    assert twice["parent"]["parent"]["description"] == "everything"
    assert "parent" not in get(f"{CATALOG}/category", "id=low&expand=subCategory").json()[0]["parent"]


def test_a_value_with_semicolons_is_found_as_it_was_returned(core: Core, get: Get) -> None:
    said = [("x", "Ada;B=1"), ("y", "Ada;status=gone"), ("z", "Zoe")]
    with core.work(Context(core.settings.tenant)) as work:
        work.create_many("Customer", [row(key, name, 1, "2026-01-01T10:00:00Z", {}) for key, name in said])
    assert ids(get(CUSTOMERS, "name=Ada%3BB%3D1")) == "adx"
    assert ids(get(CUSTOMERS, "name=Ada%3Bstatus%3Dgone")) == "ady"
    assert ids(get(CUSTOMERS, "name=Bob;loyalty.points=50.50")) == "bd"
    assert error_in(get(CUSTOMERS, "name=Ada;B=2"), 400)["reason"] == "B: is not an attribute of Customer"
    assert error_in(get(CUSTOMERS, "name=Ada;B=1&sort=C"), 400)["reason"] == "sort=C: is not an attribute of Customer"
    assert error_in(get(CUSTOMERS, "name.gt=Ada;B=1"), 400)["reason"] == "B: is not an attribute of Customer"
