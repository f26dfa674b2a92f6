"""The secrets of subscriptions, by which a subscriber tells our notifications from anybody else's."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from core.errors import NotFound
from core.events.tables import subscription

# Standard Webhooks: 24 to 64 random bytes in base64, after a prefix by which one sees what it is.
PREFIX = "whsec_"
BYTES = 32
# How long a secret still signs beside its successor, so that the subscriber can change without missing anything.
HANDOVER = timedelta(days=1)


def new_secret() -> str:
    """Return a fresh secret in the form of the Standard Webhooks specification."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def secrets_in_force(secret: str, former: str | None, until: datetime | None, now: datetime) -> tuple[str, ...]:
    """Return the secrets that sign at an instant: the present one, and its predecessor while that one lasts."""
    return (secret, former) if former and until and now < until else (secret,)


def secret_of(connection: Connection, tenant: str, subscription_id: str) -> str:
    """Return the present secret of a subscription. Raises NotFound."""
    columns = subscription.c
    found = select(columns.secret).where(columns.tenant == tenant, columns.id == subscription_id)
    secret = connection.execute(found).scalar()
    if secret is None:
        raise NotFound(f"there is no subscription '{subscription_id}'", path="id")
    return str(secret)


def renew_secret(connection: Connection, tenant: str, subscription_id: str, now: datetime) -> str:
    """Give a subscription another secret and return it; for a day the former one signs as well. Raises NotFound."""
    former, secret = secret_of(connection, tenant, subscription_id), new_secret()
    mine = update(subscription).where(subscription.c.tenant == tenant, subscription.c.id == subscription_id)
    values = {"secret": secret, "former_secret": former, "former_secret_until": now + HANDOVER}
    connection.execute(mine.values(values))
    return secret
