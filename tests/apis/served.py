"""API versions made ready for serving, once for all tests that look into them."""

from __future__ import annotations

from functools import cache

from apis.tmf630.api import Api
from apis.tmf630.specification import load
from apis.tmf630.version import ServedResource, Version


@cache
def version(api: str, name: str = "v5") -> Version:
    """Return a version of an API."""
    return Version(Api(api, versions={name: {}}), load(api, name))


def resource(api: str, name: str) -> ServedResource:
    """Return a resource of the only generation that an API is served in today."""
    return version(api, "v4" if api == "tmf635" else "v5").resources[name]
