"""Prices against ours, amounts against quantities, totals against amounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from matching.agreed import asked_value
from matching.assemble import is_typed
from matching.checks.amounts import printed_amount
from matching.policy import Policy
from matching.pricing import OurPrice, rival_prices
from matching.records import CatchWeight, Facts, ItemRecord
from matching.unit_reading import DOUBTFUL, within
from matching.units import unit_name
from matching.wording import line_value, money, number, order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Found
from models.domain.money import line_amount, minor_digits, round_money
from models.domain.partners import PriceRule
from models.domain.reading import Header

HIGHEST_TAX = Decimal("0.27")
"""The highest general VAT rate in the European Union (Hungary): what a total may exceed the lines by, if no tax is printed."""


VAT_RATES = tuple(Decimal(r) / 1000 for r in (50, 55, 60, 70, 80, 90, 100, 120, 130, 190, 200, 210, 220, 230, 240, 250, 255, 270))
"""Common general and reduced VAT rates in Europe: a total that exceeds the lines by exactly one of them carries that tax."""


_PRICE_NAMES = {"contract": "contract", "customer": "customer's price", "promotion": "promotion price", "group": "group price"}


def check_line_money(
    line: DraftLine, item: ItemRecord | None, currency: str | None, facts: Facts, policy: Policy
) -> Iterator[Doubt]:
    """Doubts about the price and the amount of a line."""
    if line.item is not None and not is_typed(line.unit_price):
        rivals = _rivals(line, item, currency, facts)
        yield from _ambiguous(line, rivals, currency) if rivals else _price(line, currency, policy)
    yield from _amount(line, item, currency)


def _rivals(line: DraftLine, item: ItemRecord | None, currency: str | None, facts: Facts) -> tuple[OurPrice, ...]:
    if item is None or line.uom is None or line.list_price is None or len(item.prices) < 2:
        return ()
    return rival_prices(item, line.uom.value, line.quantity.value if line.quantity else None, facts.on, currency)


def _ambiguous(line: DraftLine, rivals: Sequence[OurPrice], currency: str | None) -> Iterator[Doubt]:
    assert line.item is not None
    amounts = [r.amount for r in rivals]
    kind = _PRICE_NAMES.get(rivals[0].source, "list price")
    named = [f"{money(r.amount)}{f' ({r.reference})' if r.reference else ''}" for r in rivals]
    quantity = line.quantity.value if line.quantity else Decimal(1)
    choices = [Choice(number(r.amount), f"{name}, {kind}", 0.4) for r, name in zip(rivals, named, strict=True)]
    if line.unit_price is not None and line.unit_price.value not in amounts:
        choices.append(Choice(number(line.unit_price.value), f"{money(line.unit_price.value)}, as printed", 0.2))
    yield Doubt(
        DoubtCode.PRICE_AMBIGUOUS,
        f"{row_name(line)}: two prices of {line.item.value.sku} hold today, {' and '.join(named)}. Choose one, and have the "
        "price list put right.",
        f"lines.{line.key}.unit_price", line.unit_price.evidence if line.unit_price else line.item.evidence, tuple(choices),
        max(1.0, float((max(amounts) - min(amounts)) * abs(quantity))))


def _price(line: DraftLine, currency: str | None, policy: Policy) -> Iterator[Doubt]:
    assert line.item is not None
    asked, ours, path = line.unit_price, line.list_price, f"lines.{line.key}.unit_price"
    if asked is None and ours is None:
        sentence = f"{row_name(line)}: no price is printed and no list has one for {line.item.value.sku}. Type it."
        yield Doubt(DoubtCode.PRICE_MISSING, sentence, path, line.item.evidence, cost=line_value(line))
    if asked is not None and ours is None and line.amount is None:
        yield Doubt(
            DoubtCode.PRICE_MISSING,
            f"{row_name(line)}: no list has a price for {line.item.value.sku}, and no amount confirms the printed "
            f"{money(asked.value)}. Compare it with the page.",
            path, asked.evidence, (Choice(number(asked.value), f"{money(asked.value)}, as printed", asked.confidence),),
            0.1 * line_value(line))
    if asked is None or ours is None or within(asked.value, ours, policy.price_tolerance):
        return
    if policy.price_rule is PriceRule.THEIRS and within(asked.value, ours, DOUBTFUL):
        return
    yield _deviation(line, asked, ours, currency, policy)


def _deviation(line: DraftLine, asked: Found[Decimal], ours: Decimal, currency: str | None, policy: Policy) -> Doubt:
    kind = _PRICE_NAMES.get(line.price_source or "", "list price")
    share = f"{(asked.value / ours - 1) * 100:+.1f} %" if ours else "from nothing"
    quantity = line.quantity.value if line.quantity else Decimal(1)
    worth = abs(asked.value - ours) * abs(quantity)
    difference = f"{money(round_money(worth, currency))}{f' {currency}' if currency else ''}"
    said = f"{difference} less than printed" if asked.value > ours else f"{difference} more than printed"
    choices = (
        Choice(number(ours), f"{money(ours)}, our {kind}", 0.5, said),
        Choice(number(asked.value), f"{money(asked.value)}, as printed", 0.5))
    known = _ours(line.price_source or "", money(ours))
    return Doubt(
        DoubtCode.PRICE_DEVIATION,
        f"{row_name(line)}: price {money(asked.value)}, {known} "
        f"({share}, tolerance {number(policy.price_tolerance)} %).",
        f"lines.{line.key}.unit_price", asked.evidence, choices, max(1.0, float(worth)))


def _ours(source: str, amount: str) -> str:
    """Our price by its name, each a sentence of its own for whoever translates it."""
    match source:
        case "contract":
            return f"contract {amount}"
        case "customer":
            return f"customer's price {amount}"
        case "promotion":
            return f"promotion price {amount}"
        case "group":
            return f"group price {amount}"
    return f"list price {amount}"


def _amount(line: DraftLine, item: ItemRecord | None, currency: str | None) -> Iterator[Doubt]:
    if line.amount is None or line.quantity is None or line.unit_price is None:
        return
    if any(is_typed(f) for f in (line.amount, line.quantity, line.unit_price)):
        return
    quantity, price = asked_value(line.quantity), asked_value(line.unit_price)
    due = line_amount(quantity, price, line.discount.value if line.discount else None, currency)
    off, weighed = abs(due - line.amount.value), item.catch_weight if item else None
    if off <= _slack(quantity, price, currency) or (weighed and off <= abs(due) * weighed.tolerance / 100):
        return
    if weighed is not None and item is not None and line.base_quantity:
        yield _other_weight(line, item, weighed, due)
        return
    yield Doubt(
        DoubtCode.AMOUNT_MISMATCH,
        f"{row_name(line)}: {number(quantity)} × {money(price)} makes {money(due)}, but {money(line.amount.value)} is printed.",
        f"lines.{line.key}.quantity", line.amount.evidence, cost=max(1.0, float(off)))


def _other_weight(line: DraftLine, item: ItemRecord, weighed: CatchWeight, due: Decimal) -> Doubt:
    """The amount is for another weight than the pieces can have."""
    assert line.amount is not None and line.base_quantity
    pieces = line.base_quantity
    weight = pieces * weighed.nominal
    return Doubt(
        DoubtCode.CATCH_WEIGHT,
        f"{row_name(line)}: {number(pieces)} {unit_name(item.base_uom, pieces)} of {item.sku} weigh about {number(weight)} "
        f"{unit_name(weighed.uom, weight)} (± {number(weighed.tolerance)} %) and come to {money(due)}, but "
        f"{money(line.amount.value)} is printed. Check the quantity and what the price is for.",
        f"lines.{line.key}.quantity", line.amount.evidence, cost=max(1.0, float(abs(due - line.amount.value))))


def _slack(quantity: Decimal, price: Decimal, currency: str | None) -> Decimal:
    """Half a unit of the price's last printed digit on each piece, at most half a percent; and one of the smallest coin."""
    exponent = price.normalize().as_tuple().exponent
    last_digit = Decimal(1).scaleb(min(exponent if isinstance(exponent, int) else 0, -minor_digits(currency)))
    coin = Decimal(1).scaleb(-minor_digits(currency))
    return coin + min(abs(quantity) * last_digit / 2, abs(quantity * price) / 200)


