"""Fixtures that the tests of the shared foundation use."""

from collections.abc import Iterator

import pytest

from core.service import Core
from tests.core.things import things_in


@pytest.fixture
def things(core: Core) -> Iterator[Core]:
    """The core with one more entity, Thing."""
    with things_in(core) as extended:
        yield extended
