"""What time zone a database server has makes no difference."""

from __future__ import annotations

import pytest
from sqlalchemy import literal, select

from core.clock import EARLIEST, LATEST
from core.storage.database import Database
from core.storage.types import Instant


@pytest.mark.parametrize("zone", ["America/St_Johns", "Pacific/Kiritimati"])
def test_instants_at_the_edges_of_the_calendar_are_read_from_a_server_of_any_zone(
    postgresql_url: str, zone: str
) -> None:
    database = Database(f"{postgresql_url}&options=-c%20TimeZone={zone}")
    with database.reading() as connection:
        for instant in (EARLIEST, LATEST):
            assert connection.execute(select(literal(instant, Instant))).scalar_one() == instant
    database.dispose()
