"""A server that is killed in the middle of an import and of an export ends both, each line once, the file complete."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from core.context import Context
from core.domains import open_core
from core.settings import Settings
from core.storage.json import loads
from tests.apis.listeners import wait_until
from tests.journeys.caller import Caller
from tests.journeys.server import Server

LINES = 6000
KNOWN = {"lastUpdate": "2026-01-01T00:00:00Z", "lifecycleStatus": "Active"}


def write_catalog(file: Path) -> None:
    """Write categories that only their names tell apart, so that one imported twice would be there twice."""
    lines = (json.dumps({"@type": "Category", "name": f"C{number}", **KNOWN}) for number in range(LINES))
    file.write_bytes(gzip.compress("\n".join(lines).encode()))


def killed(server: Server, caller: Caller, address: str, counted: str) -> dict[str, Any]:
    """Kill the server while it is at work on a job, start it again, and return the job once it has ended."""
    server.kill()
    half = left_behind(server, address)
    assert (half["status"], half.get(counted, 0) < LINES) == ("Running", True), "it was killed too late to tell"
    server.start()
    ended: dict[str, Any] = caller.until("tmf620", address, "status", "Succeeded")
    assert ended[counted] == LINES
    return ended


def left_behind(server: Server, address: str) -> dict[str, Any]:
    """Return a job as a server that isn't there any more has left it."""
    kind, identifier = address.split("/")
    core = open_core(Settings(database_url=server.environment["BSS_DATABASE_URL"]))
    with core.reading(Context("default")) as reading:
        job: dict[str, Any] = reading.require(f"{kind[0].upper()}{kind[1:]}", identifier)
    core.dispose()
    return job


def accepted(caller: Caller, kind: str, **job: Any) -> str:
    """Start a job and return its address."""
    posted = caller.post("tmf620", kind, {"@type": f"{kind[0].upper()}{kind[1:]}", **job}, status=202)
    return f"{kind}/{posted['id']}"


@pytest.mark.slow
def test_jobs_of_a_killed_server_end_with_each_line_once(server: Server, caller: Caller, tmp_path: Path) -> None:
    write_catalog(tmp_path / "all.ndjson.gz")
    address = accepted(caller, "importJob", url="file:all.ndjson.gz")
    wait_until(lambda: caller.get("tmf620", address)["linesRead"] > 0)
    job = killed(server, caller, address, "linesRead")
    assert (job["linesImported"], job["linesFailed"]) == (LINES, 0)

    address = accepted(caller, "exportJob", url="file:out.csv.gz", path="category")
    wait_until(lambda: list(tmp_path.glob(".*.part")))
    killed(server, caller, address, "linesWritten")

    rows = list(csv.DictReader(io.StringIO(gzip.decompress((tmp_path / "out.csv.gz").read_bytes()).decode())))
    assert Counter(row["name"] for row in rows) == Counter(f"C{number}" for number in range(LINES))
    assert list(tmp_path.glob(".*.part")) == []
    caller.until("tmf620", accepted(caller, "exportJob", url="file:out.json", path="category"), "status", "Succeeded")
    assert sorted(one["id"] for one in loads((tmp_path / "out.json").read_bytes())) == sorted(row["id"] for row in rows)
