"""The reconciliation of orders and sales: loaded, compared, and kept as exceptions until both sides agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.domain.order_work import ChargeKind, ExceptionKind
from models.domain.outbox import Channel
from models.domain.states import OutboxState, SalesOrderState
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderChargeRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.erp import payload
from oms.erp.compare import Difference, Here, There, compare
from oms.exceptions import close_exception, open_exception
from oms.exceptions.listing import ListedException, WantedExceptions, find_exceptions
from oms.exceptions.service import STANDING

_KEY = "erp-sale:"
MOST_SHOWN = 500
_GONE = frozenset({SalesOrderState.CANCELLED, SalesOrderState.MERGED})


def reconcile(db: Session, sales: Sequence[There], since: datetime) -> tuple[Difference, ...]:
    """Compare the orders handed over since then with these sales; open and close exceptions accordingly."""
    handed_over = (
        select(SalesOrderRow.id, SalesOrderRow.order_no, SalesOrderRow.currency, SalesOrderRow.total, SalesOrderRow.state)
        .join(OutboxRow, OutboxRow.order_id == SalesOrderRow.id)
        .where(
            OutboxRow.channel == Channel.ERP, OutboxRow.kind == payload.CREATED, OutboxRow.state == OutboxState.SENT,
            SalesOrderRow.created_at >= since))
    orders = db.execute(handed_over).all()
    charged = _charged(db, [row.id for row in orders])
    here = [Here(row.id, row.order_no, row.currency, row.total + charged[row.id], row.state in _GONE) for row in orders]
    numbers = {sale.order_no for sale in sales}
    known = db.execute(select(SalesOrderRow.order_no).where(SalesOrderRow.order_no.in_(numbers))).scalars()
    found = compare(here, sales, frozenset(known))
    _keep(db, found)
    return found


def standing(db: Session) -> list[ListedException]:
    """The differences that nobody has mended yet."""
    found = find_exceptions(db, WantedExceptions(kind=ExceptionKind.RECONCILIATION), limit=MOST_SHOWN)
    return [one for one in found if one.code.startswith("erp_")]


def _charged(db: Session, order_ids: Sequence[int]) -> defaultdict[int, Decimal]:
    """What is added to and taken from the lines of orders, without taxes: lines of the ERP's sales."""
    c, found = OrderChargeRow, defaultdict[int, Decimal](Decimal)
    rows = db.execute(
        select(c.order_id, func.sum(c.amount, type_=c.amount.type)).where(c.order_id.in_(order_ids), c.kind != ChargeKind.TAX)
        .group_by(c.order_id))
    for order_id, amount in rows:
        found[order_id] = amount
    return found


def _keep(db: Session, found: Sequence[Difference]) -> None:
    keys = {f"{_KEY}{d.order_no}:{d.code}"[:128]: d for d in found}
    for key, d in keys.items():
        open_exception(
            db, kind=ExceptionKind.RECONCILIATION, key=key, code=d.code, sentence=d.sentence, order_id=d.order_id)
    standing = db.execute(select(ExceptionRow.key).where(
        ExceptionRow.kind == ExceptionKind.RECONCILIATION, ExceptionRow.key.startswith(_KEY), ExceptionRow.state.in_(STANDING)))
    for key in set(standing.scalars()) - keys.keys():
        close_exception(db, key=key, by="ordermill", resolution="Orders and sales agree on this again.")
