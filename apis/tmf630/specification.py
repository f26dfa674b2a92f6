"""The complete OpenAPI document of every API version, read once from the compact files under `specs/`."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import json_merge_patch
import yaml

from apis.tmf630.expansion import expand
from apis.tmf630.resources import Resource, read_resources

__all__ = ["Operation", "Resource", "Specification", "UnknownSpecification", "available", "load"]

EXAMPLES = "examples.yaml"
FOLDER = Path(__file__).resolve().parents[2] / "specs"


class UnknownSpecification(LookupError):
    """There is no spec file for an API version."""


@dataclass(frozen=True)
class Operation:
    """One operation of a document: where it is and what it says."""

    id: str
    method: str
    path: str
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Specification:
    """One version of one API: the complete document and the table of resources it was made from."""

    api: str
    version: str
    title: str
    release: str
    document: dict[str, Any]
    resources: Mapping[str, Resource]
    base_path: str
    operations: Mapping[str, Operation] = field(repr=False)

    def operation(self, operation_id: str) -> Operation:
        """The operation with an operationId; KeyError when the document has none."""
        return self.operations[operation_id]

    def schema(self, name: str) -> dict[str, Any]:
        """The component schema of a name, with its `$ref`s; KeyError when the document has none."""
        found: dict[str, Any] = self.document["components"]["schemas"][name]
        return found


def available() -> tuple[tuple[str, str], ...]:
    """Every (api, version) that has a spec file, such as ("tmf622", "v5"), in order."""
    files = sorted(FOLDER.glob("tmf[0-9]*_*/v[0-9]*.yaml"))
    return tuple((file.parent.name.split("_")[0], file.stem) for file in files)


@cache
def load(api: str, version: str) -> Specification:
    """The specification of an API version; the same object on every call, not to be changed.

    Raises UnknownSpecification, which names what there is.
    """
    file = next(iter(FOLDER.glob(f"{api}_*/{version}.yaml")), None)
    if file is None:
        known = ", ".join(f"{a} {v}" for a, v in available())
        wanted = f"{api} {version}".strip()
        raise UnknownSpecification(f"there is no specification {wanted}; there are: {known}")
    source = {**merge(read(file), version), "x-tmf-examples": examples(file.parent, version)}
    document = expand(source)
    return Specification(
        api=api,
        version=version,
        title=document["info"]["title"],
        release=document["info"]["version"],
        document=document,
        resources=read_resources(source["x-tmf-resources"]),
        base_path=document["servers"][0]["url"],
        operations=index_operations(document),
    )


def examples(folder: Path, version: str) -> dict[str, Any]:
    """The bodies that a version shows as examples: by schema, for `create` and `patch`; its own, and those of all."""
    shared, own = (read(place / EXAMPLES).get(version, {}) for place in (FOLDER / "common", folder))
    return {**shared, **own}


def index_operations(document: Mapping[str, Any]) -> dict[str, Operation]:
    """The operations of a complete document by operationId."""
    return {
        definition["operationId"]: Operation(definition["operationId"], method, path, definition)
        for path, item in document["paths"].items()
        for method, definition in item.items()
    }


def merge(source: dict[str, Any], version: str) -> dict[str, Any]:
    """A spec file together with the common building blocks of its generation; those are left as they are.

    `x-tmf-differences` is a JSON merge patch (RFC 7396) on the common schemas, for an API whose published
    document departs from them.
    """
    merged = common(version)
    schemas = dict(merged["components"]["schemas"])
    for name, difference in source.get("x-tmf-differences", {}).items():
        schemas[name] = json_merge_patch.merge(deepcopy(schemas[name]), difference)
    own = source["components"]["schemas"]
    twice = sorted(own.keys() & schemas.keys())
    if twice:
        raise ValueError(f"{', '.join(twice)}: defined in common as well; put the difference in x-tmf-differences")
    components = {**merged["components"], "schemas": {**schemas, **own}}
    return {**merged, **source, "components": components}


@cache
def common(version: str) -> dict[str, Any]:
    """The building blocks of a generation: `common/operations.yaml` and every `common/<version>*.yaml`."""
    merged: dict[str, Any] = {"components": {}}
    for file in [FOLDER / "common" / "operations.yaml", *sorted((FOLDER / "common").glob(f"{version}*.yaml"))]:
        part = read(file)
        for kind, blocks in part["components"].items():
            merged["components"].setdefault(kind, {}).update(blocks)
        merged |= {key: value for key, value in part.items() if key != "components"}
    return merged


def read(file: Path) -> dict[str, Any]:
    """The content of a YAML file."""
    content: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return content
