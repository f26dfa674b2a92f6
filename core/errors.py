"""What can go wrong in the domain, each with the attribute it concerns; the edge gives them their HTTP status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (`productOrderItem[0].productOffering.id`), which rule, what would be right."""

    path: str
    code: str
    reason: str


class BssError(Exception):
    """A refusal the caller can understand and act on. `faults` lists every attribute concerned."""

    code = "error"

    def __init__(
        self, reason: str, *, path: str | None = None, code: str | None = None, faults: Iterable[Fault] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code or type(self).code
        named = (Fault(path, self.code, reason),) if path is not None else ()
        self.faults: tuple[Fault, ...] = (*named, *faults)


class InvalidInput(BssError):
    """The request breaks the specification or can't be understood (400)."""

    code = "invalidInput"


class NotFound(BssError):
    """There is no such resource for this tenant (404)."""

    code = "notFound"


class Conflict(BssError):
    """The request is well formed, but a rule or the present state forbids it (409)."""

    code = "conflict"


class PreconditionFailed(BssError):
    """The resource has changed since the caller read it (412)."""

    code = "preconditionFailed"


class TooLarge(BssError):
    """More was sent or asked for than a limit allows (413)."""

    code = "tooLarge"


class Unprocessable(BssError):
    """Understood, but it can't be carried out as sent (422)."""

    code = "unprocessable"


class NotYet(BssError):
    """Part of the standard that this release doesn't offer (501)."""

    code = "notImplemented"


class Unavailable(BssError):
    """A part the request needs can't be reached at present; trying again may help (503)."""

    code = "unavailable"


def refuse(faults: Iterable[Fault]) -> None:
    """Raise Conflict with all of `faults`, the first one's reason speaking for it; do nothing when there are none."""
    found = tuple(faults)
    if found:
        raise Conflict(found[0].reason, code=found[0].code, faults=found)
