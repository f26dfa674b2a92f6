"""Kinds of values that settings have, each with what makes sense of it: durations, one-line texts, addresses."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Literal
from unicodedata import category

from pydantic import AfterValidator, BeforeValidator, Field

TEN_YEARS = 315_576_000
DAY = 86_400
EVERYBODY = "*"
# What ends a line, and what can't be printed: controls, separators of lines and paragraphs, lone surrogates.
_BREAKING = frozenset({"Cc", "Zl", "Zp", "Cs"})
_PATH = r"(/[^/?#\s]+)*"
_WEB_ADDRESS = re.compile(rf"https?://([A-Za-z0-9._\-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{{1,5}})?{_PATH}/?")


def refuse_breaks(text: str) -> str:
    """Refuse (ValueError) a text of more than one line, or with control characters."""
    if any(category(character) in _BREAKING for character in text):
        raise ValueError("has a line break or another control character in it; one line of text is expected")
    return text


def refuse_controls(text: str) -> str:
    """Refuse (ValueError) a text with control characters, but for the ends of its lines."""
    for line in text.split("\n"):
        refuse_breaks(line.removesuffix("\r"))
    return text


def refuse_unknown_currency(code: str) -> str:
    """Refuse (ValueError) a code that ISO 4217 doesn't have, or has for something that isn't money (gold, say)."""
    from iso4217 import Currency  # loads for a while, and the default needs no check

    if code not in {one.code for one in Currency if one.exponent is not None}:
        raise ValueError(f"'{code}' is not a currency to charge in; an ISO 4217 code such as 'EUR' is expected")
    return code


def refuse_unknown_locale(name: str) -> str:
    """Refuse (ValueError) a locale that there is no data for; return it as Babel writes it, `de_DE` for `de-DE`."""
    from babel import Locale, UnknownLocaleError  # loads for a while, and the default needs no check

    try:
        return str(Locale.parse(name.replace("-", "_")))
    except (ValueError, UnknownLocaleError):
        raise ValueError(f"'{name}' is no locale that is known; one such as en, en_IE or de_DE is expected") from None


def refuse_no_web_address(address: str) -> str:
    """Refuse (ValueError) what no address of a resource can begin with."""
    if not _WEB_ADDRESS.fullmatch(address):
        raise ValueError("is no address on the web; scheme and host are expected, such as https://api.brand.example")
    return address


def refuse_no_network(name: str) -> str:
    """Refuse (ValueError) what is neither an IP address nor a network nor `*`, which is everybody."""
    if name != EVERYBODY:
        try:
            ip_network(name, strict=False)
        except ValueError:
            expected = "an address (10.0.0.1), a network (10.0.0.0/8) or * is expected"
            raise ValueError(f"'{name}' is no address of a proxy; {expected}") from None
    return name


# Longer than a millisecond, and short enough that no clock and no calendar ends before it is over.
# Environment variables are text, which a choice among numbers doesn't take by itself.
ListStatus = Annotated[
    Literal[200, 206], BeforeValidator(lambda given: int(given) if given in ("200", "206") else given)
]
Seconds = Annotated[float, Field(ge=0.001, le=TEN_YEARS, allow_inf_nan=False)]
# How long somebody waits for an answer; sockets and databases count it in 32 bits.
Patience = Annotated[float, Field(ge=0.001, le=DAY, allow_inf_nan=False)]
Line = Annotated[str, Field(max_length=250), AfterValidator(refuse_breaks)]
Lines = Annotated[str, Field(max_length=1000), AfterValidator(refuse_controls)]
CurrencyCode = Annotated[str, AfterValidator(refuse_unknown_currency)]
LocaleName = Annotated[str, AfterValidator(refuse_unknown_locale)]
WebAddress = Annotated[str, AfterValidator(refuse_no_web_address)]
Proxy = Annotated[str, AfterValidator(refuse_no_network)]
PathPrefix = Annotated[str, Field(pattern=f"^{_PATH}$")]
BasePath = Annotated[str, Field(min_length=1, pattern=f"^{_PATH}$")]