def check_total(draft: Draft, lines: Sequence[DraftLine], header: Header) -> Iterator[Doubt]:
    """A doubt where the printed total does not follow from the lines."""
    currency = draft.currency.value if draft.currency else None
    amounts = [printed_amount(line, currency) for line in lines]
    if draft.total is None or is_typed(draft.total) or not amounts or None in amounts:
        return
    net = sum((a for a in amounts if a is not None), Decimal(0))
    if _explains(net, draft.total.value, header):
        return
    yield Doubt(
        DoubtCode.TOTAL_MISMATCH,
        f"The lines add up to {money(round_money(net, currency))}, but the printed total is {money(draft.total.value)}. "
        "Check for a missing or misread line.",
        "total", draft.total.evidence, cost=min(float(abs(net - draft.total.value)), order_value(draft)))


def _explains(net: Decimal, total: Decimal, header: Header) -> bool:
    """True when the total follows from the lines, with the printed tax, charges and discount, or with a tax not printed."""
    slack = max(Decimal("0.05"), abs(total) / 2000)
    if abs(net - total) <= slack:
        return True
    tax, charges, discount = (f.value if f else Decimal(0) for f in (header.tax, header.charges, header.discount))
    sums = {net + t + c - d for t in (Decimal(0), tax) for c in (Decimal(0), charges) for d in (Decimal(0), abs(discount))}
    if any(abs(s - total) <= slack for s in sums):
        return True
    if any(abs(s * (1 + rate) - total) <= slack for s in sums for rate in VAT_RATES):
        return True
    taxed = header.tax is None and header.subtotal is not None and abs(header.subtotal.value - net) <= slack
    return taxed and net <= total <= net * (1 + HIGHEST_TAX) + slack
