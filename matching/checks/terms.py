"""What the customer's terms say about an order: credit, money overdue, minimums. Amounts are net. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, Decimal

from matching.amounts import net_of_line
from matching.assemble import is_typed
from matching.records import CustomerRecord, Facts, ItemRecord
from matching.units import factor_of, unit_name
from matching.wording import money, number, order_value, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.money import round_money
from models.domain.reading import DocumentType
from models.domain.states import LineState

_MOST_OFFERS = 3


def check_terms(draft: Draft, facts: Facts) -> Iterator[Doubt]:
    """Credit limit, overdue money, order minimums. Nothing is compared across currencies; that is asked about by itself."""
    customer, currency = facts.customer, draft.currency.value if draft.currency else None
    if customer is None or draft.doc_type is not DocumentType.PURCHASE_ORDER:
        return
    lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
    if customer.overdue > 0:
        yield Doubt(
            DoubtCode.OVERDUE,
            f"{customer.name} owes {_amount(customer.overdue, customer.currency)} past its date. Ask accounts before you "
            "approve.",
            cost=0.3 * order_value(draft))
    if customer.currency is None or currency is None or currency == customer.currency:
        yield from _credit(draft, lines, customer, currency)
        yield from _minimums(draft, lines, customer, currency, facts)


def _amount(value: Decimal, currency: str | None) -> str:
    return f"{money(round_money(value, currency))}{f' {currency}' if currency else ''}"


def _net(lines: Iterable[DraftLine], currency: str | None) -> Decimal:
    return sum((net_of_line(line, currency) or Decimal(0) for line in lines), Decimal(0))


def _credit(draft: Draft, lines: list[DraftLine], customer: CustomerRecord, currency: str | None) -> Iterator[Doubt]:
    if customer.credit_limit is None:
        return
    order = _net(lines, currency)
    over = customer.open_balance + order - customer.credit_limit
    if over > 0:
        owed, worth, limit = (_amount(x, currency) for x in (customer.open_balance, order, customer.credit_limit))
        yield Doubt(
            DoubtCode.CREDIT_LIMIT,
            f"{customer.name} owes {owed}; with this order of {worth} that is {_amount(over, currency)} above the credit "
            f"limit of {limit}. Ask accounts before you approve.",
            cost=min(float(over), order_value(draft)))


def _minimums(
    draft: Draft, lines: list[DraftLine], customer: CustomerRecord, currency: str | None, facts: Facts
) -> Iterator[Doubt]:
    rules, order = customer.rules, _net(lines, currency)
    if rules.order_minimum is not None and lines and order < rules.order_minimum:
        yield _below(draft, f"The order comes to {_amount(order, currency)}", rules.order_minimum - order, rules.order_minimum,
                     lines, currency, facts)
    for name, least in sorted(rules.line_minimums.items()):
        own = [line for line in lines if (item := _item(line, facts)) is not None and item.product_line == name]
        worth = _net(own, currency)
        if own and worth < least:
            what = f"{name}: the order comes to {_amount(worth, currency)}"
            yield _below(draft, what, least - worth, least, own, currency, facts)


def _item(line: DraftLine, facts: Facts) -> ItemRecord | None:
    return facts.items.get(line.item.value.item_id) if line.item else None


def _below(
    draft: Draft, what: str, missing: Decimal, least: Decimal, lines: list[DraftLine], currency: str | None, facts: Facts
) -> Doubt:
    offers = sorted(_raises(lines, missing, currency, facts), key=lambda o: o[0])[:_MOST_OFFERS]
    return Doubt(
        DoubtCode.ORDER_MINIMUM,
        f"{what}, the least is {_amount(least, currency)}: {_amount(missing, currency)} are missing. Add goods with the "
        "customer, reject it, or approve it as it is.",
        choices=tuple(choice for _, choice in offers), cost=0.1 * order_value(draft))


def _raises(
    lines: list[DraftLine], missing: Decimal, currency: str | None, facts: Facts
) -> Iterator[tuple[Decimal, Choice]]:
    """(what it costs beyond what is missing, the answer) for each line that could be raised to reach the least."""
    for line in lines:
        item, net = _item(line, facts), net_of_line(line, currency)
        if item is None or line.quantity is None or line.uom is None or not net or net <= 0 or is_typed(line.quantity):
            continue
        each = net / line.quantity.value
        factor = factor_of(line.uom.value, item.base_uom, item.convertible) or Decimal(1)
        step = item.order_multiple / factor if item.order_multiple else Decimal(1)
        if step != step.to_integral_value():
            continue
        more = (missing / each / step).to_integral_value(ROUND_CEILING) * step
        wanted = line.quantity.value + more
        label = f"{row_name(line)}: {number(wanted)} instead of {number(line.quantity.value)} {unit_name(line.uom.value, wanted)}"
        yield more * each - missing, Choice(
            number(wanted), label, 0.1, f"{_amount(more * each, currency)} more", path=f"lines.{line.key}.quantity")
