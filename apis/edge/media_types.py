"""Content negotiation: which media type a body has, and whether a caller takes the one that we answer with."""

from __future__ import annotations

from collections.abc import Collection
from email.message import Message
from functools import lru_cache

from apis.tmf630.errors import HttpError


@lru_cache(maxsize=256)
def read_content_type(text: str) -> tuple[str, str]:
    """Return the media type and charset that a Content-Type header names, in lower case; utf-8 where it names none."""
    message = Message()
    message["content-type"] = text
    return message.get_content_type() if "/" in text else "", str(message.get_param("charset", "utf-8")).lower()


def refuse_unknown_content(content_type: str, content_encoding: str, accepted: Collection[str]) -> str:
    """Return the media type of a body; raises HttpError 415 that names what is accepted."""
    media_type, charset = read_content_type(content_type)
    named = ", ".join(accepted)
    if media_type not in accepted:
        given = f"'{content_type}'" if content_type else "a body without Content-Type"
        raise HttpError(415, "unsupportedMediaType", f"{given} is not accepted; Content-Type can be: {named}")
    if charset not in ("utf-8", "utf8"):
        raise HttpError(415, "unsupportedMediaType", f"the charset '{charset}' is not accepted; it must be utf-8")
    if content_encoding not in ("", "identity"):
        raise HttpError(
            415, "unsupportedMediaType", f"the encoding '{content_encoding}' is not accepted; send it plain"
        )
    return media_type


def refuse_other_reply(accept: str, offered: str) -> None:
    """Raise HttpError 406 when the Accept header rules out the media type that we answer with."""
    if accept and accept != "*/*" and not takes(accept, offered):
        raise HttpError(406, "notAcceptable", f"the reply would be {offered}, which Accept: {accept[:200]} rules out")


@lru_cache(maxsize=256)
def takes(accept: str, offered: str) -> bool:
    """Tell whether an Accept header takes a media type (RFC 9110, 12.5.1): the most specific range decides."""
    wanted = offered.partition(";")[0]
    ranges = (wanted, f"{wanted.partition('/')[0]}/*", "*/*")
    best: tuple[int, bool] | None = None
    for part in accept.split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if kind in ranges:
            precision = -ranges.index(kind)
            if best is None or precision > best[0]:
                best = (precision, _quality(parameters) > 0)
    return best is not None and best[1]


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
