"""A packed file is read like any other; one that is broken, or unpacks to more than is allowed, fails its job."""

from __future__ import annotations

import gzip
from hashlib import md5
from pathlib import Path

import pytest

from core.catalog import importing, tasks
from core.catalog.jobs import IMPORT
from core.context import Context
from core.entity import Document
from core.query import Query
from core.service import Core
from core.settings import Settings
from core.tasks import Worker
from tests.core.catalog.jobs import StrictlyNamed, count, done, ordered

LINES = b"".join(b'{"@type": "Category", "name": "C%d"}\n' % number for number in range(25))
ROWS = b"@type,name\n" + b"".join(b"Category,C%d\n" % number for number in range(25))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_import_bytes": 100_000})


def failed(core: Core, context: Context, worker: Worker, name: str) -> str:
    job: Document = done(core, context, worker, "ImportJob", url=f"file:{name}")
    assert job["status"] == "Failed"
    return str(job["errorLog"])


@pytest.mark.parametrize("name", ["all.ndjson.gz", "packed.ndjson"])
def test_a_packed_file_is_known_by_its_first_bytes(
    core: Core, context: Context, worker: Worker, folder: Path, name: str
) -> None:
    (folder / name).write_bytes(gzip.compress(LINES[:100]) + gzip.compress(LINES[100:]))
    job = done(core, context, worker, "ImportJob", url=f"file:{name}")
    assert (job["status"], job["linesRead"], count(core, context, "Category")) == ("Succeeded", 25, 25)


def test_a_file_that_is_called_packed_must_be(core: Core, context: Context, worker: Worker, folder: Path) -> None:
    (folder / "all.ndjson.gz").write_bytes(LINES)
    assert "not packed by gzip" in failed(core, context, worker, "all.ndjson.gz")


def test_what_came_before_the_broken_part_stays(
    core: Core, context: Context, worker: Worker, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    random = b"".join(
        b'{"@type": "Category", "name": "%s"}\n' % md5(b"%d" % number).hexdigest().encode() for number in range(3000)
    )
    packed = gzip.compress(random[:90_000])
    for name, broken in (("cut.ndjson", packed[:-3000]), ("spoilt.ndjson", packed[:-8] + b"\0" * 8)):
        (folder / name).write_bytes(broken)
        told = failed(core, context, worker, name)
        assert "can't be unpacked" in told
    assert count(core, context, "Category") > 1000


@pytest.mark.parametrize("name", ["bomb.ndjson.gz", "bomb.json.gz", "bomb.csv.gz"])
@pytest.mark.parametrize("content", [b"\n", b"x", b" "])
def test_a_small_file_that_unpacks_to_very_much_is_not_read_to_its_end(
    core: Core, context: Context, worker: Worker, folder: Path, name: str, content: bytes
) -> None:
    (folder / name).write_bytes(gzip.compress(b"name\n" + content * 50_000_000, 1))
    assert failed(core, context, worker, name).splitlines()[0].startswith("the file holds more than 100000 bytes")


class Killed(BaseException):
    """What no handler catches."""


@pytest.mark.parametrize(("name", "content"), [("many.ndjson.gz", LINES), ("many.csv.gz", ROWS)])
def test_an_import_of_a_packed_file_that_was_killed_goes_on(
    core: Core, context: Context, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes
) -> None:
    monkeypatch.setattr(importing, "BATCH", 10)
    (folder / name).write_bytes(gzip.compress(content))
    job = ordered(core, context, "ImportJob", url=f"file:{name}")

    class Deadly(StrictlyNamed):
        left = 15

        def parse(self, text: bytes) -> object:
            self.left -= 1
            if self.left < 0:
                raise Killed
            return super().parse(text)

    with pytest.raises(Killed):
        tasks({"v5": Deadly()})[IMPORT](core, context, job["id"])
    with core.reading(context) as reading:
        half = reading.require("ImportJob", job["id"])
    assert (half["status"], half["linesRead"], half["linesImported"]) == ("Running", 10, 10)
    tasks({"v5": StrictlyNamed()})[IMPORT](core, context, job["id"])
    with core.reading(context) as reading:
        names = [one["name"] for one in reading.find("Category", Query()).items]
        whole = reading.require("ImportJob", job["id"])
    assert sorted(names) == sorted(f"C{number}" for number in range(25))
    assert (whole["status"], whole["linesRead"], whole["linesImported"]) == ("Succeeded", 25, 25)
