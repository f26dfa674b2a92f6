"""Every entity of the system, and how the system is opened from its settings."""

from __future__ import annotations

from core.clock import Clock
from core.entity import Entity
from core.service import Core
from core.settings import Settings
from core.storage.database import Database


def all_entities() -> list[Entity]:
    """Return one instance of every entity; their tables belong to the schema once this has run."""
    return []


def open_core(settings: Settings, clock: Clock | None = None) -> Core:
    """Open the database that the settings name. It must have been migrated."""
    return Core(settings, Database(settings.database_url), all_entities(), clock)
