"""From what a line says to the unit and the price basis it means.

Unit and price unit are resolved together: each way to read them is a hypothesis, weighed by how well it explains the printed
unit, the printed amount, the printed pack size and our own price. A tie is a question, never a guess. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from matching.units import PACKS, as_item_says, factor_of, to_scale, unit_codes, unit_name
from models.domain.units import ItemUnit


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
    loose = [uom for uom in own if uom in PACKS] if PACKS & set(spoken) else []
    if not named and loose:
        named = dict.fromkeys(loose, 0.5 / len(loose))
    # The word may be wrong (a form that prints EA everywhere): weak, but arithmetic can speak for it.
    return dict.fromkeys(own, 0.02) | named


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
