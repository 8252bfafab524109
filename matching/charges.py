"""Discounts, charges and taxes of a whole order: taken from its readings, and what they and the lines come to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from matching.amounts import printed_amount
from models.domain.draft import Draft, DraftCharge, DraftLine
from models.domain.evidence import Evidence, Found, Origin
from models.domain.money import line_amount
from models.domain.order_work import ChargeKind
from models.domain.reading import Header, ReadingLine
from models.domain.states import LineState

WORDS = {ChargeKind.DISCOUNT: "Discount", ChargeKind.CHARGE: "Charge", ChargeKind.TAX: "Tax"}
"""What one is called where nothing is printed."""
VAT_RATES = tuple(Decimal(r) / 1000 for r in (50, 55, 60, 70, 80, 90, 100, 120, 130, 190, 200, 210, 220, 230, 240, 250, 255, 270))
"""Common general and reduced VAT rates in Europe: a total that exceeds the lines by exactly one of them carries that tax."""
_OF_HEADER = {"discount": ChargeKind.DISCOUNT, "charges": ChargeKind.CHARGE, "tax": ChargeKind.TAX}
MOST_NAMED = 200
"""Signs of a charge's name."""


def charges_of(headers: Sequence[Header], rows: Iterable[ReadingLine]) -> tuple[DraftCharge, ...]:
    """The charges that the readings name: rows of their tables first, then the sums below, each sum once. A sum below that is
    that of rows of its kind says the same again."""
    charges: list[DraftCharge] = []
    sums = dict.fromkeys(ChargeKind, Decimal(0))
    for row in rows:
        amount = row.amount or _worth(row)
        assert row.charge is not None
        if amount is not None and amount.value:
            charges.append(_charge(f"row-{len(charges) + 1}", row.charge, row.description, amount))
            sums[row.charge] += abs(amount.value)
    for field, kind in _OF_HEADER.items():
        amount = next((found for h in headers if (found := getattr(h, field)) is not None), None)
        if amount is not None and amount.value and abs(amount.value) != sums[kind]:
            charges.append(_charge(field, kind, _printed_name(amount), amount))
    return tuple(charges)


def settled(charges: Sequence[DraftCharge], lines: Sequence[DraftLine], total: Found[Decimal] | None, currency: str | None
            ) -> tuple[DraftCharge, ...]:
    """The charges, those that the printed total leaves out not counting: tax in the prices, a discount the amounts show already.
    Of all ways to reach the total, the one with most of them; all count where none reaches it."""
    net = net_of(lines, currency)
    if total is None or net is None:
        return tuple(charges)
    for size in range(len(charges), -1, -1):
        for kept in combinations(charges, size):
            if reaches(net + sum((c.signed for c in kept), Decimal(0)), total.value, may_be_taxed=not _taxed(charges)):
                return tuple(c if c in kept else replace(c, counts=False) for c in charges)
    return tuple(charges)


def net_of(lines: Sequence[DraftLine], currency: str | None) -> Decimal | None:
    """What the lines come to by the customer's paper; None while it does not say that of each."""
    amounts = [printed_amount(line, currency) for line in lines if line.state is not LineState.REJECTED]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def sum_of_charges(draft: Draft) -> Decimal:
    """What the charges of a draft that count add to its lines."""
    return sum((charge.signed for charge in draft.charges), Decimal(0))


def reaches(due: Decimal, total: Decimal, *, may_be_taxed: bool) -> bool:
    """True when a printed total is what is due, or, with `may_be_taxed`, that with a tax nobody printed."""
    slack = max(Decimal("0.05"), abs(total) / 2000)
    return abs(due - total) <= slack or (may_be_taxed and any(abs(due * (1 + rate) - total) <= slack for rate in VAT_RATES))


def is_confirmed(draft: Draft, sure: float) -> bool:
    """True when a surely read total is what the lines and the charges come to."""
    net = net_of(draft.lines, draft.currency.value if draft.currency else None)
    if draft.total is None or net is None or draft.total.confidence < sure:
        return False
    return reaches(net + sum_of_charges(draft), draft.total.value, may_be_taxed=False)


def _taxed(charges: Iterable[DraftCharge]) -> bool:
    return any(charge.kind is ChargeKind.TAX for charge in charges)


def _worth(row: ReadingLine) -> Found[Decimal] | None:
    if row.unit_price is None:
        return None
    quantity = row.quantity.value if row.quantity else Decimal(1)
    return replace(row.unit_price, value=line_amount(quantity, row.unit_price.value, None, None))


def _charge(key: str, kind: ChargeKind, name: Found[str] | None, amount: Found[Decimal]) -> DraftCharge:
    """What is charged less than nothing is a discount."""
    kind = ChargeKind.DISCOUNT if amount.value < 0 else kind
    name = name if name is not None and name.value.strip() else Found(WORDS[kind], 1.0, Evidence(Origin.COMPUTED))
    name = replace(name, value=name.value.strip()[:MOST_NAMED])
    return DraftCharge(key, kind, name, replace(amount, value=abs(amount.value), candidates=()))


def _printed_name(amount: Found[Decimal]) -> Found[str] | None:
    """The wording it stood behind, which its evidence notes."""
    note = amount.evidence.note
    if not note or amount.evidence.origin is not Origin.READ:
        return None
    return Found(note, amount.confidence, amount.evidence)
