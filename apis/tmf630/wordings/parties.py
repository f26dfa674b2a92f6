"""Related parties: flat in v4, a role with a party inside in v5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apis.tmf630.dialect import Wording
from apis.tmf630.differences import TypeName
from apis.tmf630.folding import Folded
from apis.tmf630.wordings import kinds

_REFERRED = {"PartyRef": "Party", "PartyRoleRef": "PartyRole"}


def owed(party: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what v4 demands of a related party, for one of which no more is known than this."""
    named = party.get("@type", "PartyRef")
    return {"id": "", "@referredType": _REFERRED.get(named, named)}


class RelatedParty(Wording):
    """A party of whom v5 has the role and a reference."""

    type_ = TypeName("RelatedParty", "RelatedPartyRefOrPartyRoleRef")
    partyOrPartyRole = Folded(kinds.party, owed=owed)


class RelatedPartyOrValue(Wording):
    """A party of whom v5 has the role and a reference or all of the party."""

    type_ = TypeName("RelatedParty", "RelatedPartyOrPartyRole")
    partyOrPartyRole = Folded(kinds.party, owed=owed)
