"""What a sourcing rule would change: open orders planned anew by it, and nothing kept."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from models.domain.fulfilment import LIVE_FULFILMENT, FulfilmentState, RequestState
from models.domain.states import SalesOrderState
from models.errors import ConflictError, InputError
from models.tables.fulfilment import FulfilmentOrderRow
from models.tables.inventory import LocationRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from oms.allocation.rules import NamedRule, set_rule
from oms.allocation.service import reallocate_order
from runtime.db import Database

MOST_TRIED = 50


@dataclass(frozen=True, slots=True)
class Resent:
    """An order that other locations would send: their codes now and then, and why."""

    order_no: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """How many open orders were tried, and those that would be sent otherwise."""

    tried: int
    changed: tuple[Resent, ...]


def try_rule(database: Database, rule: NamedRule, *, actor: str) -> Trial:
    """Plan the newest open orders nobody works on with this rule in its place, and forget it. Raises InputError."""
    changed: list[Resent] = []
    with database.rehearsal() as trial:
        with trial.write() as db:
            set_rule(db, rule, actor=actor)
        with trial.read() as db:
            orders = db.execute(_untouched()).all()
        for order_id, order_no in orders:
            try:
                with trial.write() as db:
                    before = _senders(db, order_id)
                    plan = reallocate_order(db, order_id, reason="A rule is tried.", actor=actor)
                    after = _senders(db, order_id)
            except (ConflictError, InputError):          # held, or nothing is there: it stays as it is
                continue
            if before != after:
                changed.append(Resent(order_no, before, after, (*plan.why.values(), *plan.why_short.values())))
    return Trial(len(orders), tuple(changed))


def _untouched() -> Select[int, str]:
    o, f, x = SalesOrderRow, FulfilmentOrderRow, OrderLineRow
    busy = exists().where(
        f.order_id == o.id, f.state.in_(LIVE_FULFILMENT),
        (f.state != FulfilmentState.OPEN) | (f.request_state != RequestState.UNSUBMITTED))
    wanted = exists().where(x.order_id == o.id, x.shipped + x.cancelled < x.base_quantity)
    open_ = o.state == SalesOrderState.RELEASED
    return select(o.id, o.order_no).where(open_, ~busy, wanted).order_by(o.id.desc()).limit(MOST_TRIED)


def _senders(db: Session, order_id: int) -> tuple[str, ...]:
    return tuple(db.execute(
        select(LocationRow.code).join(FulfilmentOrderRow, FulfilmentOrderRow.location_id == LocationRow.id)
        .where(FulfilmentOrderRow.order_id == order_id, FulfilmentOrderRow.state.in_(LIVE_FULFILMENT))
        .order_by(LocationRow.code)).scalars())
