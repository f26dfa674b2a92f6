"""The customers of the HTTP benchmark, of a usual size, and the requests about them (TMF629 in both generations)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from urllib.parse import urlencode

from apis.tmf629_customer.v4 import DIALECTS
from apis.tmf630.dialect import CANONICAL, Dialect
from benchmarks.load_generator import request
from core.storage.json import dumps

GENERATIONS: dict[str, Dialect] = {"v5": CANONICAL, "v4": DIALECTS["Customer"]}
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
        "statusReason": "credit checked" if number % 10 else "credit to be checked",
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
                "country": "DE" if number % 2 else "AT",
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


class Operations:
    """What is measured, in one generation: makes endless series of requests about customers loaded before."""

    def __init__(self, identifiers: list[str], generation: str) -> None:
        self._identifiers = identifiers
        self._dialect = GENERATIONS[generation]
        self._path = f"/tmf-api/customerManagement/{generation}/customer"

    def get(self) -> Iterator[bytes]:
        """Yield reads of single customers."""
        return (request("GET", f"{self._path}/{_ANY.choice(self._identifiers)}") for _ in count())

    def list_of_20(self) -> Iterator[bytes]:
        """Yield pages anywhere among all customers."""
        pages = len(self._identifiers) // PAGE
        return self._lists(lambda: {"limit": str(PAGE), "offset": str(_ANY.randrange(pages) * PAGE)})

    def list_by_name(self) -> Iterator[bytes]:
        """Yield lists filtered by an attribute that has a column."""
        return self._lists(lambda: {"name": _name(self._any())})

    def list_by_city(self) -> Iterator[bytes]:
        """Yield lists filtered by an attribute inside an array, without a column."""
        worded = ".".join(self._dialect.worded_path(("contactMedium", "city")))
        return self._lists(lambda: {worded: _city(self._any())})

    def post(self) -> Iterator[bytes]:
        """Yield new customers."""
        bodies = (self._dialect.dump(a_customer(number)) for number in count(len(self._identifiers)))
        return (request("POST", self._path, dumps(body)) for body in bodies)

    def patch(self) -> Iterator[bytes]:
        """Yield changes, no two alike: a patch that changes nothing is not written."""
        for number in count():
            place = self._any()
            body = {key: a_customer(place)[key] for key in ("@type", "name", "engagedParty")}
            body["statusReason"] = f"looked at for the time {number} of {_ANY.random()}"
            worded = dumps(self._dialect.dump(body))
            yield request("PATCH", f"{self._path}/{self._identifiers[place]}", worded, "application/merge-patch+json")

    def _any(self) -> int:
        return _ANY.randrange(len(self._identifiers))

    def _lists(self, parameters: Callable[[], dict[str, str]]) -> Iterator[bytes]:
        while True:
            yield request("GET", f"{self._path}?{urlencode(parameters())}")


OPERATIONS = {
    "get": Operations.get,
    "list of 20": Operations.list_of_20,
    "list, name=": Operations.list_by_name,
    "list, city in an array=": Operations.list_by_city,
    "post": Operations.post,
    "patch": Operations.patch,
}


def _name(number: int) -> str:
    return f"Ada Example {number // ALIKE}"


def _city(number: int) -> str:
    return f"Town {number // ALIKE}"
