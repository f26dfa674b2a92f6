"""Requests for a bill on demand, over HTTP: what clients send along that isn't theirs to say breaks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.apis.conftest import Ask

PLACE = "/tmf-api/customerBillManagement/{}/customerBillOnDemand"
ACCOUNT = {"@type": "BillingAccountRef", "id": "nope"}


@pytest.mark.parametrize("said", ["x", 5, [1], None, [None], [{"reason": 5}], [{"status": [{}]}], {"a": 1}, []])
@pytest.mark.parametrize("version", ["v4", "v5"])
def test_messages_that_come_along_may_be_anything_and_are_ours_afterwards(ask: Ask, version: str, said: Any) -> None:
    request = {"@type": "CustomerBillOnDemand", "billingAccount": ACCOUNT, "customerBillOnDemandErrorMessage": said}
    reply = ask("POST", PLACE.format(version), json={**request, "description": ""})
    assert reply.status_code == 201, reply.text
    (message,) = reply.json()["customerBillOnDemandErrorMessage"]
    assert (message["code"], reply.json()["description"]) == ("unknownBillingAccount", "")
