"""Orders merged, split and parted again, in the caller's transaction. Lines keep their ids, so what is reserved goes with them.

Order of locks: the orders' rows by id, stock levels by id, the audit chain.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, exists, select, update
from sqlalchemy.orm import Session

from models.domain.money import amount_kept, line_amount
from models.domain.order_work import OrderSource
from models.domain.outbox import Channel
from models.domain.states import SalesOrderState
from models.tables.base import Base
from oms.erp import payload
from oms.fulfilment.lines import lock_order
from oms.inventory.count import short_key
from oms.orders.assemble import NewLine, NewOrder
from oms.orders.changes.history import note_change
from oms.orders.changes.plan import Entry, LineNow, six_places, text
from oms.orders.changes.service import order_now, tell_changed
from oms.orders.changes.stock import adjust_reservations
from oms.orders.holds import standing, worded
from oms.orders.moves import move_order, set_order
from oms.orders.offers.service import tell_created
from oms.orders.raised import settle_order
from oms.orders.regroup.plan import SAME, Part, Whole, check_back, check_merge, plan_split
from oms.orders.write import insert_lines, insert_order, order_no
from oms.outbox import Outbox
from runtime.audit import record

S = SalesOrderState
_ORDERS, _LINES, _CHARGES, _EXCEPTIONS = (
    Base.metadata.tables[name] for name in ("sales_orders", "order_lines", "order_charges", "exceptions"))


def merge_orders(db: Session, order_id: int, others: Collection[int], *, actor: str, reason: str) -> None:
    """Take the open lines of other orders into this one; the others become merged. Raises NotFound, RegroupRefused."""
    reason = worded(reason, "why the orders are merged")
    rows = _locked(db, {order_id, *others})
    wholes = {i: _whole(db, row) for i, row in rows.items()}
    check_merge(wholes[order_id], [wholes[i] for i in sorted(set(others) - {order_id})])
    gained: list[Entry] = []
    for i in sorted(set(others) - {order_id}):
        lines = [x for x in wholes[i].lines if not x.is_done]
        gained += _move(db, lines, frm=i, to=order_id)
        _close(db, rows[i], rows[order_id], lines, actor, reason)
    _changed(db, rows[order_id], gained, actor, "order.merged_into", reason)


def split_order(
    db: Session, order_id: int, wanted: Mapping[int, Decimal | None], *, actor: str, reason: str,
) -> int:
    """Part lines off into a new accepted order; returns its id. `wanted`: by position, a quantity in the line's unit or None for
    the whole line. Raises NotFound, RegroupRefused, InputError, StockMoved to be tried again."""
    reason = worded(reason, "why the order is split")
    order = lock_order(db, order_id)
    parts = plan_split(_whole(db, order), wanted)
    new_id = _new_order(db, order, actor)
    lost = _move(db, [x.line for x in parts if x.quantity is None], frm=order_id, to=new_id)
    entries = [Entry(e.path, e.after, None) for e in lost]
    entries += _part_off(db, [x for x in parts if x.quantity is not None], order, new_id)
    _total(db, new_id)
    _changed(db, order, entries, actor, "order.split", reason)
    tell_created(db, new_id, {}, actor=actor, key=f"so:{order_no(new_id)}")
    record(db, actor=actor, action="order.accepted", subject=f"order:{order_no(new_id)}", content={
        "source": OrderSource.SPLIT, "origin": order.order_no, "reason": reason})
    return new_id


def give_back(db: Session, order_id: int, home_id: int, *, actor: str, reason: str) -> None:
    """Lines that came from another order go home, as lines of their own; an order that was merged is accepted again, and one that
    keeps nothing is merged itself. Raises NotFound, RegroupRefused, InputError."""
    reason = worded(reason, "why the lines go back")
    rows = _locked(db, {order_id, home_id})
    holder, home = _whole(db, rows[order_id]), _whole(db, rows[home_id])
    came = set(db.execute(
        select(_LINES.c.id).where(_LINES.c.order_id == order_id, _LINES.c.origin_order_id == home_id)).scalars())
    lines = [x for x in holder.lines if x.id in came and not x.is_done]
    check_back(holder, home, lines)
    gained = _move(db, lines, frm=order_id, to=home_id, is_return=True)
    if home.state is S.MERGED:
        move_order(db, rows[home_id], S.ACCEPTED, origin_order_id=None)
        _note(db, rows[home_id], [Entry("state", S.MERGED, S.ACCEPTED), *gained], actor, "order.parted", reason)
        tell_created(db, home_id, {}, actor=actor, key=f"so:{home.order_no}:{rows[home_id].revision + 1}")
    else:
        _changed(db, rows[home_id], gained, actor, "order.lines_back", reason)
    if any(x.id not in came and not x.is_done for x in holder.lines):
        _changed(db, rows[order_id], [Entry(e.path, e.after, None) for e in gained], actor, "order.lines_given_back", reason)
    else:
        _close(db, rows[order_id], rows[home_id], lines, actor, reason)


def merge_candidates(db: Session, order_id: int, limit: int = 50) -> list[str]:
    """Numbers of the orders that could go into this one, newest first; what else speaks against it is said when it is tried."""
    this = _ORDERS.alias()
    same = [getattr(_ORDERS.c, name).is_not_distinct_from(getattr(this.c, name)) for name in SAME]
    moved = exists().where(_LINES.c.order_id == _ORDERS.c.id, _LINES.c.allocated > 0)
    return list(db.execute(
        select(_ORDERS.c.order_no).join(this, this.c.id == order_id)
        .where(_ORDERS.c.id != order_id, _ORDERS.c.state.in_((S.ACCEPTED, S.RELEASED)), *same, ~moved)
        .order_by(_ORDERS.c.id.desc()).limit(limit)).scalars())


def _locked(db: Session, ids: Collection[int]) -> dict[int, Row[Any]]:
    return {i: lock_order(db, i) for i in sorted(ids)}


def _whole(db: Session, order: Row[Any]) -> Whole:
    charged = db.execute(select(exists().where(_CHARGES.c.order_id == order.id))).scalar_one()
    return Whole(
        order.order_no, order.state, {name: getattr(order, name) for name in SAME}, order_now(db, order).lines, charged,
        bool(standing(db, order.id)))


def _move(db: Session, lines: Sequence[LineNow], *, frm: int, to: int, is_return: bool = False) -> list[Entry]:
    """Put lines under another order, each with its reservations and what was said about it; what the other order gains."""
    taken = set(db.execute(select(_LINES.c.position).where(_LINES.c.order_id == to)).scalars())
    homes = dict(db.execute(
        select(_LINES.c.id, _LINES.c.origin_position).where(_LINES.c.id.in_([x.id for x in lines]))).all()) if is_return else {}
    entries = []
    for line in lines:
        wish = homes.get(line.id)
        position = wish if wish is not None and wish not in taken else max(taken, default=0) + 1
        taken.add(position)
        origin = (None, None) if is_return else (frm, line.position)
        db.execute(update(_LINES).where(_LINES.c.id == line.id).values(
            order_id=to, position=position, origin_order_id=origin[0], origin_position=origin[1]))
        db.execute(update(_EXCEPTIONS).where(_EXCEPTIONS.c.key == short_key(line.id)).values(order_id=to))
        entries.append(Entry(f"lines.{position}", None, f"{text(line.quantity)} {line.uom} {line.sku}"))
    _total(db, frm)
    _total(db, to)
    return entries


def _part_off(db: Session, parts: Sequence[Part], order: Row[Any], new_id: int) -> list[Entry]:
    """Lower lines by what goes into the new order, as lines of their own there; stock follows."""
    entries, wants = [], {}
    new: list[NewLine] = []
    position = db.execute(select(_LINES.c.position).where(_LINES.c.order_id == new_id)).scalars().all()
    first = max(position, default=0) + 1
    rows = {row.id: row for row in db.execute(select(_LINES).where(_LINES.c.id.in_([x.line.id for x in parts])))}
    for n, part in enumerate(parts, first):
        line, row, quantity = part.line, rows[part.line.id], part.quantity or Decimal(0)
        base = six_places(quantity * line.base_quantity / line.quantity)
        left = line.quantity - quantity
        new.append(NewLine(
            str(n), n, line.item_id, line.sku, row.customer_line_no, row.customer_part_number, row.description, quantity,
            line.uom, base, line.unit_price, line_amount(quantity, line.unit_price, line.discount, order.currency),
            line.requested_date,
            line.discount, row.list_price))
        db.execute(update(_LINES).where(_LINES.c.id == line.id).values(
            quantity=left, base_quantity=line.base_quantity - base,
            amount=line_amount(left, line.unit_price, line.discount, order.currency)))
        wants[line.id] = (line.item_id, line.wanted - base)
        entries.append(Entry(f"lines.{line.position}.quantity", text(line.quantity), text(left)))
    if new:
        ids = insert_lines(db, new_id, new)
        for made, part in zip(new, parts, strict=True):
            db.execute(update(_LINES).where(_LINES.c.id == ids[made.position]).values(
                origin_order_id=order.id, origin_position=part.line.position, origin_line_id=part.line.id))
        adjust_reservations(db, order.id, wants)
        adjust_reservations(db, new_id, {ids[x.position]: (x.item_id, x.base_quantity) for x in new})
        _total(db, order.id)
    return entries


def _new_order(db: Session, order: Row[Any], actor: str) -> int:
    same = {name: getattr(order, name) for name in NewOrder.__dataclass_fields__ if name not in {"total", "lines", "charges"}}
    new_id = insert_order(
        db, NewOrder(**same, total=Decimal(0), lines=()),
        {"approved_by": actor, "source": OrderSource.SPLIT, "origin_order_id": order.id, "priority": order.priority,
         "ship_complete": order.ship_complete, "company_currency": order.company_currency, "exchange_rate": order.exchange_rate,
         "rate_date": order.rate_date, "rate_source": order.rate_source})
    assert new_id is not None                           # an order of no case and no key is never a repeat
    return new_id


def _close(db: Session, order: Row[Any], into: Row[Any], lines: Sequence[LineNow], actor: str, reason: str) -> None:
    """An order all of whose lines went into another is merged."""
    move_order(db, order, S.MERGED, origin_order_id=into.id)
    settle_order(db, order.id, by=actor, resolution=f"Merged into {into.order_no}.")
    entries = [Entry("state", order.state, S.MERGED)]
    entries += [Entry(f"lines.{x.position}", f"{text(x.quantity)} {x.uom} {x.sku}", None) for x in lines]
    _note(db, order, entries, actor, "order.merged", reason)
    content = payload.cancelled(
        key=f"so-merged:{order.id}:{order.revision + 1}", order_no=order.order_no,
        reason=f"Merged into {into.order_no}. {reason}")
    Outbox(db).add(Channel.ERP, content["kind"], content["id"], content, order_id=order.id)


def _changed(db: Session, order: Row[Any], entries: Sequence[Entry], actor: str, action: str, reason: str) -> None:
    _note(db, order, entries, actor, action, reason)
    tell_changed(db, order.id, entries, reason)


def _note(db: Session, order: Row[Any], entries: Sequence[Entry], actor: str, action: str, reason: str) -> None:
    number = order.revision + 1
    set_order(db, order, revision=number)
    note_change(db, order.id, number, entries, actor=actor, reason=reason)
    record(db, actor=actor, action=action, subject=f"order:{order.order_no}", content={"revision": number, "reason": reason})


def _total(db: Session, order_id: int) -> None:
    kept = (amount_kept(*row) for row in db.execute(
        select(_LINES.c.amount, _LINES.c.base_quantity, _LINES.c.cancelled, _ORDERS.c.currency)
        .join(_ORDERS, _ORDERS.c.id == _LINES.c.order_id).where(_LINES.c.order_id == order_id)))
    db.execute(update(_ORDERS).where(_ORDERS.c.id == order_id).values(total=sum(kept, Decimal(0))))
