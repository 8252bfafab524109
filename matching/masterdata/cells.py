"""Cells of master data as values: one parser a kind of cell. Each takes (row, column), gives None for an empty cell and raises
InputError for one that cannot be meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any

from matching.units import unit_codes
from models.domain.characters import oddities
from models.domain.codes import gtin_is_valid
from models.errors import InputError
from runtime.tabular import Row, date_of, decimal_of, need, optional, short

Cell = Callable[[Row, str], Any]
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")
_UOM = re.compile(r"[A-Z0-9]{2,3}")
_YES = frozenset({"1", "true", "yes", "y", "x", "ja", "j", "oui", "si", "sí"})
_NO = frozenset({"0", "false", "no", "n", "nein", "non", "-"})


def text(longest: int = 255) -> Cell:
    """A text as it stands, also one that a spreadsheet would take for a formula: nothing here is ever computed."""
    return lambda row, column: optional(row, column, longest=longest)


def code_of(row: Row, column: str) -> str | None:
    """A number that names something: 64 signs at most, a letter or digit among them, and none that poses as another."""
    found = optional(row, column, longest=64)
    if found is None:
        return None
    if not found.isascii() and (odd := [phrase for word in found.split() for phrase in oddities(word)]):
        raise InputError(f"{column} “{short(found)}” has {odd[0]}; type it anew.", code="odd_characters")
    if not any(map(str.isalnum, found)):
        raise InputError(f"{column} “{short(found)}” has no letter or digit.", code="bad_code")
    return found


def need_code(row: Row, column: str) -> str:
    """The same for a cell that must not be empty."""
    need(row, column, longest=64)
    found = code_of(row, column)
    assert found is not None
    return found


def one_of(kind: type[StrEnum]) -> Cell:
    """A member of an enum; the sentence of a refusal names the choices."""
    known = {member.value: member for member in kind}

    def cell(row: Row, column: str) -> StrEnum | None:
        said = row.get(column, "").strip().lower()
        if said and said not in known:
            raise InputError(f"{column} is “{short(said)}”; write one of {', '.join(known)}.", code="unknown_value")
        return known[said] if said else None

    return cell


def letters(count: int, *, upper: bool = True) -> Cell:
    """A code of exactly `count` letters."""
    def cell(row: Row, column: str) -> str | None:
        said = row.get(column, "").strip()
        if said and (len(said) != count or not (said.isascii() and said.isalpha())):
            raise InputError(f"{column} is “{short(said)}”; write {count} letters.", code="unknown_value")
        return (said.upper() if upper else said.lower()) or None

    return cell


def yes_no(row: Row, column: str) -> bool | None:
    """Yes or no in the usual spellings."""
    said = row.get(column, "").strip().lower()
    if said and said not in _YES | _NO:
        raise InputError(f"{column} is “{short(said)}”; write yes or no.", code="unknown_value")
    return said in _YES if said else None


def amount(row: Row, column: str) -> Decimal | None:
    """A number from 0 on."""
    return decimal_of(row, column) if row.get(column, "").strip() else None


def positive(row: Row, column: str) -> Decimal | None:
    """A number above 0."""
    found = amount(row, column)
    if found == 0:
        raise InputError(f"{column} is 0; write a number above 0, or leave the cell empty.", code="out_of_range")
    return found


def share(row: Row, column: str) -> Decimal | None:
    """A share between 0 and 1, both excluded."""
    found = positive(row, column)
    if found is not None and found >= 1:
        raise InputError(f"{column} is {found:f}; write a share such as 0.001, one in a thousand.", code="out_of_range")
    return found


def whole(row: Row, column: str) -> int | None:
    """A whole number up to 3,650: a rank, or days of at most ten years."""
    found = amount(row, column)
    if found is not None and (found != int(found) or found > 3_650):
        raise InputError(f"{column} is {found:f}; write a whole number, at most 3650.", code="out_of_range")
    return None if found is None else int(found)


def need_day(row: Row, column: str) -> date:
    """A date that must be there."""
    found = date_of(row, column)
    if found is None:
        raise InputError(f"{column} is empty; fill it in.", code="missing_value")
    return found


def day(row: Row, column: str) -> date | None:
    """A date, which may be empty."""
    return date_of(row, column)


def clock(row: Row, column: str) -> str | None:
    """A time of the day as 14:30."""
    said = row.get(column, "").strip()
    if said and not _CLOCK.fullmatch(said):
        raise InputError(f"{column} is “{short(said)}”; write a time of the day such as 14:30.", code="not_a_time")
    return said.zfill(5) if said else None


def gtin_of(row: Row, column: str) -> str | None:
    """A GTIN with a right check digit."""
    said = row.get(column, "").strip().replace(" ", "")
    if said and not gtin_is_valid(said):
        raise InputError(
            f"{column} {short(said)} is no GTIN: 8, 12, 13 or 14 digits with a right check digit. "
            "Format the column as text if a spreadsheet shortened it.", code="bad_gtin")
    return said or None


def gln_of(row: Row, column: str) -> str | None:
    """A GLN: thirteen digits with the check digit of a GTIN."""
    said = row.get(column, "").strip().replace(" ", "")
    if said and not (len(said) == 13 and gtin_is_valid(said)):
        raise InputError(f"{column} {short(said)} is no GLN: 13 digits with a right check digit.", code="bad_gln")
    return said or None


def uom_of(row: Row, column: str) -> str:
    """The unit code of a cell that must be filled: known spellings are translated, other codes of two or three signs kept."""
    said = need(row, column)
    found = _uom(said)
    if found is None:
        raise InputError(f"{column} “{short(said)}” is no unit; write a UN/ECE code such as H87 or XBX.", code="unknown_unit")
    return found


def maybe_uom(row: Row, column: str) -> str | None:
    """The same for a cell that may be empty."""
    return uom_of(row, column) if row.get(column, "").strip() else None


@cache
def _spelling(said: str) -> str | None:
    known = unit_codes(said)
    if known:
        return said if said in known else known[0]
    return said if _UOM.fullmatch(said) else None


def _uom(said: str) -> str | None:
    return _spelling(said) if len(said) <= 20 else None
