"""Judging usages in sets: faults first, then guiding, then rating, until each is rated or rejected with its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from core.clock import EARLIEST, wire_instant
from core.entity import Document
from core.errors import Fault
from core.service import Work
from core.storage.repository import Stored
from core.usage.characteristics import faults_of_amounts, instant_of
from core.usage.guiding import Guided, guide_all
from core.usage.ledger import Entry, book, withdraw
from core.usage.rater import Rater
from core.usage.rating import NotRatable
from core.usage.usage_specification import faults_of_specified
from core.usage.wording import guided, rated, rejected

WAITING = ("received", "guided", "recycled")
AGAIN = "rerated"


def judge(work: Work, usages: Sequence[Stored]) -> list[Document]:
    """Guide and rate usages that the running transaction has made or locked; return them as they are then, in order.

    Every state in between is told of. A usage that can't be guided or rated is kept as rejected, with every reason.
    Usages in any other state than waiting or to be rated again stay as they are.
    """
    open_ones = {each.document["id"]: each for each in usages if each.document["status"] in (*WAITING, AGAIN)}
    withdraw(work, [id_ for id_, each in open_ones.items() if each.document["status"] == AGAIN])
    trails = _judged(work, sorted((each.document for each in open_ones.values()), key=_by_time))
    work.advance("Usage", [(stored, trails[id_]) for id_, stored in open_ones.items()])
    # What was told and stored stays as it is, whatever is done to what is returned.
    return [dict(trails[id_][-1] if (id_ := each.document["id"]) in trails else each.document) for each in usages]


def _judged(work: Work, usages: Sequence[Document]) -> dict[str, list[Document]]:
    """Return the states that each usage goes through; amounts are booked and allowances drawn on, oldest use first."""
    trails = {usage["id"]: [rejected(usage, faults)] for usage, faults in _faulty(work, usages)}
    sound = [usage for usage in usages if usage["id"] not in trails]
    verdicts = guide_all(work, sound)
    trails |= {id_: [] for id_ in verdicts}
    for usage in sound:
        if isinstance(fault := verdicts[usage["id"]], Fault):
            trails[usage["id"]].append(rejected(usage, [fault]))
    mine = [(usage, whose) for usage in sound if isinstance(whose := verdicts[usage["id"]], Guided)]
    rater, entries = Rater(work, mine), list[Entry]()
    for usage, whose in mine:
        trails[usage["id"]] += _rated(work, rater, usage, whose, entries)
    book(work, entries)
    rater.store()
    return trails


def _rated(work: Work, rater: Rater, usage: Document, whose: Guided, entries: list[Entry]) -> Iterator[Document]:
    if usage["status"] != AGAIN:
        usage = guided(usage)
        yield usage
    try:
        parts = rater.rate(usage)
    except NotRatable as refusal:
        yield rejected(usage, [refusal.fault])
        return
    entries.append(Entry(usage["id"], _by_time(usage)[0], whose, parts))
    yield rated(work, usage, whose, parts)


def _faulty(work: Work, usages: Sequence[Document]) -> Iterator[tuple[Document, list[Fault]]]:
    named = {reference["id"] for usage in usages if (reference := usage.get("usageSpecification"))}
    specifications = work.get_many("UsageSpecification", named)
    for usage in usages:
        specification = specifications.get((usage.get("usageSpecification") or {}).get("id", ""))
        faults = list(_faults(work, usage, specification))
        if faults:
            yield usage, faults


def _faults(work: Work, usage: Document, specification: Document | None) -> Iterator[Fault]:
    if usage.get("ratedProductUsage") and usage["status"] != AGAIN:
        yield Fault("ratedProductUsage", "ratedElsewhere", "usage is rated here; ratedProductUsage can't be sent")
    at = instant_of(usage)
    if at is None:
        yield Fault("usageDate", "missing", "usageDate is missing; the time of use decides product and price")
    elif at > (latest := work.now + timedelta(seconds=work.settings.usage_ahead)):
        # Rated now it would take from the allowance of its month, and be on that month's bill.
        reason = f"{usage['usageDate']} hasn't come yet; usage is rated up to {wire_instant(latest)} at present"
        yield Fault("usageDate", "inTheFuture", reason)
    yield from faults_of_amounts(usage)
    if specification is not None:
        yield from faults_of_specified(usage, specification)


def _by_time(usage: Document) -> tuple[datetime, str]:
    return instant_of(usage) or EARLIEST, usage["id"]
