"""Units: from the printed spelling to the UN/ECE code, and from what a line says to the unit and price basis it means.

Unit and price unit are resolved together: each way to read them is a hypothesis, weighed by how well it explains the printed
unit, the printed amount, the printed pack size and our own price. A tie is a question, never a guess.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from models.domain.units import ItemUnit

PIECES = frozenset({"H87", "EA", "C62"})
"""Codes that all mean one piece; customers and catalogues use them for each other."""

_PACKS = frozenset({"XBX", "XCT", "XCS", "XPK", "XBG", "XPA"})
"""Packages that people name loosely: a "box" is often the catalogue's carton."""

_MULTIPLES: Mapping[str, tuple[str, Decimal]] = MappingProxyType({
    "DZN": ("H87", Decimal(12)), "GRO": ("H87", Decimal(144)), "CEN": ("H87", Decimal(100)), "MIL": ("H87", Decimal(1000)),
    "CMT": ("MTR", Decimal("0.01")), "MMT": ("MTR", Decimal("0.001")), "KMT": ("MTR", Decimal(1000)), "LM": ("MTR", Decimal(1)),
    "FOT": ("MTR", Decimal("0.3048")), "YRD": ("MTR", Decimal("0.9144")), "INH": ("MTR", Decimal("0.0254")),
    "GRM": ("KGM", Decimal("0.001")), "TNE": ("KGM", Decimal(1000)), "LBR": ("KGM", Decimal("0.45359237")),
    "MLT": ("LTR", Decimal("0.001")), "CLT": ("LTR", Decimal("0.01")), "HLT": ("LTR", Decimal(100)),
})
"""UN/ECE Rec 20 conversion factors to the unit that items are usually kept in."""

