"""Prices against ours, amounts against quantities, totals against amounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from matching.agreed import asked_value
from matching.assemble import is_typed
from matching.charges import WORDS, is_confirmed, net_of, reaches, sum_of_charges
from matching.policy import Policy
from matching.pricing import OurPrice, rival_prices
from matching.records import CatchWeight, Facts, ItemRecord
from matching.unit_reading import DOUBTFUL, within
from matching.units import unit_name
from matching.wording import LEAST_VALUE, line_value, money, number, order_value, quoted, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Found
from models.domain.money import line_amount, minor_digits, round_money
from models.domain.order_work import ChargeKind
from models.domain.partners import PriceRule
from models.domain.reading import Header

HIGHEST_TAX = Decimal("0.27")
"""The highest general VAT rate in the European Union (Hungary): what a total may exceed the lines by, if no tax is printed."""


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
    printed = line.unit_price.value if line.unit_price else None

    def told(price: Decimal) -> str:
        if printed is not None:
            return price_difference(price, printed, quantity, currency)
        difference = _sum((price - min(amounts)) * abs(quantity), currency)
        return f"{difference} more than at the lower price" if price > min(amounts) else ""

    choices = [
        Choice(number(r.amount), f"{name}, {kind}", 0.4, told(r.amount)) for r, name in zip(rivals, named, strict=True)]
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
    choices = (
        Choice(number(ours), f"{money(ours)}, our {kind}", 0.5, price_difference(ours, asked.value, quantity, currency)),
        Choice(number(asked.value), f"{money(asked.value)}, as printed", 0.5))
    known = _ours(line.price_source or "", money(ours))
    return Doubt(
        DoubtCode.PRICE_DEVIATION,
        f"{row_name(line)}: price {money(asked.value)}, {known} "
        f"({share}, tolerance {number(policy.price_tolerance)} %).",
        f"lines.{line.key}.unit_price", asked.evidence, choices, max(1.0, float(worth)))


def price_difference(price: Decimal, printed: Decimal, quantity: Decimal, currency: str | None) -> str:
    """What a line costs more or less at another price than the printed one, in words; empty when that is nothing."""
    if price == printed or not quantity:
        return ""
    difference = _sum(abs(price - printed) * abs(quantity), currency)
    return f"{difference} less than printed" if printed > price else f"{difference} more than printed"


def _sum(worth: Decimal, currency: str | None) -> str:
    return f"{money(round_money(worth, currency))}{f' {currency}' if currency else ''}"


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
    """A doubt where the printed total does not follow from the lines and the charges."""
    currency = draft.currency.value if draft.currency else None
    net = net_of(lines, currency)
    if draft.total is None or is_typed(draft.total) or net is None:
        return
    due = net + sum_of_charges(draft)
    if _explains(net, due, draft, header):
        return
    lines_come_to, printed = money(round_money(net, currency)), money(draft.total.value)
    sentence = f"The lines add up to {lines_come_to}, but the printed total is {printed}. Check for a missing or misread line."
    if due != net:
        sentence = (
            f"The lines add up to {lines_come_to}, with the charges to {money(round_money(due, currency))}, but the printed "
            f"total is {printed}. Check for a missing or misread line or charge.")
    yield Doubt(
        DoubtCode.TOTAL_MISMATCH, sentence, "total", draft.total.evidence,
        cost=min(float(abs(due - draft.total.value)), order_value(draft)))


def _explains(net: Decimal, due: Decimal, draft: Draft, header: Header) -> bool:
    """True when the total is what is due, or that with a tax that is not printed."""
    assert draft.total is not None
    total, taxed = draft.total.value, any(c.kind is ChargeKind.TAX for c in draft.charges)
    if reaches(due, total, may_be_taxed=not taxed):
        return True
    slack = max(Decimal("0.05"), abs(total) / 2000)
    confirmed = not taxed and header.subtotal is not None and abs(header.subtotal.value - net) <= slack
    return confirmed and due <= total <= due * (1 + HIGHEST_TAX) + slack


def check_charges(draft: Draft, policy: Policy) -> Iterator[Doubt]:
    """Doubts about charges of which nobody knows how much they are, or not surely enough."""
    confirmed = is_confirmed(draft, policy.line_confidence)
    for charge in draft.charges:
        name, path = quoted(charge.name.value if charge.name else WORDS[charge.kind]), f"charges.{charge.key}.amount"
        if charge.amount is None:
            yield Doubt(
                DoubtCode.CHARGE_UNSURE, f"Of {name} nobody knows how much it is. Type the amount, or remove it.", path,
                charge.name.evidence if charge.name else None, cost=LEAST_VALUE)
            continue
        amount, sure = charge.amount.value, charge.amount.confidence
        if charge.counts and not confirmed and not is_typed(charge.amount) and sure < policy.line_confidence:
            yield Doubt(
                DoubtCode.CHARGE_UNSURE,
                f"The amount of {name} is probably {money(amount)} ({sure:.0%} sure), and no total confirms it. Is that right?",
                path, charge.amount.evidence, (Choice(number(amount), f"{money(amount)}, as printed", sure),),
                (1 - sure) * max(float(amount), LEAST_VALUE))
