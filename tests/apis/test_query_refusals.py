"""Query strings that mean nothing, or not clearly one thing: refused, with the place."""

from __future__ import annotations

import pytest

from tests.apis.test_query import faults, read


@pytest.mark.parametrize(
    ("pairs", "place"),
    [
        ([("name", "a;status=b"), ("id", "1")], "name"),
        ([("status.ne", "a,b")], "status.ne"),
        ([("validFor.startDateTime.gt", "soon")], "validFor.startDateTime.gt"),
        ([("validFor.startDateTime", "0000-01-01T00:00:00Z")], "validFor.startDateTime"),
        ([("filter", "$[?(@.validFor.startDateTime < '0000-01-01T00:00:00Z')]")], "filter"),
        ([("creditProfile.creditScore>", "many")], "creditProfile.creditScore"),
        ([("name.regex", r"(a)\1")], "name.regex"),
        ([("creditProfile.creditScore.regex", "5")], "creditProfile.creditScore.regex"),
        ([("filter", "$[?(@.name=='a'")], "filter"),
        ([("filter", "$[?(@.name==$.id)]")], "filter"),
        ([("filter", "$[?(@.name=~'a')]")], "filter"),
        ([("filter", "$[?@]")], "filter"),
        ([("filter", "$[?(@.name==1e999999)]")], "filter"),
        ([("filter", "$[?(@.name contains /a/)]")], "filter"),
        ([("filter", f"$[?{'!' * 1900}@.name]")], "filter"),
        ([("filter", "a"), ("filter", "b")], "filter"),
        ([("depth", "9")], "depth"),
        ([("after", "WyJ4Il0")], "after"),
        ([("after", "e30"), ("offset", "1")], "after"),
        ([("sort", ",")], "sort="),
        ([("expand", "account,name")], "expand=name"),
        ([("fields", "none,name")], "fields"),
        ([("fields", "name,a..b")], "fields=a..b"),
        ([("fields", "name,name.")], "fields=name."),
        ([("validFor", "2025-01-01")], "validFor"),
        ([("characteristic.regex", "x")], "characteristic.regex"),
        ([("creditProfile>", "5")], "creditProfile"),
        ([("filter", "$[?(@.validFor>5)]")], "filter"),
        ([("sort", "-validFor")], "sort=-validFor"),
        ([("filter", "$[?(@.name contains 'a')]")], "filter"),
        ([("filter", r"$[?(@.name=='\ud800')]")], "filter"),
        ([("filter", r"$[?(match(@.name,'\udc00'))]")], "filter"),
        ([("filter", r"$[?(@.name in ['a','\ud800'])]")], "filter"),
        ([("filter", r"$[?(@.characteristic[?(@.value=='\ud800x')])]")], "filter"),
        ([("filter", "$[?(@.name in 'abc')]")], "filter"),
        ([("filter", "$[?('a' in @.name)]")], "filter"),
        ([("filter", "$[?(@.characteristic[?('a' in @.name)])]")], "filter"),
        ([("filter", "$[?(@.name in @.description)]")], "filter"),
        ([("filter", "$[?(length(@.name) in 'abc')]")], "filter"),
        ([("name", "=a")], "name"),
        ([("name==a", "")], "name"),
        ([("name", '"a,b')], "name"),
        ([("name", "'a, b")], "name"),
        ([("name", '"a;b')], "name"),
        ([("name", "b,'a")], "name"),
        ([("name>", "")], "name"),
        ([("name!", "")], "name"),
        ([("name<>", "")], "name"),
        ([("name>", "=a")], "name"),
        ([("name>=>a", "")], "name"),
        ([("name<", ">a")], "name"),
        ([("name><a", "")], "name"),
        ([("sort", "name,")], "sort="),
        ([("name.regex", "")], "name.regex"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_place(pairs: list[tuple[str, str]], place: str) -> None:
    assert faults(*pairs)[0] == place


def test_a_query_has_few_attributes_that_nobody_knows_and_says_so_once() -> None:
    assert len(read(("fields", ",".join(f"own{number}" for number in range(20)))).view.extensions) == 20
    place, *others = faults(("fields", ",".join(f"own{number}" for number in range(2000))))
    assert (place.startswith("fields"), others) == (True, [])
    assert len(faults(("sort", "own0,own1,own2"), *((f"own{number}", "1") for number in range(21)))) == 1
