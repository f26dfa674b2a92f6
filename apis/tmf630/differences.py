"""What a version can word differently, each a marshmallow field that a wording declares.

A difference changes one object in place: `read` puts it from a version's words into canonical ones, `write` back. The
object is a copy made for it; what is inside of it is not, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from marshmallow import fields

from apis.tmf630.keeping import NOTHING, set_aside
from core.evaluation import holds
from core.query import Condition, Path
from core.storage.json import dumps_text

if TYPE_CHECKING:
    from apis.tmf630.translation import Translation

Document = dict[str, Any]
Kind = Callable[[Mapping[str, Any]], str]


class Step(NamedTuple):
    """The first steps of a path in the other wording, those that are left, and how what they lead into is worded."""

    done: Path
    rest: Path
    inside: Translation | None = None


class Difference(fields.Field[Any]):
    """An attribute that is called differently: its name is the canonical one, its `data_key` that of the version.

    Overridden for differences that go further. An object that has none of the names it is about is left alone, unless
    it is `always_read` or `always_written`. `remark` is what the guide to the generations says of it.
    """

    always_read = False
    always_written = False
    # Where canonical documents have several values, the version has the first of them.
    shows_first = False

    def __init__(self, *, remark: str = "", **options: Any) -> None:
        super().__init__(**options)
        self.remark = remark

    @cached_property
    def canonical(self) -> str:
        """Return the canonical name of the attribute."""
        return str(self.name)

    @cached_property
    def word(self) -> str:
        """Return what the version calls the attribute."""
        return self.data_key or self.canonical

    @property
    def words(self) -> tuple[str, ...]:
        """Return the version's names that this is about."""
        return (self.word,)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the canonical names that this is about."""
        return (self.canonical,)

    @property
    def about(self) -> tuple[str, ...]:
        """Return the names under which the guide to the generations speaks of this."""
        return (self.word, self.canonical)

    @property
    def moves(self) -> tuple[tuple[str, str], ...]:
        """Return dotted paths in the version and in canonical wording that the names alone don't tell of."""
        return ()

    def word_for(self, name: str) -> str:
        """Return what the version calls one of `names`."""
        return self.word

    @property
    def translates_values(self) -> bool:
        """Tell whether a filter has to ask for other values than the version shows."""
        kind = type(self)
        is_shown = kind.write is Difference.write and kind.write_value is Difference.write_value
        return kind.condition is not Difference.condition and not is_shown

    @property
    def shown(self) -> Mapping[str, str]:
        """Return the canonical texts that are shown as others, where there is a table of them: all else is as it is."""
        return {}

    def told(self) -> str:
        """Return what the guide says of this beyond the names."""
        return self.remark

    def read(self, document: Document) -> None:
        """Put an object into canonical wording; it has at least one of the names this is about."""
        said = self.word in document
        value = document.pop(self.word, None)
        if self.canonical in document:
            set_aside(document, self.canonical)
        if said:
            document[self.canonical] = self.read_value(value)

    def write(self, document: Document) -> None:
        """Put an object into the version's wording."""
        value = self.write_value(document.pop(self.canonical))
        if value is not None:
            document[self.word] = value

    def read_value(self, value: Any) -> Any:
        """Return a value in canonical wording."""
        return value

    def write_value(self, value: Any) -> Any:
        """Return a value in the version's wording; None where it has nothing to say."""
        return value

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Return the filter on the canonical path that asks for what a version's values stand for."""
        return Condition(path, values)

    def is_as_stored(self, _path: Path, _wanted: Condition) -> bool:
        """Tell whether what the version shows at a path meets a condition where what is stored meets `condition`.

        `path`, whose first step is one of `words`, counts from the object that this is of.
        """
        return type(self).write is Difference.write

    def step(self, path: Path) -> Step:
        """Translate the beginning of a version's path; its first step is one of `words`."""
        return Step((self.canonical,), path[1:])

    def step_back(self, path: Path) -> Step:
        """Translate the beginning of a canonical path; its first step is one of `names`."""
        return Step((self.word,), path[1:])


