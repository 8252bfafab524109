"""Tryton's units and UN/ECE Rec 20 codes. Tryton names units as its users like; what we know of them is its own standard set."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from oms.erp.errors import ErpMisconfigured

STANDARD: Mapping[str, str] = {
    "Unit": "H87", "Kilogram": "KGM", "Gram": "GRM", "Pound": "LBR", "Ounce": "ONZ", "Second": "SEC", "Minute": "MIN",
    "Hour": "HUR", "Day": "DAY", "Meter": "MTR", "Kilometer": "KMT", "Centimeter": "CMT", "Millimeter": "MMT", "Foot": "FOT",
    "Yard": "YRD", "Inch": "INH", "Mile": "SMI", "Cubic meter": "MTQ", "Liter": "LTR", "Cubic centimeter": "CMQ",
    "Cubic inch": "INQ", "Cubic foot": "FTQ", "Gallon": "GLL", "Square meter": "MTK", "Square centimeter": "CMK",
    "Square inch": "INK", "Square foot": "FTK", "Square yard": "YDK", "Hectare": "HAR", "Joule": "JOU",
    "Kilowatt-hour": "KWH",
}
"""English names of the units Tryton brings with its module `product`, and the code of each."""
_CODE = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_PIECES = frozenset({"H87", "C62", "EA"})
"""Three codes for one piece; which of them a customer wrote must not decide whether an order arrives."""
FIELDS = ["name", "symbol", "category", "factor"]


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of measure of Tryton. `factor`: how many reference units of its category it is; `code` None: not mapped."""

    id: int
    name: str
    category: int
    factor: Decimal
    code: str | None


class Units:
    """All units of one Tryton. `house` maps names or symbols of further units to codes."""

    def __init__(self, found: Iterable[Mapping[str, Any]], house: Mapping[str, str]) -> None:
        self._by_id = {unit.id: unit for unit in _units(found, house)}

    def code(self, unit_id: int) -> str:
        """The UN/ECE code of a unit. Raises ErpMisconfigured for one that nobody mapped."""
        unit = self._by_id[unit_id]
        if unit.code is None:
            raise ErpMisconfigured(
                f"Tryton's unit “{unit.name}” has no UN/ECE code here. Add it to ORDERMILL_ERP_UNITS, as in "
                f'{{"{unit.name}": "XBX"}}, then pull again.', code="erp_unit_unmapped")
        return unit.code

    def is_mapped(self, unit_id: int) -> bool:
        """Whether the unit has a code."""
        return self._by_id[unit_id].code is not None

    def factor(self, unit_id: int, base_id: int) -> Decimal:
        """How many of the base unit one unit is, to six places."""
        ratio = self._by_id[unit_id].factor / self._by_id[base_id].factor
        return ratio.quantize(Decimal("0.000001")).normalize()

    def find(self, code: str, like: int) -> int:
        """The unit of this code in the category of unit `like`. Raises ErpMisconfigured when there is none."""
        base = self._by_id[like]
        same = _PIECES if code in _PIECES else {code}
        fitting = [u for u in self._by_id.values() if u.category == base.category and u.code in same]
        if not fitting:
            raise ErpMisconfigured(
                f"Tryton has no unit {code} beside “{base.name}”. Add the unit in Tryton, or name it in ORDERMILL_ERP_UNITS, "
                "then resend.", code="erp_unit_missing")
        return min(fitting, key=lambda u: (u.id != like, u.code != code, u.id)).id


def _units(found: Iterable[Mapping[str, Any]], house: Mapping[str, str]) -> Iterator[Unit]:
    for one in found:
        name, symbol = str(one["name"]), str(one["symbol"] or "")
        code = house.get(name) or house.get(symbol) or STANDARD.get(name) or (symbol if _CODE.fullmatch(symbol) else None)
        yield Unit(one["id"], name, one["category"], Decimal(str(one["factor"])), code)
