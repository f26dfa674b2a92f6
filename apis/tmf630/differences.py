"""What a version can word differently, each a marshmallow field that a wording declares.

A difference says which statements put an object, called `each` in them, from a version's words into canonical ones
(`reading`) and back (`writing`), in place; apis.tmf630.statements makes one function of those of a wording. The object
is a copy made for it; what is inside of it is not, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from textwrap import indent
from typing import TYPE_CHECKING, Any, NamedTuple

from marshmallow import fields

from apis.tmf630.keeping import NOTHING, set_aside
from apis.tmf630.statements import STEP, Document, Names, block, joined
from core.evaluation import holds
from core.query import Condition, Criterion, Path
from core.storage.json import dumps_text

if TYPE_CHECKING:
    from apis.tmf630.translation import Translation


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
        is_shown = kind.writing is Difference.writing and kind.write_value is Difference.write_value
        return kind.condition is not Difference.condition and not is_shown

    @property
    def shown(self) -> Mapping[str, str]:
        """Return the canonical texts that are shown as others, where there is a table of them: all else is as it is."""
        return {}

    def told(self) -> str:
        """Return what the guide says of this beyond the names."""
        return self.remark

    def reading(self, names: Names) -> str:
        """Return what puts an object into canonical wording."""
        word, canonical, read = names(self.word), names(self.canonical), names(self.read_value)
        if word == canonical:
            return f"if {word} in each: each[{word}] = {read}(each[{word}])"
        return block(f"""
            if {canonical} in each: {names(set_aside)}(each, {canonical})
            if {word} in each: each[{canonical}] = {read}(each.pop({word}))
        """)

    def writing(self, names: Names) -> str:
        """Return what puts an object into the version's wording."""
        word, canonical, write = names(self.word), names(self.canonical), names(self.write_value)
        return block(f"""
            if {canonical} in each:
                value = {write}(each[{canonical}])
                if {word != canonical} or value is None: del each[{canonical}]
                if value is not None: each[{word}] = value
        """)

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
        return type(self).writing is Difference.writing

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

    def reading(self, names: Names) -> str:
        """Return what puts what is inside into canonical wording too."""
        renamed = super().reading(names) if self.word != self.canonical else ""
        return joined(renamed, self._opening(names, "read"))

    def writing(self, names: Names) -> str:
        """Return what puts what is inside into the version's wording too."""
        renamed = super().writing(names) if self.word != self.canonical else ""
        return joined(self._opening(names, "write"), renamed)

    def _opening(self, names: Names, way: str) -> str:
        """Return what replaces the objects at the attribute, one or an array of them, by translated copies."""
        canonical, statements = names(self.canonical), self.inside.statements(way, names)
        # Beside what is inside, which has variables of its own.
        owner, value, members = (names.variable(each) for each in ("owner", "value", "members"))
        return block(f"""
            {value} = each.get({canonical})
            if type({value}) is dict or type({value}) is list:
                {owner}, {members} = each, []
                for each in {value} if type({value}) is list else ({value},):
                    if type(each) is dict:
                        each = {{**each}}
                        {indent(statements, STEP * 6).lstrip()}
                    {members}.append(each)
                each = {owner}
                each[{canonical}] = {members} if type({value}) is list else {members}[0]
        """)

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

    def reading(self, names: Names) -> str:
        """Return what leaves it out where it says nothing."""
        owed, when = names(self.owed), f" and {names(self.when)}(each)" if self.when else ""
        if self.value not in NOTHING:
            return ""
        return f"if {owed} in each and each[{owed}] == {self.value!r}{when}: del each[{owed}]"

    def writing(self, names: Names) -> str:
        """Return what says it where nothing is said."""
        owed, when = names(self.owed), f" and {names(self.when)}(each)" if self.when else ""
        return f"if {owed} not in each{when}: each[{owed}] = {self.value!r}"

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
