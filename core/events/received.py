"""Notifications that other systems sent to our listener paths, each kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from core.entity import new_id
from core.events.tables import received_notification
from core.storage.expiry import remove_older
from core.storage.statements import insert_new

if TYPE_CHECKING:
    from core.service import Core


def receive(
    connection: Connection,
    tenant: str,
    api: tuple[str, str],
    event_type: str,
    body: Mapping[str, Any],
    now: datetime,
) -> str:
    """Keep a notification that came in for an API version (`("tmf622", "v5")`); return the identifier of its event.

    Deliveries come at least once, so the same `eventId` is kept once. One without any is kept every time.
    """
    event_id = str(body.get("eventId") or new_id())
    row = {
        "tenant": tenant,
        "api": api[0],
        "version": api[1],
        "digest": hashlib.sha256(event_id.encode()).hexdigest(),
        "event_id": event_id,
        "event_type": event_type,
        "body": dict(body),
        "received_at": now,
    }
    insert_new(connection, received_notification, [row])
    return event_id


def forget_received(core: Core) -> int:
    """Remove what came in before what `received_retention` says, of all brands; return how many.

    One that comes again after that counts as new.
    """
    before = core.clock.now() - timedelta(seconds=core.settings.received_retention)
    return remove_older(core.database, received_notification, received_notification.c.received_at, before)
