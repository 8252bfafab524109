"""Order unit × price unit × pack × evidence, all combinations: what the paper settles is read rightly, what it leaves open is
asked, and nothing is wrong in silence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product

from matching.assemble import build_draft
from matching.checks import run_checks
from matching.decide import decide
from matching.merge import merge
from matching.model import default_model
from matching.policy import Policy
from matching.records import ItemRecord, PriceRecord, Source
from models.domain.items import PriceKind
from models.domain.units import ItemUnit
from tests.unit.matching.test_decide import FACTS, found, order

QUANTITY = Decimal(30)
CONTRACT = Decimal("1.10")
PACKS = {"H87": Decimal(1), "XBX": Decimal(12), "XCS": Decimal(24), "XPX": Decimal(100)}
WORDS = {"H87": "pcs", "XBX": "box", "XCS": "case", "XPX": "pallet"}
CATALOGUES = (("H87",), ("H87", "XCS"), ("H87", "XBX", "XCS"), ("H87", "XPX"))
BASES = ("ordered", "H87", "100", "1000")
"""What the printed price is for: one ordered unit, one piece, 100 or 1000 pieces."""


@dataclass(frozen=True)
class Paper:
    """What is true of a line, and how much of it the paper and our lists tell."""

    units: tuple[str, ...]
    unit: str
    basis: str
    word: str | None
    has_contract: bool
    has_price: bool
    has_amount: bool
    has_pack: bool

    @property
    def shows_pack(self) -> bool:
        """Nobody prints how many pieces are in a piece."""
        return self.has_pack and self.unit != "H87"

    @property
    def price(self) -> Decimal:
        """As printed."""
        return CONTRACT * pieces(self.basis, self.unit)

    @property
    def amount(self) -> Decimal:
        """As printed."""
        return QUANTITY * PACKS[self.unit] * CONTRACT


def pieces(basis: str, unit: str) -> Decimal:
    return PACKS[unit] if basis == "ordered" else Decimal(1) if basis == "H87" else Decimal(basis)


def papers() -> Iterator[Paper]:
    for units, basis in product(CATALOGUES, BASES):
        for unit in units:
            for word in (WORDS[unit], None, *(("EA",) if unit != "H87" else ())):
                yield from (Paper(units, unit, basis, word, *told) for told in product((True, False), repeat=4))


Outcome = tuple[Decimal, Decimal | None]
"""Pieces ordered, and the price of one piece (None where none is printed)."""


def possible(paper: Paper) -> Iterator[tuple[int, bool, Outcome]]:
    """Every reading that fits all that is told: how much the paper must then have left out, whether its word is wrong, what comes
    of it."""
    for unit, basis in product(paper.units, BASES if paper.has_price else BASES[:1]):
        each = paper.price / pieces(basis, unit) if paper.has_price else None
        implied = each if each is not None else paper.amount / QUANTITY / PACKS[unit] if paper.has_amount else None
        fits = (
            (not paper.shows_pack or unit == "H87" or PACKS[unit] == PACKS[paper.unit])
            and (not paper.has_contract or implied is None or implied == CONTRACT)
            and (not paper.has_amount or each is None or QUANTITY * PACKS[unit] * each == paper.amount))
        if fits:
            is_wrong = paper.word not in {None, WORDS[unit], "EA" if unit == "H87" else WORDS[unit]}
            yield left_out(paper, unit, basis, is_wrong), is_wrong, (QUANTITY * PACKS[unit], each)


def left_out(paper: Paper, unit: str, basis: str, is_wrong: bool) -> int:
    """A price for something else than the ordered unit goes without saying where no unit is printed, and it is for hundreds or a
    pack is printed; a pack is needless where pieces are ordered."""
    unsaid = (unit != "H87" and basis == "H87") if paper.shows_pack else basis in {"100", "1000"}
    usual = PACKS[unit] == pieces(basis, unit) or (paper.word is None and unsaid)
    return (not usual) + (is_wrong and 1 + (paper.shows_pack and unit == "H87"))


def settled(paper: Paper) -> Outcome | None:
    """The one reading that asks least of the paper; None when there are several, when its word must be wrong, or when nothing
    confirms the price."""
    if not paper.has_contract and not (paper.has_price and paper.has_amount):
        return None
    readings = list(possible(paper))
    fewest = min(faults for faults, _, _ in readings)
    best = {(is_wrong, outcome) for faults, is_wrong, outcome in readings if faults == fewest}
    is_wrong, outcome = best.pop()
    return outcome if not best and not is_wrong else None


def read(paper: Paper) -> tuple[bool, Outcome]:
    """(goes through unseen, what it was read as)."""
    prices = (PriceRecord("H87", CONTRACT, Decimal(1), "EUR", PriceKind.CONTRACT),) if paper.has_contract else ()
    item = ItemRecord(1, "KX-4", "Hinge brass 40 x 30", units=tuple(ItemUnit(u, PACKS[u]) for u in paper.units), prices=prices)
    facts = replace(FACTS, items={1: item})
    reading = order(QUANTITY, paper.price, paper.amount if paper.has_amount else None, paper.word)
    line = replace(
        reading.lines[0], unit_price=reading.lines[0].unit_price if paper.has_price else None,
        pack=found(PACKS[paper.unit]) if paper.shows_pack else None)
    sources, policy = [Source(1, replace(reading, lines=(line,)))], Policy()
    draft = build_draft(sources, facts, default_model())
    decision = decide(draft, run_checks(draft, merge(sources), facts, policy), policy)
    (made,) = draft.lines
    each = made.unit_price.value / PACKS[made.uom.value] if made.unit_price and made.uom else None
    return decision.approve, (made.base_quantity or Decimal(0), each)


def test_every_combination_is_read_rightly_or_asked_about() -> None:
    wrong, asked_for_nothing, silent = [], [], []
    for paper in papers():
        expected, (approved, outcome) = settled(paper), read(paper)
        if expected is None:
            silent += [(paper, outcome)] if approved else []
        elif not approved:
            asked_for_nothing.append((paper, outcome))
        elif outcome != expected:
            wrong.append((paper, outcome))
    assert (wrong, silent, asked_for_nothing) == ([], [], [])
