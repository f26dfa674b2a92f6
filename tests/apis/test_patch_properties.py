"""Whatever a patch says, the resource becomes what the standards say and stays valid, or it stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apis.app import create_app
from apis.tmf630.version import ServedResource
from core.service import Core
from core.storage.json import dumps, loads
from tests.apis.generations import both
from tests.apis.patch_oracle import DoesNotFit, merged, operated
from tests.contract.customers import MERGE, OPERATIONS, QUERY

Document = dict[str, Any]
bounded = settings(max_examples=40, suppress_health_check=list(HealthCheck))
EXTENSION: Document = {"deep": [1, {"b": True}, []], "n": Decimal("1.50"), "": {"a/b": 1, "c~d": 2}}
CUSTOMERS: dict[str, Document] = {
    "v5": {
        "@type": "Customer",
        "name": "Ada",
        "description": "first",
        "engagedParty": {"@type": "PartyRef", "id": "p1"},
        "contactMedium": [
            {"@type": "EmailContactMedium", "contactType": "work", "emailAddress": "a@example.org"},
            {"@type": "PhoneContactMedium", "contactType": "home", "phoneNumber": "1"},
        ],
        "characteristic": [{"@type": "StringCharacteristic", "name": "tier", "valueType": "string", "value": "gold"}],
        "x-own": EXTENSION,
    },
    "v4": {
        "name": "Ada",
        "statusReason": "first",
        "engagedParty": {"id": "p1", "@referredType": "Individual"},
        "contactMedium": [{"mediumType": "email", "characteristic": {"emailAddress": "a@example.org"}}],
        "relatedParty": [{"id": "r1", "role": "agent", "name": "Kim", "@referredType": "Individual"}],
        "characteristic": [{"name": "tier", "valueType": "string", "value": "gold"}],
        "x-own": EXTENSION,
    },
}
NEW_NAMES = ["description", "statusReason", "x-new", "x-own", "-", "0", "9", "01"]
VALUES: list[Any] = [
    "text", "", 0, 1, True, False, None, Decimal("1.5"), Decimal("1.50"), [], {}, ["a"], {"a": {"b": None}}, EXTENSION,
]  # fmt: skip


@pytest.fixture
def app(core: Core) -> Iterator[httpx.Client]:
    """A client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


class Patched:
    """A customer to be patched."""

    def __init__(self, http: httpx.Client, generation: str) -> None:
        self.http = http
        address = f"/tmf-api/customerManagement/{generation}/customer"
        headers = {"Content-Type": "application/json"}
        made = http.post(address, content=dumps(CUSTOMERS[generation]), headers=headers)
        assert made.status_code == 201, made.text
        self.href = made.headers["Location"]
        self.resource: ServedResource = both("tmf629", "Customer")[0 if generation == "v4" else 1]

    def shown(self) -> Document:
        """Return the customer as it is."""
        document: Document = loads(self.http.get(self.href).content)
        return document

    def hold(self, media_type: str, body: Any, before: Document, outcome: Any) -> None:
        """Send a patch, and hold what comes of it against `outcome`; None where it can't be done."""
        reply = self.http.patch(self.href, content=dumps(body), headers={"Content-Type": media_type})
        after = self.shown()
        if reply.status_code == 200:
            assert outcome is not None
            wanted = outcome if self.resource.version.is_canonical else without_blank_types(outcome)
            assert told(loads(reply.content)) == told(after) == told(typed_as(after, wanted))
            assert not self.resource.validator.faults(after)
        else:
            assert reply.status_code in (400, 409), reply.text
            assert told(after) == told(before)
            assert self._is_refusable(media_type, body, before, outcome), reply.text

    def _is_refusable(self, media_type: str, body: Any, before: Document, outcome: Any) -> bool:
        operation = self.resource.version.operations["patchCustomer"]
        if operation.request_validator(media_type).faults(body) or not isinstance(outcome, dict):
            return True
        fixed = ("id", "href", "@type", "status")
        return (
            any(outcome.get(name) != before.get(name) for name in fixed)
            or not outcome.keys() >= {"name", "engagedParty"}
            or bool(self.resource.validator.faults(self._with_types(outcome)))
        )

    def _with_types(self, outcome: Any) -> Any:
        version = self.resource.version
        if version.is_canonical and isinstance(outcome, dict):
            version.types.fill(outcome, self.resource.canonical)
        return outcome


def told(document: Any) -> str:
    """Return a document as text that is the same for equal ones, with true no 1 and 1.5 no 1.50."""
    return dumps(document, sort=True).decode()


def without_blank_types(value: Any) -> Any:
    """Return a value without the types that are empty text: in v4 a way to leave them out."""
    if isinstance(value, dict):
        return {name: without_blank_types(member) for name, member in value.items() if (name, member) != ("@type", "")}
    return [without_blank_types(member) for member in value] if isinstance(value, list) else value


