"""The key of a request and the change that it stands for are committed together, or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import idempotency
from core.clock import FixedClock
from core.context import Context
from core.idempotency import Kept, Key, claim, forget_expired, keep
from core.service import Core, Work
from core.tasks import CHORES_EVERY, Worker

KEY = Key("tmf629/v5/createCustomer", "k1", "f1")


def first(core: Core, context: Context, key: Key = KEY) -> None:
    """Take a key and keep a reply, as a request that makes something does."""

    def task(work: Work) -> None:
        assert claim(work, key) is None
        keep(work, key, Kept(201, {"ETag": '"1"'}, {"b": 1, "a": 2}))

    core.run(context, task)


def test_a_reply_comes_back_as_it_was(core: Core, context: Context) -> None:
    first(core, context)
    again = core.run(context, lambda work: claim(work, KEY))
    assert again == Kept(201, {"ETag": '"1"'}, {"b": 1, "a": 2})
    assert list(again.body) == ["b", "a"]


def test_what_is_undone_leaves_no_key(core: Core, context: Context) -> None:
    def die(work: Work) -> None:
        claim(work, KEY)
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        core.run(context, die)
    first(core, context)


def test_keys_of_other_brands_callers_and_operations_are_others(core: Core, context: Context) -> None:
    first(core, context)
    first(core, Context("other", actor=context.actor))
    first(core, Context(context.tenant, actor="somebody"))
    first(core, context, Key("tmf629/v4/createCustomer", "k1", "f1"))


def test_a_worker_removes_what_is_over_in_batches_though_nobody_asks(
    core: Core, context: Context, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "REMOVED_AT_A_TIME", 2)
    removed: list[int] = []
    worker = Worker(core, {}, chores=[lambda core: removed.append(forget_expired(core))])
    for number in range(5):
        first(core, context, Key("o", str(number), "f1"))
    worker.do_chores()
    worker.do_chores()
    clock.advance(timedelta(seconds=core.settings.idempotency_lifetime))
    worker.do_chores()
    clock.advance(CHORES_EVERY)
    worker.do_chores()
    assert removed == [0, 5, 0]
