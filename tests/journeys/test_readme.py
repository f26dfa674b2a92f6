"""The README's session and the guides with commands do what they say: bash runs them beside a server of `make run`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apis.app import APIS
from apis.tmf630.specification import load
from tests.apis.listeners import PATIENCE, wait_until
from tests.journeys.server import Server
from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
README, GUIDE = ROOT / "README.md", ROOT / "docs" / "integrator.md"
EVENTS = ROOT / "docs" / "guides" / "events.md"
PAGES = {"readme": README, "readme again": README, "integrator": GUIDE, "events": EVENTS}
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server as `make run` starts it, in a folder where its virtual environment is `.venv`."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / ".venv").symlink_to(Path(sys.prefix))
    with Server(folder, "sqlite:///bss.db", command="run") as server:
        yield server


@pytest.mark.parametrize("name", PAGES)
def test_the_commands_of_a_page_show_what_it_says_they_show(running: Server, name: str) -> None:
    page = PAGES[name]
    ports = {"8080": str(running.port), "8099": str(free_port())}
    typed, promised = (renumbered("\n".join(blocks(page, kind)), ports) for kind in ("sh", "text"))
    before = files_in(running.folder)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", typed],
        cwd=running.folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("BSS_")},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE,
        check=False,
    )
    assert files_in(running.folder) == before, f"{page.name} leaves files in the clone"
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    seen = done.stdout.splitlines()
    for line in filter(None, promised.splitlines()):
        assert line in seen, f"{page.name} promises {line!r}; seen: {done.stdout}"
        seen = seen[seen.index(line) + 1 :]


def test_run_says_where_the_apis_are_and_what_to_try(running: Server) -> None:
    addresses = [f"http://localhost:{running.port}{base_path}" for base_path in base_paths()]
    # It says so once it is ready, while the first requests may be answered already.
    wait_until(lambda: all(address in running.log() for address in addresses))
    written = running.log()
    for identifier in ("plan-m", "customer-0001", "order-0001", "line-0001 (MSISDN 4915590000001)"):
        assert identifier in written
    assert re.search(r"bill +\S+ \(number 0\d+\)", written)


def test_the_readme_lists_every_api_and_no_other() -> None:
    listed = set(re.findall(r"`(/tmf-api/[^`]+/v[45])`", README.read_text(encoding="utf-8")))
    assert listed == set(base_paths())


def base_paths() -> list[str]:
    """Return the base path of every version that is served."""
    return [load(api.name, version).base_path.rstrip("/") for api in APIS for version in api.versions]


def files_in(folder: Path) -> set[str]:
    """Return the names of what is in a folder, but for exports: it is the exchange folder of this server, too."""
    return {path.name for path in folder.iterdir() if path.suffix != ".gz"}


def blocks(page: Path, kind: str) -> list[str]:
    """Return the blocks of a kind: what is typed (sh), what is seen (text)."""
    return [text for name, text in BLOCK.findall(page.read_text(encoding="utf-8")) if name == kind]


def renumbered(text: str, ports: dict[str, str]) -> str:
    """Return text with the page's ports replaced by free ones."""
    return re.sub("|".join(ports), lambda match: ports[match.group()], text)
