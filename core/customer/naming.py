"""References that a caller makes without an identifier.

TMF629 lets a creation leave the `id` of a reference out, but wants it in every reply. So the server sets it, as it
does with all that a client may leave out: the last step of the `href` where there is one, else an identifier by
which the party, role or account named there is known from now on.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from core.entity import NESTED, Document, new_id

# Where the specification has references only; elsewhere `@type` tells them from values.
REFERENCES = frozenset(
    {
        "engagedParty",
        "partyRoleSpecification",
        "account",
        "agreement",
        "paymentMethod",
        "geographicAddress",
        "organization",
    }
)


def identify_references(customer: Document) -> None:
    """Give every reference in a customer, at any depth, the identifier it lacks."""
    waiting: list[tuple[str, Any]] = [("", customer)]
    while waiting:
        attribute, value = waiting.pop()
        if isinstance(value, dict):
            if "id" not in value and _is_reference(value, attribute):
                value["id"] = _last_step(value.get("href")) or new_id()
            waiting += [each for each in value.items() if isinstance(each[1], NESTED)]
        else:
            waiting += [(attribute, member) for member in value if isinstance(member, NESTED)]


def _is_reference(value: Document, attribute: str) -> bool:
    kind = value.get("@type")
    return isinstance(kind, str) and (attribute in REFERENCES or kind.endswith("Ref"))


def _last_step(href: Any) -> str | None:
    if not isinstance(href, str):
        return None
    try:
        steps = [step for step in urlsplit(href).path.split("/") if step]
    except ValueError:
        return None
    return unquote(steps[-1]) if steps else None
