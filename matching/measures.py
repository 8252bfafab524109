"""Measures in item texts: numbers with their units on one scale, so that "0.5 l" and "500ml" are the same. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple


class Value(NamedTuple):
    """A measured value from `low` to `high` (the same for a single value) on the scale of its kind; `raw` is the number as
    written. `system` is "metric", "inch", "areal" for grams of a square metre, as paper is often called by grams alone, or ""
    where the unit was not written and is only assumed."""

    low: float
    high: float
    raw: str
    system: str = "metric"


_TABLE: dict[str, dict[str, dict[str, str]]] = json.loads(Path(__file__).with_name("measures.json").read_text(encoding="utf-8"))
"""Kind to system to size on the kind's scale to the units of that size."""
UNITS: Mapping[str, tuple[str, float, str]] = MappingProxyType({
    unit: (kind, float(scale), system)
    for kind, systems in _TABLE.items() for system, scales in systems.items() for scale, units in scales.items()
    for unit in units.split()
} | {"g": ("mass", 1.0, "metric"), "pt": ("volume", 473.0, "inch")})
"""Unit to (kind, its size on the kind's scale, system)."""

_EXACT, _NOMINAL, _CONVERTED = 0.002, 0.012, 0.05
_METRE = 1000.0
_BELOW = frozenset({"2", "3", "4", "8", "16", "32", "64"})
_MIXED = re.compile(r"(\d+)-(\d+/\d+)")


def number_of(text: str) -> float | None:
    """A number such as "2.5", "1/2" or "2-1/2"; None for a fraction that is none ("230/400")."""
    if mixed := _MIXED.fullmatch(text):
        part = number_of(mixed[2])
        return None if part is None else int(mixed[1]) + part
    above, stroke, below = text.partition("/")
    if not stroke:
        return float(text) if text.count(".") < 2 else None
    if below not in _BELOW or not above.isdigit() or int(above) >= int(below):
        return None
    return int(above) / int(below)


def plain_number(text: str) -> str:
    """A number as it is compared: without leading zeros, and trailing ones after the point."""
    if "." in text and "/" not in text:
        text = text.rstrip("0").rstrip(".")
    return text.lstrip("0") or "0" if not text.startswith("0.") else text


def measured(number: str, unit: str) -> tuple[str, list[Value]] | None:
    """(kind, values) of a number with its unit; "230/400" are two values, "110~240" is a range. None when either is none."""
    known = UNITS.get(unit)
    if known is None:
        return None
    kind, scale, system = known
    if "~" in number:
        low, high = (number_of(part) for part in number.split("~", 1))
        if low is None or high is None:
            return None
        return kind, [Value(min(low, high) * scale, max(low, high) * scale, number, system)]
    whole = number_of(number)
    parts = [number] if whole is not None else number.split("/")
    values = [(part, number_of(part)) for part in parts]
    return kind, [Value(v * scale, v * scale, plain_number(p), system) for p, v in values if v is not None]


def same(a: Value, b: Value) -> bool:
    """True for values that may be one: within what rounding does, a nominal 22 and an exact 22.2 too, within 5 % from inches to
    millimetres, or one in the other's range. A value without a unit is the same as one with the same number."""
    if a.raw == b.raw and not (a.system and b.system):
        return True
    if not (a.system or b.system):
        return False
    if a.system and b.system and a.system != b.system:
        slack = _CONVERTED
    else:
        slack = _EXACT if ("." in a.raw) == ("." in b.raw) else _NOMINAL
    return a.low <= b.high * (1 + slack) and b.low <= a.high * (1 + slack)


def comparable(kind: str, a: Value, b: Value) -> bool:
    """True for values that may play the same part in a text: of one system, and lengths in metres, or less than 20 times apart:
    a width and a length often stand in one text."""
    if a.system and b.system and a.system != b.system:
        return False
    small, large = sorted((a.high, b.high))
    return kind != "length" or large < 20 * small or small >= _METRE
