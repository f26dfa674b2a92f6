"""What the documents say can be found in the project: links, tasks, commands, settings, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePath

import pytest

from apis.app import APIS, served_versions
from apis.tmf630.specification import load
from cli.generations import guide
from cli.main import app
from core.settings import Settings
from tests.architecture.sources import ROOT, text, tracked


def documents() -> list[str]:
    """Return every Markdown file."""
    return [name for name in tracked() if name.endswith(".md")]


def said(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield (file, first group) wherever a pattern occurs in a document."""
    for name in documents():
        yield from ((name, match.group(1)) for match in re.finditer(pattern, text(name)))


def test_every_link_between_documents_leads_somewhere() -> None:
    links = said(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    broken = [f"{name}: {link}" for name, link in links if not (ROOT / PurePath(name).parent / link).exists()]
    assert broken == []


def test_every_make_task_that_is_named_exists() -> None:
    tasks = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    assert [pair for pair in said(r"(?:`|^)make ([a-z-]+)\b") if pair[1] not in tasks] == []


def test_every_command_that_is_named_exists() -> None:
    commands = {
        (each.name or each.callback.__name__).replace("_", "-") for each in app.registered_commands if each.callback
    }
    commands |= {group.typer_instance.info.name for group in app.registered_groups if group.typer_instance}
    assert [pair for pair in said(r"`bss ([a-z-]+)") if pair[1] not in commands] == []


def test_every_variable_that_is_named_is_a_setting() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"CONFIG", "TEST_EXAMPLES"}
    assert [pair for pair in said(r"\bBSS_([A-Z_]+[A-Z])\b") if pair[1] not in known] == []


def test_every_address_that_is_named_is_served() -> None:
    paths = {load(api.name, version).base_path.rstrip("/") for api in APIS for version in api.versions}
    further = {path for some in Settings().further_base_paths.values() for path in some}
    roots = {str(Path(path).parent) for path in paths} | further
    named = said(r"(/tmf-api/[A-Za-z]+)/v\d")
    assert [pair for pair in named if pair[1] not in roots] == []


def test_the_guide_to_the_generations_is_what_the_dialects_say() -> None:
    versions = served_versions()
    both = [(old, new) for old, new in pairwise(versions) if old.api is new.api]
    assert text("docs/guides/generations.md").rstrip() == guide(both), "run `make docs`"


def test_the_readme_lists_exactly_the_apis_and_resources_that_are_served() -> None:
    row = r"^\| (TMF\d+) [^|]*\| (v\d) \(([\d.]+)\) \| `([^`|]+)` \| ([^|]+) \|$"
    listed = {
        (api, version, release, path, frozenset(re.split("[,;] ", resources)))
        for api, version, release, path, resources in re.findall(row, text("README.md"), re.MULTILINE)
    }
    served = {
        (
            api.name.upper(),
            version,
            each.release,
            each.base_path,
            frozenset(row.path for row in each.resources.values()),
        )
        for api in APIS
        for version in api.versions
        for each in [load(api.name, version)]
    }
    assert listed == served


@pytest.mark.parametrize("room", ["apis/tmf630", "core/storage"])
def test_the_readme_of_a_large_folder_names_what_is_in_it(room: str) -> None:
    parts = {PurePath(name).relative_to(room).parts[0] for name in tracked() if name.startswith(f"{room}/")}
    modules = {part.removesuffix(".py") for part in parts if part.endswith(".py") and part != "__init__.py"}
    folders = {f"{part}/" for part in parts if "." not in part}
    told = re.findall(r"`([a-z_0-9]+/?)`", text(f"{room}/README.md"))
    _, _, directory = text(f"{room}/README.md").partition("## What is where")
    directory, _, _ = directory.partition("## Rules")
    assert (modules | folders) - {*told} == set()
    assert {*re.findall(r"`([a-z_0-9]+/?)`", directory)} - modules - folders == set()
