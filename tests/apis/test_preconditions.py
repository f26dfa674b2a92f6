"""Entity tags and the conditions on them, over HTTP and on both databases (RFC 9110, 13)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apis.app import create_app
from apis.tmf630.preconditions import read_tags
from core.clock import FixedClock
from core.errors import InvalidInput
from core.service import Core
from tests.contract.customers import CUSTOMERS, MERGE, OPERATIONS, a_customer, created, error_in

HUB = "/tmf-api/customerManagement/v5/hub"
USAGE_SPECIFICATIONS = "/tmf-api/usageManagement/v4/usageSpecification"


@pytest.fixture
def app(core: Core) -> Iterator[httpx.Client]:
    """A client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def change(http: httpx.Client, href: str, **headers: str) -> httpx.Response:
    body = [{"op": "add", "path": "/description", "value": str(headers)}]
    return http.patch(href, json=body, headers={"Content-Type": OPERATIONS, **headers})


def test_every_reply_with_a_resource_has_its_tag_and_a_change_gives_another(app: httpx.Client) -> None:
    made = app.post(CUSTOMERS, json=a_customer())
    href, first = made.json()["href"], made.headers["ETag"]
    assert first.startswith('"1-')
    assert app.get(href).headers["ETag"] == first
    second = change(app, href).headers["ETag"]
    assert second != first
    assert app.head(href).headers["ETag"] == app.get(href).headers["ETag"] == second
    unchanging = app.patch(href, json=[], headers={"Content-Type": OPERATIONS})
    assert unchanging.headers["ETag"] == second


def test_the_tag_of_a_resource_that_its_rules_change_further_is_that_of_the_outcome(app: httpx.Client) -> None:
    order = {"@type": "ProductOrder", "productOrderItem": [{"@type": "ProductOrderItem", "id": "1", "action": "add"}]}
    made = app.post("/tmf-api/productOrderingManagement/v5/productOrder", json=order)
    assert made.json()["state"] == "held"
    assert not made.headers["ETag"].startswith('"1-')
    assert app.get(made.json()["href"]).headers["ETag"] == made.headers["ETag"]


def test_no_two_representations_share_a_tag(app: httpx.Client, core: Core) -> None:
    customer = created(app)
    name_alone = app.get(customer["href"], params={"fields": "name"})
    everything = app.get(customer["href"])
    elsewhere = app.get(customer["href"], headers={"Host": "other.example"})
    tags = {reply.headers["ETag"] for reply in (name_alone, everything, elsewhere)}
    assert len(tags) == len({reply.content for reply in (name_alone, everything, elsewhere)}) == 3
    assert (
        app.get(customer["href"], params={"fields": "none"}, headers={"If-None-Match": tags.pop()}).status_code == 200
    )


def test_what_is_shown_decides_on_the_tag_and_what_shows_others_too_has_none(app: httpx.Client) -> None:
    medium = {"@type": "EmailContactMedium", "emailAddress": "a@b.example"}
    href = created(app, contactMedium=[medium, {**medium, "preferred": True}])["href"]
    queries = (
        {},
        {"filter": "contactMedium[?(@.preferred==true)]"},
        {"filter": "contactMedium[?(@.preferred==false)]"},
    )
    replies = [app.get(href, params=query) for query in queries]
    assert len({reply.headers["ETag"] for reply in replies}) == 3
    for query, reply in zip(queries, replies, strict=True):
        asked = {"headers": {"If-None-Match": reply.headers["ETag"]}, "params": query}
        assert app.get(href, **asked).status_code == 304
        assert app.get(href, **{**asked, "params": {"depth": "0"}}).status_code == 200
    assert "ETag" not in app.get(href, params={"depth": "1"}).headers
    assert "ETag" not in app.get(href, params={"expand": "engagedParty"}).headers


def test_a_resource_made_again_under_its_identifier_has_none_of_the_old_tags(
    app: httpx.Client, clock: FixedClock
) -> None:
    old = app.post(CUSTOMERS, json=a_customer(id="again"))
    app.delete(old.json()["href"])
    clock.advance(timedelta(microseconds=1))
    new = app.post(CUSTOMERS, json=a_customer(id="again"))
    assert new.headers["ETag"] != old.headers["ETag"]
    assert change(app, new.json()["href"], **{"If-Match": old.headers["ETag"]}).status_code == 412


def test_who_has_it_already_gets_304_until_it_changes(app: httpx.Client) -> None:
    href = created(app)["href"]
    tag = app.get(href).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', f',"a,b" , {tag},', "*"):
        for method in ("GET", "HEAD"):
            reply = app.request(method, href, headers={"If-None-Match": known})
            assert (reply.status_code, reply.content, reply.headers["ETag"]) == (304, b"", tag), known
    change(app, href)
    assert app.get(href, headers={"If-None-Match": tag}).status_code == 200


def test_lines_of_a_header_are_one_list(app: httpx.Client) -> None:
    href = created(app)["href"]
    lines = [("If-None-Match", app.get(href).headers["ETag"]), ("If-None-Match", '"other"')]
    assert app.get(href, headers=lines).status_code == 304


