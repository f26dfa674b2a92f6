"""Validators: `@type` picks the subtype, extensions are valid as what they extend, messages are short."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from apis.tmf630.validation import Validators, refusal
from core.errors import Conflict, Fault, InvalidInput
from tests.apis.served import version

REF = {"@type": "PartyRef", "id": "p1"}
DATE_TIME = "must be a date-time with its zone, such as 2026-01-31T10:00:00Z, of the years 1 to 9999"
CUSTOMER = {"@type": "Customer", "name": "Ada", "engagedParty": REF}


def faults(api: str, schema: str, document: Any, name: str = "v5") -> dict[str, str]:
    found = version(api, name).validators.of({"$ref": f"#/components/schemas/{schema}"}).faults(document)
    return {fault.path: fault.reason for fault in found}


def customer(**attributes: Any) -> dict[str, str]:
    return faults("tmf629", "Customer_FVO", CUSTOMER | attributes)


def test_a_valid_document_has_no_faults() -> None:
    assert customer() == {}


def test_every_wrong_attribute_is_named_with_what_would_be_right() -> None:
    assert customer(name=5, validFor={"startDateTime": "yesterday"}, engagedParty={"id": "p1"}) == {
        "name": "must be a string, not a number",
        "validFor.startDateTime": DATE_TIME,
        "engagedParty.@type": "is mandatory but missing",
    }


@pytest.mark.parametrize("year", ["0000", "-001", "10000"])
def test_a_date_time_is_of_a_year_that_the_databases_have(year: str) -> None:
    assert customer(validFor={"startDateTime": "0001-01-01T00:00:00Z"}) == {}
    wrong = {"validFor.startDateTime": DATE_TIME}
    assert customer(validFor={"startDateTime": f"{year}-01-01T00:00:00Z"}) == wrong


@pytest.mark.parametrize(
    ("text", "is_sayable"),
    [
        ("9999-12-31T23:59:59Z", True),
        ("9999-12-31t23:59:59.9999999z", True),
        ("9999-12-31T00:00:00-05:00", True),
        ("9999-12-31T23:59:59+23:59", True),
        ("9999-12-31T23:59:59-23:59", False),
        ("9999-12-31T23:59:59-00:01", False),
        ("9999-12-31T23:59:60Z", False),
        ("0001-01-01T00:00:00-23:59", True),
        ("0001-01-01T23:59:59+14:00", True),
        ("0001-01-01T00:00:00+00:00", True),
        ("0001-01-01T00:00:00+23:59", False),
    ],
)
def test_an_offset_does_not_lead_out_of_the_years_that_the_databases_have(text: str, is_sayable: bool) -> None:
    assert customer(validFor={"endDateTime": text}) == ({} if is_sayable else {"validFor.endDateTime": DATE_TIME})


@pytest.mark.parametrize("value", ["9999-12-31", "0001-01-01T", "-", "9999-12-31Tomorrow"])
def test_what_begins_like_a_date_time_at_the_edge_and_is_none_is_told_of_once(value: str) -> None:
    assert customer(validFor={"endDateTime": value}) == {"validFor.endDateTime": DATE_TIME}
    assert customer(validFor={"endDateTime": 1}) == {"validFor.endDateTime": "must be a string, not a number"}


def test_an_enumeration_lists_what_is_allowed() -> None:
    order = {"@type": "ProductOrder", "productOrderItem": [{"@type": "ProductOrderItem", "id": "1", "action": "fly"}]}
    reason = faults("tmf622", "ProductOrder_FVO", order)["productOrderItem[0].action"]
    assert reason == "must be one of: add, modify, delete, noChange"


def test_the_type_picks_the_subtype() -> None:
    medium = {"@type": "EmailContactMedium", "emailAddress": 5}
    assert customer(contactMedium=[medium]) == {"contactMedium[0].emailAddress": "must be a string, not a number"}


def test_an_attribute_of_another_subtype_is_an_extension() -> None:
    assert customer(contactMedium=[{"@type": "PhoneContactMedium", "emailAddress": 5}]) == {}


EXTENSIONS: list[dict[str, str]] = [
    {"@baseType": "ContactMedium"},
    {"@schemaLocation": "https://example.org/s.json"},
    {"@schemaLocation": "urn:example:s", "@baseType": "Elsewhere"},
]


@pytest.mark.parametrize("marks", EXTENSIONS)
def test_an_extension_is_valid_as_the_base_type(marks: dict[str, str]) -> None:
    assert customer(contactMedium=[{"@type": "PigeonContactMedium", "loft": 1, **marks}]) == {}
    wrong = customer(contactMedium=[{"@type": "PigeonContactMedium", "preferred": "yes", **marks}])
    assert wrong == {"contactMedium[0].preferred": "must be a boolean, not a string"}


@pytest.mark.parametrize("marks", [{}, {"@baseType": "Elsewhere"}, {"@baseType": 1}, {"@schemaLocation": "s.json"}])
def test_a_type_that_nobody_knows_is_refused_with_those_that_are_known(marks: dict[str, Any]) -> None:
    reason = customer(contactMedium=[{"@type": "PigeonContactMedium", **marks}])["contactMedium[0].@type"]
    assert "EmailContactMedium" in reason
    assert "@baseType" in reason


def test_a_position_with_one_type_takes_that_and_its_extensions() -> None:
    extension = {"@type": "X", "@baseType": "AccountRef", "id": "2"}
    assert customer(account=[{"@type": "AccountRef", "id": "1"}, extension]) == {}
    assert customer(account=[{"@type": "X", "id": "1"}]).keys() == {"account[0].@type"}


@pytest.mark.parametrize("kind", [["PartyRef"], {}, 5, None])
def test_a_type_that_is_no_string_is_only_called_that(kind: Any) -> None:
    found = customer(engagedParty={"@type": kind, "id": "p1"})
    assert found.keys() == {"engagedParty.@type"}
    assert "must be a string" in found["engagedParty.@type"]


def test_only_an_unknown_type_leaves_the_specification_unbroken() -> None:
    validator = version("tmf629", "v5").validators.of({"$ref": "#/components/schemas/Customer_FVO"})
    unknown = validator.faults(CUSTOMER | {"@type": "X"})
    assert isinstance(refusal("no", unknown), Conflict)
    assert isinstance(refusal("no", validator.faults({"@type": "X"})), InvalidInput)


def test_an_unknown_type_with_a_known_base_type_is_valid_as_that() -> None:
    medium = {"@type": "WorkMail", "@baseType": "EmailContactMedium", "emailAddress": 5}
    assert list(customer(contactMedium=[medium])) == ["contactMedium[0].emailAddress"]


def test_the_base_type_of_a_known_type_does_not_count() -> None:
    medium = {"@type": "PhoneContactMedium", "@baseType": "EmailContactMedium", "emailAddress": 5}
    assert customer(contactMedium=[medium]) == {}


def test_a_missing_type_is_named_where_it_is_mandatory() -> None:
    assert customer(contactMedium=[{"emailAddress": "a@b.example"}]) == {
        "contactMedium[0].@type": "is mandatory but missing"
    }


def related(party: dict[str, Any]) -> dict[str, str]:
    return customer(relatedParty=[{"@type": "RelatedPartyOrPartyRole", "role": "agent", "partyOrPartyRole": party}])


def test_one_of_several_schemas_is_chosen_by_type() -> None:
    assert related({"@type": "PartyRef", "id": "p1"}) == {}
    assert related({"@type": "Individual", "familyName": 1}) == {
        "relatedParty[0].partyOrPartyRole.familyName": "must be a string, not a number"
    }


def test_what_is_wrong_in_a_member_of_an_array_that_may_be_null_is_named_where_it_is() -> None:
    party = {"id": "1", "@referredType": "Individual"}
    profile = {"creditRiskRating": "x", "creditProfileDate": "2026-01-01T00:00:00Z", "validFor": {}}
    patch = {"engagedParty": party, "creditProfile": [profile]}
    assert faults("tmf629", "Customer_Update", patch, "v4") == {
        "creditProfile[0].creditRiskRating": "must be a whole number, not a string"
    }


def test_where_no_option_has_the_type_the_value_must_fit_any_of_them() -> None:
    assert related({"@type": "Ghost", "@schemaLocation": "https://example.org/s.json", "id": "p1"}) == {}
    assert related({"id": "p1"}) == {"relatedParty[0].partyOrPartyRole.@type": "is mandatory but missing"}


def test_numbers_are_checked_as_decimals() -> None:
    price = {"@type": "ProductOfferingPrice", "price": {"unit": "EUR", "value": Decimal("9.90")}}
    assert faults("tmf620", "ProductOfferingPrice", price) == {}


@pytest.mark.parametrize("number", ["1.5", "1.0"])
def test_a_fraction_is_no_whole_number(number: str) -> None:
    period = {"@type": "ProductOfferingPrice", "recurringChargePeriodLength": Decimal(number)}
    found = faults("tmf620", "ProductOfferingPrice", period)
    assert found == {"recurringChargePeriodLength": "must be a whole number, without a fraction"}


def test_whole_numbers_may_have_any_length() -> None:
    price = {"@type": "ProductOfferingPrice", "recurringChargePeriodLength": 10**40}
    assert faults("tmf620", "ProductOfferingPrice", price) == {}


def test_official_v4_examples_with_a_word_for_a_port_are_uris() -> None:
    usage = {"usageType": "voice", "@schemaLocation": "https://host:port/schema/usage.json"}
    assert faults("tmf635", "Usage_Create", usage, "v4") == {}
    assert faults("tmf635", "Usage_Create", usage | {"@schemaLocation": "no uri"}, "v4") == {
        "@schemaLocation": "must be an absolute URI, such as https://example.org/1"
    }


def test_at_most_ten_faults_are_listed() -> None:
    media = [{"@type": "EmailContactMedium", "emailAddress": 1} for _ in range(30)]
    assert len(customer(contactMedium=media)) == 10


def test_null_is_valid_where_the_schema_says_nullable() -> None:
    document = {"components": {"schemas": {"Thing": {"type": "object", "properties": {}}}}}
    node = {"type": "object", "properties": {"a": {"type": "string", "nullable": True, "enum": ["x"]}}}
    validator = Validators(document).of(node)
    assert validator.faults({"a": None}) == ()
    assert validator.faults({"a": "y"}) == (Fault("a", "notAllowed", "must be one of: x"),)


def test_what_is_inherited_holds_beside_what_is_said_anew() -> None:
    schemas = {
        "Named": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "minLength": 2}}},
        "Dated": {"properties": {"at": {"type": "string", "format": "date"}}},
        "Both": {"allOf": [{"$ref": "#/components/schemas/Named"}, {"$ref": "#/components/schemas/Dated"}]},
        "Short": {
            "allOf": [{"$ref": "#/components/schemas/Both"}],
            "required": ["at"],
            "properties": {"name": {"type": "string", "maxLength": 3}},
        },
        "Few": {"allOf": [{"$ref": "#/components/schemas/Named"}], "maxProperties": 1},
        "Text": {"allOf": [{"type": "string"}, {"properties": {"name": {"type": "string"}}}]},
    }
    validators = Validators({"components": {"schemas": schemas}})

    def wrong(name: str, value: Any) -> set[str]:
        return {fault.path for fault in validators.of({"$ref": f"#/components/schemas/{name}"}).faults(value)}

    assert wrong("Short", {"name": "abc", "at": "2026-01-31"}) == set()
    assert wrong("Short", {"name": "a", "at": "x"}) == wrong("Short", {"name": "abcd", "at": "x"}) == {"name", "at"}
    assert wrong("Short", {}) == {"name", "at"}
    assert wrong("Short", 7) == wrong("Few", {"name": "ab", "at": "x"}) == wrong("Text", 7) == {""}
    assert wrong("Few", {"name": "a"}) == {"name"}
    assert wrong("Text", "abc") == set()
