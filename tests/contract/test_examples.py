"""The bodies that the documents show as examples can be sent as they are."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from apis.app import APIS
from apis.tmf630.resources import Resource
from apis.tmf630.specification import Specification, load
from tests.contract.servers import running_server

VERSIONS = [(api.name, version) for api in APIS for version in api.versions]


@pytest.fixture(scope="module")
def http(empty_sqlite_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server of its own: a second subscription to the same would be refused."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copy(empty_sqlite_file, folder / "bss.db")
    with running_server(f"sqlite:///{folder / 'bss.db'}", folder) as server, server.client() as client:
        yield client


def bodies(specification: Specification, operation: str) -> dict[str, Any]:
    """Return the example of each media type that an operation takes."""
    content = specification.operation(operation).definition["requestBody"]["content"]
    return {media: body["example"] for media, body in content.items() if "example" in body}


def created(http: httpx.Client, specification: Specification, operation: str, place: str) -> str:
    """Send the example of an operation, and return the address of what it has made."""
    media, body = next(iter(bodies(specification, operation).items()))
    reply = http.post(place, json=body, headers={"Content-Type": media})
    assert reply.is_success, f"{operation}: {reply.text}"
    return reply.headers["Location"]


def patchable(specification: Specification) -> Iterator[Resource]:
    return (row for row in specification.resources.values() if {"create", "patch"} <= {*row.operations})


@pytest.mark.parametrize(("api", "version"), VERSIONS)
def test_everything_can_be_made_and_changed_as_the_document_shows_it(
    http: httpx.Client, api: str, version: str
) -> None:
    specification = load(api, version)
    made: dict[str, str] = {}
    for row in specification.resources.values():
        if "create" in row.operations:
            place = f"{made[row.below]}/{row.path}" if row.below else f"{specification.base_path}/{row.path}"
            made[row.name] = created(http, specification, row.operation_id("create"), place)
    created(http, specification, "createHub", f"{specification.base_path}/hub")
    for row in patchable(specification):
        for media, patch in bodies(specification, row.operation_id("patch")).items():
            reply = http.patch(made[row.name], json=patch, headers={"Content-Type": media})
            assert reply.status_code == 200, f"{row.name} {media}: {reply.text}"


def test_what_can_be_changed_has_an_example_of_it() -> None:
    lacking = [
        (api, version, row.name)
        for api, version in VERSIONS
        for row in patchable(load(api, version))
        if not bodies(load(api, version), row.operation_id("patch"))
    ]
    # A change of an order of v4 has all its items beside it, which an order that runs can't have changed.
    assert lacking == [("tmf622", "v4", "ProductOrder")]
