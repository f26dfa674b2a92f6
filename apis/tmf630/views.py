"""Shows resources as they are asked for: members of arrays selected, references in full, attributes selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from apis.tmf630.criteria import absent_attributes
from apis.tmf630.exchange import Request
from apis.tmf630.fields import select
from apis.tmf630.jsonpath_criteria import ArrayFilter
from apis.tmf630.query import View
from apis.tmf630.references import expand_references
from apis.tmf630.version import ServedResource
from core.errors import Fault, InvalidInput
from core.evaluation import holds
from core.query import Condition, Path
from core.reading import Reading

Document = dict[str, Any]


def shown_as_asked(
    request: Request, resource: ServedResource, work: Reading, documents: Sequence[Document], view: View
) -> list[Document]:
    """Return stored documents in the version's words, as `view` says."""
    shown = resource.word_all(request, documents)
    if view.array is not None:
        shown = [narrowed(document, view.array, resource) for document in shown]
    if view.depth:
        expand_references(request, resource, work, shown, view)
    if view.selection is None:
        return shown
    shapes = resource.version.shapes
    return [select(each, view.selection, resource.schema, shapes, resource.mandatory) for each in shown]


def narrowed(document: Document, array: ArrayFilter, resource: ServedResource) -> Document:
    """Return a document with those members of an array that a filter selects; without any, the array isn't shown.

    What is mandatory stays as it is where no member is selected, since a resource without it would not be valid.
    """
    return _narrowed(document, array.path, array, resource) or document


def _narrowed(value: Any, path: Path, array: ArrayFilter, resource: ServedResource) -> Any:
    if isinstance(value, list):
        return [_narrowed(member, path, array, resource) for member in value]
    if not isinstance(value, dict) or path[0] not in value:
        return value
    name, below = path[0], path[1:]
    if below:
        return {**value, name: _narrowed(value[name], below, array, resource)}
    if not isinstance(value[name], list):
        return value
    members = [member for member in value[name] if holds(array.criterion, member)]
    if members:
        return {**value, name: members}
    if len(array.path) > 1 or name in resource.mandatory:
        return value
    return {key: member for key, member in value.items() if key != name}


def refuse_unknown_attributes(work: Reading, resource: ServedResource, view: View) -> None:
    """Refuse attributes that no schema knows and no resource has: they are mistakes, not extensions."""
    _refuse(absent_attributes(work, resource, view.extensions, view.perhaps), resource)


def refuse_absent_attributes(document: Document, resource: ServedResource, view: View) -> None:
    """Refuse attributes that neither a schema knows nor the resource has."""
    extensions = view.extensions.items()
    _refuse([place for path, place in extensions if not holds(Condition(path, operator="present"), document)], resource)


def _refuse(places: Iterable[str], resource: ServedResource) -> None:
    faults = [Fault(place, "unknownAttribute", f"is not an attribute of {resource.name}") for place in places]
    if faults:
        raise InvalidInput("the query can't be understood", faults=faults)
