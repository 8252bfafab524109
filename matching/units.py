"""Units: from the printed spelling to the UN/ECE code, from the code to its word and to how many base units it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from models.domain.units import ItemUnit

PIECES = frozenset({"H87", "EA", "C62"})
"""Codes that all mean one piece; customers and catalogues use them for each other."""

PACKS = frozenset({"XBX", "XCT", "XCS", "XPK", "XBG", "XPA"})
"""Packages that people name loosely: a "box" is often the catalogue's carton."""

_HOLDS = re.compile(
    r"^(?P<unit>[^\W\d][^\d(/]*?)\s*(?:\s(?:of|à|a|de|da|di|zu|van|von|po)\s|[x×/(])?\s*\d{1,5}\s*(?:[^\W\d]{1,12}\.?)?\)?$",
    re.IGNORECASE)
_SIZED = re.compile(r"^\d{1,4}(?:[.,]\d{1,2})?[\s-]?[^\W\d]{1,6}[\s-](?P<unit>[^\W\d]{2,14}\.?)$")

_MULTIPLES: Mapping[str, tuple[str, Decimal]] = MappingProxyType({
    "DZN": ("H87", Decimal(12)), "GRO": ("H87", Decimal(144)), "CEN": ("H87", Decimal(100)), "MIL": ("H87", Decimal(1000)),
    "CMT": ("MTR", Decimal("0.01")), "MMT": ("MTR", Decimal("0.001")), "KMT": ("MTR", Decimal(1000)), "LM": ("MTR", Decimal(1)),
    "FOT": ("MTR", Decimal("0.3048")), "YRD": ("MTR", Decimal("0.9144")), "INH": ("MTR", Decimal("0.0254")),
    "GRM": ("KGM", Decimal("0.001")), "TNE": ("KGM", Decimal(1000)), "LBR": ("KGM", Decimal("0.45359237")),
    "MLT": ("LTR", Decimal("0.001")), "CLT": ("LTR", Decimal("0.01")), "HLT": ("LTR", Decimal(100)),
})
"""UN/ECE Rec 20 conversion factors to the unit that items are usually kept in."""

NAMES = MappingProxyType({
    "H87": ("piece", "pieces"), "EA": ("piece", "pieces"), "C62": ("piece", "pieces"), "PR": ("pair", "pairs"),
    "SET": ("set", "sets"), "DZN": ("dozen", "dozen"), "CEN": ("hundred", "hundred"), "MIL": ("thousand", "thousand"),
    "MTR": ("metre", "metres"), "KGM": ("kg", "kg"), "LTR": ("litre", "litres"), "XST": ("sheet", "sheets"),
    "XBX": ("box", "boxes"), "XCT": ("carton", "cartons"), "XCS": ("case", "cases"), "XPK": ("pack", "packs"),
    "XBG": ("bag", "bags"), "XRO": ("roll", "rolls"), "XRL": ("reel", "reels"), "XPX": ("pallet", "pallets"),
    "XBE": ("bundle", "bundles"), "XCA": ("can", "cans"), "XDR": ("drum", "drums"), "XBO": ("bottle", "bottles"),
    "XPL": ("pail", "pails"), "XSA": ("sack", "sacks"),
})


@cache
def _spellings() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    raw = json.loads(Path(__file__).with_name("units.json").read_text(encoding="utf-8"))
    exact: dict[str, list[str]] = {}
    folded: dict[str, list[str]] = {}
    for code, words in raw.items():
        for word in (code, *words):
            exact.setdefault(word, []).append(code)
            folded.setdefault(_fold(word), []).append(code)
    unique = [{word: tuple(dict.fromkeys(codes)) for word, codes in table.items()} for table in (exact, folded)]
    return unique[0], unique[1]


def _fold(word: str) -> str:
    return "".join(word.casefold().split()).rstrip(".")


def unit_codes(printed: str) -> tuple[str, ...]:
    """UN/ECE codes a printed unit may mean, likeliest first; empty when the spelling is unknown. "M" is metre and thousand; a
    package may say how much it holds, "Caja 25", "pallet (40 sacks)", "25 kg bag"."""
    exact, folded = _spellings()
    word = printed.strip()
    if codes := tuple(dict.fromkeys((*exact.get(word, ()), *folded.get(_fold(word), ())))):
        return codes
    package = _HOLDS.match(word) or _SIZED.match(word)
    return tuple(code for code in folded.get(_fold(package["unit"]), ()) if _is_package(code)) if package else ()


def _is_package(code: str) -> bool:
    return code[0] == "X" or code in {"SET", "KT", "RM"}


def unit_name(uom: str, count: Decimal = Decimal(1)) -> str:
    """The unit in words, for sentences: "piece", "cases"; a code we have no word for stays as it is."""
    one, many = NAMES.get(uom, (uom, uom))
    return one if count == 1 else many


def unit_word(uom: str, count: Decimal = Decimal(1)) -> str:
    """The unit as people read and type it: its name, where that names this unit again, else the code."""
    name = unit_name(uom, count)
    meant = unit_codes(name)[:1]
    return name if meant == (uom,) or (uom in PIECES and PIECES & set(meant)) else uom


def factor_of(uom: str, base_uom: str, units: Sequence[ItemUnit]) -> Decimal | None:
    """How many base units one `uom` is, by the item's own units, else by general knowledge (dozen, metres, kilograms)."""
    for unit in units:
        if unit.uom == uom or (unit.uom in PIECES and uom in PIECES):
            return unit.factor
    if uom == base_uom or (uom in PIECES and base_uom in PIECES):
        return Decimal(1)
    one, multiple = (_MULTIPLES.get(code, (code, Decimal(1))) for code in (base_uom, uom))
    if one[0] == multiple[0] or (one[0] in PIECES and multiple[0] in PIECES):
        return multiple[1] / one[1]
    return None


def as_item_says(code: str, own: Iterable[str]) -> str:
    """The item's own word for a unit: all codes for one piece are the same; others stay as they are."""
    return next((uom for uom in own if uom == code or (uom in PIECES and code in PIECES)), code)


def to_scale(value: Decimal) -> Decimal:
    """Rounded half-up to the decimals that quantities and prices are kept with."""
    return value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
