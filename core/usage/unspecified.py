"""The specification of usages that follow none: every usage refers to one, and those of no known kind to this."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING

from core.context import Context
from core.entity import Document
from core.errors import InvalidInput
from core.query import Condition, Negation, Query
from core.storage.repository import Claim, Stored
from core.tasks import enqueue
from core.unspecified import NAME, UNSPECIFIED, StandIn

if TYPE_CHECKING:
    from core.service import Core, Work

COMPLETE = "completeUsages"
SET = 1000
STAND_IN = StandIn("UsageSpecification", "usages")
_NAMING_NONE = (Negation(Condition(("usageSpecification",), operator="present")),)


def refer_to_it(usages: Sequence[Document]) -> None:
    """Let usages refer to the specification that stands for those that are not named."""
    for usage in usages:
        usage["usageSpecification"] = {"@type": "UsageSpecificationRef", "id": UNSPECIFIED, "name": NAME}


def refers_to_it(usage: Document) -> bool:
    """Tell whether a usage refers to it."""
    return (usage.get("usageSpecification") or {}).get("id") == UNSPECIFIED


def provide_specification(work: Work) -> None:
    """Make it if it isn't there; usages that came in before there was one are then completed, after the commit."""
    if STAND_IN.provide(work):
        enqueue(work, COMPLETE, "")


def complete_usages(core: Core, context: Context, after: str) -> None:
    """Let one set of usages, those that follow the identifier `after`, refer to it where they refer to none: a task.

    It asks for the next set itself: others' tasks have their turn in between, and what is killed goes on where it was.
    """
    with core.reading(context) as reading:
        some = list(islice(reading.each("Usage", after=after), SET))
    wanting = [usage["id"] for usage in some if not usage.get("usageSpecification")]

    def completed(work: Work) -> None:
        claimed = work.claim("Usage", Claim(wait=True), id=wanting) if wanting else []
        work.complete("Usage", [_completed(usage) for usage in claimed if not usage.document.get("usageSpecification")])
        enqueue(work, COMPLETE, some[-1]["id"])

    if some:
        core.run(context, completed)


def look_for_old_usages(core: Core) -> None:
    """Make it where usages came in before there was one, though none has come in since: a chore of the servers.

    It looks no further than any filter does: where all of so many name one, the next that doesn't will do.
    """
    context = Context(core.settings.tenant)
    wanted = Query(_NAMING_NONE, limit=1, count_limit=1, scan_limit=core.settings.scan_limit)
    with core.reading(context) as reading:
        if STAND_IN.is_there(reading):
            return
        try:
            found = reading.find("Usage", wanted).items
        except InvalidInput:
            return
    if found:
        core.run(context, provide_specification)


def _completed(usage: Stored) -> Stored:
    document = dict(usage.document)
    refer_to_it([document])
    return Stored(document, usage.version)
