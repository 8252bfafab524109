"""Open orders from another system: booked, reserved and checked like our own, but nobody is told about what they know already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import line_amount
from models.domain.order_work import OrderSource
from models.domain.partners import AddressKind
from models.domain.stock import Demand
from models.errors import InputError
from models.tables.items import ItemRow, ItemUnitRow
from models.tables.orders import SalesOrderRow
from models.tables.partners import AddressRow, CustomerRow
from oms.allocation.shortage import tell_short
from oms.inventory.kits import held_items, kits_among
from oms.inventory.levels import lock_levels, reserve
from oms.inventory.plan import plan_reservation
from oms.orders.assemble import LARGEST, NewLine, NewOrder
from oms.orders.checking.service import check_holds
from oms.orders.raised import raise_terms
from oms.orders.write import insert_lines, insert_order, order_no
from runtime.audit import record
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, date_of, decimal_of, need

BATCH = 100
IMPORTER = "import"
_Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One line of an open order; `quantity` and `unit_price` per `uom`."""

    line: int
    customer_no: str
    po_number: str
    order_date: date | None
    sku: str
    quantity: Decimal
    uom: str
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class _Customer:
    """`ship_to_id`: the usual address."""

    id: int
    name: str
    currency: str | None
    payment_terms: str | None
    is_active: bool
    ship_to_id: int | None


@dataclass(frozen=True, slots=True)
class _Facts:
    """What rows name: customers by number, items (id, description) by SKU, factors by item and unit."""

    customers: Mapping[str, _Customer]
    items: Mapping[str, tuple[int, str]]
    factors: Mapping[tuple[int, str], Decimal]


def import_orders(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Book open orders, one for each customer_no and po_number; one that exists stays as it is. Counts are orders.

    Columns: customer_no, po_number, order_date, sku, quantity, uom, unit_price. An order with one bad line is refused whole.
    Raises InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "customer_no", "po_number", "sku", "quantity", "uom", "unit_price")
    orders: dict[_Key, list[OrderRow]] = defaultdict(list)
    broken: dict[_Key, int] = {}
    for line, row in parse_rows(rest, lambda r: _parse(r, broken, tally), tally):
        orders[row.customer_no, row.po_number].append(replace(row, line=line))
    whole = [lines for key, lines in orders.items() if not _is_broken(lines, broken.get(key), tally)]
    for batch in in_batches(whole, tally, BATCH):
        with db.write() as session:
            tally.count(_store(session, batch, tally))
    return tally.finish(db, "orders")


def _parse(row: Row, broken: dict[_Key, int], tally: Tally) -> OrderRow:
    """One row; of a bad one, `broken` remembers which order it spoils."""
    try:
        quantity, price = decimal_of(row, "quantity"), decimal_of(row, "unit_price")
        if quantity == 0 or quantity * price >= LARGEST:
            raise InputError("quantity is 0 or the amount is beyond what can be booked; mend the line.", code="out_of_range")
        return OrderRow(
            0, need(row, "customer_no", longest=64), need(row, "po_number"), date_of(row, "order_date"),
            need(row, "sku", longest=64), quantity, need(row, "uom", longest=3).upper(), price)
    except InputError:
        broken.setdefault((row.get("customer_no", "").strip(), row.get("po_number", "").strip()), tally.line)
        raise


def _is_broken(lines: Sequence[OrderRow], bad_line: int | None, tally: Tally) -> bool:
    """True, and every line refused, when a line of the same order could not be read."""
    if bad_line is not None:
        sentence = f"line {bad_line} of the same order is refused; mend it, then import the order again."
        for row in lines:
            tally.refuse(row.line, InputError(sentence, code="order_incomplete"))
    return bad_line is not None


def _store(db: Session, batch: Sequence[Sequence[OrderRow]], tally: Tally) -> list[Outcome]:
    """What became of each order that is not refused."""
    facts = _load(db, [row for lines in batch for row in lines])
    orders = [order for lines in batch if (order := _order(lines, facts, tally)) is not None]
    there = _existing(db, orders)
    new = [order for order in orders if (order.customer_id, order.po_number) not in there]
    items = [line.item_id for order in new for line in order.lines]
    kits = kits_among(db, items)
    levels = lock_levels(db, held_items(items, kits))
    booked = [_insert(db, order) for order in new]
    demands = [Demand(x.line_ids[line.position], line.item_id, line.base_quantity) for x in booked for line in x.order.lines]
    plan = plan_reservation(demands, levels, kits)
    reserve(db, plan.picks, actor=IMPORTER)
    _accept(db, booked, plan.short)
    for order in new:
        tally.note(Outcome.ADDED, order.po_number)
    return [Outcome.ADDED] * len(new) + [Outcome.UNCHANGED] * (len(orders) - len(new))


@dataclass(frozen=True, slots=True)
class _Booked:
    """An order whose rows are written; its line ids by position."""

    id: int
    order: NewOrder
    line_ids: Mapping[int, int]


