"""Sales orders: taken over and released; `changes` edits and cancels them. Every function works in the caller's transaction and
never commits.

Order of locks: the order's row, stock levels by id, the audit chain. A caller that also moves the case does so first.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from models.domain.draft import Draft
from models.domain.moves import RefusedMove, check_move
from models.domain.outbox import Channel
from models.domain.states import SALES_ORDER_MOVES, SalesOrderState
from models.domain.stock import Demand, Plan
from models.tables.base import Base
from oms.acknowledgement.assemble import acknowledge
from oms.acknowledgement.compose import ACKNOWLEDGEMENT
from oms.acknowledgement.recipient import Nobody, choose_recipient
from oms.allocation.pools import drawable
from oms.allocation.shortage import tell_short
from oms.erp import payload
from oms.fulfilment.lines import has_shipped, lock_order
from oms.fulfilment.work import withdraw
from oms.inventory.kits import goods_of, held_items
from oms.inventory.levels import OURSELVES, lock_levels, reserve
from oms.inventory.plan import plan_reservation
from oms.letters.ready import Letter
from oms.orders.assemble import NewOrder, assemble
from oms.orders.checking.decide import KINDS
from oms.orders.checking.service import SEEN, hold_new
from oms.orders.facts import Facts, load_facts, to_check
from oms.orders.holds import check_free
from oms.orders.moves import move_order
from oms.orders.write import insert_charges, insert_lines, insert_order, order_no
from oms.outbox import Message, Outbox
from runtime.audit import record
from runtime.prepared import Prepared
from runtime.zone import today

_ORDERS = Base.metadata.tables["sales_orders"]
_EXISTING = Prepared(
    select(_ORDERS.c.id).where(_ORDERS.c.case_id == bindparam("case"), _ORDERS.c.case_version == bindparam("version")))


@dataclass(frozen=True, slots=True)
class _Accepted:
    """An order whose rows are written: what its messages are made of. `short` by line position, in base units."""

    order: NewOrder
    draft: Draft
    order_id: int
    order_no: str
    facts: Facts
    base_uoms: Mapping[int, str]
    short: Mapping[int, Decimal]
    case_id: int
    case_version: int
    approved_by: str


def accept_order(db: Session, *, case_id: int, case_version: int, draft: Draft, approved_by: str) -> int:
    """Take over an approved draft: order, lines, reservations as far as stock allows, messages to the ERP and the customer.

    Returns the sales order's id; a second call for the same case and version returns the same id and does nothing.
    Raises OrderIncomplete for a draft that cannot become an order, StockMoved when the transaction should be tried again.
    """
    facts = load_facts(db, case_id, case_version, draft)
    if facts.order_id is not None:
        return facts.order_id
    order = assemble(draft, facts.currency)
    items = [line.item_id for line in order.lines]
    goods = goods_of(db, items)
    evidence = payload.evidence_of(order, draft)
    order_id = insert_order(db, order, {
        "case_id": case_id, "case_version": case_version, "approved_by": approved_by, "ship_complete": facts.ship_complete})
    if order_id is None:                            # another transaction accepted the same version meanwhile
        return int(_EXISTING.value(db, {"case": case_id, "version": case_version}))
    line_ids = insert_lines(db, order_id, order.lines)
    insert_charges(db, order_id, order.charges)
    levels = lock_levels(db, held_items(items, goods.kits))     # as late as can be: others wait from here on
    demands = [Demand(line_ids[x.position], x.item_id, x.base_quantity) for x in order.lines]
    plan = plan_reservation(demands, drawable(db, levels, order_id), goods.kits)
    reserve(db, plan.picks, actor=approved_by)
    short = _by_position(plan, line_ids)
    tell_short(db, order_id, order_no(order_id), {
        line_ids[x.position]: f"Line {x.position}: {short[x.position]:f} of {x.sku} are short."
        for x in order.lines if x.position in short and x.item_id in goods.stock_only}, only_held=True)
    accepted = _Accepted(
        order, draft, order_id, order_no(order_id), facts, goods.base_uoms, short, case_id, case_version, approved_by)
    letter, note = _acknowledgement(accepted)
    Outbox(db).add_all([_for_erp(accepted, evidence), *letter])
    record(db, actor=approved_by, action="order.accepted", subject=f"order:{accepted.order_no}", content={
        "case": case_id, "version": case_version, "total": f"{order.total:f}", "currency": order.currency,
        "short": {str(position): f"{quantity:f}" for position, quantity in short.items()}, "acknowledgement": note})
    hold_new(
        db, order_id, order.customer_id, to_check(order, facts, short, goods.kits), facts.hold_rules,
        KINDS if approved_by == OURSELVES else SEEN)
    return order_id


def release_order(db: Session, order_id: int, *, user: str) -> None:
    """Let an accepted order be fulfilled. Raises RefusedMove from any other state, OrderHeld, NotFound."""
    order = lock_order(db, order_id)
    check_move(SALES_ORDER_MOVES, order.state, SalesOrderState.RELEASED, f"order {order.order_no}")
    check_free(db, order_id, order.order_no)
    move_order(db, order, SalesOrderState.RELEASED)
    record(db, actor=user, action="order.released", subject=f"order:{order.order_no}")


def take_back_release(db: Session, order_id: int, *, user: str) -> None:
    """An order is not to be fulfilled after all: its warehouses give back what they have not begun, stock stays promised.

    Raises NotFound, RefusedMove unless it is released and nothing of it has left, FulfilmentRefused while goods are in hand.
    """
    order = lock_order(db, order_id)
    check_move(SALES_ORDER_MOVES, order.state, SalesOrderState.ACCEPTED, f"order {order.order_no}")
    if order.state is not SalesOrderState.RELEASED or has_shipped(db, order_id):
        raise RefusedMove(f"Order {order.order_no} cannot be taken back: a part of it has left. Cancel the rest instead.")
    withdraw(db, order_id, actor=user, reason="The release was taken back.")
    move_order(db, order, SalesOrderState.ACCEPTED)
    record(db, actor=user, action="order.release_taken_back", subject=f"order:{order.order_no}")


def _by_position(plan: Plan, line_ids: Mapping[int, int]) -> dict[int, Decimal]:
    return {position: plan.short[line_id] for position, line_id in line_ids.items() if line_id in plan.short}


def _for_erp(a: _Accepted, evidence: Mapping[str, Mapping[str, Any]]) -> Message:
    key = f"so:{a.case_id}:{a.case_version}"
    content = payload.created(
        a.order, key=key, order_no=a.order_no, customer_no=a.facts.customer_no, ship_to_code=a.facts.ship_to_code,
        approved_by=a.approved_by, short=a.short, evidence=evidence)
    return Message(Channel.ERP, payload.CREATED, key, content, a.order_id, a.case_id)


def _acknowledgement(a: _Accepted) -> tuple[list[Message], str]:
    """The acknowledgement and its key; none, and the sentence that says why not, when there is nobody to write to."""
    recipient = choose_recipient(
        kind=a.facts.mail_kind, sender=a.facts.sender, reply_to=a.facts.reply_to, customer_domain=a.facts.email_domain)
    if isinstance(recipient, Nobody):
        return [], recipient.sentence
    key = f"ack:{a.case_id}:{a.case_version}"
    letter = Letter(recipient, f"{key.replace(':', '.')}.{secrets.token_hex(8)}", a.facts.language, a.facts.message_id)
    content = acknowledge(
        a.order, a.draft, letter, order_no=a.order_no, accepted_on=today(), base_uoms=a.base_uoms, short=a.short)
    return [Message(Channel.MAIL, ACKNOWLEDGEMENT, key, content, a.order_id, a.case_id)], key
