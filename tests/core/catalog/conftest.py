"""Fixtures for import and export jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.catalog import ENDINGS, tasks
from core.service import Core
from core.tasks import Worker
from tests.core.catalog.jobs import StrictlyNamed


@pytest.fixture
def worker(core: Core) -> Worker:
    return Worker(core, tasks({"v5": StrictlyNamed()}), endings=ENDINGS)


@pytest.fixture
def folder(core: Core) -> Path:
    return core.settings.exchange_folder