class Inside(Difference):
    """An attribute whose object, or whose array's objects, are worded differently inside."""

    def __init__(self, find: Callable[[], Translation], **options: Any) -> None:
        super().__init__(**options)
        self._find = find

    @cached_property
    def inside(self) -> Translation:
        """Return how what is inside is translated; found late, since objects may have such as they are inside."""
        return self._find()

    @cached_property
    def read_value(self) -> Callable[[Any], Any]:
        """Return what puts the object or objects into canonical wording."""
        return _each(self.inside.read)

    @cached_property
    def write_value(self) -> Callable[[Any], Any]:
        """Return what puts the object or objects into the version's wording."""
        return _each(self.inside.write)

    def step(self, path: Path) -> Step:
        """Translate the attribute; what follows is in the version's wording too."""
        return Step((self.canonical,), path[1:], self.inside)

    def step_back(self, path: Path) -> Step:
        """Translate the attribute; what follows is in canonical wording too."""
        return Step((self.word,), path[1:], self.inside)


class Owed(Difference):
    """An attribute that the version demands, and the canonical wording may leave out; `value` is said instead.

    It may be demanded only `when` an object, in the version's wording, is of some kind.
    """

    # Whatever else is worded differently about the attribute is declared by itself.
    names = ()

    def __init__(self, owed: str, value: Any, when: Callable[[Document], bool] | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.owed, self.value, self.when = owed, value, when

    @property
    def words(self) -> tuple[str, ...]:
        """Return the attribute."""
        return (self.owed,)

    @property
    def about(self) -> tuple[str, ...]:
        """Return the attribute."""
        return (self.owed,)

    def told(self) -> str:
        """Say what is shown."""
        where = f" {self.remark}" if self.remark else ""
        return f"demanded by v4{where}, which shows {said(self.value)} where there is none"

    def read(self, document: Document) -> None:
        """Leave it out where it says nothing."""
        is_owed = self.when is None or self.when(document)
        if is_owed and self.value in NOTHING and document[self.owed] == self.value:
            del document[self.owed]

    def is_as_stored(self, path: Path, wanted: Condition) -> bool:
        """Tell whether a condition is about what objects say, and not about what is said instead."""
        return not is_met_by(self.value, path[1:], wanted)


class Nearest(Difference):
    """An attribute whose canonical values include some that the version has not; it says the nearest one instead."""

    def __init__(self, nearest: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.nearest = nearest

    @property
    def shown(self) -> Mapping[str, str]:
        """Return what is shown as what."""
        return self.nearest

    def told(self) -> str:
        """Say what is shown as what."""
        return "; ".join(f"v5 {said(value)} is {said(shown)} in v4" for value, shown in self.nearest.items())

    def write_value(self, value: Any) -> Any:
        """Return the nearest value that the version has."""
        return exchanged(value, self.nearest)

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Ask for the values and for those that are shown as them; those that are shown as others, nothing shows."""
        said = (value for value in values if value not in self.nearest)
        return Condition(path, (*said, *(value for value, shown in self.nearest.items() if shown in values)))


class Respelled(Difference):
    """An attribute some values of which are taken in other spellings too, and sent as they are published."""

    def __init__(self, published: Mapping[str, str], **options: Any) -> None:
        super().__init__(**options)
        self.published = published

    def told(self) -> str:
        """Say what is taken for what."""
        pairs = self.published.items()
        return "; ".join(f"{said(value)} is taken for {said(published)}" for value, published in pairs)

    def read_value(self, value: Any) -> Any:
        """Return the value as it is published."""
        return exchanged(value, self.published)

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Ask for the values as they are published."""
        return Condition(path, tuple(map(self.read_value, values)))


def is_met_by(value: Any, path: Path, wanted: Condition) -> bool:
    """Tell whether a value that is shown instead of nothing decides on a condition on what is at a path in it."""
    if wanted.operator == "present" and not path:
        return True
    operator = "eq" if wanted.operator == "ne" else wanted.operator
    return holds(Condition(path, wanted.values, operator, wanted.kind), value)


def exchanged(value: Any, names: Mapping[str, str]) -> Any:
    """Return what a word stands for, and anything else as it is."""
    return names.get(value, value) if isinstance(value, str) else value


def said(value: Any) -> str:
    """Return a value as the guide to the generations writes it."""
    return f"`{dumps_text(value)}`"


def _each(translate: Callable[[Document], Document]) -> Callable[[Any], Any]:
    def translated(value: Any) -> Any:
        if type(value) is list:
            return [translate(member) if type(member) is dict else member for member in value]
        return translate(value) if type(value) is dict else value

    return translated
