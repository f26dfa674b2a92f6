"""What is true of one kind of resource: its table, derived columns, lifecycle and rules. Subclassed once a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from uuid_utils import uuid7

from core.clock import wire_instant
from core.lifecycle import Lifecycle

if TYPE_CHECKING:
    from core.service import Work

Document = dict[str, Any]
# What has something inside it. Walks of a document ask before they call themselves: most values are simple.
NESTED = (dict, list)
Kind = Literal["text", "instant", "number"]


@dataclass(frozen=True, slots=True)
class Column:
    """A value derived from the document, kept beside it so that the domain can filter, sort or join by it.

    `path` is dotted and leads to one value (`billingAccount.id`); where a path can't say it, `of` computes it.
    Filters on `path` use the column. Rebuilt by `bss reindex`.
    """

    name: str
    path: str = ""
    kind: Kind = "text"
    unique: bool = False
    of: Callable[[Document], Any] | None = None

    def value(self, document: Document) -> Any:
        """Return the column's value for a document, None where the document says nothing."""
        if self.of is not None:
            return self.of(document)
        return next((v for v in values_at(document, tuple(self.path.split("."))) if v is not None), None)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a document refers to a resource of ours: a dotted path, through arrays, to objects with an `id`.

    `when` tells references from values, where the specification allows either.
    """

    path: str
    entity: str
    when: Callable[[Document], bool] | None = None


class Entity:
    """The rules of a resource. Methods get the running `Work`; they may change the document before it is stored."""

    name: ClassVar[str]
    table: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]] = ()
    references: ClassVar[tuple[Reference, ...]] = ()
    state_attribute: ClassVar[str | None] = None
    lifecycle: ClassVar[Lifecycle | None] = None
    unchangeable: ClassVar[frozenset[str]] = frozenset()
    # Where there are any, callers can change these alone.
    changeable: ClassVar[frozenset[str]] = frozenset()
    touched: ClassVar[str | None] = "lastUpdate"
    # The states that a caller may set, None where every move of the lifecycle is open to callers.
    requestable: ClassVar[frozenset[str] | None] = None
    # Attributes that may change without an event, such as how far a job has come.
    untold: ClassVar[frozenset[str]] = frozenset()
    # Whether a request about it may take long enough for others to notice if they had to wait for it.
    takes_long: ClassVar[bool] = False
    # Whether making one neither locks nor changes any other resource.
    is_made_alone: ClassVar[bool] = False

    def fill(self, work: Work, document: Document) -> None:
        """Set what the server sets where the client left it out."""

    def fill_many(self, work: Work, documents: Sequence[Document]) -> None:
        """Do so for resources made together; overridden where what is set has to be looked up, in sets."""
        for document in documents:
            self.fill(work, document)

    def recognise(self, work: Work, documents: Sequence[Document]) -> Mapping[int, str]:
        """Tell which new documents were sent before: by position, the identifier of the resource that answers.

        They are not stored again; whoever sent them gets that resource.
        """
        return {}

    def on_create(self, work: Work, document: Document) -> None:
        """Hold the rules for a new resource; raise Conflict with every fault to refuse it."""

    def after_create(self, work: Work, document: Document) -> Document:
        """Follow up once the resource and its Create event are written (judging an order, say).

        Returns the document as it is afterwards: what the caller gets to see.
        """
        return document

    def after_create_many(self, work: Work, documents: Sequence[Document]) -> list[Document]:
        """Follow up on resources made together; overridden where that is done in sets."""
        return [self.after_create(work, document) for document in documents]

    def on_request(self, work: Work, before: Document, after: Document) -> None:
        """Hold the rules for a change that a caller asks for, ahead of `on_change`; `after` may still be amended."""

    def on_change(self, work: Work, before: Document, after: Document) -> None:
        """Hold the rules for a change; `after` may still be amended."""

    def after_request(self, work: Work, before: Document, document: Document, version: int) -> Document:
        """Follow up once a change that a caller asked for is written; returns what the caller gets to see."""
        return document

    def news(self, before: Document, after: Document) -> Iterator[tuple[str, str]]:
        """Yield what a change is told as beside the usual: the kind of event, and the attribute that it is about."""
        yield from ()

    def on_delete(self, work: Work, document: Document) -> None:
        """Hold the rules for removal; raise Conflict to refuse it."""

    def is_ahead(self, document: Document, now: datetime) -> bool:
        """Tell whether the work that the resource asks for is accepted and doesn't begin at once: it is followed."""
        return False

    def touch(self, work: Work, document: Document) -> None:
        """Note the time of a change in the attribute that the resource has for it."""
        if self.touched:
            document[self.touched] = wire_instant(work.now)

    def state(self, document: Document) -> str | None:
        """Return the resource's state, where it has one."""
        return document.get(self.state_attribute) if self.state_attribute else None


def new_id() -> str:
    """Return a fresh identifier, UUIDv7: ordered by time of creation."""
    return str(uuid7())


def has_new_member(before: Document, after: Document, attribute: str) -> bool:
    """Tell whether an array attribute has a member after a change that it didn't have before."""
    old = before.get(attribute) or ()
    return any(member not in old for member in after.get(attribute) or ())


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Yield every value at `path`, through objects and any arrays on the way."""
    if isinstance(value, list):
        for member in value:
            yield from values_at(member, path)
    elif not path:
        yield value
    elif isinstance(value, dict) and path[0] in value:
        yield from values_at(value[path[0]], path[1:])


def copied(value: Any) -> Any:
    """Return a deep copy of plain JSON data."""
    if isinstance(value, dict):
        return {key: copied(member) if isinstance(member, NESTED) else member for key, member in value.items()}
    if isinstance(value, list):
        return [copied(member) if isinstance(member, NESTED) else member for member in value]
    return value
