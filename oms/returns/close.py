"""The end of a return: stock and money move, once, in one transaction. A second close finds nothing left to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from models.domain.returns import Disposition, ReturnAction, ReturnOutcome, ReturnState
from models.domain.stock import LocationKind
from models.errors import InputError
from models.tables.base import Base
from oms.billing.credits import issue_credit, shares_of, worth_of
from oms.inventory.ledger import scrap, take_back
from oms.inventory.levels import lock_levels
from oms.inventory.places import virtual
from oms.returns.counting import Counted, counted
from oms.returns.exchange import open_exchange
from oms.returns.plan import Creditable, CreditPlan, plan_credits
from oms.returns.rows import INSPECTIONS, ITEMS, ORDER_LINES, RETURN_LINES, MoreThanShipped, check, lock_order, lock_return, move
from oms.sql import changed

_INVOICES, _COMPONENTS = (Base.metadata.tables[name] for name in ("invoices", "kit_components"))
_ZERO = Decimal(0)
K = TypeVar("K")


class NotBilled(InputError):
    """Goods that no invoice has cannot be credited."""

    code = "not_billed"


def close_return(db: Session, return_id: int, *, actor: str) -> None:
    """Put the goods where inspection said, credit and exchange what is owed. Closing a closed return changes nothing.

    Goods that are rejected stay the customer's: they go back, and nothing is booked. Units that never came are dropped.
    Raises NotFound, ReturnRefused, NotBilled, NothingToCredit when the fee is more than the goods were, BelowReserved.
    """
    row = lock_return(db, return_id)
    if row.state is ReturnState.CLOSED:
        return
    check(db, ReturnAction.CLOSE, return_id)
    order = lock_order(db, row.order_id) if row.order_id else None
    kept = [x for x in _judged(db, return_id) if x.outcome is not ReturnOutcome.REJECT]
    contents = _contents(db, {x.item_id for x in kept})
    lock_levels(db, [item for parts in contents.values() for item, _ in parts])
    _book_goods(db, row, kept, contents, actor)
    exchange_id, memos = None, 0
    if order:
        goods = counted(db, order, kept)
        _raise_returned(db, goods)
        swapped = _added((x.spot, x.quantity) for x in goods if x.outcome is ReturnOutcome.EXCHANGE)
        exchange_id = open_exchange(db, order, row.number, swapped, actor=actor)
        memos = _credit(db, row, _added((x.spot[0], x.units) for x in goods if x.outcome is ReturnOutcome.CREDIT), actor)
    if row.state is ReturnState.RECEIVED:
        move(db, row, ReturnState.INSPECTED, actor=actor)
    move(db, row, ReturnState.CLOSED, actor=actor, exchange_order_id=exchange_id, content={
        "order": order.order_no if order else None, "credit_memos": memos, "exchange_order": exchange_id})


def _judged(db: Session, return_id: int) -> Sequence[Row[Any]]:
    line = RETURN_LINES.c
    return db.execute(
        select(INSPECTIONS, line.item_id, line.order_line_id).join(RETURN_LINES, line.id == INSPECTIONS.c.return_line_id)
        .where(line.return_id == return_id).order_by(line.item_id, INSPECTIONS.c.id)).all()


def _contents(db: Session, item_ids: Collection[int]) -> dict[int, list[tuple[int, Decimal]]]:
    """What is on the shelf for one base unit of an item: the item itself, or the components of a kit."""
    kits = set(db.execute(select(ITEMS.c.id).where(ITEMS.c.id.in_(item_ids), ITEMS.c.is_kit)).scalars())
    contents: dict[int, list[tuple[int, Decimal]]] = {item: [(item, Decimal(1))] for item in item_ids if item not in kits}
    c = _COMPONENTS.c
    for kit, component, quantity in db.execute(
            select(c.kit_id, c.component_id, c.quantity).where(c.kit_id.in_(kits)).order_by(c.kit_id, c.component_id)):
        contents.setdefault(kit, []).append((component, quantity))
    return contents


def _book_goods(
    db: Session, row: Row[Any], kept: Iterable[Row[Any]], contents: dict[int, list[tuple[int, Decimal]]], actor: str
) -> None:
    for x in kept:
        place = virtual(db, LocationKind.QUARANTINE) if x.disposition is Disposition.QUARANTINE else row.location_id
        for item_id, each in contents[x.item_id]:
            key, quantity = f"return:{row.id}:{x.id}:{item_id}", each * x.quantity
            take_back(
                db, item_id=item_id, location_id=place, quantity=quantity, lot_id=x.lot_id, order_line_id=x.order_line_id,
                reference=row.number, actor=actor, key=key)
            if x.disposition is Disposition.SCRAP:
                scrap(
                    db, item_id=item_id, location_id=place, quantity=quantity, lot_id=x.lot_id, reference=row.number,
                    actor=actor, key=f"{key}:scrap")


def _raise_returned(db: Session, goods: Iterable[Counted]) -> None:
    c = ORDER_LINES.c
    for line, units in sorted(_added((x.spot[0], x.units) for x in goods).items()):
        stmt = update(ORDER_LINES).where(c.id == line, c.returned + units <= c.shipped)
        if not changed(db, stmt.values(returned=c.returned + units)):
            raise MoreThanShipped("More would have come back than was shipped. Withdraw an inspection.")


def _added(amounts: Iterable[tuple[K, Decimal]]) -> dict[K, Decimal]:
    total: dict[K, Decimal] = defaultdict(Decimal)
    for key, quantity in amounts:
        total[key] += quantity
    return dict(total)


def _credit(db: Session, row: Row[Any], wanted: dict[int, Decimal], actor: str) -> int:
    """Credit memos on the oldest invoices; the fee is kept from the largest. Returns how many there are."""
    plan = _plan(db, row, wanted)
    worth = {invoice: worth_of(db, invoice, quantities) for invoice, quantities in plan.memos.items()}
    largest = max(worth, key=lambda invoice: (worth[invoice], -invoice), default=None)
    issued = 0
    for invoice_id, quantities in plan.memos.items():
        fee = row.fee if invoice_id == largest else _ZERO
        if worth[invoice_id] or fee:                    # what was free of charge needs no memo
            issue_credit(
                db, invoice_id, key=f"return:{row.id}:{invoice_id}", quantities=quantities, reason=row.reason, actor=actor,
                fee=fee, return_id=row.id)
            issued += 1
    return issued


def _plan(db: Session, row: Row[Any], wanted: dict[int, Decimal]) -> CreditPlan:
    invoices = db.execute(
        select(_INVOICES.c.id).where(_INVOICES.c.order_id == row.order_id).order_by(_INVOICES.c.id)).scalars().all()
    creditable = [
        Creditable(invoice, s.order_line_id, s.whole - s.taken) for invoice in invoices for s in shares_of(db, invoice)]
    plan = plan_credits(wanted, creditable)
    if plan.unbilled:
        c = ORDER_LINES.c
        positions = dict(db.execute(select(c.id, c.position).where(c.id.in_(plan.unbilled))).all())
        lines = "; ".join(f"line {positions[line]}: {quantity:f}" for line, quantity in plan.unbilled.items())
        raise NotBilled(
            f"Return {row.number} would credit what no invoice has ({lines}). Issue the invoice of its shipment first, or choose "
            "another outcome.")
    return plan
