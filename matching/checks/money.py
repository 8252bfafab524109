"""Prices against ours, amounts against quantities, totals against amounts. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from matching.assemble import is_typed
from matching.policy import Policy
from matching.unit_reading import within
from matching.wording import line_value, money, number, order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.money import line_amount, minor_digits, round_money
from models.domain.reading import Header
from models.domain.states import LineState

HIGHEST_TAX = Decimal("0.27")
"""The highest general VAT rate in the European Union (Hungary): what a total may exceed the lines by, if no tax is printed."""


VAT_RATES = tuple(Decimal(r) / 1000 for r in (50, 55, 60, 70, 80, 90, 100, 120, 130, 190, 200, 210, 220, 230, 240, 250, 255, 270))
"""Common general and reduced VAT rates in Europe: a total that exceeds the lines by exactly one of them carries that tax."""


_PRICE_NAMES = {"contract": "contract", "customer": "customer's price", "promotion": "promotion price", "group": "group price"}


def check_money(draft: Draft, header: Header, policy: Policy) -> tuple[Doubt, ...]:
    """Doubts about prices, amounts and the total."""
    currency = draft.currency.value if draft.currency else None
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    per_line = [d for line in lines for d in (*_price(line, policy), *_amount(line, currency))]
    return (*per_line, *_total(draft, lines, header, currency))


def _price(line: DraftLine, policy: Policy) -> Iterator[Doubt]:
    asked, ours, path = line.unit_price, line.list_price, f"lines.{line.key}.unit_price"
    if line.item is None or is_typed(asked):
        return
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
    kind = _PRICE_NAMES.get(line.price_source or "", "list price")
    share = f"{(asked.value / ours - 1) * 100:+.1f} %" if ours else "from nothing"
    choices = (
        Choice(number(ours), f"{money(ours)}, our {kind}", 0.5),
        Choice(number(asked.value), f"{money(asked.value)}, as printed", 0.5))
    quantity = line.quantity.value if line.quantity else Decimal(1)
    yield Doubt(
        DoubtCode.PRICE_DEVIATION,
        f"{row_name(line)}: price {money(asked.value)}, {kind} {money(ours)} "
        f"({share}, tolerance {number(policy.price_tolerance)} %).",
        path, asked.evidence, choices, max(1.0, float(abs(asked.value - ours) * quantity)))


def _amount(line: DraftLine, currency: str | None) -> Iterator[Doubt]:
    if line.amount is None or line.quantity is None or line.unit_price is None:
        return
    if any(is_typed(f) for f in (line.amount, line.quantity, line.unit_price)):
        return
    quantity, price = line.quantity.value, line.unit_price.value
    due = line_amount(quantity, price, line.discount.value if line.discount else None, currency)
    if abs(due - line.amount.value) <= _slack(quantity, price, currency):
        return
    yield Doubt(
        DoubtCode.AMOUNT_MISMATCH,
        f"{row_name(line)}: {number(quantity)} × {money(price)} makes {money(due)}, but {money(line.amount.value)} is printed.",
        f"lines.{line.key}.quantity", line.amount.evidence, cost=max(1.0, float(abs(due - line.amount.value))))


def _slack(quantity: Decimal, price: Decimal, currency: str | None) -> Decimal:
    """Half a unit of the price's last printed digit on each piece, at most half a percent; and one of the smallest coin."""
    exponent = price.normalize().as_tuple().exponent
    last_digit = Decimal(1).scaleb(min(exponent if isinstance(exponent, int) else 0, -minor_digits(currency)))
    coin = Decimal(1).scaleb(-minor_digits(currency))
    return coin + min(abs(quantity) * last_digit / 2, abs(quantity * price) / 200)


def _total(draft: Draft, lines: list[DraftLine], header: Header, currency: str | None) -> Iterator[Doubt]:
    amounts = [_amount_of(line, currency) for line in lines]
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


def _amount_of(line: DraftLine, currency: str | None) -> Decimal | None:
    if line.amount is not None:
        return line.amount.value
    price = line.unit_price.value if line.unit_price else None
    if price is None or line.quantity is None:
        return None
    return line_amount(line.quantity.value, price, line.discount.value if line.discount else None, currency)


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
