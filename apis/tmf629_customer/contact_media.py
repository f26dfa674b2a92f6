"""Ways to reach a customer: a kind in words in v4, a schema for each kind in v5."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apis.tmf630.statements import Names, block, joined
from apis.tmf630.type_names import TypeOf
from apis.tmf630.wordings import kinds
from core.query import AllOf, AnyOf, Condition, Criterion, Member, Negation, Path

ADDRESS = ("street1", "street2", "city", "postCode", "stateOrProvince", "country")
# The media of v5, what each is called in v4 where nobody called it anything else, and the attributes it has.
MEDIA = {
    "EmailContactMedium": ("email", ("emailAddress",)),
    "PhoneContactMedium": ("phone", ("phoneNumber",)),
    "FaxContactMedium": ("fax", ("faxNumber",)),
    "SocialContactMedium": ("socialNetwork", ("socialNetworkId",)),
    "GeographicAddressContactMedium": ("postalAddress", ADDRESS),
}
WORDS = {medium: word for medium, (word, _) in MEDIA.items()}
CALLED = {word: medium for medium, (word, _) in MEDIA.items()}
OWNERS = {part: medium for medium, (_, parts) in MEDIA.items() for part in parts}


def medium_of(document: Mapping[str, Any]) -> str:
    """Name the medium: the one that is called so, else the first that the attributes are of."""
    if called := CALLED.get(kinds.text(document, "mediumType")):
        return called
    return min((OWNERS[name] for name in document if name in OWNERS), default="ContactMedium")


class MediumType(TypeOf):
    """The kind of medium: free text in v4; `@type` in v5, beside `mediumType` where v4 calls it something else."""

    words: tuple[str, ...] = (*TypeOf.words, "mediumType")
    names: tuple[str, ...] = ("@type", "mediumType")
    about = ("mediumType",)

    def told(self) -> str:
        """Say what is called what."""
        return "; ".join(f"`{word}` is `{medium}`" for word, medium in CALLED.items())

    def reading(self, names: Names) -> str:
        """Return what names the medium's schema, which usually says all there is to say."""
        says_all = f"{names(CALLED)}.get({names(kinds.text)}(each, 'mediumType')) == each['@type']"
        return joined(super().reading(names), f"if 'mediumType' in each and {says_all}: del each['mediumType']")

    def writing(self, names: Names) -> str:
        """Return what calls the medium something.

        That tells of which schema it is, unless it is called something else.
        """
        words, word = names(WORDS), names(self.type)
        is_clear = f"'mediumType' not in each and type(kind) is str and kind in {words}"
        called = f"each['mediumType'], each['@type'] = {words}[kind], {word}"
        otherwise = joined("each['@type'] = kind", "each.setdefault('mediumType', '')", super().writing(names))
        return joined(
            f"kind = each.get('@type', {word})",
            block(called, under=f"if {is_clear}:"),
            block(otherwise, under="else:"),
        )

    def is_as_stored(self, _path: Path, _wanted: Condition) -> bool:
        """Tell that it takes both attributes to know."""
        return False

    def finding(self, path: Path, wanted: Condition) -> Criterion | None:
        """Ask for media that are called so, and for those of the schemas that are, unless they are called otherwise."""
        if path[-1] != "mediumType" or not path[:-1] or wanted.operator not in ("eq", "ne"):
            return None
        nameless, values = Negation(Condition(("mediumType",), operator="present")), wanted.values
        shown: list[Criterion] = [Condition(("mediumType",), values)]
        if types := tuple(CALLED[each] for each in values if each in CALLED):
            shown.append(AllOf((nameless, Condition(("@type",), types))))
        if "" in values:
            shown.append(AllOf((nameless, Negation(Condition(("@type",), tuple(WORDS))))))
        found = Member(path[:-1], AnyOf(tuple(shown)))
        return Negation(found) if wanted.operator == "ne" else found
