"""The customers of the HTTP benchmark, of a usual size, and the requests about them (TMF629 v5)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode

from benchmarks.load_generator import request
from core.storage.json import dumps

PATH = "/tmf-api/customerManagement/v5/customer"
PAGE = 20
# So many customers share a name and a city: what a filter finds is as long as a page.
ALIKE = PAGE
_ANY = random.Random(629)


def a_customer(number: int) -> dict[str, Any]:
    """Return a customer with three ways to reach them, an account and characteristics: 1.5 kB on the wire."""
    name = _name(number)
    party = {"@type": "PartyRef", "@referredType": "Individual", "id": f"individual-{number}", "name": name}
    shop = {"@type": "PartyRef", "@referredType": "Organization", "id": "shop-1", "name": "Shop 1"}
    return {
        "@type": "Customer",
        "name": name,
        "status": "Approved",
        "statusReason": "credit checked",
        "engagedParty": party,
        "validFor": {"startDateTime": "2024-01-01T00:00:00Z", "endDateTime": "2034-01-01T00:00:00Z"},
        "contactMedium": [
            {"@type": "EmailContactMedium", "preferred": True, "emailAddress": f"caller{number}@example.org"},
            {"@type": "PhoneContactMedium", "contactType": "home", "phoneNumber": f"+49 30 {number:07d}"},
            {
                "@type": "GeographicAddressContactMedium",
                "contactType": "home",
                "street1": f"Long Street {number % 90 + 1}",
                "postCode": f"{10000 + number % 9000}",
                "city": _city(number),
                "country": "DE",
            },
        ],
        "characteristic": [
            {"@type": "StringCharacteristic", "name": "segment", "valueType": "string", "value": "consumer"},
            {"@type": "NumberCharacteristic", "name": "score", "valueType": "number", "value": number % 100},
        ],
        "account": [{"@type": "AccountRef", "@referredType": "BillingAccount", "id": f"account-{number}"}],
        "creditProfile": [
            {"@type": "CreditProfile", "creditProfileDate": "2024-01-01T00:00:00Z", "creditScore": 500 + number % 300}
        ],
        "relatedParty": [{"@type": "RelatedPartyOrPartyRole", "role": "seller", "partyOrPartyRole": shop}],
    }


def operations(identifiers: list[str]) -> dict[str, Callable[[], Iterator[bytes]]]:
    """Return what is measured: a name, and what makes an endless series of requests about customers loaded before."""
    return {
        "get": lambda: (request("GET", f"{PATH}/{_ANY.choice(identifiers)}") for _ in count()),
        "list of 20": lambda: _lists(
            lambda: {"limit": str(PAGE), "offset": str(_ANY.randrange(len(identifiers) // PAGE) * PAGE)}
        ),
        "list, name=": lambda: _lists(lambda: {"name": _name(_ANY.randrange(len(identifiers)))}),
        "list, contactMedium.city=": lambda: _lists(
            lambda: {"contactMedium.city": _city(_ANY.randrange(len(identifiers)))}
        ),
        "post": lambda: (request("POST", PATH, dumps(a_customer(number))) for number in count(len(identifiers))),
        "patch": lambda: _patches(identifiers),
    }


def _lists(parameters: Callable[[], dict[str, str]]) -> Iterator[bytes]:
    while True:
        yield request("GET", f"{PATH}?{urlencode(parameters())}")


def _patches(identifiers: list[str]) -> Iterator[bytes]:
    for number in count():
        # No two alike: a patch that changes nothing is not written.
        place = _ANY.randrange(len(identifiers))
        body = {key: a_customer(place)[key] for key in ("@type", "name", "engagedParty")}
        body["statusReason"] = f"looked at for the time {number} of {_ANY.random()}"
        yield request("PATCH", f"{PATH}/{identifiers[place]}", dumps(body), "application/merge-patch+json")


def _name(number: int) -> str:
    return f"Ada Example {number // ALIKE}"


def _city(number: int) -> str:
    return f"Town {number // ALIKE}"
