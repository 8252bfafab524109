"""How letters put values into words: numbers, money and dates as a language writes them, phrases with names filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

_NAME = re.compile(r"\{(\w+)\}")
_PIECES = frozenset({"C62", "EA", "H87", "PCE", "NMB"})


class Words:
    """The phrases of one language (ISO 639-1), and numbers and dates as it writes them. `say` has at least "pieces"."""

    def __init__(self, language: str, currency: str, say: Mapping[str, str]) -> None:
        self.language = language
        self.currency = currency
        self.say = say

    def number(self, value: Decimal) -> str:
        """Grouped, at most six decimals."""
        return format_decimal(value, "#,##0.######", locale=self.language)

    def price(self, value: Decimal, digits: int) -> str:
        """Money without its currency, with at least `digits` decimals."""
        decimals = "." + "0" * digits + "#" * (6 - digits) if digits or value % 1 else ""
        return format_decimal(value, "#,##0" + decimals, locale=self.language)

    def money(self, value: Decimal, digits: int) -> str:
        """With the currency and at least `digits` decimals."""
        return f"{self.price(value, digits)} {self.currency}"

    def unit(self, code: str) -> str:
        """A unit as the customer reads it: pieces by name."""
        return self.say["pieces"] if code in _PIECES else code

    def amount(self, quantity: Decimal, unit: str) -> str:
        """A quantity with its unit."""
        return f"{self.number(quantity)} {self.unit(unit)}"

    def day(self, day: date | None) -> str:
        """A date in the language's medium form; "" for None."""
        return format_date(day, "medium", locale=self.language) if day else ""


def fill(phrase: str, names: Mapping[str, str]) -> str:
    """Put names into a phrase; unknown ones stay. Not `str.format`: the values come from strangers, and are not looked into."""
    return _NAME.sub(lambda found: one_line(names[found[1]]) if found[1] in names else found[0], phrase)


def one_line(text: str) -> str:
    """Without line breaks and control characters, blanks joined."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
