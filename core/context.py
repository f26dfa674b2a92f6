"""Who asks, for which brand, and under which correlation id: handed explicitly from the edge to the outbox."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """One caller's request. `tenant` is the brand whose rows are seen; `correlation_id` ends up in every event."""

    tenant: str
    actor: str = "anonymous"
    scopes: frozenset[str] = frozenset()
    correlation_id: str = ""
