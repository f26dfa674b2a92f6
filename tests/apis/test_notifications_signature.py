"""Every notification is signed as the Standard Webhooks specification says, by a secret that one subscriber knows."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from apis.app import create_app
from core.clock import FixedClock
from core.context import Context
from core.domains import open_core
from core.events.secrets import renew_secret, secret_of
from core.events.tables import subscription
from core.service import Core
from core.settings import Settings
from tests.apis.announcements import relay_over, subscribe, tell
from tests.apis.listeners import Listener

HUB = "/tmf-api/customerManagement/v5/hub"


@pytest.fixture
def http(core: Core) -> Iterator[httpx.Client]:
    """Return a client of the whole app over the core."""
    with create_app(core.settings, core).test_client(base_url="http://testserver") as client:
        yield client


def signature(secret: str, headers: dict[str, str], body: bytes) -> str:
    """Return the signature as the specification describes it, without the library that makes ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def test_the_secret_is_told_once_and_nowhere_else(http: httpx.Client, core: Core) -> None:
    hub = {"@type": "Hub", "callback": "https://listener.example/events"}
    made = http.post(HUB, json=hub)
    secret = made.headers["Webhook-Secret"]
    assert made.headers["Cache-Control"] == "no-store"
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    read = http.get(f"{HUB}/{made.json()['id']}")
    assert "Webhook-Secret" not in read.headers
    assert secret not in made.text + read.text
    other = http.post(HUB, json=hub | {"query": "eventType=CustomerCreateEvent"}).headers["Webhook-Secret"]
    with core.database.reading() as connection:
        assert sorted(connection.execute(select(subscription.c.secret)).scalars()) == sorted([secret, other])
    assert secret != other


def test_a_notification_carries_identifier_time_and_signature(core: Core, context: Context, clock: FixedClock) -> None:
    with Listener(lambda body: 400) as listener, relay_over(core) as relay:
        made = subscribe(core, context, listener.url)
        tell(core, context, "c1", name="Jörg")
        relay.run_once()
        clock.advance(timedelta(hours=1))
        relay.run_once()
    with core.database.reading() as connection:
        secret = secret_of(connection, context.tenant, made["id"])
    first, second = listener.headers
    for headers, body in zip(listener.headers, listener.bodies, strict=True):
        assert headers["webhook-signature"] == signature(secret, headers, body)
    assert first["webhook-id"] == second["webhook-id"] == listener.received[0]["eventId"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3600


def test_after_a_change_of_the_secret_both_sign_for_a_day(core: Core, context: Context, clock: FixedClock) -> None:
    with Listener() as listener, relay_over(core) as relay:
        made = subscribe(core, context, listener.url)
        with core.work(context) as work:
            former = secret_of(work.connection, context.tenant, made["id"])
            present = renew_secret(work.connection, context.tenant, made["id"], work.now)
        for _ in range(2):
            tell(core, context, "c1")
            relay.run_once()
            clock.advance(timedelta(days=1))
    [during, after] = [headers["webhook-signature"].split() for headers in listener.headers]
    [body, later] = listener.bodies
    assert during == [signature(secret, listener.headers[0], body) for secret in (present, former)]
    assert after == [signature(present, listener.headers[1], later)]


def test_the_library_of_the_specification_verifies_what_we_send_and_nothing_else(
    settings: Settings, context: Context
) -> None:
    core = open_core(settings)  # by the clock of the machine: what is old isn't believed
    with Listener() as listener, relay_over(core) as relay:
        made = subscribe(core, context, listener.url)
        tell(core, context, "c1")
        relay.run_once()
    with core.database.reading() as connection:
        webhook = Webhook(secret_of(connection, context.tenant, made["id"]))
    [headers], [body] = listener.headers, listener.bodies
    assert webhook.verify(body, headers)["eventType"] == "CustomerCreateEvent"
    with pytest.raises(WebhookVerificationError):
        webhook.verify(body.replace(b"Jo", b"Jim"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(base64.b64encode(b"another").decode()).verify(body, headers)
    core.dispose()
