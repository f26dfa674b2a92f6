"""What is true of a usage: its life from received to billed, who may move it on, and that a record is one usage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Index

from core.changes import differing, faults_of_changes
from core.entity import Column, Document, Entity
from core.errors import Conflict, Fault, refuse
from core.lifecycle import Lifecycle
from core.storage.repository import Stored
from core.storage.tables import resource_table
from core.usage import records
from core.usage.guiding import subject_of
from core.usage.judging import judge
from core.usage.ledger import withdraw
from core.usage.usage_specification import name_specifications
from core.usage.wording import faults_of, rejected

if TYPE_CHECKING:
    from core.service import Work

LIFECYCLE = Lifecycle.parse(
    """
    received -> guided, rejected
    guided   -> rated, rejected
    rated    -> rerated, billed
    rerated  -> rejected, billed
    rejected -> recycled
    recycled -> guided, rejected
    billed
    """,
    initial="received",
)
# What a caller may ask for: to try a rejected usage again, to rate a rated one anew.
REQUESTS = frozenset({"recycled", "rerated"})
JUDGED_BY = ("usageDate", "usageType", "usageCharacteristic", "usageSpecification")


class Usage(Entity):
    """One use of a product: a call, a message, a data session (TMF635)."""

    name = "Usage"
    table = "usage"
    columns = (
        Column("status", "status"),
        Column("usage_date", "usageDate", "instant"),
        Column("subject", of=subject_of),
    )
    state_attribute = "status"
    lifecycle = LIFECYCLE
    unchangeable = frozenset({"ratedProductUsage"})
    requestable = REQUESTS
    touched = None

    def recognise(self, work: Work, documents: Sequence[Document]) -> Mapping[int, str]:
        """Find the usages that the same network record became before. Raises Conflict when its content differs."""
        return records.register(work, documents)

    def fill(self, work: Work, document: Document) -> None:
        """Set the first state; what comes in another state is captured as rejected."""
        sent = document.setdefault("status", LIFECYCLE.initial)
        if sent != LIFECYCLE.initial:
            reason = f"a new usage is '{LIFECYCLE.initial}', not '{sent}'; rating decides what becomes of it"
            document |= rejected(document, [Fault("status", "illegalInitialState", reason)])

    def fill_many(self, work: Work, documents: Sequence[Document]) -> None:
        """Set besides which specification a usage follows: the one for its type, or what stands for that."""
        super().fill_many(work, documents)
        name_specifications(work, documents)

    def after_create_many(self, work: Work, documents: Sequence[Document]) -> list[Document]:
        """Guide and rate what has come in, unless the settings leave that to the backlog.

        With `judge = before` a usage that can't be rated is refused (Conflict) instead of kept as rejected.
        """
        if work.settings.judge == "after" and not work.settings.rate_on_receipt:
            return list(documents)
        outcome = judge(work, [Stored(document, 1) for document in documents])
        if work.settings.judge == "before":
            _refuse_rejected(outcome)
        return outcome

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Hold what callers may change: nothing once it is billed, the status only to ask for another try."""
        if before["status"] == "billed":
            touched = differing(before, after) - {self.touched}
            refuse(faults_of_changes(touched, before, after, "usageBilled", "the usage is billed"))
        records.refuse_another_record(before, after)
        if before["status"] == "rated" and any(before.get(name) != after.get(name) for name in JUDGED_BY):
            after["status"] = "rerated"
        name_specifications(work, [after])

    def after_request(self, work: Work, before: Document, document: Document, version: int) -> Document:
        """Guide and rate again what the caller has recycled, or changed after it was rated."""
        if document["status"] not in REQUESTS:
            return document
        return judge(work, [Stored(document, version)])[0]

    def on_delete(self, work: Work, document: Document) -> None:
        """Refuse to delete what is on a bill; give back what any other usage drew from allowances."""
        if document["status"] == "billed":
            raise Conflict("a billed usage can't be deleted", path="status", code="usageBilled")
        withdraw(work, [document["id"]])
        records.forget(work, document["id"])


# What waits is taken subscriber by subscriber: their products, prices and allowances are then loaded once.
_table = resource_table(Usage())
Index("ix_usage_backlog", _table.c.tenant, _table.c.status, _table.c.subject)


def _refuse_rejected(documents: Sequence[Document]) -> None:
    faults: list[Fault] = [fault for document in documents for fault in faults_of(document)]
    if faults:
        raise Conflict(faults[0].reason, code=faults[0].code, faults=faults)
