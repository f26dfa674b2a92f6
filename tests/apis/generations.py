"""Every API that has two generations, each made ready for serving, once for all tests that compare them."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import Any

from apis.tmf630.specification import load
from apis.tmf630.version import ServedResource, Version

FOLDERS = {
    "tmf620": "tmf620_catalog",
    "tmf622": "tmf622_order",
    "tmf629": "tmf629_customer",
    "tmf637": "tmf637_inventory",
    "tmf678": "tmf678_bill",
}
RESOURCES = [(api, name) for api in FOLDERS for name in load(api, "v4").resources]


@cache
def generations(api: str) -> tuple[Version, Version]:
    """Return v4 and v5 of an API."""
    folder = import_module(f"apis.{FOLDERS[api]}")
    dialects = import_module(f"apis.{FOLDERS[api]}.v4").DIALECTS
    both = replace(folder.API, versions={"v4": dialects, "v5": folder.API.versions["v5"]})
    canonical = load(api, "v5")
    return Version(both, load(api, "v4"), canonical), Version(both, canonical, canonical)


def both(api: str, name: str) -> tuple[ServedResource, ServedResource]:
    """Return a resource, by its name in v4, in v4 and v5."""
    old, new = generations(api)
    resource = old.resources[name]
    return resource, new.resources[resource.entity]


def loaded(api: str, name: str, **attributes: Any) -> dict[str, Any]:
    """Return how a resource that is sent in v4 is stored."""
    return both(api, name)[0].read(attributes)


def dumped(api: str, name: str, **attributes: Any) -> dict[str, Any]:
    """Return how a stored resource is shown in v4."""
    return both(api, name)[0].dialect.dump(attributes)
