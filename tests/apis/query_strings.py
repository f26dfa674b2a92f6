"""Query strings of categories as callers write them, each with what it means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.apis.query_oracle import Kind, Path, is_there, meets, nodes_at

Meets = Callable[[Any], bool]
NAMES = (
    *("a", "A", "ab", "b", "5", "é", "\U0001f600", "a,b", "a;b", "Wren M, SIM only", "=x", "~x", "it's"),
    *('say "hi"', "", "%_", "back\\slash", "true", "a&b", "1+1", "zzz"),
)
VERSIONS = ("1", "1.0", "2", "10", "zzz")
STATES = ("Active", "Launched", "Retired")
REFERRED = ("o1", "o2", "o3")
PARENTS = ("c-01", "c-02", "c-none")
TIMES = ("2026-01-01T10:00:00Z", "2026-01-01T11:00:00+01:00", "2026-01-01T10:00:00.500Z", "2025-12-31T23:59:59-10:00")
NUMBERS = ("5", "5.0", "-5", "9.5", "10", "9007199254740993", "1e2")
OWN = (*NUMBERS, *TIMES, "a", "b", "true", "5x")
TRUTHS = ("true", "false")
DATES = (*TIMES, "2026-01-01", "2026-01-02")
PATTERNS = ("^a", "b$", "5", ".", "é|[A-Z]", "^[^a]", "a,b", "zz")
ORDERS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
SIGNS = {"eq": ("=",), "ne": ("!=",), "regex": ("*=", "=~")} | {said: (sign,) for said, sign in ORDERS.items()}
Attribute = tuple[Path, Kind, tuple[str, ...]]
INSIDE: tuple[Attribute, ...] = ((("id",), "any", REFERRED), (("name",), "any", NAMES), (("rank",), "any", OWN))


def attributes(version: str) -> tuple[Attribute, ...]:
    """Return what categories are asked for in the words of a version, and values to ask with."""
    return (
        (("name",), "any", NAMES),
        (("version",), "any", VERSIONS),
        (("lifecycleStatus",), "any", STATES),
        (("lastUpdate",), "instant", DATES),
        (("validFor", "startDateTime"), "instant", DATES),
        (("isRoot",), "truth", TRUTHS),
        (("parentId",) if version == "v4" else ("parent", "id"), "any", PARENTS),
        *((("productOffering", *path), kind, values) for path, kind, values in INSIDE),
        (("rank",), "any", OWN),
        (("own", "rank"), "any", OWN),
    )


@dataclass(frozen=True)
class Asked:
    """A part of a query string, or a condition of a JSONPath, and what it means."""

    text: str
    meets: Meets = field(repr=False)


@dataclass(frozen=True)
class Question:
    """A query string, what it finds and in which order."""

    version: str
    text: str
    parts: tuple[Meets, ...] = field(repr=False)
    sort: tuple[tuple[Path, bool], ...] = ()

    def meets(self, document: Any) -> bool:
        """Tell whether a category is found."""
        return all(part(document) for part in self.parts)


def is_plain(value: str) -> bool:
    """Tell whether a value needs no quotes."""
    is_text = value == "Wren M, SIM only"
    return bool(value) and (is_text or {*value}.isdisjoint(",;")) and value[0] not in "=~\"'"


@st.composite
def operators(draw: st.DrawFn, attribute: Attribute) -> tuple[str, list[str]]:
    """Draw an operator of an attribute, and values for it."""
    _, kind, values = attribute
    said = draw(st.sampled_from(("eq", "ne") if kind == "truth" else tuple(SIGNS)))
    several = st.lists(st.sampled_from(PATTERNS if said == "regex" else values), min_size=1, max_size=3, unique=True)
    return said, draw(several)[: 1 if said == "ne" else None]


@st.composite
def written(draw: st.DrawFn, path: Path, said: str, texts: Sequence[str]) -> str:
    """Draw how the name, the operator and the text of a filter are written."""
    text = ";".join(texts)
    name, sign = ".".join(path), draw(st.sampled_from(SIGNS[said]))
    form = draw(st.sampled_from((f".{said}=", sign, quote(sign))))
    return f"{name}{form}{quote(text, safe=draw(st.sampled_from(('', ';,()^$ '))))}"


@st.composite
def filters(draw: st.DrawFn, attribute: Attribute) -> list[Asked]:
    """Draw a filter on an attribute: its values stand behind commas or semicolons, or repeat the parameter."""
    path, kind, _ = attribute
    said, values = draw(operators(attribute))
    bare = [is_plain(value) and draw(st.booleans()) for value in values]
    if said == "regex":
        texts = [value if plain else f'"{value}"' for value, plain in zip(values, bare, strict=True)]
    else:
        texts = [value if plain else quoted(value, '"') for value, plain in zip(values, bare, strict=True)]
    joint = draw(st.sampled_from((";", "&") if said == "regex" else (",", ";", "&")))
    # Without quotes the whole is a value, too.
    is_whole = kind == "any" and said == "eq" and all(bare) and joint != "&"
    wholes = [joint.join(texts)] if is_whole else []
    groups = [[text] for text in texts] if joint == "&" else [texts] if joint == ";" else [[",".join(texts)]]
    any_of = [*values, *wholes]
    return [
        Asked(draw(written(path, said, group)), lambda document: meets(document, path, said, any_of, kind))
        for group in groups
    ]


@st.composite
def alternatives(draw: st.DrawFn, version: str) -> Asked:
    """Draw filters on different attributes of which one must hold."""
    chosen = draw(st.lists(st.sampled_from(attributes(version)), min_size=2, max_size=3, unique=True))
    parts = [draw(filters(each).filter(lambda some: len(some) == 1))[0] for each in chosen]
    return Asked(";".join(part.text for part in parts), lambda document: any(part.meets(document) for part in parts))


def quoted(text: str, mark: str) -> str:
    """Return a text in quotes."""
    return mark + text.replace("\\", "\\\\").replace(mark, f"\\{mark}") + mark


@st.composite
def literals(draw: st.DrawFn, values: Sequence[str]) -> tuple[str, str, Kind]:
    """Draw how a JSONPath writes a value, the value, and what it is written as."""
    value = draw(st.sampled_from(values))
    if value in TRUTHS and draw(st.booleans()):
        return value, value, "truth"
    if value in NUMBERS and draw(st.booleans()):
        return value, value, "number"
    return quoted(value, draw(st.sampled_from("'\""))), value, "text"


@st.composite
def compared(draw: st.DrawFn, attribute: Attribute) -> Asked:
    """Draw a condition of a JSONPath on one attribute."""
    path, kind, values = attribute
    steps = "@" + "".join(draw(st.sampled_from((f".{step}", f"['{step}']"))) for step in path)
    if kind == "truth":
        said, value = draw(st.sampled_from(("eq", "ne"))), draw(st.sampled_from(TRUTHS))
        return _compared(steps, path, said, value, value, kind)
    form = draw(st.sampled_from(("compared", "compared", "compared", "regex", "search", "in", "there", "null")))
    if form == "there":
        return Asked(steps, lambda document: is_there(document, path))
    if form == "null":
        return Asked(f"{steps} == null", lambda document: None in nodes_at(document, path))
    if form in ("regex", "search"):
        pattern = draw(st.sampled_from(PATTERNS))
        text = f"{steps} =~ /{pattern}/" if form == "regex" else f"search({steps}, '{pattern}')"
        return Asked(text, lambda document: meets(document, path, "regex", [pattern]))
    some = draw(st.lists(literals(values), min_size=1, max_size=3 if form == "in" else 1))
    as_kinds = [(value, "instant" if kind == "instant" else as_kind) for _, value, as_kind in some]
    if form == "in":
        text = f"{steps} in [{', '.join(literal for literal, _, _ in some)}]"
        return Asked(text, lambda document: any(meets(document, path, "eq", [each], as_) for each, as_ in as_kinds))
    said = draw(st.sampled_from(("eq", "ne", *ORDERS)))
    return _compared(steps, path, said, some[0][0], *as_kinds[0])


def _compared(steps: str, path: Path, said: str, literal: str, value: str, kind: Kind) -> Asked:
    sign = {"eq": "==", "ne": "!="} | ORDERS
    return Asked(f"{steps}{sign[said]}{literal}", lambda document: meets(document, path, said, [value], kind))


def joined(leaf: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
    """Join conditions of a JSONPath by && and ||, and turn them round by !."""

    def both(left: Asked, right: Asked) -> Asked:
        return Asked(f"({left.text}) && {right.text}", lambda node: left.meets(node) and right.meets(node))

    def either(left: Asked, right: Asked) -> Asked:
        return Asked(f"({left.text} || {right.text})", lambda node: left.meets(node) or right.meets(node))

    def neither(part: Asked) -> Asked:
        return Asked(f"!({part.text})", lambda node: not part.meets(node))

    def more(some: st.SearchStrategy[Asked]) -> st.SearchStrategy[Asked]:
        return st.builds(both, some, some) | st.builds(either, some, some) | st.builds(neither, some)

    return st.recursive(leaf, more, max_leaves=3)


@st.composite
def chains(draw: st.DrawFn, leaf: st.SearchStrategy[Asked]) -> Asked:
    """Draw as many conditions as a JSONPath takes, all joined by && or by ||, in parentheses of their own or not."""
    few = draw(st.lists(leaf, min_size=2, max_size=6))
    sign, is_nested = draw(st.sampled_from(("&&", "||"))), draw(st.booleans())
    first, *others = few * (1500 // sum(len(part.text) + 6 for part in few) or 1)
    text = first.text
    for part in others:
        text = f"({text} {sign} {part.text})" if is_nested else f"{text} {sign} {part.text}"
    must = all if sign == "&&" else any
    return Asked(text, lambda node: must(part.meets(node) for part in few))


INNER = st.sampled_from(INSIDE).flatmap(compared)
MEMBERS = joined(INNER)
EVALUATED = st.sampled_from(
    (
        Asked("count(@.productOffering[*]) > 1", lambda each: len(each.get("productOffering", [])) > 1),
        Asked("length(@.name) == 2", lambda each: len(each["name"]) == 2),
        Asked("@.productOffering[0].id == 'o1'", lambda each: each.get("productOffering", [{}])[0].get("id") == "o1"),
        Asked("@.name == @.version", lambda each: each["name"] == each.get("version")),
    )
)


def _member(part: Asked) -> Meets:
    return lambda document: any(map(part.meets, nodes_at(document, ("productOffering",))))


def _as_member(part: Asked) -> Asked:
    return Asked(f"@.productOffering[?({part.text})]", _member(part))


def conditions(version: str) -> st.SearchStrategy[Asked]:
    """Draw JSONPaths that select categories."""
    short, long = (of.map(_as_member) for of in (MEMBERS, chains(INNER)))
    one = st.sampled_from(attributes(version)).flatmap(compared)
    several = joined(one | short | EVALUATED) | chains(one | short) | long
    several = several.map(lambda part: Asked(f"$[?({part.text})]", part.meets))
    return several | MEMBERS.map(lambda part: Asked(f"productOffering[?({part.text})]", _member(part)))


@st.composite
def questions(draw: st.DrawFn) -> Question:
    """Draw whole query strings, without a page."""
    version = draw(st.sampled_from(("v4", "v5")))
    names = attributes(version)
    parts: list[Asked] = []
    if draw(st.integers(0, 4)) == 0:
        parts.append(draw(alternatives(version)))
    else:
        for each in draw(st.lists(st.sampled_from(names), max_size=2, unique=True)):
            parts += draw(filters(each))
        if draw(st.booleans()):
            path = draw(conditions(version))
            parts.append(Asked(f"filter={quote(path.text, safe='$[]?(@.)=!<>|*,: ')}", path.meets))
    sort = tuple(draw(st.lists(st.tuples(st.sampled_from([path for path, _, _ in names]), st.booleans()), max_size=3)))
    texts = draw(st.permutations([part.text for part in parts]))
    return Question(version, "&".join([*texts, *draw(sorted_by(sort))]), tuple(part.meets for part in parts), sort)


@st.composite
def sorted_by(draw: st.DrawFn, sort: Sequence[tuple[Path, bool]]) -> list[str]:
    """Draw how an order is written: in one parameter or several, a plus sign encoded, not encoded or left out."""
    signs = [draw(st.sampled_from(("-",) if descending else ("", "+", "%2B"))) for _, descending in sort]
    names = [f"{sign}{'.'.join(path)}" for sign, (path, _) in zip(signs, sort, strict=True)]
    cuts = [draw(st.booleans()) for _ in names]
    numbered = [(sum(cuts[: place + 1]), name) for place, name in enumerate(names)]
    return [f"sort={','.join(name for _, name in some)}" for _, some in groupby(numbered, key=lambda each: each[0])]
