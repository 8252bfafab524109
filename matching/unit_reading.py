"""From what a line says to the unit and the price basis it means.

Unit and price unit are resolved together: each way to read them is a hypothesis, weighed by how well it explains the printed
unit, the printed amount, the printed pack size and our own price. A tie is a question, never a guess. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from matching.units import PACKS, PIECES, as_item_says, factor_of, to_scale, unit_codes, unit_name
from models.domain.units import ItemUnit

_ONE = Decimal(1)
_HUNDREDS = (Decimal(100), Decimal(1000))
"""Numbers of pieces that prices are commonly for without saying so."""


@dataclass(frozen=True, slots=True)
class UnitClues:
    """What a line says about its unit. Prices are for one printed unit, unless the arithmetic shows
    another. `contract` maps a unit code to our price for one of it.

    `pack` is printed as such, `pack_in_text` stands in the description ("box of 100"); `says_basis` when the paper itself says
    what its price is for; `meant` is the code that a person said this printed word means. What is ordered by the piece and
    priced by weight is `weighed_in` a unit, and its amount may be off by `gives`.
    """

    printed: str | None
    quantity: Decimal | None
    unit_price: Decimal | None = None
    amount: Decimal | None = None
    discount: Decimal | None = None             # percent
    pack: Decimal | None = None
    contract: Mapping[str, Decimal] = field(default_factory=dict)
    tolerance: Decimal = Decimal(2)             # percent
    pack_in_text: Decimal | None = None
    says_basis: bool = False
    weighed_in: str | None = None
    gives: Decimal = Decimal(0)                 # percent
    meant: str | None = None


@dataclass(frozen=True, slots=True)
class UnitReading:
    """One way to read a line: ordered in `uom` (`factor` base units each), the printed price being for `per` × `price_uom`."""

    uom: str
    factor: Decimal
    price_uom: str
    unit_price: Decimal | None                  # for one `uom`
    probability: float
    reasons: tuple[str, ...] = ()
    per: Decimal = _ONE


def read_unit(clues: UnitClues, base_uom: str, units: Sequence[ItemUnit]) -> tuple[UnitReading, ...]:
    """All ways to read the line's unit, likeliest first; probabilities add up to at most 1, what is left is the chance that none
    of them is meant. Empty when none is possible."""
    spoken = (clues.meant,) if clues.meant else unit_codes(clues.printed) if clues.printed else ()
    own = _own_units(base_uom, units)
    named, unsold = _order_units(clues.printed, spoken, base_uom, own, units)
    weighed = [
        _weigh(clues, uom, prior, basis, own, base_uom, units)
        for uom, prior in named.items() for basis in _bases(clues, uom, base_uom, own)]
    merged = _merge(weighed)
    best = max((r.probability for r in merged), default=1.0)
    # A unit that is not in our books would meet our price by chance only.
    met = any(_PRICE_FITS in r.reasons for r in merged)
    against_word = sum(r.probability for r in merged if clues.printed and named[r.uom] < _NAMED)
    odd = clues.printed and any(prior >= _NAMED and _is_other_pack(clues, own.get(uom)) for uom, prior in named.items())
    other_pack = _OTHER_PACK if odd else 0
    whole = sum(r.probability for r in merged) + _NOTHING_FITS * best + unsold * (_MISSES_PRICE if met else 1) + other_pack
    whole += _SURPRISE * against_word
    shares = (
        UnitReading(r.uom, r.factor, r.price_uom, r.unit_price, r.probability / whole, r.reasons, r.per) for r in merged)
    return tuple(sorted(shares, key=lambda r: (-r.probability, r.uom != base_uom, r.uom)))


DOUBTFUL = Decimal(33)       # percent; a price that is further off than this is a misreading rather than a price
_NOTHING_FITS = 0.01         # how often it is none of them, beside the likeliest
_OTHER_BASIS = 0.05          # how often a price is for another unit than the one ordered, or for hundreds, without being said
_OTHER_BASIS_UNSAID = 0.01   # and for another unit where neither a unit nor a pack is printed at all
_MISSES_PRICE = 0.03         # a price that deviates by less than a third is a wrong reading more often than a real deviation
_FAR_FROM_PRICE = 0.003      # one that deviates by more, all the more so
_MISSES_AMOUNT = 0.0002      # the amount of a right reading is another only where one of the two was misread
_UNSOLD = 0.7                # a word for a unit that the item is not sold in: how often it is a unit not in our books
_LOOSELY_UNSOLD = 0.3        # and where it is a package, and we sell another kind of package
_NAMED = 0.1                 # what at least speaks for a unit that the printed word may mean
_WRONG_WORD = 0.02           # how often a form prints another unit than is meant (EA everywhere)
_SURPRISE = 0.25             # a unit that the paper does not name is never taken without a question, whatever the arithmetic says
_OTHER_PACK = 2.0            # a pack printed in another size than ours: more likely another pack than a slip
_PACK_FITS = 8               # a pack is printed where packs are ordered
_PACK_IN_TEXT_FITS = 3
_PRICE_FITS = "reproduces our price"


def _own_units(base_uom: str, units: Sequence[ItemUnit]) -> dict[str, Decimal]:
    return {base_uom: _ONE} | {u.uom: u.factor for u in units if u.uom != base_uom}


def _order_units(
    printed: str | None, spoken: tuple[str, ...], base_uom: str, own: Mapping[str, Decimal], units: Sequence[ItemUnit]
) -> tuple[dict[str, float], float]:
    """(units the quantity may be in, with how plausible each is before any arithmetic; the same for a unit not in our books)."""
    if not printed:
        return {uom: 1.0 if len(own) == 1 else 0.7 if uom == base_uom else 0.25 for uom in own}, 0.0
    # The catalogue's own code counts, even one that is in no standard.
    named: dict[str, float] = {uom: 1.0 for uom in own if uom.casefold() == printed.strip().casefold()}
    for place, code in enumerate(spoken):
        if factor_of(code, base_uom, units) is not None:
            named.setdefault(as_item_says(code, own), 0.5 ** min(place, 3))
    # The word may be wrong (a form that prints EA everywhere): weak, but arithmetic can speak for it.
    wrong = dict.fromkeys(own, _WRONG_WORD)
    if named:
        return wrong | named, 0.0
    is_package = bool(PACKS & set(spoken))
    loose = [uom for uom in own if uom in PACKS] if is_package else []
    if loose:
        return wrong | dict.fromkeys(loose, 0.5 / len(loose)), _LOOSELY_UNSOLD
    # What we call a piece may be a box to them: gloves. A piece is no kilogram.
    return (wrong | {base_uom: 1 - _UNSOLD} if is_package or not spoken else wrong), _UNSOLD


def _bases(clues: UnitClues, uom: str, base_uom: str, own: Mapping[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    """What the price may be for: (unit, how many of it)."""
    yield uom, _ONE
    if not clues.unit_price or not (clues.contract or clues.amount is not None):
        return      # nothing could tell
    yield from ((other, _ONE) for other in own if other != uom)
    count = base_uom if base_uom in PIECES else uom
    yield from ((count, per) for per in _HUNDREDS if not clues.says_basis)


def _weigh(
    clues: UnitClues, uom: str, prior: float, basis: tuple[str, Decimal], own: Mapping[str, Decimal], base_uom: str,
    units: Sequence[ItemUnit]
) -> UnitReading:
    factor = own.get(uom) or factor_of(uom, base_uom, units) or _ONE
    weight, reasons = prior, []
    price, (price_uom, per) = clues.unit_price, basis
    if price is None:
        price = _implied(clues)
    elif price_uom != uom or per != 1:
        unsaid = per == 1 and not clues.printed and clues.pack != factor
        usual = price_uom == clues.weighed_in and per == 1
        weight *= 1 if usual else _OTHER_BASIS_UNSAID if unsaid else _OTHER_BASIS
        price = to_scale(price * factor / ((own.get(price_uom) or factor) * per))
        reasons.append(f"the price is for {basis_words(price_uom, per)}")
    ours = clues.contract.get(uom)
    if price is not None and ours:
        fits = within(price, ours, clues.tolerance)
        weight *= 1 if fits else _MISSES_PRICE if within(price, ours, DOUBTFUL) else _FAR_FROM_PRICE
        reasons += [_PRICE_FITS] if fits else []
    if clues.unit_price is not None and price is not None and clues.amount is not None and clues.quantity:
        fits = _makes(clues.quantity, price, clues.discount, clues.amount, clues.gives)
        weight *= 1 if fits else _MISSES_AMOUNT
        reasons += ["reproduces the amount"] if fits else []
    if prior < _NAMED:
        pass                    # a pack may be printed where pieces are ordered
    elif clues.pack and clues.pack != 1 and clues.pack == factor:
        weight *= _PACK_FITS
        reasons.append(f"the pack of {clues.pack:f} is printed")
    elif clues.pack_in_text and clues.pack_in_text != 1 and clues.pack_in_text == factor:
        weight *= _PACK_IN_TEXT_FITS
        reasons.append(f"the description speaks of {clues.pack_in_text:f} in one")
    return UnitReading(uom, factor, price_uom, price if clues.unit_price is not None else None, weight, tuple(reasons), per)


def _implied(clues: UnitClues) -> Decimal | None:
    """The price that the amount implies where none is printed."""
    share = 1 - (clues.discount or Decimal(0)) / 100
    if clues.amount is None or not clues.quantity or share <= 0:
        return None
    return to_scale(clues.amount / (clues.quantity * share))


def _is_other_pack(clues: UnitClues, factor: Decimal | None) -> bool:
    """True when the paper prints a pack of another size than the unit that its word names."""
    return factor is not None and factor != 1 and clues.pack is not None and clues.pack not in {_ONE, factor}


def basis_words(price_uom: str, per: Decimal) -> str:
    """What a price is for, in words: "one case", "100 pieces"."""
    return f"one {unit_name(price_uom)}" if per == 1 else f"{per:f} {unit_name(price_uom, per)}"


def _merge(readings: Iterable[UnitReading]) -> list[UnitReading]:
    """One reading for each unit and price: the likeliest stands for those that come to the same."""
    best: dict[tuple[str, Decimal | None], UnitReading] = {}
    for reading in readings:
        key = (reading.uom, reading.unit_price)
        if reading.probability > 0 and (key not in best or best[key].probability < reading.probability):
            best[key] = reading
    return list(best.values())


def within(price: Decimal, ours: Decimal, tolerance: Decimal) -> bool:
    """True when `price` is at most `tolerance` percent off `ours`, or half of its own last digit, which is rounding."""
    off = abs(price - ours)
    if off <= ours * tolerance / 100:
        return True
    exponent = price.normalize().as_tuple().exponent
    return off <= Decimal(5).scaleb(min(exponent if isinstance(exponent, int) else 0, -2) - 1)


def _makes(quantity: Decimal, price: Decimal, discount: Decimal | None, amount: Decimal, gives: Decimal) -> bool:
    gross = quantity * price
    net = gross - gross * (discount or 0) / 100
    # A price printed with two decimals may be off by half a cent a unit, seldom by more than half a percent.
    slack = max(Decimal("0.02"), min(quantity * Decimal("0.005"), abs(amount) / 200), abs(net) * gives / 100)
    return abs(net - amount) <= slack
