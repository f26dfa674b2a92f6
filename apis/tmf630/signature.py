"""Signs notifications in the form of the Standard Webhooks specification, so that a subscriber knows they are ours."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from standardwebhooks import Webhook


def signature_headers(secrets: Iterable[str], event_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` of a body sent at `now` (UTC).

    The identifier is that of the event, however often it is sent; the time that of the attempt. There is a signature
    (HMAC-SHA256) for each secret, apart by spaces.
    """
    text = body.decode()
    signatures = [_webhook(secret).sign(event_id, now, text) for secret in secrets]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@lru_cache(maxsize=256)
def _webhook(secret: str) -> Webhook:
    return Webhook(secret)
