"""The shop that ordering is tested in."""

from __future__ import annotations

import pytest

from core.clock import FixedClock
from core.context import Context
from core.service import Core
from tests.core.ordering.shop import Shop, stock


@pytest.fixture
def shop(core: Core, context: Context, clock: FixedClock) -> Shop:
    """The shop, open."""
    shop = Shop(core, context, clock)
    shop.run(stock)
    return shop
