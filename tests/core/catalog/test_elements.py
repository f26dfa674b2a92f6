"""What all catalog elements have in common: what the server sets, their life, their validity."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalog.lifecycle import CATALOG
from core.context import Context
from core.entity import Document
from core.errors import Conflict
from core.service import Core
from tests.builders.catalog import a_category, a_price, a_specification, an_offering

ELEMENTS = ["Category", "ProductCatalog", "ProductSpecification", "ProductOffering", "ProductOfferingPrice"]


def created(core: Core, context: Context, entity: str, document: Document) -> Document:
    with core.work(context) as work:
        return work.create(entity, document)


def patched(core: Core, context: Context, entity: str, identifier: str, **attributes: Any) -> Document:
    with core.work(context) as work:
        return work.change(entity, identifier, lambda document: document | attributes, caller=True)


@pytest.mark.parametrize("entity", ELEMENTS)
def test_the_server_sets_what_a_new_element_leaves_out(core: Core, context: Context, entity: str) -> None:
    element = created(core, context, entity, {"name": "New"})
    assert element["@type"] == entity
    assert element["lifecycleStatus"] == "In study"
    assert element["version"] == "1.0"
    assert element["lastUpdate"] == "2026-01-15T12:00:00.000Z"
    assert element["id"]


@pytest.mark.parametrize("entity", ELEMENTS)
def test_what_a_client_sends_stays(core: Core, context: Context, entity: str) -> None:
    sent = {
        "id": "mine",
        "@type": f"Special{entity}",
        "name": "Sent",
        "lifecycleStatus": "Launched",
        "version": "7",
        "lastUpdate": "2020-09-27T00:00:00Z",
        "validFor": {"startDateTime": "2020-09-23T00:00:00Z"},
        "colour": "of an extension",
    }
    element = created(core, context, entity, dict(sent))
    assert sent.items() <= element.items()


@pytest.mark.parametrize("entity", ELEMENTS)
@pytest.mark.parametrize("state", [*sorted(CATALOG.states), "In Study", "ACTIVE", "in_test"])
def test_an_element_may_be_created_in_any_state_in_any_spelling(
    core: Core, context: Context, entity: str, state: str
) -> None:
    element = created(core, context, entity, {"name": "New", "lifecycleStatus": state})
    assert element["lifecycleStatus"] == state


def test_the_same_name_twice_is_accepted(core: Core, context: Context) -> None:
    first = created(core, context, "ProductOffering", {"name": "Plan"})
    assert created(core, context, "ProductOffering", {"name": "Plan"})["id"] != first["id"]


@pytest.mark.parametrize("entity", ELEMENTS)
def test_an_unknown_state_is_refused_by_name(core: Core, context: Context, entity: str) -> None:
    with pytest.raises(Conflict) as refusal:
        created(core, context, entity, {"name": "New", "lifecycleStatus": "Draft"})
    assert refusal.value.faults[0].path == "lifecycleStatus"
    assert "Launched" in refusal.value.reason
    element = created(core, context, entity, {"name": "New"})
    with pytest.raises(Conflict) as refusal:
        patched(core, context, entity, element["id"], lifecycleStatus="Draft")
    assert refusal.value.faults[0].path == "lifecycleStatus"


def test_an_illegal_move_names_the_legal_ones(core: Core, context: Context) -> None:
    element = created(core, context, "ProductOffering", an_offering(lifecycleStatus="In test"))
    with pytest.raises(Conflict) as refusal:
        patched(core, context, "ProductOffering", element["id"], lifecycleStatus="Launched")
    assert refusal.value.faults[0].path == "lifecycleStatus"
    assert "Active, In design, Rejected" in refusal.value.reason


@given(st.lists(st.sampled_from(sorted(CATALOG.states))))
def test_no_sequence_of_moves_leaves_the_table(wishes: list[str]) -> None:
    state = CATALOG.initial
    for wish in wishes:
        allowed = wish == state or wish in CATALOG.moves[state]
        try:
            CATALOG.check(state, wish, "lifecycleStatus")
        except Conflict:
            assert not allowed
        else:
            assert allowed
            state = wish
    assert state in CATALOG.states


@given(st.sampled_from(sorted(CATALOG.states)), st.sampled_from(sorted(CATALOG.states)))
def test_spelling_makes_no_difference_to_a_move(before: str, after: str) -> None:
    assert CATALOG.allows(before.upper(), after.title().replace(" ", "_")) == CATALOG.allows(before, after)


@pytest.mark.parametrize("state", sorted(CATALOG.states))
@pytest.mark.parametrize(("entity", "build"), [("ProductOffering", an_offering), ("ProductOfferingPrice", a_price)])
def test_a_fresh_offering_or_price_can_be_patched_and_deleted_in_any_state(
    core: Core, context: Context, entity: str, build: Any, state: str
) -> None:
    element = created(core, context, entity, build(lifecycleStatus=state))
    assert patched(core, context, entity, element["id"], name="Renamed")["name"] == "Renamed"
    with core.work(context) as work:
        work.delete(entity, element["id"])
        assert work.get(entity, element["id"]) is None


@pytest.mark.parametrize("entity", ELEMENTS)
def test_a_validity_that_ends_before_it_starts_is_refused(core: Core, context: Context, entity: str) -> None:
    upside_down = {"startDateTime": "2026-02-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"}
    with pytest.raises(Conflict) as refusal:
        created(core, context, entity, {"name": "New", "validFor": upside_down})
    assert refusal.value.faults[0].path == "validFor.endDateTime"


def test_a_validity_deep_inside_is_judged_too(core: Core, context: Context) -> None:
    upside_down = {"startDateTime": "2026-02-01T00:00:00Z", "endDateTime": "2026-01-01T00:00:00Z"}
    with pytest.raises(Conflict) as refusal:
        created(core, context, "ProductOffering", an_offering(productOfferingTerm=[{}, {"validFor": upside_down}]))
    assert refusal.value.faults[0].path == "productOfferingTerm[1].validFor.endDateTime"


def test_time_of_change_and_type_are_not_the_callers(core: Core, context: Context) -> None:
    element = created(core, context, "Category", a_category())
    for attribute in ("lastUpdate", "@type"):
        with pytest.raises(Conflict) as refusal:
            patched(core, context, "Category", element["id"], **{attribute: "2020-01-01T00:00:00Z"})
        assert refusal.value.faults[0].path == attribute


@pytest.mark.parametrize("said", ["2026-01-15T12:00:00Z", "2026-01-15T13:00:00+01:00"])
def test_the_time_of_change_may_be_sent_back_in_other_words(core: Core, context: Context, said: str) -> None:
    category = created(core, context, "Category", a_category())
    assert patched(core, context, "Category", category["id"], lastUpdate=said) == category


def test_a_flag_that_was_derived_follows_what_it_came_from(core: Core, context: Context) -> None:
    part = created(core, context, "ProductSpecification", a_specification())
    bundle = created(core, context, "ProductSpecification", a_specification())
    assert bundle["isBundle"] is False
    parts = [{"@type": "BundledProductSpecification", "id": part["id"]}]
    changed = patched(core, context, "ProductSpecification", bundle["id"], bundledProductSpecification=parts)
    assert changed["isBundle"] is True


def test_a_flag_that_the_caller_chose_stays(core: Core, context: Context) -> None:
    root = created(core, context, "Category", a_category())
    child = created(core, context, "Category", a_category(parent=root["id"], isRoot=True))
    assert child["isRoot"] is True
    assert patched(core, context, "Category", child["id"], name="Other")["isRoot"] is True
