"""How a bill writes dates, amounts of money and of usage: as is usual where the brand is (setting `brand_locale`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal, format_percent

from core.billing.cycles import MONTH, bounds, midnight
from core.catalog import BYTE, SECOND
from core.entity import Document
from core.period import Period

HUNDRED = Decimal(100)
INSTANT = timedelta(microseconds=1)
MULTIPLES = (("GB", 10**9), ("MB", 10**6), ("kB", 10**3), ("B", 1))


@dataclass(frozen=True, slots=True)
class Formats:
    """Writes values for readers in a locale; times are UTC."""

    locale: Locale

    @classmethod
    def of(cls, name: str) -> Formats:
        """Return the formats of a locale such as `en`, `en_IE` or `de_DE`."""
        return cls(Locale.parse(name.replace("-", "_")))

    def money(self, money: Document) -> str:
        """Write TMF Money, rounded as it is billed."""
        return format_currency(money["value"], money["unit"], locale=self.locale)

    def exact_money(self, amount: Decimal, unit: str) -> str:
        """Write an amount with all the digits it has, at least those of the currency."""
        return format_currency(amount, unit, locale=self.locale, decimal_quantization=False)

    def percent(self, rate: Decimal) -> str:
        """Write a rate in per cent: 19 is `19%`."""
        return format_percent(Decimal(rate) / HUNDRED, locale=self.locale, decimal_quantization=False)

    def date(self, at: datetime) -> str:
        """Write a date."""
        return format_date(at, "long", locale=self.locale)

    def short_date(self, at: datetime) -> str:
        """Write a date with the month abbreviated, for tables."""
        return format_date(at, "medium", locale=self.locale)

    def day(self, at: datetime) -> str:
        """Write a day of a year that is known, as short as can be."""
        return format_skeleton("MMMd", at, locale=self.locale)

    def time(self, at: datetime) -> str:
        """Write a time of day to the second."""
        return format_time(at, "HH:mm:ss", locale=self.locale)

    def span(self, period: Period) -> str:
        """Write a period with its first and last day, that in which it ends included; a whole month by its name."""
        start, end = bounds(period)
        last = max(start, end - INSTANT)
        if start.day == 1 and start == midnight(start) and end == start + MONTH:
            return format_skeleton("yMMMM", start, locale=self.locale)
        if last.date() == start.date():
            return self.short_date(start)
        return f"{self.short_date(start)} – {self.short_date(last)}"

    def usage(self, quantity: int, unit: str) -> str:
        """Write an amount of usage: seconds as hours, minutes and seconds, bytes in the largest fitting unit."""
        if unit == SECOND:
            hours, rest = divmod(quantity, 3600)
            minutes, seconds = divmod(rest, 60)
            return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
        if unit == BYTE:
            name, size = next(each for each in MULTIPLES if quantity >= each[1] or each[1] == 1)
            return f"{format_decimal(Decimal(quantity) / size, format='#,##0.##', locale=self.locale)} {name}"
        return format_decimal(quantity, locale=self.locale)

    def country(self, code: str) -> str:
        """Write a country by its name where its ISO 3166 code is given, else as it is."""
        name: str = self.locale.territories.get(code.upper(), code)
        return name

    def number(self, called: str) -> str:
        """Write a telephone number with its usual groups, anything else as it is."""
        try:
            number = phonenumbers.parse(called if called.startswith("+") else f"+{called}")
        except phonenumbers.NumberParseException:
            return called
        if not phonenumbers.is_possible_number(number):
            return called
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