def typed_as(shown: Any, outcome: Any) -> Any:
    """Return an outcome with the types that the server has filled in where the outcome has none."""
    if isinstance(shown, dict) and isinstance(outcome, dict):
        filled = {name: typed_as(shown.get(name), value) for name, value in outcome.items()}
        return {"@type": shown["@type"], **filled} if "@type" in shown else filled
    if isinstance(shown, list) and isinstance(outcome, list) and len(shown) == len(outcome):
        return [typed_as(*pair) for pair in zip(shown, outcome, strict=True)]
    return outcome


def pointers(value: Any, path: str = "") -> Iterator[str]:
    """Yield the pointers to everything in a document."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield from pointers(member, f"{path}/{str(name).replace('~', '~0').replace('/', '~1')}")


def operations(document: Document) -> st.SearchStrategy[list[Document]]:
    """Return patches that mostly fit a document."""
    known = [pointer for pointer in pointers(document) if not pointer.startswith("/status")]
    there = st.sampled_from(known)
    new = st.builds("{}/{}".format, there, st.sampled_from(NEW_NAMES))
    # Most of the time where it does no harm: half of all random patches would just be invalid.
    harmless = st.builds("/x-own{}".format, st.sampled_from([*pointers(EXTENSION), "/new", "/deep/-", "/deep/1"]))
    path, value = harmless | there | new, st.sampled_from(VALUES)
    one = st.one_of(
        st.builds(dict, op=st.sampled_from(["add", "replace", "test"]), path=path, value=value),
        st.builds(dict, op=st.just("remove"), path=path),
        there.map(lambda pointer: {"op": "test", "path": pointer, "value": at(document, pointer)}),
        st.builds(lambda op, a, b: {"op": op, "from": a, "path": b}, st.sampled_from(["move", "copy"]), path, path),
    )
    return st.lists(one, min_size=1, max_size=4)


def at(document: Any, pointer: str) -> Any:
    """Return what is at a pointer of `pointers`."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def merges(document: Document) -> st.SearchStrategy[Any]:
    """Return merge patches of a document: nulls, changes, what it has and what it has not."""
    leaf = st.sampled_from(VALUES)

    def below(value: Any) -> st.SearchStrategy[Any]:
        if not isinstance(value, dict):
            return leaf
        known = {name: below(member) for name, member in value.items() if name not in ("status", "href")}
        return st.fixed_dictionaries({}, optional={**known, "x-new": leaf}) | leaf

    top = {name: below(member) for name, member in document.items() if name not in ("status", "href", "id")}
    kept = {name: st.just(document[name]) | top.pop(name) for name in ("@type", "name", "engagedParty") if name in top}
    return st.fixed_dictionaries(kept, optional={**top, "x-new": leaf})


def try_many(app: httpx.Client, generation: str, one: Callable[[Patched, st.DataObject], None]) -> None:
    @bounded
    @given(st.data())
    def holds(data: st.DataObject) -> None:
        one(Patched(app, generation), data)

    holds()


@pytest.mark.parametrize("generation", ["v4", "v5"])
def test_json_patch_does_what_rfc_6902_says(app: httpx.Client, generation: str) -> None:
    def one(customer: Patched, data: st.DataObject) -> None:
        before = customer.shown()
        patch = data.draw(operations(before))
        try:
            outcome = operated(before, patch)
        except DoesNotFit:
            outcome = None
        customer.hold(OPERATIONS, patch, before, outcome)

    try_many(app, generation, one)


@pytest.mark.parametrize("media_type", [MERGE, "application/json"])
@pytest.mark.parametrize("generation", ["v4", "v5"])
def test_a_merge_patch_does_what_rfc_7396_says(app: httpx.Client, generation: str, media_type: str) -> None:
    def one(customer: Patched, data: st.DataObject) -> None:
        before = customer.shown()
        patch = data.draw(merges(before))
        customer.hold(media_type, patch, before, merged(before, patch))

    try_many(app, generation, one)


PIECES = ["$", "?", "/", ".", "[", "]", "(", ")", "@", "==", "'tier'", "name", "characteristic", "*", ":", "0", "-1", "&&", "1e9", "!", "..", ","]  # noqa: E501 # fmt: skip
SELECTIONS = ["$.characteristic[?(@.name=='tier')].value", "$['x-own'].deep[?@>0]", "/characteristic/value?name=tier"]


def test_any_path_is_followed_or_refused(app: httpx.Client) -> None:
    path = st.text(max_size=20) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
    path = path | path.map("$.{}".format) | st.sampled_from(SELECTIONS)
    kinds = st.sampled_from(["add", "remove", "replace", "test", "move", "copy"])

    def one(customer: Patched, data: st.DataObject) -> None:
        body = [{"op": data.draw(kinds), "path": data.draw(path), "from": data.draw(path), "value": "x"}]
        before = customer.shown()
        reply = customer.http.patch(customer.href, content=dumps(body), headers={"Content-Type": QUERY})
        assert reply.status_code in (200, 400, 409), reply.text
        after = customer.shown()
        assert told(after) == told(before) or reply.status_code == 200
        assert not customer.resource.validator.faults(after)

    try_many(app, "v5", one)
