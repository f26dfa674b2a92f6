"""Related parties: flat in v4, a role with a party inside in v5."""

from __future__ import annotations

from collections.abc import Callable

from apis.tmf630.dialect import Wording
from apis.tmf630.folding import Folded
from apis.tmf630.type_names import TypeName
from apis.tmf630.wordings import kinds

_REFERRED = {"": "Party", "PartyRef": "Party", "PartyRoleRef": "PartyRole"}
# v4 demands to know who it is, and of what type.
OWED: dict[str, Callable[[str], str]] = {
    "id": kinds.nothing,
    "@referredType": lambda kind: _REFERRED.get(kind, kind),
}


class RelatedParty(Wording):
    """A party of whom v5 has the role and a reference."""

    type_ = TypeName("RelatedParty", "RelatedPartyRefOrPartyRoleRef")
    partyOrPartyRole = Folded(kinds.party, owed=OWED)


class RelatedPartyOrValue(Wording):
    """A party of whom v5 has the role and a reference or all of the party."""

    type_ = TypeName("RelatedParty", "RelatedPartyOrPartyRole")
    partyOrPartyRole = Folded(kinds.party, owed=OWED)
