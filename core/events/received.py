"""Notifications that other systems sent to our listener paths, each kept once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from core.entity import new_id
from core.events.tables import received_notification
from core.storage.statements import insert_new


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
