"""The smallest valid customer over HTTP, and what tests do with it."""

from __future__ import annotations

from typing import Any

import httpx

CUSTOMERS = "/tmf-api/customerManagement/v5/customer"
MERGE = "application/merge-patch+json"
OPERATIONS = "application/json-patch+json"
QUERY = "application/json-patch-query+json"


def a_customer(**attributes: Any) -> dict[str, Any]:
    """Return the body of a customer's creation."""
    return {"@type": "Customer", "name": "Ada Example", "engagedParty": {"@type": "PartyRef", "id": "p1"}, **attributes}


def created(http: httpx.Client, **attributes: Any) -> dict[str, Any]:
    """Create a customer and return it as the server answers."""
    reply = http.post(CUSTOMERS, json=a_customer(**attributes))
    assert reply.status_code == 201, reply.text
    customer: dict[str, Any] = reply.json()
    return customer


def error_in(reply: httpx.Response, status: int) -> dict[str, Any]:
    """Return the TMF Error in a reply, after looking at its form."""
    assert reply.status_code == status, reply.text
    error: dict[str, Any] = reply.json()
    assert error["@type"] == "Error"
    assert error["status"] == str(status)
    assert error["code"]
    assert error["reason"] in error["message"]
    assert "Traceback" not in reply.text
    return error
