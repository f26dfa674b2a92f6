"""Query strings mean on SQLite and PostgreSQL what the documentation says, in v4 and v5, on every page of the list."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from apis.edge.request_validation import read_query
from apis.tmf630.paging import page_headers
from apis.tmf630.query import read_list_request
from core.context import Context
from core.query import Query
from core.service import Core
from core.storage import listing
from core.storage.json import written
from tests.apis.generations import both
from tests.apis.query_oracle import in_order, meets
from tests.apis.query_strings import NAMES, OWN, PARENTS, REFERRED, STATES, TIMES, VERSIONS, Question, questions
from tests.builders.catalog import refer

CONTEXT = Context("default")
RESOURCES = dict(zip(("v4", "v5"), both("tmf620", "Category"), strict=True))
MANY = 60
NEXT = re.compile(r'<[^>]*\?([^>]*)>; rel="next"')
Ask = Callable[[str], tuple[list[str], dict[str, str]]]


@dataclass(frozen=True)
class Way:
    """How the database is made to go about it, as it does with other data.

    As few documents count as many, PostgreSQL makes plans for any values, and goes by its GIN index where it can.
    """

    few: int = listing.FEW
    is_generic: bool = False
    is_indexed: bool = False


WAYS = st.builds(Way, st.sampled_from((listing.FEW, 10)), st.booleans(), st.booleans())


def own(any_of: random.Random) -> Any:
    """Return a value of an attribute that no schema has."""
    text = any_of.choice(OWN)
    number = Decimal(text) if re.fullmatch(r"[-.e0-9]+", text) else text
    return any_of.choice(
        (text, number, True, False, None, [number, "b"], [], {"x": 1}, [[number, "b"], [{"rank": number}]])
    )


def a_row(number: int, any_of: random.Random) -> dict[str, Any]:
    """Return a category that lacks some of what it may have."""
    offerings = [
        {"@type": "ProductOfferingRef", "id": each, "name": any_of.choice(NAMES), "rank": own(any_of)}
        for each in any_of.sample(REFERRED, any_of.randrange(4))
    ]
    may_have = {
        "version": any_of.choice(VERSIONS),
        "lifecycleStatus": any_of.choice(STATES),
        "isRoot": any_of.choice((True, False)),
        "validFor": {"startDateTime": any_of.choice(TIMES)},
        "parent": refer("Category", any_of.choice(PARENTS)),
        "productOffering": offerings,
        "rank": own(any_of),
        "own": {"rank": own(any_of)},
    }
    some = {name: value for name, value in may_have.items() if any_of.random() < 0.7 and value != []}
    fixed = {"@type": "Category", "id": f"c-{number:02}", "name": any_of.choice(NAMES)}
    return fixed | {"lastUpdate": any_of.choice(TIMES)} | some


@pytest.fixture
def categories(core: Core) -> Core:
    """The core with as many categories as make several pages, put in by themselves: what they refer to isn't there."""
    any_of, repository = random.Random(620), core.repositories["Category"]
    rows = [a_row(number, any_of) for number in range(MANY)]
    with core.database.writing() as connection:
        news = repository.new_rows(CONTEXT.tenant, [(row, written(row)) for row in rows], datetime.now(UTC))
        repository.insert(connection, news)
    with core.database.reading() as connection:
        # A server that doesn't know what is in a table hardly ever goes by the GIN index.
        connection.execute(text("ANALYZE category"))
    return core


@contextmanager
def asking(core: Core, version: str, way: Way) -> Iterator[Ask]:
    """Give what answers a query string with identifiers and headers."""
    resource = RESOURCES[version]
    chosen = core.settings.model_copy(update={"unknown_filters": "accept"})
    with core.database.reading_together() as connection, pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing, "FEW", way.few)
        if not core.database.is_sqlite:
            prepare(connection, way)

        def ask(asked: str) -> tuple[list[str], dict[str, str]]:
            pairs = read_query(asked.encode())
            wanted = read_list_request(pairs, resource, chosen).query
            with core.reading(CONTEXT) as reading:
                page = reading.find(resource.entity, wanted)
            return [each["id"] for each in page.items], page_headers(page, wanted, "/category", pairs)

        yield ask


def prepare(connection: Connection, way: Way) -> None:
    """Make PostgreSQL go one way."""
    # A plan that was made before would be kept; only what is prepared has one for any values.
    connection.exec_driver_sql("DISCARD PLANS")
    connection.exec_driver_sql(f"SET plan_cache_mode = {'force_generic_plan' if way.is_generic else 'auto'}")
    for scan in ("seqscan", "indexscan", "indexonlyscan"):
        connection.exec_driver_sql(f"SET enable_{scan} = {'off' if way.is_indexed else 'on'}")
    driver: Any = connection.connection.driver_connection
    driver.prepare_threshold = 0 if way.is_generic else 5


def expected_of(core: Core, question: Question) -> list[str]:
    """Return the identifiers of what a query string finds, by what the documentation says of what the version shows."""
    with core.reading(CONTEXT) as reading:
        everything = [
            RESOURCES[question.version].dialect.dump(each) for each in reading.find("Category", Query()).items
        ]
    found = [each for each in everything if question.meets(each)]
    return [each["id"] for each in in_order(found, question.sort)]


def walked(ask: Ask, asked: str, limit: int, turn: int, expected: list[str]) -> list[str]:
    """Return what all pages have together, the first ones by offset, those after `turn` by the links to the next."""
    found: list[str] = []
    following: str | None = f"{asked}&limit={limit}"
    for number in range(len(expected) + 2):
        if following is None:
            break
        page, headers = ask(following)
        assert headers["X-Result-Count"] == str(len(page))
        total = int(headers["X-Total-Count"])
        assert total <= len(expected) if "X-Total-Count-Relation" in headers else total == len(expected)
        found += page
        link = NEXT.search(headers["Link"])
        following = link[1] if link else None
        if following and number + 1 < turn:
            following = f"{asked}&limit={limit}&offset={len(found)}"
    return found


def losing() -> Question:
    """Return a list that lacked resources once PostgreSQL had a plan for any values, which went by the GIN index."""
    asked = "filter=$[?(!(@.version!='zzz' %26%26 @.isRoot==true))]&sort=-isRoot"

    def is_found(each: Any) -> bool:
        is_other = meets(each, ("version",), "ne", ["zzz"], "text")
        return not (is_other and meets(each, ("isRoot",), "eq", ["true"], "truth"))

    return Question("v5", asked, (is_found,), ((("isRoot",), True),))


def misplacing() -> Question:
    """Return a list that came in another order where PostgreSQL began with what a pattern had found."""
    asked = "name.regex=%5Ea&name.regex=b%24&name.regex=5&filter=$[?(@.isRoot==true)]&sort=-name"

    def is_found(each: Any) -> bool:
        return meets(each, ("name",), "regex", ["^a", "b$", "5"]) and meets(each, ("isRoot",), "eq", ["true"], "truth")

    return Question("v4", asked, (is_found,), ((("name",), True),))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questions(), WAYS, st.integers(5, 40), st.integers(1, 13))
@example(losing(), Way(is_generic=True, is_indexed=True), 7, 1)
@example(misplacing(), Way(few=10), 5, 1)
def test_pages_by_offset_and_by_cursor_have_all_that_a_query_string_asks_for_in_its_order(
    categories: Core, question: Question, way: Way, limit: int, turn: int
) -> None:
    expected = expected_of(categories, question)
    with asking(categories, question.version, way) as ask:
        for turn_at in {1, turn}:
            assert walked(ask, question.text, limit, turn_at, expected) == expected
