"""The one way to read and change resources: rules, row, event and commit together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from core.changes import changes, differing, keep_what_is_fixed, refuse_forbidden_change, worded_anew
from core.clock import Clock, SystemClock
from core.context import Context
from core.entity import Document, Entity, copied, new_id
from core.events.outbox import Event, Row, append, rows_of
from core.reading import Reading, missing
from core.references import refuse_unknown_references
from core.schemas import Registry
from core.settings import Settings
from core.sharing import Key, Shared
from core.storage.database import Database
from core.storage.json import written
from core.storage.repository import ALL, Claim, Repository, Stamp, Stored
from core.storage.statements import hold_rows

T = TypeVar("T")
Guard = Callable[[Stored], None]
_RETRYABLE = {"40001", "40P01"}


class Work(Reading):
    """A caller's transaction: rules, rows and events together. Events are written when it ends."""

    def __init__(self, core: Core, context: Context, connection: Connection) -> None:
        super().__init__(core, context, connection)
        self._events: list[Event] = []
        self._stamps: dict[tuple[str, str], Stamp] = {}

    def create(self, entity: str, document: Document) -> Document:
        """Store a new resource and its Create event; an identifier that was sent is kept. Raises Conflict."""
        return self.create_many(entity, [document])[0]

    def create_many(self, entity: str, documents: Sequence[Document]) -> list[Document]:
        """Store new resources of one kind in one statement, each judged by its rules.

        Where the entity recognises a document as sent before, the resource already there is returned in its place.
        """
        rules = self.core.entities[entity]
        if not documents:
            return []
        is_chosen = any("id" in document for document in documents)
        for document in documents:
            document.setdefault("id", new_id())
        known = rules.recognise(self, documents)
        fresh = [document for place, document in enumerate(documents) if place not in known]
        made = {document["id"]: document for document in self._store(rules, fresh, is_chosen)}
        made |= self.get_many(entity, set(known.values()) - made.keys())
        return [made[known.get(place, document["id"])] for place, document in enumerate(documents)]

    def _store(self, rules: Entity, documents: Sequence[Document], is_chosen: bool) -> list[Document]:
        """Judge and store new resources, at once where an identifier is chosen by somebody: it may be taken."""
        if not documents:
            return []
        rules.fill_many(self, documents)
        for document in documents:
            rules.on_create(self, document)
        refuse_unknown_references(self, rules, documents)
        # In writing, so that later changes in the same transaction don't show in it.
        news = [(document, written(document)) for document in documents]
        repository = self._repository(rules.name)
        rows = repository.new_rows(self.context.tenant, news, self.now)
        if is_chosen or repository.is_unique:
            repository.insert(self.connection, rows)
        else:
            self.core.database.add_later(self.connection, repository.insertion, rows)
        for document, text in news:
            self._stamps[rules.name, document["id"]] = (1, self.now)
            self._events.append(Event(rules.name, document["id"], 1, "Create", text))
        return rules.after_create_many(self, documents)

    def change(
        self,
        entity: str,
        identifier: str,
        mutate: Callable[[Document], Document],
        *,
        caller: bool = False,
        guard: Guard | None = None,
    ) -> Document:
        """Lock a resource, let `mutate` make the new document from a copy, judge it, store it and tell of it.

        `caller` marks a change that comes from outside: it can't touch `unchangeable` attributes, and is held
        against `on_request` too. `guard` sees the resource as it is and may refuse. Nothing is written when nothing
        changes. Raises NotFound, Conflict.
        """
        rules, repository = self.core.entities[entity], self._repository(entity)
        stored = self._locked(entity, identifier, guard)
        before, after = stored.document, mutate(copied(stored.document))
        if caller:
            keep_what_is_fixed(rules, before, after)
        if after == before and not worded_anew(before, after):
            return after
        refuse_forbidden_change(rules, before, after, caller)
        asked = differing(before, after) if caller else frozenset()
        rules.touch(self, after)
        if caller:
            rules.on_request(self, before, after)
        rules.on_change(self, before, after)
        refuse_unknown_references(self, rules, [after], before)
        version = stored.version + 1
        self._restamp(entity, identifier, version)
        repository.update(self.connection, self.context.tenant, after, version, self.now)
        self._events += changes(rules, before, after, version, written(after), asked)
        return rules.after_request(self, before, after, version) if caller else after

    def hold(self, entity: str, identifier: str) -> Document | None:
        """Return a resource, which nobody can remove until this transaction ends, or None."""
        hold_rows(self.connection, self._repository(entity).table, self.context.tenant, [identifier])
        return self.get(entity, identifier)

    def claim(self, entity: str, claim: Claim = ALL, **columns: Any) -> list[Stored]:
        """Lock resources by their derived columns; see `Claim` for how many, in which order, and what if locked."""
        return self._repository(entity).claim(self.connection, self.context.tenant, columns, claim)

    def advance(self, entity: str, trails: Iterable[tuple[Stored, Sequence[Document]]]) -> None:
        """Store what has become of resources that were worked on in sets.

        Each comes as it was (just made, or locked by `claim`) with the documents it went through since; the last is
        stored, and none may be changed any more. Each step is told of: as a StateChange where the state moves,
        whatever moves along with it, else as an AttributeValueChange. Raises Conflict for a forbidden move.
        """
        rules, news = self.core.entities[entity], []
        for stored, steps in trails:
            before, version = stored.document, stored.version
            for after in steps:
                refuse_forbidden_change(rules, before, after, caller=False)
                rules.touch(self, after)
                version += 1
                self._events += changes(rules, before, after, version, after)
                before = after
            news.append(Stored(before, version))
            self._restamp(entity, before["id"], version)
        self._repository(entity).update_many(self.connection, self.context.tenant, news, self.now)

    def complete(self, entity: str, news: Sequence[Stored]) -> None:
        """Store what an earlier release left out of resources that are locked, each with the version it has had.

        Nothing has happened to them: no rule is asked, and nobody is told.
        """
        grown = [Stored(new.document, new.version + 1) for new in news]
        self._repository(entity).update_many(self.connection, self.context.tenant, grown, self.now)

    def delete(self, entity: str, identifier: str, *, guard: Guard | None = None) -> None:
        """Remove a resource, if its rules and `guard` allow it, and tell of it. Raises NotFound, Conflict."""
        stored = self._locked(entity, identifier, guard)
        self.core.entities[entity].on_delete(self, stored.document)
        self._repository(entity).delete(self.connection, self.context.tenant, identifier)
        self._note(entity, stored.document, stored.version + 1, "Delete")

    def stamp(self, entity: str, identifier: str) -> Stamp:
        """Return the version that a resource has now, in this transaction, and since when its row is there."""
        known = self._stamps.get((entity, identifier))
        return known or self.require_stored(entity, identifier).stamp

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Make what the block does all or nothing, rows and events, where what comes after it goes on either way."""
        told = len(self._events)
        try:
            with self.connection.begin_nested():
                yield
        except BaseException:
            del self._events[told:]
            raise

    def emit(self, entity: str, kind: str, document: Document) -> None:
        """Tell of something beyond the usual, such as `InformationRequired`."""
        self._note(entity, document, 0, kind)

    @property
    def noted(self) -> Sequence[Event]:
        """Return what this transaction has to tell so far."""
        return tuple(self._events)

    def finish(self) -> list[Row]:
        """Return the events of this transaction, for the outbox; called once, just before it commits."""
        events, self._events = self._events, []
        # What has waited for a lock since it began tells of a later time than what held the lock.
        return rows_of(self.context, events, self.core.clock.now())

    def _locked(self, entity: str, identifier: str, guard: Guard | None) -> Stored:
        stored = self._repository(entity).get(self.connection, self.context.tenant, identifier, lock=True)
        if stored is None:
            raise missing(entity, identifier)
        if guard:
            guard(stored)
        self._stamps[entity, identifier] = stored.stamp
        return stored

    def _restamp(self, entity: str, identifier: str, version: int) -> None:
        # Nobody asks for the stamps of what background jobs work on in sets.
        if known := self._stamps.get((entity, identifier)):
            self._stamps[entity, identifier] = (version, known[1])

    def _note(self, entity: str, document: Document, version: int, kind: str) -> None:
        self._events.append(Event(entity, document["id"], version, kind, written(document)))


class Core:
    """The opened system: settings, database, clock and entities. One a process."""

    def __init__(
        self, settings: Settings, database: Database, entities: Iterable[Entity], clock: Clock | None = None
    ) -> None:
        self.settings = settings
        self.database = database
        self.clock = clock or SystemClock()
        self.entities: Mapping[str, Entity] = {entity.name: entity for entity in entities}
        self.repositories = {name: Repository(entity) for name, entity in self.entities.items()}
        self.schemas = Registry()
        self.shared = Shared()
        # Called after each commit that wrote events, so that a relay in this process need not wait for its interval.
        self.when_told: list[Callable[[], None]] = []

    @contextmanager
    def work(self, context: Context) -> Iterator[Work]:
        """Open a transaction: all that the block does is committed at its end, or none of it."""
        with self.database.writing() as connection:
            work = Work(self, context, connection)
            yield work
            told = work.finish()
            if self.shared.told is None:
                append(connection, told)
        self._tell(told)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all transactions that this thread opens in the block at once (see `Database.together`)."""
        with self.database.together():
            with self.shared.telling() as told:
                yield
            with self.database.writing() as connection:
                append(connection, told)
        self._tell(told)

    @contextmanager
    def reading(self, context: Context) -> Iterator[Reading]:
        """Read without a transaction."""
        with self.database.reading() as connection:
            yield Reading(self, context, connection)

    @contextmanager
    def reading_together(self, wanted: Sequence[Key] = ()) -> Iterator[None]:
        """Let all that this thread reads in the block take one connection, and read what many want at once."""
        with self.database.reading_together() as connection:
            known: dict[Key, Stored | None] = dict.fromkeys(wanted)
            for tenant, entity in {key[:2] for key in wanted}:
                identifiers = [key[2] for key in wanted if key[:2] == (tenant, entity)]
                for stored in self.repositories[entity].get_stored(connection, tenant, identifiers):
                    known[tenant, entity, stored.document["id"]] = stored
            with self.shared.knowing(known):
                yield

    def run(self, context: Context, task: Callable[[Work], T]) -> T:
        """Do `task` in a transaction, once more when the database asks for it (serialization failure, deadlock)."""
        try:
            with self.work(context) as work:
                return task(work)
        except DBAPIError as error:
            if not _is_retryable(error):
                raise
        # Preparing for what hardly ever happens would cost every change some time.
        for attempt in Retrying(
            stop=stop_after_attempt(4),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            retry=retry_if_exception(_is_retryable),
            reraise=True,
        ):
            with attempt, self.work(context) as work:
                return task(work)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _tell(self, told: Sequence[Row]) -> None:
        if self.shared.told is not None:
            self.shared.told.extend(told)
        elif told:
            for hear in self.when_told:
                hear()

    def dispose(self) -> None:
        """Close the database."""
        self.database.dispose()


def _is_retryable(error: BaseException) -> bool:
    # A locked SQLite file isn't tried again: the transaction has waited for it as long as the settings allow.
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _RETRYABLE
