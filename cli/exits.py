"""The exit codes of `bss`, the same for every command."""

from __future__ import annotations

OK = 0
FAILED = 1
WRONG_USAGE = 2
NOT_READY = 3

HELP = (
    "Exit codes: 0 done (or nothing to do), 1 failed, 2 wrong usage or settings, or nothing of that name, "
    "3 not ready: the database needs `bss migrate`."
)