_NAMES = MappingProxyType({
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
    """UN/ECE codes a printed unit may mean, likeliest first; empty when the spelling is unknown. "M" is metre and thousand."""
    exact, folded = _spellings()
    word = printed.strip()
    return tuple(dict.fromkeys((*exact.get(word, ()), *folded.get(_fold(word), ()))))


def unit_name(uom: str, count: Decimal = Decimal(1)) -> str:
    """The unit in words, for sentences: "piece", "cases"; a code we have no word for stays as it is."""
    one, many = _NAMES.get(uom, (uom, uom))
    return one if count == 1 else many


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


@dataclass(frozen=True, slots=True)
class UnitClues:
    """What a line says about its unit. Prices are for one printed unit, unless the arithmetic shows
    another. `contract` maps a unit code to our price for one of it.
    """

    printed: str | None
    quantity: Decimal | None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None             # percent
    pack: Decimal | None = None
    contract: Mapping[str, Decimal] = field(default_factory=dict)
    tolerance: Decimal = Decimal(2)             # percent


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read a line: ordered in `uom` (`factor` base units each), its price being for one `price_uom`."""

    uom: str
    factor: Decimal
    price_uom: str
    unit_price: Decimal | None                  # for one `uom`
    probability: float
    reasons: tuple[str, ...] = ()


def read_unit(clues: UnitClues, base_uom: str, units: Sequence[ItemUnit]) -> tuple[UnitReading, ...]:
    """All ways to read the line's unit, likeliest first; probabilities add up to at most 1. Empty when none is possible."""
    spoken = unit_codes(clues.printed) if clues.printed else ()
    own = _own_units(base_uom, units)
    weighed = [
        _weigh(clues, uom, prior, price_uom, own, base_uom, units)
        for uom, prior in _order_units(clues.printed, spoken, base_uom, own, units).items()
        for price_uom in dict.fromkeys((uom, *own))
    ]
    merged = _merge(weighed)
    whole = sum(r.probability for r in merged) + _NOTHING_FITS * max((r.probability for r in merged), default=1.0)
    shares = (UnitReading(r.uom, r.factor, r.price_uom, r.unit_price, r.probability / whole, r.reasons) for r in merged)
    return tuple(sorted(shares, key=lambda r: (-r.probability, r.uom != base_uom, r.uom)))


_NOTHING_FITS = 0.01         # how often it is none of them, beside the likeliest
_OTHER_BASIS = 0.05          # how often a price is for another unit than the one printed, without being said
_OTHER_BASIS_UNSAID = 0.01   # and where no unit is printed at all
_MISSES_PRICE = 0.03         # a price that deviates by less than a third is a wrong reading more often than a real deviation
_FAR_FROM_PRICE = 0.003      # one that deviates by more, all the more so
_MISSES_AMOUNT = 0.02


def _own_units(base_uom: str, units: Sequence[ItemUnit]) -> dict[str, Decimal]:
    return {base_uom: Decimal(1)} | {u.uom: u.factor for u in units if u.uom != base_uom}


def _order_units(
    printed: str | None, spoken: tuple[str, ...], base_uom: str, own: Mapping[str, Decimal], units: Sequence[ItemUnit]
) -> dict[str, float]:
    """Units the quantity may be in, with how plausible each is before any arithmetic."""
    if not printed:
        return {uom: 1.0 if len(own) == 1 else 0.7 if uom == base_uom else 0.25 for uom in own}
    named: dict[str, float] = {}
    for place, code in enumerate(spoken):
        if factor_of(code, base_uom, units) is not None:
            named.setdefault(as_item_says(code, own), 0.5 ** min(place, 3))
    loose = [uom for uom in own if uom in _PACKS] if _PACKS & set(spoken) else []
    if not named and loose:
        named = dict.fromkeys(loose, 0.5 / len(loose))
    # The word may be wrong (a form that prints EA everywhere): weak, but arithmetic can speak for it.
    return dict.fromkeys(own, 0.02) | named


def as_item_says(code: str, own: Iterable[str]) -> str:
    """The item's own word for a unit: all codes for one piece are the same; others stay as they are."""
    return next((uom for uom in own if uom == code or (uom in PIECES and code in PIECES)), code)


def _weigh(
    clues: UnitClues, uom: str, prior: float, price_uom: str, own: Mapping[str, Decimal], base_uom: str, units: Sequence[ItemUnit]
) -> UnitReading:
    factor = own.get(uom) or factor_of(uom, base_uom, units) or Decimal(1)
    weight, reasons = prior, []
    price = clues.unit_price
    if price_uom != uom:
        weight *= (_OTHER_BASIS if clues.printed else _OTHER_BASIS_UNSAID) if price is not None else 0
        price = price if price is None else to_scale(price * factor / own[price_uom])
        reasons.append(f"the price is for one {unit_name(price_uom)}")
    ours = clues.contract.get(uom)
    if price is not None and ours:
        fits = within(price, ours, clues.tolerance)
        weight *= 1 if fits else _MISSES_PRICE if within(price, ours, Decimal(33)) else _FAR_FROM_PRICE
        reasons += ["reproduces our price"] if fits else []
    if price is not None and clues.amount is not None and clues.quantity:
        fits = _makes(clues.quantity, price, clues.discount, clues.amount)
        weight *= 1 if fits else _MISSES_AMOUNT
        reasons += ["reproduces the amount"] if fits else []
    if clues.pack and clues.pack != 1 and clues.pack == factor:
        weight *= 5
        reasons.append(f"the pack of {clues.pack:f} is printed")
    return UnitReading(uom, factor, price_uom, price, weight, tuple(reasons))


def _merge(readings: Iterable[UnitReading]) -> list[UnitReading]:
    """One reading for each unit and price: the likeliest stands for those that come to the same."""
    best: dict[tuple[str, Decimal | None], UnitReading] = {}
    for reading in readings:
        key = (reading.uom, reading.unit_price)
        if reading.probability > 0 and (key not in best or best[key].probability < reading.probability):
            best[key] = reading
    return list(best.values())


def within(price: Decimal, ours: Decimal, tolerance: Decimal) -> bool:
    """True when `price` is at most `tolerance` percent off `ours`, or half a cent, which is rounding."""
    return abs(price - ours) <= max(ours * tolerance / 100, Decimal("0.005"))


def _makes(quantity: Decimal, price: Decimal, discount: Decimal | None, amount: Decimal) -> bool:
    gross = quantity * price
    net = gross - gross * (discount or 0) / 100
    # A price printed with two decimals may be off by half a cent a unit, seldom by more than half a percent.
    slack = max(Decimal("0.02"), min(quantity * Decimal("0.005"), abs(amount) / 200))
    return abs(net - amount) <= slack


def to_scale(value: Decimal) -> Decimal:
    """Rounded half-up to the decimals that quantities and prices are kept with."""
    return value.quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
