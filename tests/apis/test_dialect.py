"""A dialect declares differences and passes everything else through."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import fields

from apis.tmf630.dialect import CANONICAL, Dialect, Wording
from apis.tmf630.differences import Difference
from apis.tmf630.refusals import worded
from apis.tmf630.wordings.parties import RelatedParty
from core.entity import copied


class PartyWording(Wording):
    """A party whose name has another name."""

    name = fields.Raw(data_key="fullName", allow_none=True)


class ThingWording(Wording):
    """A thing with a renamed attribute, a renamed object and an array of renamed members."""

    parent = fields.Raw(data_key="parentId", allow_none=True)
    owner = fields.Nested(PartyWording, data_key="proprietor")
    relatedParty = fields.List(fields.Nested(PartyWording))  # noqa: N815 - the standard's name


class PartWording(Wording):
    """A thing with such things inside."""

    name = fields.Raw(data_key="label")
    part = fields.List(fields.Nested(lambda: PartWording()), data_key="parts")


class Haste(Difference):
    """An attribute that is read without a look at it."""

    def read_value(self, value: Any) -> Any:
        """Return one more."""
        return value + 1


class HasteWording(Wording):
    """A thing with an age."""

    age = Haste()


NESTED = Dialect(PartWording)
DIALECT = Dialect(ThingWording)
PARTY = Dialect(RelatedParty)
WORDED = {"id": "1", "parentId": "p", "proprietor": {"fullName": "Ada"}, "relatedParty": [{"fullName": "Bo", "x": 1}]}
CANON = {"id": "1", "parent": "p", "owner": {"name": "Ada"}, "relatedParty": [{"name": "Bo", "x": 1}]}


def test_documents_are_reworded_both_ways_at_every_depth() -> None:
    assert DIALECT.load(WORDED) == CANON
    assert DIALECT.dump(CANON) == WORDED


def test_what_is_not_declared_passes_through() -> None:
    extended = {"id": "1", "loyalty": {"level": [1, {"a": None}]}, "@type": "Thing"}
    assert DIALECT.load(extended) == extended
    assert DIALECT.dump(extended) == extended


def test_what_a_document_lacks_is_not_invented() -> None:
    assert DIALECT.load({}) == {}
    assert DIALECT.dump({}) == {}


def test_objects_that_have_such_as_they_are_inside_are_reworded_all_the_way_down() -> None:
    worded: dict[str, Any] = {"label": "a", "parts": [{"label": "b", "parts": [{"label": "c"}]}, {"label": "d"}]}
    canonical = {"name": "a", "part": [{"name": "b", "part": [{"name": "c"}]}, {"name": "d"}]}
    assert NESTED.load(worded) == canonical
    assert NESTED.dump(canonical) == worded


def test_what_is_no_object_stays_where_objects_are_reworded() -> None:
    assert NESTED.load({"parts": [1, None, {"label": "b"}, "x"]}) == {"part": [1, None, {"name": "b"}, "x"]}
    assert NESTED.load({"parts": {"label": "b"}}) == {"part": {"name": "b"}}
    assert NESTED.load({"parts": "none"}) == {"part": "none"}


def test_what_is_shown_of_a_party_that_nobody_has_named_says_nothing_when_it_comes_back() -> None:
    stored = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "seller"}
    shown = PARTY.dump(stored)
    assert shown == {"@type": "RelatedParty", "role": "seller", "id": "", "@referredType": "Party"}
    assert PARTY.load(shown) == stored
    assert PARTY.load({**shown, "name": "Ada"})["partyOrPartyRole"]["name"] == "Ada"


def test_what_a_caller_calls_as_we_call_what_is_kept_comes_back_beside_what_is() -> None:
    stored = {"v4_kept": {}, "part": [{"v4_extension": {"v4_kept": "mine"}, "v4_kept": {"name": 5}}]}
    assert NESTED.dump(stored) == {"parts": [{"v4_kept": "mine", "label": 5}]}


def test_documents_stay_as_they_were() -> None:
    before = copied(WORDED)
    DIALECT.load(WORDED)
    assert before == WORDED


def test_a_traceback_shows_the_statement_that_failed() -> None:
    with pytest.raises(TypeError) as caught:
        Dialect(HasteWording).load({"age": "x"})
    assert "each['age'] = read_value_" in str(caught.getrepr())


def test_paths_are_translated_through_objects_and_arrays() -> None:
    assert DIALECT.canonical_path(("parentId",)) == ("parent",)
    assert DIALECT.canonical_path(("proprietor", "fullName")) == ("owner", "name")
    assert DIALECT.canonical_path(("relatedParty", "fullName")) == ("relatedParty", "name")
    assert DIALECT.canonical_path(("relatedParty", "0", "fullName")) == ("relatedParty", "0", "name")
    assert DIALECT.canonical_path(("unknown", "fullName")) == ("unknown", "fullName")
    assert DIALECT.canonical_path(()) == ()


def test_the_canonical_wording_costs_nothing() -> None:
    assert CANONICAL.load(WORDED) is WORDED
    assert CANONICAL.dump(WORDED) is WORDED
    assert CANONICAL.canonical_path(("a", "b")) == ("a", "b")


def test_paths_of_faults_are_put_into_the_words_of_a_version_whatever_is_in_them() -> None:
    assert worded(DIALECT, "relatedParty[0].name") == "relatedParty[0].fullName"
    for odd in ("x.\N{SUPERSCRIPT ONE}", "x.01", "x." + "9" * 5000):
        assert worded(DIALECT, odd) == odd
