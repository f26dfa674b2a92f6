"""Holds extensions to the schemas that the brand has registered: objects whose `@schemaLocation` is one of ours.

TMF630 Part 2: an extended object names its own type (`@type`), what that extends (`@baseType`) and where its schema is
(`@schemaLocation`). The base type's schema is the API's; the extension's is ours only if it is registered here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apis.tmf630.complaints import MOST_FAULTS, complaints_in, written_path
from apis.tmf630.keeping import ASIDE, with_own
from apis.tmf630.notifications import public_origin
from apis.tmf630.shapes import Node, Shapes
from apis.tmf630.specification import available, load
from apis.tmf630.validation_form import SCHEMAS
from core.errors import Conflict, Fault, InvalidInput
from core.reading import Reading
from core.schemas import ExtensionSchema
from core.storage.json import dumps

LOCATION = "@schemaLocation"
_WRITTEN = b'"@schemaLocation":'
# What stands there names the schema of something else.
POINTERS = frozenset(("targetProductSchema", "targetEntitySchema"))
_PORTS = {"http": ":80", "https": ":443"}


class Extension(NamedTuple):
    """An object that says it follows a schema: its place in the document, itself, and the schema's address."""

    place: tuple[str | int, ...]
    value: dict[str, Any]
    location: str


class Locations:
    """Tells which addresses are those of our schemas: under any of the origins (`https://api.brand.example/prefix`)."""

    def __init__(self, origins: Iterable[str]) -> None:
        self._places = {_host_and_path(origin) for origin in origins}

    def name_in(self, location: str) -> str | None:
        """Return the name of the schema of ours that an address means, None where it is somebody else's."""
        host, path = _host_and_path(location)
        for known, prefix in self._places if host else (("", ""),):
            if known == host and path.removeprefix(prefix).startswith(SCHEMAS):
                return path.removeprefix(prefix).removeprefix(SCHEMAS)
        return None


def extensions_in(document: Any) -> list[Extension]:
    """Return every object in a document that names its schema, at any depth."""
    found: list[Extension] = []
    # Hardly any document has one. Writing it and looking through the text takes a tenth of a look into each object.
    if _WRITTEN in dumps(document):
        _gather(document, (), found)
    return found


def written_extensions(document: Any) -> frozenset[bytes]:
    """Return, as JSON, every object in a document that names its schema: what a change is compared with."""
    return frozenset(dumps(each.value) for each in extensions_in(document))


def refuse_unfit_extensions(work: Reading, origin: str, document: Any, before: Collection[bytes] = frozenset()) -> None:
    """Refuse a document in which an object breaks the schema of ours that it says it follows.

    Ours are addresses under the `origin` that the caller uses and under the one in the settings. Objects that were
    there `before` a change (`written_extensions`) are left alone. The registry is asked only where a schema of ours
    is named. Raises InvalidInput with the attributes concerned, Conflict for a schema that isn't registered.
    """
    fresh = [each for each in extensions_in(document) if not before or dumps(each.value) not in before]
    if not fresh:
        return
    locations = Locations((origin, public_origin(work.settings)))
    named = [(each, name) for each in fresh if (name := locations.name_in(each.location)) is not None]
    if not named:
        return
    known = work.core.schemas.find(work.connection, work.context.tenant, {name for _, name in named})
    if missing := [each for each, name in named if name not in known]:
        raise Conflict("follows a schema that isn't registered", faults=[_unregistered(each) for each in missing])
    faults = (fault for each, name in named for fault in _faults(each, known[name]))
    if found := tuple(islice(faults, MOST_FAULTS)):
        raise InvalidInput("breaks the schema of an extension", faults=found)


def extended_types(reading: Reading) -> Mapping[str, list[ExtensionSchema]]:
    """Return the schemas that the brand has registered, by the type that they extend."""
    extended: dict[str, list[ExtensionSchema]] = {}
    for schema in reading.core.schemas.find(reading.connection, reading.context.tenant).values():
        extended.setdefault(schema.base_type, []).append(schema)
    return extended


def extensible_types() -> frozenset[str]:
    """Return the types that a schema can extend: what has an `@type` in the canonical version of any API."""
    return frozenset(name for document in _canonical_documents() for name in _types_of(document))


def _canonical_documents() -> list[Node]:
    return [load(api, version).document for api, version in dict(available()).items()]


@cache
def _kinds_of(base_type: str) -> frozenset[Any]:
    """Return the types that extend one in the canonical version of any API."""
    known = [shapes for shapes in map(Shapes, _canonical_documents()) if base_type in shapes]
    return frozenset(kind for shapes in known for kind in shapes.named(base_type).subtypes)


def _types_of(document: Node) -> Iterator[str]:
    shapes = Shapes(document)
    for name in document["components"]["schemas"]:
        # What has an underscore in its name is what a type looks like in some operation.
        if "_" not in name and "@type" in shapes.named(name).properties:
            yield name


def _gather(value: Any, place: tuple[str | int, ...], found: list[Extension]) -> None:
    if isinstance(value, dict):
        location = value.get(LOCATION)
        if isinstance(location, str):
            found.append(Extension(place, value, location))
        for name, member in value.items():
            if isinstance(member, dict | list) and name not in POINTERS:
                _gather(member, (*place, name), found)
    elif isinstance(value, list):
        for number, member in enumerate(value):
            if isinstance(member, dict | list):
                _gather(member, (*place, number), found)


def _faults(extension: Extension, schema: ExtensionSchema) -> Iterator[Fault]:
    value, aside = with_own(extension.value)
    said = value.get("@baseType")
    if isinstance(said, str) and said in _kinds_of(schema.base_type):
        # What extends a kind of the type extends the type; v4 has one schema where v5 has several kinds.
        value = {**value, "@baseType": schema.base_type}
    for complaint in complaints_in(schema.errors(value)):
        kept = (ASIDE,) if complaint.path and complaint.path[0] in aside else ()
        yield Fault(written_path((*extension.place, *kept, *complaint.path)), complaint.code, complaint.reason)


def _unregistered(extension: Extension) -> Fault:
    path = written_path((*extension.place, LOCATION))
    return Fault(
        path, "unknownSchema", f"there is no such schema here; GET {SCHEMAS.rstrip('/')} lists those there are"
    )


def _host_and_path(address: str) -> tuple[str, str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    # A part of a schema is no schema that is registered; an empty fragment means all of it.
    path = f"{parts.path}#{parts.fragment}" if parts.fragment else parts.path
    if not parts.scheme and not parts.netloc:
        return "", path
    return (parts.netloc.lower().removesuffix(_PORTS[parts.scheme]), path) if parts.scheme in _PORTS else ("", "")
