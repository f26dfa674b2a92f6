"""Reads filters outside of lists, in subscriptions and exports, as lists read them: what they ask of a resource."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from apis.tmf630.attributes import Attributes
from apis.tmf630.conditions import Pairs, read_conditions
from apis.tmf630.extensions import extended_types
from apis.tmf630.jsonpath_criteria import read_criterion
from apis.tmf630.jsonpath_filter import PLACE
from apis.tmf630.version import ServedResource
from core.errors import Fault, InvalidInput
from core.query import Condition, Criterion, Path, Query, any_of
from core.reading import Reading


def attributes_in(reading: Reading, resource: ServedResource, **places: Any) -> Attributes:
    """Return the attributes of a resource, as queries under these settings may name them.

    `places` are the `within`, `beside` and `below` of `Attributes`.
    """
    accepts_any = reading.settings.unknown_filters == "accept"
    return Attributes(resource, cache(lambda: extended_types(reading)), accepts_any=accepts_any, **places)


def read_criteria(filters: Pairs, attributes: Attributes) -> tuple[Criterion, ...] | None:
    """Return what all filters ask, `filter` among them; None where there is no such attribute.

    Raises InvalidInput for one that can't be understood, with the reason.
    """
    criteria: list[Criterion] = []
    try:
        criteria += read_conditions([pair for pair in filters if pair[0] != PLACE], attributes)
        criterion, _ = read_criterion([text for name, text in filters if name == PLACE], attributes)
        criteria += [criterion] if criterion else []
        faults = tuple(attributes.faults)
    except InvalidInput as error:
        faults = error.faults
    if any(fault.code == "unknownAttribute" for fault in attributes.faults):
        return None
    for fault in faults:
        said = f"{fault.path[:100]}: {fault.reason}"
        raise InvalidInput(f"query: {said}", faults=[Fault("query", InvalidInput.code, said)])
    return tuple(criteria)


def has_absent(reading: Reading, attributes: Attributes) -> bool:
    """Tell whether there are attributes among them that no schema knows and no resource has."""
    return any(absent_attributes(reading, attributes.resource, attributes.extensions))


def absent_attributes(
    reading: Reading,
    resource: ServedResource,
    extensions: Mapping[Path, str],
    perhaps: Mapping[Path, Criterion] = MappingProxyType({}),
) -> Iterator[str]:
    """Yield the names of attributes, each with its canonical path, that no resource has as far as can be seen.

    What of them is `perhaps` a part of a value isn't absent where some resource has that.
    """
    bounds: dict[str, Any] = {"limit": 1, "count_limit": 1, "scan_limit": reading.settings.scan_limit}
    for path, name in extensions.items():
        try:
            told = [Condition(path, operator="present"), *([perhaps[path]] if path in perhaps else [])]
            if not reading.find(resource.entity, Query((any_of(told),), **bounds)).items:
                yield name
        except InvalidInput:
            yield name
