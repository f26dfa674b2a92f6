"""Lines of an import file are held to the schemas of extensions that the brand has registered, as bodies are."""

from __future__ import annotations

from typing import Any

import pytest

from apis.tmf620_catalog.words import wordings_of
from apis.tmf630.notifications import public_origin
from core.catalog import tasks
from core.context import Context
from core.entity import Document
from core.service import Core
from core.storage.json import dumps, loads
from core.tasks import Worker
from tests.apis.generations import generations
from tests.builders.schemas import a_schema, register

WORDS = wordings_of(generations("tmf620"))
SCHEMA = "/tmf-api/schema/homing"
VALUES = {"v4": "productSpecCharacteristicValue", "v5": "characteristicValueSpecification"}


@pytest.fixture(autouse=True)
def schema(core: Core, context: Context) -> None:
    """Register an extension of what a characteristic may be."""
    register(core, context, a_schema("homing", "CharacteristicValueSpecification"))


def a_line(name: str, version: str, location: str, **attributes: Any) -> Document:
    """A specification of the version in whose characteristic is a value with attributes of its own."""
    value = {"@type": "Homing", "@baseType": "CharacteristicValueSpecification", "@schemaLocation": location}
    characteristic: Document = {"name": "home", "valueType": "string", VALUES[version]: [value | attributes]}
    if version == "v5":
        characteristic["@type"] = "CharacteristicSpecification"
    required = {"lifecycleStatus": "Active", "lastUpdate": "2026-01-01T00:00:00Z"}
    return {
        "@type": "ProductSpecification",
        "id": name,
        "name": name,
        **required,
        "productSpecCharacteristic": [characteristic],
    }


def done(core: Core, context: Context, entity: str, version: str) -> Document:
    attributes = {"url": "file:lofts.ndjson", "apiVersion": version, "path": "productSpecification"}
    job = core.run(context, lambda work: work.create(entity, attributes))
    Worker(core, tasks(WORDS)).run_due()
    with core.reading(context) as reading:
        return reading.require(entity, job["id"])


@pytest.mark.parametrize("version", ["v4", "v5"])
def test_a_line_that_breaks_its_schema_is_refused_by_path_and_keeps_no_other_out(
    core: Core, context: Context, version: str
) -> None:
    origin = public_origin(core.settings)
    lines = [
        a_line("good", version, origin + SCHEMA, loft=7),
        a_line("bad", version, origin + SCHEMA, loft=0),
        a_line("unregistered", version, f"{origin}{SCHEMA}-2", loft=7),
        a_line("foreign", version, "https://lofts.example" + SCHEMA, loft=0),
    ]
    (core.settings.exchange_folder / "lofts.ndjson").write_bytes(b"\n".join(map(dumps, lines)))
    job = done(core, context, "ImportJob", version)
    place = f"productSpecCharacteristic[0].{VALUES[version]}[0]"
    unknown = "there is no such schema here; GET /tmf-api/schema lists those there are"
    assert job["errorLog"].splitlines() == [
        "2 refused, 2 imported",
        f"line 2: {place}.loft: must be 1 or more",
        f"line 3: {place}.@schemaLocation: {unknown}",
    ]
    with core.reading(context) as reading:
        assert reading.get_many("ProductSpecification", ["good", "bad", "unregistered", "foreign"]).keys() == {
            "good",
            "foreign",
        }


def test_what_v4_exports_still_says_which_schema_it_follows(core: Core, context: Context) -> None:
    file = core.settings.exchange_folder / "lofts.ndjson"
    file.write_bytes(dumps(a_line("good", "v5", SCHEMA, loft=7)))
    assert done(core, context, "ImportJob", "v5")["status"] == "Succeeded"
    assert done(core, context, "ExportJob", "v4")["status"] == "Succeeded"
    [exported] = [loads(line) for line in file.read_bytes().splitlines()]
    [value] = exported["productSpecCharacteristic"][0]["productSpecCharacteristicValue"]
    assert value["@schemaLocation"] == public_origin(core.settings) + SCHEMA
    assert done(core, context, "ImportJob", "v4")["linesImported"] == 1
