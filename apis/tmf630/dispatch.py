"""Delivers what one subscriber is owed: claims a batch; words, checks, signs and posts each event; books outcomes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from apis.tmf630.callback import Answer, CallbackSession
from apis.tmf630.channels import ChannelWordings
from apis.tmf630.notification_check import NotificationCheck
from apis.tmf630.notifications import EventWording, public_origin
from apis.tmf630.signature import signature_headers
from core.events.addresses import Addresses
from core.events.booking import Failure, Outcomes, book, leave_alone, park_overdue, pause_after
from core.events.delivery import Claim, Subscriber, claim
from core.logs import get_logger
from core.service import Core
from core.storage.json import dumps

ApiVersion = tuple[str, str]
log = get_logger(__name__)

# Seconds after which outcomes are written down, though the batch goes on: what a killed process sends twice is little.
BOOKED_AFTER = 1.0


class UnsendableEvent(Exception):
    """An event that can't be told in the words of an API version: a mistake of ours, not of the subscriber."""


class Dispatch:
    """Runs deliveries for one subscriber at a time; threads share one object. `stop` ends running batches early.

    `when_due` is told, once that is written down, in how many seconds something is to be tried again.
    """

    def __init__(
        self,
        core: Core,
        wordings: ChannelWordings,
        checks: Mapping[ApiVersion, NotificationCheck],
        stop: threading.Event,
        when_due: Callable[[float], None],
    ) -> None:
        self._core = core
        self._wordings = wordings
        self._checks = checks
        self._stop = stop
        self._when_due = when_due
        self._origin = public_origin(core.settings)
        # A lease outlasts the notification that is being sent when it is about to run out.
        self._lease = timedelta(seconds=max(core.settings.relay_lease, 2 * core.settings.relay_timeout))
        self._timeout = timedelta(seconds=core.settings.relay_timeout)
        self._addresses = Addresses(core.settings)
        self._sessions: dict[int, CallbackSession] = {}

    def run(self, subscriber: Subscriber, when_full: Callable[[], None] = lambda: None) -> int:
        """Deliver what is due until nothing is, or the listener is out of reach; return how many were taken.

        `when_full` is called for each batch that leaves more to do: another thread may help.
        """
        taken, reachable, limit = 0, True, self._core.settings.relay_batch
        while reachable and not self._stop.is_set():
            now = self._core.clock.now()
            events = claim(self._core.database, subscriber, now, now + self._lease, limit)
            if not events:
                break
            if len(events) == limit:
                when_full()
            batch = Batch(subscriber)
            self._send(batch, events, now + self._lease - self._timeout)
            taken, reachable = taken + batch.taken, batch.reachable
        return taken

    def close(self) -> None:
        """Close the connections to listeners; called when no thread is running deliveries any more."""
        while self._sessions:
            self._sessions.popitem()[1].close()

    def _send(self, batch: Batch, events: Iterable[Claim], last: datetime) -> None:
        written = time.monotonic()
        for event in fresh_first(events):
            if batch.must_wait(event) or self._stop.is_set() or self._core.clock.now() >= last:
                batch.outcomes.released.append(event.event_id)
                continue
            self._deliver(batch, event)
            if time.monotonic() - written > BOOKED_AFTER:
                self._book(batch)
                written = time.monotonic()
        self._book(batch)
        if not batch.reachable:
            self._leave_alone(batch)

    def _deliver(self, batch: Batch, event: Claim) -> None:
        try:
            body = self._notification(batch.subscriber, event)
        except UnsendableEvent as error:
            names = {"event_id": event.event_id, "subscription": batch.subscriber.id}
            log.error("notification.unsendable", **names, entity=event.entity, kind=event.kind, reason=str(error))
            batch.note_failure(event, str(error), None)
            return
        signed = signature_headers(batch.subscriber.secrets, event.event_id, self._core.clock.now(), body)
        answer = self._session().post(batch.subscriber.callback, body, signed)
        if answer.error is None:
            batch.note_success(event)
        else:
            self._note_failure(batch, event, answer)

    def _notification(self, subscriber: Subscriber, event: Claim) -> bytes:
        channel = subscriber.channel
        wording = self._wordings.of(channel, (event.entity, event.kind))
        if wording is None:
            raise UnsendableEvent(f"{' '.join(channel).rstrip()} has no event for it")
        try:
            document = wording.word(event, subscriber.tenant, self._origin)
            body = dumps(document)
        except Exception as error:
            log.exception("notification.unworded", event_id=event.event_id)
            raise UnsendableEvent(f"it can't be worded: {type(error).__name__}") from error
        if isinstance(wording, EventWording):
            faults = self._checks[channel.api, channel.version].faults(wording.event_type, body)
        else:
            faults = wording.resource.validator.faults(document)
        if faults:
            raise UnsendableEvent("; ".join(f"{fault.path}: {fault.reason}" for fault in faults))
        return body

    def _note_failure(self, batch: Batch, event: Claim, answer: Answer) -> None:
        now, settings = self._core.clock.now(), self._core.settings
        error, attempts = answer.error or "", event.attempts + 1
        since = batch.failing_since(event) or now
        given_up = now - max(since, event.owed_since) >= timedelta(seconds=settings.relay_park_after)
        again = None if given_up else now + pause_after(attempts, settings)
        batch.note_failure(event, error, again, since)
        batch.reachable = not answer.unreachable
        names = {"event_id": event.event_id, "subscription": batch.subscriber.id, "attempts": attempts}
        log.warning("delivery.parked" if given_up else "delivery.failed", **names, error=error)

    def _book(self, batch: Batch) -> None:
        now, failed = self._core.clock.now(), batch.outcomes.failed
        book(self._core.database, batch.subscriber, batch.outcomes, now)
        for again in sorted({each.next_attempt_at for each in failed if each.next_attempt_at is not None}):
            self._when_due((again - now).total_seconds())
        batch.outcomes = Outcomes()

    def _leave_alone(self, batch: Batch) -> None:
        now, settings, subscriber = self._core.clock.now(), self._core.settings, batch.subscriber
        pause = pause_after(subscriber.failures + 1, settings)
        leave_alone(self._core.database, subscriber, now, now + pause)
        self._when_due(pause.total_seconds())
        since = now - timedelta(seconds=settings.relay_park_after)
        parked = park_overdue(self._core.database, subscriber, now, since, "the listener was out of reach")
        if parked:
            log.warning("delivery.parked", subscription=subscriber.id, deliveries=parked)

    def _session(self) -> CallbackSession:
        thread = threading.get_ident()
        if thread not in self._sessions:
            self._sessions[thread] = CallbackSession(self._core.settings.relay_timeout, self._addresses)
        return self._sessions[thread]


