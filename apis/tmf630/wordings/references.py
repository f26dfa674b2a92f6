"""Files, places and lengths of time inside other resources."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from apis.tmf630.dialect import Wording
from apis.tmf630.differences import Difference
from apis.tmf630.folding import REFERENCE, Folded
from apis.tmf630.type_names import TypeOf
from apis.tmf630.wordings import kinds


class AttachmentRefOrValue(Wording):
    """A file or a pointer to one."""

    type_ = TypeOf(
        "AttachmentRefOrValue",
        kinds.reference_or("Attachment", "AttachmentRef", (*REFERENCE, "description", "url")),
        remark=kinds.BY_WHAT_IS_SAID,
    )


class RelatedPlace(Wording):
    """A place with its part in something: flat in v4, a role with the place inside in v5."""

    place = Folded(kinds.place)


class WholeNumber(Difference):
    """A number that v4 may write with a fraction of zero, and v5 may not."""

    def read_value(self, value: Any) -> Any:
        """Return a whole number without its zeros."""
        return int(value) if isinstance(value, Decimal) and value == value.to_integral_value() else value


class Duration(Wording):
    """A length of time: a quantity in v4."""

    amount = WholeNumber(remark="what isn't a whole number is kept in v5 as `v4_kept`")
