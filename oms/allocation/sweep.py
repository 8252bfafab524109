"""Released orders that still want stock are tried again: after their release, and whenever stock has come."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from models.domain.states import ReservationState, SalesOrderState
from models.domain.stock import SELLABLE
from models.errors import ConflictError
from models.tables.audit import AuditEntryRow
from models.tables.base import Base
from models.tables.inventory import expired_here
from oms.allocation.service import allocate_order
from oms.exceptions.service import STANDING
from oms.inventory.count import COUNTED_SHORT
from runtime.db import Database
from runtime.zone import today

AT_ONCE = 50
SLOW_S = 60.0
WAKING = frozenset({
    "order", "stock", "return", "fulfilment_order", "shipment", "exception", "sourcing_rule", "items", "locations", "kits",
    "lots", "erp"})
"""What audit entries are about that may make an order ready for allocation."""
_ORDERS, _LINES, _LEVELS, _LOCATIONS, _RESERVATIONS, _COMPONENTS, _EXCEPTIONS = (
    Base.metadata.tables[name] for name in (
        "sales_orders", "order_lines", "stock_levels", "locations", "reservations", "kit_components", "exceptions"))


class Sweep:
    """Goes through the orders that may be allocated, the most urgent first, some at a time and the others next time.

    Looking for them costs more than asking whether anything happened: so it looks when the audit chain has an entry that may make
    an order ready, and every `SLOW_S` seconds besides (an item sold in advance may have its day).
    """

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._db = database
        self._clock = clock
        self._tried: set[int] = set()
        self._seen = 0                                  # the last audit entry that was looked at
        self._has_more = True                           # the last look may have left some for the next turn
        self._is_stale = False                          # those that were tried in vain may succeed now
        self._looked_at = clock()

    def run_when_woken(self) -> int:
        """`run`, when something happened since the last look, when that left some for the next turn, or when it is long ago."""
        if self._happened() or self._clock() - self._looked_at >= SLOW_S:
            self._is_stale = True
        return self.run() if self._is_stale or self._has_more else 0

    def run(self) -> int:
        """Allocate what can be; returns how many orders were given to a location. Any number of sweeps may run at once."""
        self._looked_at = self._clock()
        due = self._untried()
        if not due:
            self._tried.clear()                         # every order had its turn; the next round begins
            due, self._is_stale = self._untried() if self._is_stale else [], False
        self._has_more = bool(due)
        return sum(self._try(order) for order in due)

    def _untried(self) -> list[int]:
        with self._db.read() as db:
            return [order for order in waiting(db) if order not in self._tried][:AT_ONCE]

    def _happened(self) -> bool:
        """Whether the audit chain has new entries that may make an order ready; all of them are noted as seen."""
        chain = AuditEntryRow
        with self._db.read() as db:
            last = db.execute(select(func.max(chain.seq))).scalar_one() or 0
            if last == self._seen:
                return False
            actions = db.execute(select(chain.action).where(chain.seq > self._seen).distinct()).scalars().all()
        self._seen = last
        return any(action.partition(".")[0] in WAKING for action in actions)

    def _try(self, order_id: int) -> bool:
        self._tried.add(order_id)
        try:
            with self._db.write() as db:
                return bool(allocate_order(db, order_id).picks)
        except ConflictError:       # held, moved on, or its stock moved: it comes again at a later turn
            return False


def waiting(db: Session) -> list[int]:
    """Released orders with a line that no location has whole, or that was counted short, while there is stock for it: by
    priority, wanted date and age."""
    wants = or_(_LINES.c.allocated + _LINES.c.cancelled < _LINES.c.base_quantity, _was_counted_short())
    stmt = (
        select(_ORDERS.c.id)
        .where(_ORDERS.c.state == SalesOrderState.RELEASED, exists().where(
            _LINES.c.order_id == _ORDERS.c.id, wants, or_(_has_stock(), _is_promised())))
        .order_by(_ORDERS.c.priority.desc(), _ORDERS.c.requested_date, _ORDERS.c.id).limit(20 * AT_ONCE))
    return list(db.execute(stmt).scalars())


def _has_stock() -> ColumnElement[bool]:
    parts: Select[tuple[int]] = select(_COMPONENTS.c.component_id).where(_COMPONENTS.c.kit_id == _LINES.c.item_id)
    return exists().where(
        or_(_LEVELS.c.item_id == _LINES.c.item_id, _LEVELS.c.item_id.in_(parts)),
        _LOCATIONS.c.id == _LEVELS.c.location_id, _LOCATIONS.c.kind.in_(sorted(SELLABLE)),
        _LEVELS.c.on_hand - expired_here(today()) > _LEVELS.c.reserved + _LEVELS.c.safety)


def _is_promised() -> ColumnElement[bool]:
    return exists().where(
        _RESERVATIONS.c.order_line_id == _LINES.c.id, _RESERVATIONS.c.state == ReservationState.ACTIVE)


def _was_counted_short() -> ColumnElement[bool]:
    return exists().where(
        _EXCEPTIONS.c.order_id == _ORDERS.c.id, _EXCEPTIONS.c.code == COUNTED_SHORT, _EXCEPTIONS.c.state.in_(STANDING))
