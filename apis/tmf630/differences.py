"""What a version can word differently, each a marshmallow field that a wording declares.

A difference changes objects in place, all of a kind that a document or a page of documents has at once: `read` puts
them from a version's words into canonical ones, `write` back. They are copies made for it; what is inside of them is
not, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from marshmallow import fields

from apis.tmf630.keeping import NOTHING, set_aside
from core.entity import copied
from core.evaluation import holds
from core.query import Condition, Criterion, Path
from core.storage.json import dumps_text

if TYPE_CHECKING:
    from apis.tmf630.translation import Translation

Document = dict[str, Any]
Documents = Sequence[Document]


class Step(NamedTuple):
    """The first steps of a path in the other wording, those that are left, and how what they lead into is worded."""

    done: Path
    rest: Path
    inside: Translation | None = None


class Difference(fields.Field[Any]):
    """An attribute that is called differently: its name is the canonical one, its `data_key` that of the version.

    Overridden for differences that go further. `remark` is what the guide to the generations says of it.
    """

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

    def read(self, objects: Documents) -> None:
        """Put objects into canonical wording."""
        word, canonical = self.word, self.canonical
        if word == canonical:
            for each in objects:
                if word in each:
                    each[word] = self.read_value(each[word])
            return
        for each in objects:
            if canonical in each:
                set_aside(each, canonical)
            if word in each:
                each[canonical] = self.read_value(each.pop(word))

    def write(self, objects: Documents) -> None:
        """Put objects into the version's wording."""
        word, canonical = self.word, self.canonical
        for each in objects:
            if canonical in each:
                value = self.write_value(each[canonical])
                if word != canonical or value is None:
                    del each[canonical]
                if value is not None:
                    each[word] = value

    def read_value(self, value: Any) -> Any:
        """Return a value in canonical wording."""
        return value

    def write_value(self, value: Any) -> Any:
        """Return a value in the version's wording; None where it has nothing to say."""
        return value

    def condition(self, path: Path, values: tuple[str, ...]) -> Condition:
        """Return the filter on the canonical path that asks for what a version's values stand for."""
        return Condition(path, values)

    def finding(self, _path: Path, _wanted: Condition) -> Criterion | None:
        """Return what finds what meets a condition of the version's at a canonical path, where that takes more of it.

        It counts from the resource; None where `condition` and `is_as_stored` say all there is to say.
        """
        return None

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

    def read(self, objects: Documents) -> None:
        """Put what is inside into canonical wording too."""
        if self.word != self.canonical:
            super().read(objects)
        if members := _opened(objects, self.canonical):
            self.inside.read_in_place(members)

    def write(self, objects: Documents) -> None:
        """Put what is inside into the version's wording too."""
        if members := _opened(objects, self.canonical):
            self.inside.write_in_place(members)
        if self.word != self.canonical:
            super().write(objects)

    def is_as_stored(self, _path: Path, _wanted: Condition) -> bool:
        """Leave it to what is inside."""
        return True

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

    def read(self, objects: Documents) -> None:
        """Leave it out where it says nothing."""
        for each in objects:
            if self.owed in each and self.says_nothing(each):
                del each[self.owed]

    def write(self, objects: Documents) -> None:
        """Say it where nothing is said."""
        owed, value, when = self.owed, self.value, self.when
        for each in objects:
            if owed not in each and (when is None or when(each)):
                each[owed] = value if type(value) is str else copied(value)

    def says_nothing(self, document: Document) -> bool:
        """Tell whether what is sent says no more than that nothing is known."""
        is_owed = self.when is None or self.when(document)
        return is_owed and self.value in NOTHING and bool(document[self.owed] == self.value)

    def is_as_stored(self, path: Path, wanted: Condition) -> bool:
        """Tell whether a condition is about what objects say, and not about what is said instead."""
        return not is_met_by(self.value, path[1:], wanted)


def is_met_by(value: Any, path: Path, wanted: Condition) -> bool:
    """Tell whether a value that is shown instead of nothing decides on a condition on what is at a path in it."""
    if wanted.operator == "present" and not path:
        return True
    operator = "eq" if wanted.operator == "ne" else wanted.operator
    return holds(Condition(path, wanted.values, operator, wanted.kind), value)


def said(value: Any) -> str:
    """Return a value as the guide to the generations writes it."""
    return f"`{dumps_text(value)}`"


def _opened(objects: Documents, name: str) -> list[Document]:
    """Return the objects at an attribute, one or an array of them in each, replaced by copies that may be changed."""
    opened: list[Document] = []
    for each in objects:
        if name not in each:
            continue
        value = each[name]
        if type(value) is list:
            # Loops, since a call for each of the objects would cost as much as what is done to them.
            members = each[name] = []
            for member in value:
                if type(member) is dict:
                    member = {**member}
                    opened.append(member)
                members.append(member)
        elif type(value) is dict:
            each[name] = value = {**value}
            opened.append(value)
    return opened
