"""A client of the APIs over real sockets, that asks for a second opinion on every reply."""

from __future__ import annotations

import time
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import requests

from apis.tmf630.specification import load
from core.storage.json import dumps, loads
from tests.apis.listeners import PATIENCE
from tests.journeys.second_opinion import check

Document = dict[str, Any]
JSON = {"Content-Type": "application/json"}
NEWEST = {"tmf620": "v5", "tmf622": "v5", "tmf629": "v5", "tmf635": "v4", "tmf637": "v5", "tmf678": "v5"}


OLDEST = dict.fromkeys(NEWEST, "v4")


class Caller:
    """Speaks one version of each API, the newest; `api` is its number ("tmf622"), `path` counts from its base path."""

    def __init__(self, url: str, versions: Mapping[str, str] = NEWEST) -> None:
        self.url = url
        self._versions = versions
        self._session = requests.Session()

    def speaks(self, api: str) -> str:
        """Return the version of an API that it speaks."""
        return self._versions[api]

    def get(self, api: str, path: str, **query: str) -> Any:
        """Return what is there, numbers as Decimal."""
        return self._body(api, self._session.get(self._address(api, path), params=query, timeout=PATIENCE), 200)

    def post(self, api: str, path: str, body: Document, status: int = 201) -> Document:
        """Create something and return the reply's body."""
        answer = self._session.post(self._address(api, path), data=dumps(body), headers=JSON, timeout=PATIENCE)
        created: Document = self._body(api, answer, status)
        return created

    def delete(self, api: str, path: str, status: int = 204) -> Any:
        """Remove something, or try to, and return the reply's body."""
        return self._body(api, self._session.delete(self._address(api, path), timeout=PATIENCE), status)

    def until(self, api: str, path: str, attribute: str, value: str) -> Document:
        """Return a resource once an attribute has a value."""
        end = time.monotonic() + PATIENCE
        while (found := self.get(api, path))[attribute] != value:
            assert time.monotonic() < end, f"{attribute} stays {found[attribute]}"
            time.sleep(0.05)
        resource: Document = found
        return resource

    def bytes_at(self, address: str) -> bytes:
        """Return what is there as it is: a document that the specification knows nothing of."""
        answer = self._session.get(address, timeout=PATIENCE)
        assert answer.status_code == 200, answer.text
        return answer.content

    def _address(self, api: str, path: str) -> str:
        return f"{self.url}{load(api, self._versions[api]).base_path.rstrip('/')}/{path}"

    def _body(self, api: str, answer: requests.Response, status: int) -> Any:
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        check(api, self._versions[api], answer)
        return loads(answer.content) if answer.content else None


def amount(money: Document) -> Decimal:
    """Return the value of TMF Money."""
    assert money["unit"] == "EUR"
    return Decimal(money["value"])