def test_a_change_and_a_removal_want_the_state_that_was_read(app: httpx.Client) -> None:
    href = created(app)["href"]
    stale = app.get(href).headers["ETag"]
    fresh = change(app, href, **{"If-Match": stale}).headers["ETag"]
    for tags in (stale, f"W/{fresh}", '"x"', f'{stale}, "y"'):
        assert error_in(change(app, href, **{"If-Match": tags}), 412)["reason"].startswith("If-Match: ")
        assert error_in(app.delete(href, headers={"If-Match": tags}), 412)["code"] == "preconditionFailed"
    assert app.get(href).headers["ETag"] == fresh
    fresh = change(app, href, **{"If-Match": f"{stale}, {fresh}"}).headers["ETag"]
    fresh = change(app, href, **{"If-Match": "*"}).headers["ETag"]
    assert error_in(change(app, href, **{"If-None-Match": f"W/{fresh}"}), 412)["reason"].startswith("If-None-Match: ")
    assert app.delete(href, headers={"If-Match": fresh}).status_code == 204
    assert change(app, href, **{"If-Match": "*"}).status_code == 404


def test_who_has_read_some_fields_has_seen_the_state(app: httpx.Client) -> None:
    href = created(app)["href"]
    tag = app.get(href, params={"fields": "name"}).headers["ETag"]
    assert change(app, href, **{"If-Match": tag}).status_code == 200
    assert change(app, href, **{"If-Match": tag}).status_code == 412


def test_the_state_is_looked_at_before_the_change(app: httpx.Client) -> None:
    href = created(app)["href"]
    wrong = [{"op": "test", "path": "/name", "value": "nobody"}]
    reply = app.patch(href, json=wrong, headers={"Content-Type": OPERATIONS, "If-Match": '"x"'})
    assert reply.status_code == 412


@pytest.mark.parametrize("text", ["", "x", '"x', 'w/"x"', '"x" "y"', '*, "x"', 'W/ "x"', "**", '"a b"'])
def test_a_malformed_header_is_refused_whatever_is_asked(app: httpx.Client, text: str) -> None:
    with pytest.raises(InvalidInput, match="must be"):
        read_tags(text, "If-Match")
    href = created(app)["href"]
    for header in ("If-Match", "If-None-Match"):
        for reply in (app.get(href, headers={header: text}), change(app, href, **{header: text})):
            assert error_in(reply, 400)["reason"].startswith(f"{header}: ")


@given(st.from_regex(r'(\*|(W/)?"[!#-~]*"(, ?(W/)?"[!#-~]*")*)', fullmatch=True))
def test_whatever_is_a_list_of_tags_is_understood(text: str) -> None:
    tags = read_tags(text, "If-None-Match")
    assert tags.anything or tags.tags


def test_a_subscription_has_a_tag_as_well(app: httpx.Client) -> None:
    made = app.post(HUB, json={"@type": "Hub", "callback": "https://listener.example/a"})
    href, tag = made.json()["href"], made.headers["ETag"]
    assert app.get(href).headers["ETag"] == tag
    assert app.get(href, headers={"If-None-Match": tag}).status_code == 304
    assert app.delete(href, headers={"If-Match": '"x"'}).status_code == 412
    assert app.delete(href, headers={"If-Match": tag}).status_code == 204


def test_generations_have_tags_of_their_own_for_the_same_states(app: httpx.Client) -> None:
    customer = created(app)
    old = f"{CUSTOMERS.replace('v5', 'v4')}/{customer['id']}"
    tag = app.get(old).headers["ETag"]
    assert tag != app.get(customer["href"]).headers["ETag"]
    assert change(app, customer["href"], **{"If-Match": tag}).status_code == 200
    assert change(app, old, **{"If-Match": tag}).status_code == 412


def test_v4_has_tags_as_well(app: httpx.Client) -> None:
    made = app.post(USAGE_SPECIFICATIONS, json={"name": "voice"})
    href, tag = made.json()["href"], made.headers["ETag"]
    assert app.get(href, headers={"If-None-Match": tag}).status_code == 304
    body = {"name": "data"}
    assert app.patch(href, json=body, headers={"Content-Type": MERGE, "If-Match": '"x"'}).status_code == 412
    assert app.patch(href, json=body, headers={"Content-Type": MERGE, "If-Match": tag}).status_code == 200


def test_two_writers_at_once_without_a_condition_lose_nothing_of_each_other(app: httpx.Client) -> None:
    href = created(app)["href"]
    failed: list[httpx.Response] = []

    def write(attribute: str) -> None:
        for number in range(20):
            reply = app.patch(href, json=a_customer(**{attribute: str(number)}), headers={"Content-Type": MERGE})
            counted = app.patch(
                href,
                json=[{"op": "add", "path": f"/{attribute}-{number}", "value": number}],
                headers={"Content-Type": OPERATIONS},
            )
            failed.extend(each for each in (reply, counted) if each.status_code != 200)

    writers = [threading.Thread(target=write, args=(attribute,)) for attribute in ("description", "note")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    after = app.get(href).json()
    assert failed == []
    assert (after["description"], after["note"]) == ("19", "19")
    assert all(after[f"{attribute}-{n}"] == n for attribute in ("description", "note") for n in range(20))


def test_of_two_writers_who_have_read_the_same_one_gets_through(app: httpx.Client) -> None:
    href = created(app)["href"]
    tag = app.get(href).headers["ETag"]
    statuses: list[int] = []
    start = threading.Barrier(4)

    def write() -> None:
        start.wait()
        statuses.append(change(app, href, **{"If-Match": tag}).status_code)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(statuses) == [200, 412, 412, 412]
