"""The one door through which an order's row is changed: a compare-and-set, and a refusal for who came second."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, update
from sqlalchemy.orm import Session

from models.domain.moves import check_move
from models.domain.states import SALES_ORDER_MOVES, SalesOrderState
from models.errors import ConflictError
from models.tables.base import Base
from oms.sql import changed

_ORDERS = Base.metadata.tables["sales_orders"]


class OrderMoved(ConflictError):
    """Somebody else changed the order between the look at it and the move."""

    code = "order_moved"


def move_order(db: Session, order: Row[Any], to: SalesOrderState, **values: Any) -> None:
    """Set the state of an order that is still as `order` was read, with other columns of its row.

    Raises RefusedMove where the table of moves has none, OrderMoved when somebody was faster.
    """
    check_move(SALES_ORDER_MOVES, order.state, to, f"order {order.order_no}")
    set_order(db, order, _ORDERS.c.state == order.state, state=to, **values)


def set_order(db: Session, order: Row[Any], *as_read: ColumnElement[bool], **values: Any) -> None:
    """Set columns of an order that still has the revision of `order`, and `as_read`. Raises OrderMoved."""
    asked = update(_ORDERS).where(_ORDERS.c.id == order.id, _ORDERS.c.revision == order.revision, *as_read)
    if not changed(db, asked.values(**values)):
        raise OrderMoved(f"Order {order.order_no} was changed by somebody else meanwhile. Reload to see what can be done.")
