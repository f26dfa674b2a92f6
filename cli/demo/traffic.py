"""What a subscriber does in a day: habits, trips, and the single call, message or data session, drawn at random."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

LOWEST = 1000  # no session is smaller: signalling alone takes that many bytes


@dataclass(frozen=True, slots=True)
class Line:
    """A telephone number that makes usage from the day `since` on (None: all the time).

    `appetite` scales its data: 1 is somebody with a middle-sized plan.
    """

    msisdn: str
    appetite: float = 1.0
    since: date | None = None


def drawn(choices: list[Mapping[str, Any]], random: Random) -> Mapping[str, Any]:
    """Return one of several choices, by their `share`."""
    return random.choices(choices, [choice["share"] for choice in choices])[0]


class Subscriber:
    """The traffic of one line. The same line, seed and day give the same records, whoever else there is."""

    def __init__(self, line: Line, traffic: Mapping[str, Any], friends: list[str], seed: int) -> None:
        self.line = line
        self.traffic = traffic
        self.friends = friends
        self.seed = seed
        self.habit = drawn(traffic["habits"], self.dice("habit"))

    def dice(self, *about: object) -> Random:
        """Return a source of chance that depends on the seed, the line and what it is about, nothing else."""
        return Random(f"{self.seed}/{self.line.msisdn}/{'/'.join(map(str, about))}")  # noqa: S311 - no secret

    @property
    def weight(self) -> int:
        """Return how many records this subscriber makes, compared with others."""
        records: int = self.habit["records"]
        return records

    def records(self, day: date, count: int) -> list[tuple[datetime, dict[str, Any]]]:
        """Return `count` moments of a day (UTC) with the usage characteristics of what happened then."""
        dice = self.dice(day)
        network, restraint = self.whereabouts(day)
        kinds = self.habit["kinds"]
        made = []
        for kind in dice.choices(list(kinds), list(kinds.values()), k=count):
            at = self._moment(day, kind, dice)
            made.append((at, {"usageType": kind, **self._measured(kind, restraint, dice), **network}))
        return made

    def whereabouts(self, day: date) -> tuple[dict[str, str], float]:
        """Return the network that the line is in abroad, where it is on that month's trip, and how it saves data."""
        dice = self.dice("trip", day.year, day.month)
        trip = drawn(self.traffic["trips"], dice)
        if "networks" not in trip:
            return {}, 1.0
        first, days = dice.randint(1, 22), dice.randint(*trip["days"])
        network: str = dice.choice(trip["networks"])
        away = first <= day.day < first + days
        return ({"visitedNetwork": network}, float(trip["appetite"])) if away else ({}, 1.0)

    def _moment(self, day: date, kind: str, dice: Random) -> datetime:
        hour = dice.choices(range(24), self.traffic["hours"][kind])[0]
        second = timedelta(milliseconds=dice.randrange(3_600_000))
        return datetime.combine(day, time(hour), tzinfo=UTC) + second

    def _measured(self, kind: str, restraint: float, dice: Random) -> dict[str, Any]:
        if kind == "data":
            size = _around(self.traffic["session_bytes"], dice) * self.line.appetite * restraint
            return {"volume": max(LOWEST, int(size))}
        called = {"destination": self._destination(dice)}
        if kind == "sms":
            return {"messages": 1, **called}
        answered = dice.randrange(100) >= self.traffic["unanswered_percent"]
        return {"duration": int(_around(self.traffic["call_seconds"], dice)) + 1 if answered else 0, **called}

    def _destination(self, dice: Random) -> str:
        where = drawn(self.traffic["destinations"], dice)
        if "numbers" not in where:
            return dice.choice(self.friends)
        # Numbers that their countries keep free for film and print; `#` is any digit.
        return "".join(str(dice.randrange(10)) if sign == "#" else sign for sign in dice.choice(where["numbers"]))


def _around(size: Mapping[str, float], dice: Random) -> float:
    return dice.lognormvariate(math.log(size["median"]), float(size["spread"]))
