"""The alarm wakes for each time that it was set for, and for none of them twice."""

from __future__ import annotations

import threading
import time

from apis.tmf630.alarm import Alarm


def waited(alarm: Alarm, longest: float) -> tuple[bool, float]:
    """Return whether the alarm woke somebody, and after how many seconds; it is cleared then."""
    begun = time.monotonic()
    woken = alarm.wait(longest)
    alarm.clear()
    return woken, time.monotonic() - begun


def test_each_time_wakes_once_and_the_next_is_not_forgotten() -> None:
    alarm = Alarm()
    alarm.set_in(0.4)
    alarm.set_in(0.1)
    alarm.set_in(-1)
    assert waited(alarm, 60)[1] < 0.1
    first, second = waited(alarm, 60), waited(alarm, 60)
    assert (first[0], second[0]) == (True, True)
    assert first[1] + second[1] >= 0.39
    assert waited(alarm, 0.01)[0] is False


def test_who_waits_already_is_woken_by_an_earlier_time_and_at_once() -> None:
    for wake in (Alarm.set, lambda alarm: alarm.set_in(0.1)):
        alarm = Alarm()
        alarm.set_in(600)
        timer = threading.Timer(0.1, wake, [alarm])
        timer.start()
        woken, seconds = waited(alarm, 600)
        assert woken
        assert 0.05 < seconds < 60
        timer.join()
