"""Our orders beside the sales of the ERP: what is missing, what is too much, what differs. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class SaleState(StrEnum):
    """How far a sale is over there."""

    DRAFT = "draft"                # entered, binds nobody
    PLACED = "placed"              # confirmed, or further
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Here:
    """An order that was handed over to the ERP."""

    order_id: int
    order_no: str
    currency: str
    total: Decimal
    is_cancelled: bool


@dataclass(frozen=True, slots=True)
class There:
    """A sale of the ERP that carries our order number. `total` is net of tax."""

    order_no: str
    number: str
    state: SaleState
    currency: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which both sides do not agree; `order_id` None when there is no such order here."""

    order_no: str
    code: str
    sentence: str
    order_id: int | None = None
    about: str = ""                # the credit memo or note it is about, "" for the order itself


def compare(orders: Iterable[Here], sales: Iterable[There], known: frozenset[str]) -> tuple[Difference, ...]:
    """All differences, by order number. `known` are all order numbers of ours, also of orders still on the way or older."""
    by_order: dict[str, list[There]] = defaultdict(list)
    for sale in sales:
        by_order[sale.order_no].append(sale)
    found = [d for order in orders for d in _of_order(order, by_order.get(order.order_no, ()))]
    found += [
        Difference(sale.order_no, "erp_sale_extra", (
            f"The ERP has the sale {sale.number} for {sale.order_no}, no order here. Cancel it there if nobody wants it."))
        for number, some in by_order.items() if number not in known for sale in some if sale.state is not SaleState.CANCELLED]
    return tuple(sorted(found, key=lambda d: (d.order_no, d.code)))


def _of_order(order: Here, sales: Sequence[There]) -> Iterator[Difference]:
    alive = [sale for sale in sales if sale.state is not SaleState.CANCELLED]
    if order.is_cancelled:
        for sale in alive:
            yield _differs(order, "erp_sale_alive", f"it is cancelled here, but the sale {sale.number} goes on. Cancel it there.")
    elif not sales:
        yield _differs(order, "erp_sale_missing", "it was handed over, but the ERP has no sale of it. Enter it there.")
    elif not alive:
        yield _differs(
            order, "erp_sale_cancelled", f"the sale {sales[0].number} was cancelled in the ERP. Cancel the order here too.")
    elif len(alive) > 1:
        numbers = ", ".join(sale.number for sale in alive)
        yield _differs(order, "erp_sale_doubled", f"the ERP has it {len(alive)} times: {numbers}. Cancel all but one there.")
    elif alive[0].state is SaleState.DRAFT:
        yield _differs(order, "erp_sale_draft", f"the sale {alive[0].number} was set back to draft. Confirm it there.")
    elif (alive[0].currency, alive[0].total) != (order.currency, order.total):
        sale = alive[0]
        yield _differs(order, "erp_total_differs", (
            f"{order.total:f} {order.currency} here, {sale.total:f} {sale.currency} in the sale {sale.number}. Correct the one "
            "that is wrong."))


def _differs(order: Here, code: str, what: str) -> Difference:
    return Difference(order.order_no, code, f"{order.order_no}: {what}", order.order_id)
