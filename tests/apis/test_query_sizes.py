"""Large query strings are answered on both databases, or refused with the bound that they exceed; none fails."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from apis.edge.envelope import reply_to_error
from apis.tmf630.conditions import MOST_ALTERNATIVES
from apis.tmf630.jsonpath_filter import LONGEST, MOST_LEVELS
from core.service import Core
from tests.apis.test_lists import CATALOG, Get, get, getter, ids
from tests.contract.customers import CUSTOMERS, error_in

__all__ = ["get"]
# A request line has less than 64 KiB.
MOST = 60_000
ORDERS = "/tmf-api/productOrderingManagement/v5/productOrder"
EVENTS = "/tmf-api/event/v4/topic/customer/event"


def a_path(condition: str) -> str:
    return f"filter={quote(f'$[?({condition})]')}"


def a_chain(condition: str, sign: str) -> str:
    """Return a JSONPath with as many conditions as it may have, each with a number of its own."""
    many = [condition.format(number) for number in range(LONGEST)]
    while len(text := f"$[?({sign.join(many)})]") > LONGEST:
        many = many[: min(len(many) - 1, len(many) * LONGEST // len(text) + 1)]
    return f"filter={quote(text)}"


def values(form: str) -> str:
    """Return as many values as an address may have, each with a number of its own."""
    return ",".join(form.format(number) for number in range(MOST // len(form.format(10_000) + ",")))


@pytest.mark.parametrize("sign", ["||", "&&"])
@pytest.mark.parametrize(
    "condition",
    [
        "@.name=='n{}'",
        "@.name>'n{}'",
        "@.name!='n{}'",
        "@.name =~ /{}/",
        "@.loyalty.points=={}",
        "@.loyalty",
        "@.characteristic[?(@.name=='{}')]",
        "!(@.name>'n{}')",
    ],
)
def test_a_jsonpath_has_as_many_conditions_as_it_has_room_for(get: Get, condition: str, sign: str) -> None:
    assert get(CUSTOMERS, a_chain(condition, sign)).status_code == 200
    inside = a_chain(condition, sign).replace(quote("$[?("), quote("$[?(@.characteristic[?("), 1)
    assert get(CUSTOMERS, f"{inside}{quote(')])]')}").status_code in (200, 400)


def test_alternatives_find_what_one_of_them_is(get: Get) -> None:
    for condition, found in (("@.name=='{}'", "b"), ("@.characteristic[?(@.value=='{}')]", "ab")):
        texts = [f"n{number}" for number in range(40)] + ["Bob", "gold", "2"][: 1 if found == "b" else 3]
        asked = a_path("||".join(condition.format(text) for text in texts))
        assert ids(get(CUSTOMERS, asked)) == ("b" if found == "b" else "abc")
    assert ids(get(CUSTOMERS, a_path(f"@.name in [{','.join(map(str, range(500)))},'Ada']"))) == "ad"


@pytest.mark.parametrize(
    "query",
    [
        f"name={values('n{}')}",
        f"id={values('n{}')}",
        f"name.gt={values('n{}')}",
        f"creditProfile.creditScore={values('{}')}",
        f"creditProfile.creditScore.gt={values('{}')}",
        f"loyalty.since={values('2026-01-01T10:00:00.{:09}Z')}",
        f"loyalty.since.lte={values('2026-01-01T10:00:00.{:09}Z')}",
        f"name=a{';id={0};name={0}' * 3000}",
        f"name={values('n{}').replace(',', ';')}",
        f"name.gt={values('n{}')}&id.lt={values('z')[:100]}&sort=name",
        ";".join(f"characteristic.value.{'a.' * 40}v{number}=1" for number in range(MOST_ALTERNATIVES)),
    ],
)
def test_a_filter_has_as_many_values_as_an_address_has_room_for(get: Get, query: str) -> None:
    assert get(CUSTOMERS, query).status_code == 200


def test_what_is_beyond_one_of_several_values_is_beyond_the_nearest(get: Get) -> None:
    assert ids(get(CUSTOMERS, "creditProfile.creditScore.gt=60,9,70")) == "acd"
    assert ids(get(CUSTOMERS, "loyalty.points.lte=9.5,5,10.50")) == "ab"
    assert ids(get(CUSTOMERS, "name.gt=Bob,Zoe")) == "c"
    assert ids(get(CUSTOMERS, "loyalty.since.lt=2026-01-01T09:00:00Z,2025-01-01T00:00:00Z")) == "d"


def test_more_filters_of_which_one_must_hold_are_refused(get: Get) -> None:
    many = ";".join(f"characteristic.value.v{number}=1" for number in range(MOST_ALTERNATIVES + 1))
    assert error_in(get(CUSTOMERS, many), 400)["code"] == "tooMany"


def nested(*forms: str, levels: int) -> str:
    """Return conditions inside of one another by forms that take turns, so many levels with the filter's own."""
    text = "@.a>'5'"
    for number in range(levels - 1):
        text = forms[number % len(forms)].format(text)
    return a_path(text)


@pytest.mark.parametrize("how", ["", "&sort=-name&offset=1", "&name.gt=A"])
@pytest.mark.parametrize(
    "forms",
    [
        ("@.b>'c' && ({})", "@.b>'c' || ({})"),
        ("@.b[?({})].c",),
        ("@.b[?({})].c", "@.b=='c' || {}"),
        ("@.b[?({})].c", "@.b=='c' && {}"),
        ("@.b=='c' || {}", "@.b[?({})].c"),
        ("@.b=='c' && ({})", "@.b=='c' || ({})", "@.b[?({})].c"),
        ("!({})", "@.b[?({})].c", "@.b=='c' || {}"),
        ("!({})",),
    ],
)
def test_conditions_go_as_deep_as_the_documentation_says_and_no_deeper(
    core: Core, forms: tuple[str, ...], how: str
) -> None:
    get = getter(core, unknown_filters="accept")
    for path in (CUSTOMERS, ORDERS, f"{CATALOG}/category"):
        assert get(path, f"{nested(*forms, levels=MOST_LEVELS)}{how}").status_code == 200
        error = error_in(get(path, f"{nested(*forms, levels=MOST_LEVELS + 1)}{how}"), 400)
        assert (error["code"], str(MOST_LEVELS) in error["reason"]) == ("invalidFilter", True)


def test_parentheses_alone_are_no_levels(get: Get) -> None:
    nest = "@.name=='Ada'"
    for number in range(30):
        nest = f"({nest} || (@.name=='{number}'))"
    assert ids(get(CUSTOMERS, a_path(nest))) == "ad"
    assert error_in(get(CUSTOMERS, a_path(f"{'(' * 900}@.name=='Ada'{')' * 900}")), 400)["code"] == "invalidFilter"


def test_a_statement_that_is_too_large_is_the_query_s_fault(core: Core) -> None:
    wide = f"SELECT 1{', 1' * 3_000}"
    with core.database.reading() as connection, pytest.raises(Exception) as caught:
        connection.exec_driver_sql(wide)
    reply = reply_to_error(caught.value, "v5", "c-1")
    assert (reply.status, reply.body["code"]) == (400, "tooLarge")
