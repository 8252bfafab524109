"""What a scanner or a hand typed, understood. Pure.

`12*WID-1` is twelve of it. A GS1 symbol says more at once: item (01), lot (10), serial number (21), count (30, 37), parcel (00);
with brackets as people read it, or bare as scanners send it, where FNC1 (ASCII 29) ends what has no fixed length (GS1 General
Specifications, section 3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from models.errors import InputError

_TIMES = re.compile(r"^(\d{1,9}(?:[.,]\d{1,6})?)(?:\s*[*×]\s*|\s+x\s+)(.+)$", re.IGNORECASE)
_BRACKETS = re.compile(r"\((\d{2})\)([^(]+)")
_SYMBOLOGY = re.compile(r"^\](?:C1|d2|Q3|e0)")
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6}
_VARIABLE = {"10": 20, "21": 20, "30": 8, "37": 8}
GS = "\x1d"


class NotUnderstood(InputError):
    """A scan that says nothing usable."""

    code = "scan_not_understood"


@dataclass(frozen=True, slots=True)
class Scan:
    """`code`: SKU, GTIN, lot or number as typed; the further fields are set by a GS1 symbol. `count` None: not said."""

    code: str
    gtin: str | None = None
    lot: str | None = None
    sscc: str | None = None
    count: Decimal | None = None


def parse_scan(text: str) -> Scan:
    """Understand one scan. Raises NotUnderstood for nothing at all."""
    text = text.strip(" \t\r\n")
    if not text:
        raise NotUnderstood("Scan or type an item, a lot or a parcel.")
    count = None
    if many := _TIMES.match(text):
        count, text = Decimal(many[1].replace(",", ".")), many[2].strip()
        if not count:
            raise NotUnderstood("Nothing was to be taken; type how many before the *.")
    bare = _SYMBOLOGY.sub("", text)
    elements = dict(_BRACKETS.findall(bare)) if bare.startswith("(") else _elements(bare, is_gs1=bare != text or GS in bare)
    if not elements:
        return Scan(text, sscc=text if len(text) == 18 and text.isdigit() else None, count=count)
    said = elements.get("37") or elements.get("30")
    return Scan(
        text, gtin=elements.get("01") or elements.get("02"), lot=elements.get("10") or elements.get("21"),
        sscc=elements.get("00"), count=count or (Decimal(said) if said and said.isdigit() and int(said) else None))


def _elements(text: str, *, is_gs1: bool) -> dict[str, str]:
    """Values by application identifier, of a bare element string; empty for anything else."""
    if not is_gs1 and not re.fullmatch(r"00\d{18}|01\d{14}(?:(?:10|11|13|15|17|21|30|37).+)?", text):
        return {}
    found: dict[str, str] = {}
    rest = text.lstrip(GS)
    while rest:
        identifier, rest = rest[:2], rest[2:]
        if identifier in _FIXED:
            found[identifier], rest = rest[:_FIXED[identifier]], rest[_FIXED[identifier]:].lstrip(GS)
        elif identifier in _VARIABLE:
            value, _, rest = rest.partition(GS)
            found[identifier] = value[:_VARIABLE[identifier]]
        else:
            return {}
    return found
