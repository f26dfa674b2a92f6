"""Generated requests, valid and invalid, find nothing that breaks a document: schemathesis with all phases and checks.

`make test` runs it with few examples; `make conformance` with many, on both databases, and also as somebody from
outside would: without being told which types there are. No check is switched off.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apis.app import APIS
from apis.tmf630.specification import load
from tests.contract.servers import Server, running_server
from tests.databases import new_database

# v5 before v4: what v4 takes in may be of any type, as its documents list none. v5 shows it, and to a tool that doesn't
# know of extensions it is a mistake.
DOCUMENTS = sorted(
    ((api.name, version) for api in APIS for version in api.versions), key=lambda one: one[1], reverse=True
)
FEW = 3
EXAMPLES = int(os.environ.get("BSS_TEST_EXAMPLES", FEW))
IS_SHORT = EXAMPLES <= FEW
# What the coverage phase makes of a body, and of a kind before it thins out. With 200 examples everything takes about
# an hour on two cores; four times the places end too, and take twice the time of this phase.
PLACES, DENSE = (300, 3) if IS_SHORT else (5_000, 50)
ROOT = Path(__file__).parents[2]
COMMANDS = Path(sys.executable).parent
OUTSIDE, TOLD = "from outside", "told the types"

pytestmark = [pytest.mark.conformance, pytest.mark.slow]


@pytest.fixture(scope="module", params=["sqlite"] if IS_SHORT else ["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server over a database of its own with the small demo in it. Nothing is delivered: callbacks are made up."""
    folder = tmp_path_factory.mktemp("conformance")
    url = f"sqlite:///{folder / 'bss.db'}"
    if request.param == "postgresql":
        url = new_database(request.getfixturevalue("postgresql_server"), f"conformance_{worker_id}")
    for command in (["migrate"], ["demo", "--subscribers", "3", "--days", "2"]):
        environment = {**os.environ, "BSS_DATABASE_URL": url, "BSS_EXCHANGE_FOLDER": str(folder)}
        subprocess.run([COMMANDS / "bss", *command], env=environment, check=True, capture_output=True)
    with running_server(url, folder, relay_in_server="false", log_level="warning") as server:
        yield server


@pytest.mark.parametrize("view", [TOLD] if IS_SHORT else [OUTSIDE, TOLD])
@pytest.mark.parametrize(("api", "version"), DOCUMENTS)
def test_generated_requests_find_nothing(served: Server, api: str, version: str, view: str, tmp_path: Path) -> None:
    already = served.log.stat().st_size
    run = subprocess.run(
        [
            *(COMMANDS / "st", "--no-color"),
            *("run", f"{served.url}{load(api, version).base_path}/openapi.json"),
            *("--phases", "examples,coverage,fuzzing,stateful", "--checks", "all", "--continue-on-failure"),
            *("--max-examples", str(EXAMPLES), "--generation-deterministic"),
            # How fast bodies are made says something about this machine, nothing about the server.
            *("--suppress-health-check", "too_slow"),
        ],
        env=environment_of(view),
        cwd=tmp_path,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    assert '"level":"error"' not in served.log.read_text()[already:]


def environment_of(view: str) -> dict[str, str]:
    """Return the environment that schemathesis runs in: how much it sends, and whether it is told the types."""
    return {
        **os.environ,
        "SCHEMATHESIS_HOOKS": "tests.contract.generation",
        "PYTHONPATH": str(ROOT),
        "CONFORMANCE_TYPES": "told" if view == TOLD else "",
        "CONFORMANCE_PLACES": str(PLACES),
        "CONFORMANCE_DENSE": str(DENSE),
    }
