"""`bss schema` keeps the schemas of extensions, and says what is wrong with one in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli import exits
from core.schemas.tables import extension_schema
from core.storage.database import Database
from tests.builders.schemas import a_schema
from tests.cli.conftest import Bss


@pytest.fixture
def file(bss: Bss, tmp_path: Path) -> Path:
    """A schema in a file, beside a migrated database."""
    bss("migrate")
    return written(tmp_path, a_schema())


def written(folder: Path, document: Any) -> Path:
    path = folder / "schema.json"
    path.write_text(json.dumps(document))
    return path


def test_a_schema_is_added_listed_shown_and_removed(bss: Bss, file: Path) -> None:
    assert "No schema is registered." in bss("schema", "list").output
    added = bss("schema", "add", str(file))
    assert added.exit_code == exits.OK
    assert "pigeon extends ContactMedium; @schemaLocation is /tmf-api/schema/pigeon." in added.output
    again = bss("schema", "add", str(file))
    assert (again.exit_code, "It was there already." in again.output) == (exits.OK, True)
    assert bss("schema", "add", str(file), "--name", "dove").exit_code == exits.OK
    assert [line.split()[:2] for line in bss("schema", "list").stdout.splitlines()] == [
        ["dove", "ContactMedium"],
        ["pigeon", "ContactMedium"],
    ]
    assert json.loads(bss("schema", "show", "pigeon").stdout) == a_schema()
    assert bss("schema", "remove", "pigeon").exit_code == exits.OK
    for command in ("show", "remove"):
        gone = bss("schema", command, "pigeon")
        assert (gone.exit_code, gone.stderr) == (exits.WRONG_USAGE, "There is no schema 'pigeon'.\n")


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (a_schema(base_type="Contactmedium"), "no API has a type 'Contactmedium'"),
        (a_schema(type="objct"), "type: is not a JSON Schema"),
        (a_schema(allOf=[{"$ref": "https://e.example/x"}]), "allOf[0].$ref: must stay within the schema"),
        ("pigeon", "is a JSON object"),
    ],
)
def test_a_schema_that_is_none_is_refused_with_what_is_wrong(bss: Bss, file: Path, document: Any, words: str) -> None:
    refused = bss("schema", "add", str(written(file.parent, document)))
    assert (refused.exit_code, words in refused.output) == (exits.FAILED, True)
    assert "No schema is registered." in bss("schema", "list").output


def test_a_file_that_is_no_json_is_refused_and_one_that_is_not_there_is_wrong_usage(bss: Bss, file: Path) -> None:
    file.write_text('{"a": 1, "a": 2}')
    refused = bss("schema", "add", str(file))
    assert (refused.exit_code, "stands twice" in refused.output) == (exits.FAILED, True)
    assert bss("schema", "add", "nowhere.json").exit_code == exits.WRONG_USAGE


def test_the_doctor_finds_a_schema_that_is_of_no_use_any_more(bss: Bss, file: Path) -> None:
    bss("schema", "add", str(file))
    assert "of extensions: 1 registered, all usable" in bss("doctor").output
    database = Database("sqlite:///bss.db")
    with database.writing() as connection:
        broken = a_schema(base_type="NoLongerThere")
        connection.execute(extension_schema.update().values(document=broken))
    database.dispose()
    result = bss("doctor")
    assert (result.exit_code, "pigeon: no API has a type 'NoLongerThere'" in result.output) == (exits.FAILED, True)
