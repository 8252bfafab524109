"""A corrected draft, and numbers as people type them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from models.domain.draft import Draft
from models.errors import InputError

_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Applied:
    """A corrected draft, with the exact path (that of the new line for "lines.new") and the text before and after."""

    draft: Draft
    path: str
    before: str | None
    after: str | None


def parse_number(text: str) -> Decimal:
    """A number as a person types it: "12.40", "12,40", "1.234,50", "1,234.50"; zero or more, at most six decimals.

    Raises InputError, also for "1,234", which may mean two things.
    """
    plain = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if re.fullmatch(r"\d{1,3},\d{3}", plain):
        whole, broken = plain.replace(",", ""), plain.replace(",", ".")
        raise InputError(f"“{text}” may be {whole} or {broken}; write one of them.", code="ambiguous")
    if "," in plain and "." in plain:
        grouping = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(grouping, "")
    plain = plain.replace(",", ".")
    try:
        number = Decimal(plain) if re.fullmatch(r"[\d.]+", plain) else None
    except InvalidOperation:
        number = None
    if number is None:
        raise InputError(f"“{text}” is no number; write it like 12.50.", code="not_a_number")
    if number >= _LARGEST or number != round(number, 6):
        raise InputError(f"{text} is out of range: below {_LARGEST:,.0f}, with at most six decimals.", code="out_of_range")
    return number
