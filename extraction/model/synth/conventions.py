"""How one sender writes numbers, money and dates. Pure formatting; what is printed here must read back to the value."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import get_month_names

NUMBER_STYLES: dict[str, tuple[str, str]] = {     # key → (grouping mark, decimal mark)
    "1,234.50": (",", "."), "1.234,50": (".", ","), "1 234,50": (" ", ","), "1'234.50": ("'", "."),
    "1234.50": ("", "."), "1234,50": ("", ","),
}
CURRENCY_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "PLN": "zł"}
_DATE_STYLES = {
    "DMY": ("%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%y", "%d/%m/%y", "%-d.%-m.%Y", "d month Y", "d-mon-Y"),
    "MDY": ("%m/%d/%Y", "%-m/%-d/%Y", "%m/%d/%y", "%m-%d-%Y", "month d, Y", "mon d, Y", "d-mon-Y", "%-m/%-d/%y"),
    "YMD": ("%Y-%m-%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
}
_LOCAL_DATES = {"en": {"DMY": "%d/%m/%Y"}, "de": {"DMY": "%d.%m.%Y"}, "pl": {"DMY": "%d.%m.%Y"}}


@dataclass(frozen=True, slots=True)
class Conventions:
    """The writing habits of one document.

    `currency_place` is one of none, sign_before, sign_after, code_before, code_after; `price_decimals` the least decimals
    of a price; `quantity_decimals` 0 writes whole quantities bare, 2 or 3 pads them ("24.000").
    """

    language: str
    number_style: str
    date_style: str
    currency: str
    currency_place: str
    price_decimals: int
    quantity_decimals: int

    def number(self, value: Decimal, decimals: int) -> str:
        """At least `decimals` digits after the mark, more when the value has them."""
        grouping, mark = NUMBER_STYLES[self.number_style]
        digits = max(decimals, _places(value))
        whole, _, fraction = f"{abs(value):.{digits}f}".partition(".")
        if len(whole) > 3 and grouping:
            whole = f"{int(whole):,}".replace(",", grouping)
        return ("-" if value < 0 else "") + whole + (mark + fraction if fraction else "")

    def quantity(self, value: Decimal) -> str:
        """A quantity, without a unit."""
        return self.number(value, self.quantity_decimals)

    def price(self, value: Decimal) -> str:
        """A unit price, with the currency where this sender writes it."""
        return self._with_currency(self.number(value, self.price_decimals))

    def money(self, value: Decimal) -> str:
        """An amount with two decimals, with the currency where this sender writes it."""
        return self._with_currency(self.number(value, 2))

    def date(self, day: date) -> str:
        """A date in this sender's form."""
        return format_date(day, self.date_style, self.language)

    def _with_currency(self, text: str) -> str:
        sign = CURRENCY_SIGNS[self.currency]
        match self.currency_place:
            case "sign_before":
                return f"{sign}{text}"
            case "sign_after":
                return f"{text} {sign}"
            case "code_before":
                return f"{self.currency} {text}"
            case "code_after":
                return f"{text} {self.currency}"
            case _:
                return text


def draw_conventions(rng: random.Random, *, language: str, number_style: str, date_order: str, currency: str) -> Conventions:
    """Habits of one document of a sender whose number style and date order are known."""
    usual = _LOCAL_DATES.get(language, {}).get(date_order)
    date_style = usual if usual and rng.random() < 0.4 else rng.choice(_DATE_STYLES[date_order])
    place = rng.choices(
        ("none", "sign_before", "sign_after", "code_before", "code_after"),
        (10, 6, 0.5, 1, 1) if language == "en" else (12, 0.7, 4, 0.5, 2),
    )[0]
    decimals, quantity = rng.choices((2, 3, 4), (16, 1, 3))[0], rng.choices((0, 2, 3), (14, 3, 2))[0]
    return Conventions(language, number_style, date_style, currency, place, decimals, quantity)


def format_date(day: date, style: str, language: str) -> str:
    """strftime patterns, plus words for "month" (full), "mon" (short), "d" and "Y"; `%-d` and `%-m` drop the zero."""
    if "mon" in style:
        words = {"d": str(day.day), "Y": str(day.year)}
        words["month"] = get_month_names("wide", "format", language)[day.month]
        words["mon"] = get_month_names("abbreviated", "format", language)[day.month]
        return re.sub(r"[A-Za-z]+", lambda token: words[token[0]], style)
    plain = style.replace("%-d", str(day.day)).replace("%-m", str(day.month))
    return day.strftime(plain)


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
