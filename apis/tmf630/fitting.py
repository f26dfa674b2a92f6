"""Makes a translated document fit the schema of its new wording, where the old one allows what the new one doesn't.

Rarely needed, so it goes by what the validator complains of: what is demanded but not known gets a value that says
nothing; what doesn't fit is left out, or kept in a place of its own (apis/tmf630/keeping.py).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apis.tmf630 import keeping
from apis.tmf630.complaints import Complaint
from apis.tmf630.shapes import Node, Shapes
from apis.tmf630.validation import Validators
from apis.tmf630.validation_form import SCHEMAS
from core.entity import copied

Place = tuple[str | int, ...]
# Mending an attribute may bring to light what is wrong inside it, a level a round.
ROUNDS = 30
LOCATION = "@schemaLocation"
# What every base path begins with.
ROOT = "/tmf-api/"


class Fitting:
    """The schema of one resource that documents are made to fit."""

    def __init__(self, schema: Node, shapes: Shapes, validators: Validators) -> None:
        self._schema, self._shapes, self._validators = schema, shapes, validators
        self._validator = validators.of(schema)

    def fit(self, document: dict[str, Any], known: Collection[str] = ()) -> dict[str, Any]:
        """Return the document if it is valid, else a copy that is.

        With `known`, the attributes that the wording it comes from has, what doesn't fit is kept in the copy instead
        of left out; under another name it is the caller's own, whatever is said under that later. Complaints about the
        document as a whole can't be mended; they are left to whoever validates it next.
        """
        complaints = self._validator.complaints(document)
        if not complaints:
            return document
        document = copied(document)
        for _ in range(ROUNDS):
            mended = [self._mend(document, complaint, known) for complaint in complaints]
            complaints = self._validator.complaints(document)
            if not complaints or not any(mended):
                break
        return document

    def _mend(self, document: dict[str, Any], complaint: Complaint, known: Collection[str]) -> bool:
        place = complaint.path
        while place and isinstance(place[-1], int):
            place = place[:-1]
        if not place:
            return False
        owner, name = _at(document, place[:-1]), str(place[-1])
        if not isinstance(owner, dict):
            return False
        if complaint.code == "missing":
            owner[name] = self._nothing(document, place[:-1], name)
        elif name == LOCATION and str(owner.get(name)).startswith(SCHEMAS) and "href" in document:
            # A path of ours, where the wording demands an address: the resource's own says where we are.
            owner[name] = document["href"].partition(ROOT)[0] + owner[name]
        elif name in owner and known and owner is document and name not in known:
            keeping.set_aside(owner, name)
        elif name in owner and known:
            keeping.keep(owner, name)
            document.setdefault(keeping.KEPT, {})
        else:
            owner.pop(name, None)
        return True

    def _nothing(self, document: dict[str, Any], place: Place, name: str) -> Any:
        node, value = self._schema, document
        for step in place:
            shape, value = self._shapes.chosen(node, value), value[step]  # type: ignore[index]
            node = (shape.items or {}) if isinstance(step, int) else shape.properties[step]
        shape = self._shapes.chosen(node, value)
        if name == "@type":
            return next(iter(shape.subtypes.values()), shape.name)
        wanted = shape.properties[name]
        valid = self._validators.of(wanted)
        fallback: Any = {} if self._shapes.of(wanted).items is None else [{}]
        return copied(next((value for value in keeping.NOTHING if not valid.complaints(value)), fallback))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            # Taken out together with what it was in.
            return None
    return value
