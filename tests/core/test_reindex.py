"""Derived columns can be made anew from the documents."""

from sqlalchemy import update

from core.context import Context
from core.reindex import reindex
from core.service import Core
from core.storage.tables import metadata


def test_columns_that_went_wrong_are_right_again_for_every_tenant(things: Core, context: Context) -> None:
    other = Context(tenant="other")
    for caller in (context, other):
        things.run(caller, lambda w: w.create_many("Thing", [{"name": "pan", "owner": {"id": "o"}} for _ in range(3)]))
    table = metadata.tables["thing"]
    with things.database.writing() as connection:
        connection.execute(update(table).values(name="wrong", owner_id=None))
    assert reindex(things) == 6
    for caller in (context, other):
        with things.reading(caller) as reading:
            assert len(reading.find_by("Thing", name="pan", owner_id="o")) == 3
