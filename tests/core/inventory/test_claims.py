"""A number has one owner at a time, however many ask for it at once, and is found for many records in one go."""

from __future__ import annotations

import threading
from datetime import timedelta

from core.context import Context
from core.inventory import Identifier, Sighting, claim, guide, install, owners, release
from core.service import Core
from tests.builders.inventory import a_product, characteristics
from tests.conftest import NOON

NUMBER = Identifier("msisdn", "4915112345678")
SIM = Identifier("imsi", "262011234567890")


def test_of_many_who_claim_a_number_at_once_one_gets_it(core: Core, context: Context) -> None:
    gate, outcomes = threading.Barrier(4), []

    def ask(product_id: str) -> None:
        gate.wait()
        outcomes.append((product_id, core.run(context, lambda work: claim(work, product_id, [SIM, NUMBER]))))

    threads = [threading.Thread(target=ask, args=(f"product-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winners = [product_id for product_id, refused in outcomes if not refused]
    assert len(winners) == 1
    assert sorted(map(sorted, (refused for _, refused in outcomes))) == [[], *[[SIM, NUMBER]] * 3]
    with core.reading(context) as reading:
        assert owners(reading, [NUMBER, SIM]) == dict.fromkeys([NUMBER, SIM], winners[0])


def test_a_claim_may_be_repeated_and_given_up(core: Core, context: Context) -> None:
    with core.work(context) as work:
        assert claim(work, "first", [NUMBER]) == []
        assert claim(work, "first", [NUMBER]) == []
        assert claim(work, "second", [NUMBER]) == [NUMBER]
        release(work, "second", [NUMBER])
        assert claim(work, "second", [NUMBER]) == [NUMBER]
        release(work, "first", [NUMBER])
        assert claim(work, "second", [NUMBER]) == []


def test_a_reserved_number_leads_nowhere_until_its_product_starts(core: Core, context: Context) -> None:
    sighting = Sighting("msisdn", NUMBER.value, NOON)
    with core.work(context) as work:
        claim(work, "p1", [NUMBER])
    with core.reading(context) as reading:
        assert guide(reading, [sighting]) == {}
    with core.work(context) as work:
        install(work, a_product(id="p1", productCharacteristic=characteristics(msisdn=NUMBER.value)))
    with core.reading(context) as reading:
        assert guide(reading, [sighting]) == {sighting: "p1"}


def test_what_a_live_product_owns_isnt_given_up_by_releasing(core: Core, context: Context) -> None:
    with core.work(context) as work:
        install(work, a_product(id="p1", productCharacteristic=characteristics(msisdn=NUMBER.value)))
        release(work, "p1", [NUMBER])
        assert claim(work, "p2", [NUMBER]) == [NUMBER]


def test_many_records_are_guided_in_one_go(core: Core, context: Context) -> None:
    with core.work(context) as work:
        for n in range(30):
            numbers = characteristics(msisdn=f"+49151123456{n:02d}", imsi=f"2620112345678{n:02d}")
            install(work, a_product(id=f"p{n}", productCharacteristic=numbers))
    wanted = {Sighting("msisdn", f"+49151123456{n:02d}", NOON + timedelta(hours=1)): f"p{n}" for n in range(30)}
    wanted |= {Sighting("imsi", f"2620112345678{n:02d}", NOON): f"p{n}" for n in range(30)}
    strangers = [
        Sighting("msisdn", "+4915112345699", NOON),
        Sighting("imsi", "4915112345601", NOON),
        Sighting("msisdn", "nonsense", NOON),
        Sighting("msisdn", "+4915112345601", NOON - timedelta(days=1)),
    ]
    with core.reading(context) as reading:
        assert guide(reading, [*wanted, *strangers]) == wanted