def _insert(db: Session, order: NewOrder) -> _Booked:
    order_id = insert_order(db, order, {"approved_by": IMPORTER, "source": OrderSource.IMPORT})
    assert order_id is not None
    return _Booked(order_id, order, insert_lines(db, order_id, order.lines))


def _accept(db: Session, booked: Sequence[_Booked], lacks: Mapping[int, Decimal]) -> None:
    """What follows when orders are accepted, but for messages. `lacks`: what is short by line id, in base units."""
    found = [(x, [(line, lacks[line_id]) for line in x.order.lines if (line_id := x.line_ids[line.position]) in lacks])
             for x in booked]
    for x, lines in found:
        tell_short(db, x.id, order_no(x.id), {
            x.line_ids[line.position]: f"Line {line.position}: {short:f} of {line.sku} are short." for line, short in lines},
            only_held=True)
        raise_terms(db, x.id)
    for x, lines in found:
        record(db, actor=IMPORTER, action="order.accepted", subject=f"order:{order_no(x.id)}", content={
            "source": OrderSource.IMPORT, "total": f"{x.order.total:f}", "currency": x.order.currency,
            "short": {str(line.position): f"{short:f}" for line, short in lines}})
        check_holds(db, x.id)


def _order(rows: Sequence[OrderRow], facts: _Facts, tally: Tally) -> NewOrder | None:
    """The order, or None when a row of it names what we do not know; then all its rows are refused, with the reason."""
    customer = facts.customers.get(rows[0].customer_no)
    unknown = [sentence for row in rows if (sentence := _unknown(row, facts))]
    if customer is None or not customer.currency:
        unknown = [f"Customer {rows[0].customer_no} is not known or has no currency; import customers first."]
    elif not customer.is_active:
        unknown = [f"{customer.name} is not active; make the customer active before ordering."]
    if unknown:
        for row in rows:
            tally.refuse(row.line, InputError(" ".join(unknown), code="order_incomplete"))
        return None
    assert customer and customer.currency
    currency = customer.currency
    lines = tuple(_line(position, row, facts, currency) for position, row in enumerate(rows, 1))
    return NewOrder(
        customer_id=customer.id, po_number=rows[0].po_number, order_date=rows[0].order_date, requested_date=None,
        currency=currency, ship_to_id=customer.ship_to_id, ship_to_text=None, payment_terms=customer.payment_terms, notes=None,
        lines=lines,
        total=sum((line.amount for line in lines), Decimal(0)))


def _unknown(row: OrderRow, facts: _Facts) -> str | None:
    if row.sku not in facts.items:
        return f"There is no item {row.sku}; import items first."
    factor = facts.factors.get((facts.items[row.sku][0], row.uom))
    if factor is None:
        return f"{row.sku} is not sold in {row.uom}; add the unit to the item."
    if row.quantity * factor >= LARGEST:
        return f"{row.quantity} {row.uom} of {row.sku} is beyond what can be booked; mend the quantity."
    return None


def _line(position: int, row: OrderRow, facts: _Facts, currency: str) -> NewLine:
    item_id, description = facts.items[row.sku]
    base = (row.quantity * facts.factors[item_id, row.uom]).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    return NewLine(
        key=str(position), position=position, item_id=item_id, sku=row.sku, customer_line_no=None, customer_part_number=None,
        description=description, quantity=row.quantity, uom=row.uom, base_quantity=base, unit_price=row.unit_price,
        amount=line_amount(row.quantity, row.unit_price, None, currency), requested_date=None)


def _load(db: Session, rows: Sequence[OrderRow]) -> _Facts:
    c, a = CustomerRow, AddressRow
    usual = (
        select(a.id).where(a.customer_id == c.id, a.kind == AddressKind.SHIP_TO).order_by(a.is_default.desc(), a.id).limit(1)
        .scalar_subquery())
    customers = select(c.customer_no, c.id, c.name, c.currency, c.payment_terms, c.is_active, usual).where(
        c.customer_no.in_({row.customer_no for row in rows}))
    items = select(ItemRow.sku, ItemRow.id, ItemRow.description).where(ItemRow.sku.in_({row.sku for row in rows}))
    found = {sku: (item_id, description) for sku, item_id, description in db.execute(items)}
    units = select(ItemUnitRow.item_id, ItemUnitRow.uom, ItemUnitRow.factor).where(
        ItemUnitRow.item_id.in_({item_id for item_id, _ in found.values()}))
    return _Facts(
        {number: _Customer(*rest) for number, *rest in db.execute(customers)}, found,
        {(item_id, uom): factor for item_id, uom, factor in db.execute(units)})


def _existing(db: Session, orders: Sequence[NewOrder]) -> set[tuple[int, str]]:
    stmt = select(SalesOrderRow.customer_id, SalesOrderRow.po_number).where(
        SalesOrderRow.po_number.in_({order.po_number for order in orders}))
    return set(db.execute(stmt).all())
