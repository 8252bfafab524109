"""An order cancelled whole: at the warehouses that have not sent it, in stock, and in the ERP."""

from __future__ import annotations

from sqlalchemy.orm import Session

from models.domain.states import OFFERS, SalesOrderState
from oms.fulfilment.lines import lock_order
from oms.fulfilment.work import withdraw
from oms.orders.changes.plan import cancel_everything
from oms.orders.changes.service import change_order, check_revision
from oms.orders.offers.service import end_offer


def cancel_order(db: Session, order_id: int, *, user: str, reason: str, revision: int | None = None) -> int:
    """Cancel what is open of every line; what has left stays. Work that warehouses have not begun is withdrawn; of a draft or a
    quote nothing comes. Returns the revision it makes.

    Raises NotFound, RevisionMoved, RefusedMove when the order is at its end, FulfilmentRefused while goods are picked or packed.
    """
    order = lock_order(db, order_id)
    check_revision(order, revision)
    if order.state in OFFERS:
        return end_offer(db, order_id, actor=user, reason=reason)
    if order.state is SalesOrderState.RELEASED:
        withdraw(db, order_id, actor=user, reason=reason)
    return change_order(db, order_id, cancel_everything, actor=user, reason=reason)
