"""Orders changed and cancelled, in the caller's transaction: lines, reservations, the change's own row, the ERP's message.

Order of locks: the order's row, stock levels by id, the audit chain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update
from sqlalchemy.orm import Session

from models.domain.outbox import Channel
from models.domain.states import ENDED_ORDERS, SalesOrderState
from models.errors import ConflictError
from models.tables.base import Base
from models.tables.partners import AddressRow
from oms.erp import payload
from oms.fulfilment.create import reschedule
from oms.fulfilment.lines import lock_order
from oms.fulfilment.work import withdraw
from oms.orders.changes.history import note_change
from oms.orders.changes.kit_parts import insert_parts, kits_now
from oms.orders.changes.plan import (
    ADDRESS,
    HEADER,
    ChangePlan,
    ChangeRefused,
    Edit,
    EditHeader,
    Entry,
    LineNow,
    OrderNow,
    plan_change,
)
from oms.orders.changes.stock import Wants, adjust_reservations
from oms.orders.checking.decide import KINDS
from oms.orders.checking.service import SEEN, check_holds
from oms.orders.holds import worded
from oms.orders.moves import set_order
from oms.orders.offers.rows import charges_of
from oms.orders.raised import raise_minimum, settle_order
from oms.orders.write import insert_lines
from oms.outbox import Outbox
from runtime.audit import record

_ORDERS, _LINES, _ITEMS, _CUSTOMERS, _ADDRESSES = (
    Base.metadata.tables[name]
    for name in ("sales_orders", "order_lines", "items", "customers", "addresses"))
_LINES_OF = (
    select(_LINES, _ITEMS.c.sku).join(_ITEMS, _ITEMS.c.id == _LINES.c.item_id)
    .where(_LINES.c.order_id == bindparam("order")).order_by(_LINES.c.position))
_LINE_COLUMNS = ("quantity", "base_quantity", "unit_price", "amount", "requested_date", "cancelled")
_SET_LINE = update(_LINES).where(_LINES.c.id == bindparam("line")).values(
    {name: bindparam(f"new_{name}") for name in _LINE_COLUMNS})
_FIELDS = tuple(name for name in LineNow.__dataclass_fields__ if name not in {"sku", "kit", "allocated"})
_EVENTS = {SalesOrderState.CANCELLED: "order.cancelled", SalesOrderState.CLOSED: "order.closed"}
_DAYS = frozenset({"requested_date", "ship_to_id"})
PROMISES = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
"""States in which stock is promised and the ERP knows the order."""


class RevisionMoved(ConflictError):
    """Somebody else changed the order first."""

    code = "revision_moved"


def change_order(
    db: Session, order_id: int, edits: Sequence[Edit] | Callable[[OrderNow], Sequence[Edit]], *, actor: str, reason: str,
    revision: int | None = None, case_id: int | None = None,
) -> int:
    """Apply edits as one order change; returns the revision it makes. `edits` may be made from the order as it is, under lock. A
    draft needs no reason.

    `revision`: the one the person saw; None takes the newest. `case_id`: the customer's own change order.
    Raises NotFound, RevisionMoved, RefusedMove, ChangeRefused, and StockMoved when the transaction should be tried again.
    """
    order = lock_order(db, order_id)
    is_draft = order.state is SalesOrderState.DRAFT
    reason = "Written." if is_draft and not reason.strip() else worded(reason, "why the order is changed")
    check_revision(order, revision)
    before = order_now(db, order)
    wanted = edits(before) if callable(edits) else edits
    if _moves_house(before, wanted):
        withdraw(db, order_id, actor=actor, reason=reason)          # it is given out anew, for where the goods go now
        before = order_now(db, order)
    plan = plan_change(before, wanted)
    _check_address(db, order, plan)
    wants = _write(db, order, before, plan)
    if order.state in PROMISES and wants:
        adjust_reservations(db, order_id, wants)
    number = int(order.revision) + 1
    note_change(db, order_id, number, plan.entries, actor=actor, reason=reason, case_id=case_id)
    if order.state in PROMISES:
        tell_changed(db, order_id, plan.entries, reason)
    if plan.state in ENDED_ORDERS:
        settle_order(db, order_id, by=actor, resolution="The order is at its end.")
    elif order.state in PROMISES:
        raise_minimum(db, order_id, before=order.total)
    told = "order.draft_changed" if is_draft else _EVENTS.get(plan.state, "order.changed")
    record(db, actor=actor, action=told, subject=f"order:{order.order_no}", content={
        "revision": number, "reason": reason, "case": case_id, "changes": [[e.path, e.before, e.after] for e in plan.entries]})
    if any(e.path.rpartition(".")[2] in _DAYS for e in plan.entries):
        reschedule(db, order_id)
    if order.state in PROMISES:
        touched = {e.path.rpartition(".")[2] for e in plan.entries}
        check_holds(db, order_id, KINDS if touched & {"unit_price", "sku"} else SEEN)
    return number


def _moves_house(before: OrderNow, edits: Sequence[Edit]) -> bool:
    """True when the goods are to go elsewhere, warehouses have them, and none has left."""
    changes = any(isinstance(x, EditHeader) and x.name in ADDRESS and x.value != before.header[x.name] for x in edits)
    return changes and any(x.allocated > 0 for x in before.lines) and not any(x.shipped > 0 for x in before.lines)


def check_revision(order: Row[Any], revision: int | None) -> None:
    """Raise RevisionMoved unless the order is still as the person saw it; None asks for nothing."""
    if revision is not None and order.revision != revision:
        raise RevisionMoved(
            f"Order {order.order_no} was changed meanwhile: you saw revision {revision}, now it is {order.revision}. "
            "Reload to see what changed.")


def order_now(db: Session, order: Row[Any]) -> OrderNow:
    """The order as the planner knows it; `order` is a row of sales_orders. Of a kit it counts what was begun."""
    kits = kits_now(db, order)
    lines = tuple(
        LineNow(sku=row.sku, **{name: getattr(row, name) for name in _FIELDS}, allocated=begun, kit=kit)
        for row in db.execute(_LINES_OF, {"order": order.id}) for begun, kit in [kits.get(row.id, (row.allocated, None))])
    return OrderNow(order.state, order.currency, {name: getattr(order, name) for name in HEADER}, lines)


def _check_address(db: Session, order: Row[Any], plan: ChangePlan) -> None:
    ship_to = plan.header["ship_to_id"]
    if ship_to is not None and ship_to != order.ship_to_id:
        address = db.get(AddressRow, ship_to)
        if address is None or address.customer_id != order.customer_id:
            raise ChangeRefused("This address is not one of the customer's; choose another, or write it as text.")


def _write(db: Session, order: Row[Any], before: OrderNow, plan: ChangePlan) -> Wants:
    """Write the order as planned; returns what its new lines, and those that want another quantity now, want."""
    set_order(
        db, order, _ORDERS.c.state == order.state,
        **plan.header, total=plan.total, state=plan.state, revision=order.revision + 1)
    known = {x.id: x for x in before.lines}
    changed = [x for x in plan.lines if x != known[x.id]]
    if changed:
        db.execute(_SET_LINE, [{"line": x.id} | {f"new_{name}": getattr(x, name) for name in _LINE_COLUMNS} for x in changed])
    if plan.removed:
        db.execute(delete(_LINES).where(_LINES.c.id.in_(plan.removed)))
    insert_parts(db, order.id, plan.parts)
    line_ids = insert_lines(db, order.id, plan.added) if plan.added else {}
    wants = {x.id: (x.item_id, x.wanted) for x in changed if x.wanted != known[x.id].wanted}
    return wants | {line_ids[x.position]: (x.item_id, x.base_quantity) for x in plan.added}


def tell_changed(db: Session, order_id: int, entries: Sequence[Entry], reason: str) -> None:
    """Tell the ERP of an order as it is now, at its end or changed."""
    order = db.execute(
        select(_ORDERS, _CUSTOMERS.c.customer_no, _ADDRESSES.c.code.label("ship_to"))
        .join(_CUSTOMERS, _CUSTOMERS.c.id == _ORDERS.c.customer_id)
        .outerjoin(_ADDRESSES, _ADDRESSES.c.id == _ORDERS.c.ship_to_id).where(_ORDERS.c.id == order_id)).one()
    if order.state in ENDED_ORDERS:
        content = payload.cancelled(key=f"so-cancel:{order_id}", order_no=order.order_no, reason=reason)
    else:
        lines: list[Mapping[str, Any]] = [dict(row._mapping) for row in db.execute(_LINES_OF, {"order": order_id})]
        changes = [{"path": e.path, "before": e.before, "after": e.after} for e in entries]
        content = payload.changed(
            dict(order._mapping), lines, charges_of(db, order_id), key=f"so-change:{order_id}:{order.revision}", reason=reason,
            changes=changes)
    Outbox(db).add(Channel.ERP, content["kind"], content["id"], content, order_id=order_id)
