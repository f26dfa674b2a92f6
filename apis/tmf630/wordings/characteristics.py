"""Named values: of any type in v4, one schema for each type of value in v5."""

from __future__ import annotations

from apis.tmf630.dialect import Wording
from apis.tmf630.type_names import TypeOf
from apis.tmf630.wordings import kinds

BY_VALUE = "v5 has a schema for each type of `value`: text, number, object, lists of them"


class Characteristic(Wording):
    """A value that a thing has under a name."""

    type_ = TypeOf("Characteristic", kinds.by_value("Characteristic"), remark=BY_VALUE)


class CharacteristicValue(Wording):
    """A value that a characteristic may take."""

    type_ = TypeOf(
        "CharacteristicValueSpecification", kinds.by_value("CharacteristicValueSpecification"), remark=BY_VALUE
    )
