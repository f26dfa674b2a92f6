"""Invented customers: names and addresses put together from seed lists that can't be taken for anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

Document = dict[str, Any]


def customer(number: int, people: Mapping[str, Any], seed: int) -> Document:
    """Return the TMF629 v5 request body of customer `number` (from 1); the same number and seed, the same person.

    Identifiers are readable: `customer-0001`, its party `person-0001`.
    """
    dice = Random(f"{seed}/person/{number}")  # noqa: S311 - no secret
    given = people["given"][(number - 1) % len(people["given"])]
    family = people["family"][dice.randrange(len(people["family"]))]
    name = f"{given} {family}"
    return {
        "@type": "Customer",
        "id": f"customer-{number:04d}",
        "name": name,
        "role": "Customer",
        "engagedParty": {
            "@type": "PartyRef",
            "@referredType": "Individual",
            "id": f"person-{number:04d}",
            "name": name,
        },
        "contactMedium": _contact_media(name, number, people, dice),
        "characteristic": [_language(dice)],
        "creditProfile": [{"@type": "CreditProfile", "creditScore": dice.randrange(480, 760), "creditRiskRating": 1}],
    }


def _contact_media(name: str, number: int, people: Mapping[str, Any], dice: Random) -> list[Document]:
    post_code, town = dice.choice(people["town"])
    return [
        {
            "@type": "EmailContactMedium",
            "contactType": "email",
            "preferred": True,
            "emailAddress": f"{name.lower().replace(' ', '.')}.{number}@{people['emailDomain']}",
        },
        {
            "@type": "GeographicAddressContactMedium",
            "contactType": "postalAddress",
            "preferred": False,
            "street1": f"{dice.choice(people['street'])} {dice.randrange(1, 80)}",
            "postCode": post_code,
            "city": town,
            "country": people["country"],
        },
    ]


def _language(dice: Random) -> Document:
    value = dice.choice(["en", "de"])
    return {"@type": "StringCharacteristic", "name": "language", "valueType": "string", "value": value}
