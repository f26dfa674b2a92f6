"""Every entity and every task of the system, gathered from the domains, and how the system is opened."""

from __future__ import annotations

from core import billing, catalog, customer, inventory, ordering, topics, usage
from core.clock import Clock
from core.entity import Entity
from core.events.received import forget_received
from core.idempotency import forget_expired
from core.service import Core
from core.settings import Settings
from core.storage.database import Database
from core.tasks import Chore, Handler, forget_done

# One line a domain: ENTITIES are the classes of its resources, TASKS what it does after a commit, by kind.
_ENTITIES: tuple[tuple[type[Entity], ...], ...] = (
    catalog.ENTITIES,
    customer.ENTITIES,
    inventory.ENTITIES,
    ordering.ENTITIES,
    usage.ENTITIES,
    billing.ENTITIES,
    topics.ENTITIES,
)
_TASKS: tuple[dict[str, Handler], ...] = (ordering.TASKS, usage.TASKS)
# What is done every now and then, whatever happens.
CHORES: tuple[Chore, ...] = (
    *(forget_expired, forget_received, forget_done),
    *(*catalog.CHORES, *usage.CHORES, *topics.CHORES),
)


def all_entities() -> list[Entity]:
    """Return one instance of every entity; their tables belong to the schema once this has run."""
    return [entity() for domain in _ENTITIES for entity in domain]


def task_handlers() -> dict[str, Handler]:
    """Return the handler of every kind of task that any process can do, for `core.tasks.Worker`.

    Those of the catalog's jobs are `catalog.tasks`: they need the wordings of the edge, which only a server has.
    """
    return {kind: handler for domain in _TASKS for kind, handler in domain.items()}


def open_core(settings: Settings, clock: Clock | None = None) -> Core:
    """Open the database that the settings name. It must have been migrated."""
    database = Database(
        settings.database_url, pool_size=settings.database_pool_size, busy_timeout=settings.database_busy_timeout
    )
    return Core(settings, database, all_entities(), clock)