class Batch:
    """The outcomes of one batch as they come in; after a failure, later events about the same resource wait."""

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self.outcomes = Outcomes()
        self.reachable = True
        self.taken = 0
        self._held: set[tuple[str, str]] = set()
        self._failing: dict[tuple[str, str], datetime | None] = {}

    def must_wait(self, event: Claim) -> bool:
        """Tell whether an event can't be sent now: its listener is out of reach, or an earlier one has failed."""
        return not self.reachable or event.resource in self._held

    def note_success(self, event: Claim) -> None:
        """Note that the listener took an event."""
        self.taken += 1
        self.outcomes.delivered.append(event.event_id)
        if self.failing_since(event) is not None:
            self._note_failing(event, None)

    def note_failure(
        self, event: Claim, error: str, next_attempt_at: datetime | None, since: datetime | None = None
    ) -> None:
        """Note that an event wasn't taken; one that is given up (None) holds no later one back.

        `since` is when the listener has begun to fail on its resource, None where the listener isn't to blame.
        """
        self.outcomes.failed.append(Failure(event.event_id, error[:2000], next_attempt_at))
        if next_attempt_at is not None:
            self._held.add(event.resource)
        if since is not None:
            self._note_failing(event, since)

    def failing_since(self, event: Claim) -> datetime | None:
        """Return since when the listener has failed on the resource of an event, None where it hasn't."""
        return self._failing.get(event.resource, event.failing_since)

    def _note_failing(self, event: Claim, since: datetime | None) -> None:
        self._failing[event.resource] = self.outcomes.failing[event.resource] = since


def fresh_first(events: Iterable[Claim]) -> list[Claim]:
    """Order a batch: resources whose next event has failed before come last, each resource's events stay in order.

    So an event that its listener chokes on can't keep the others from being sent.
    """
    by_resource: dict[tuple[str, str], list[Claim]] = {}
    for event in events:
        by_resource.setdefault(event.resource, []).append(event)
    return [event for group in sorted(by_resource.values(), key=lambda group: group[0].attempts) for event in group]
