"""The reconciliation of orders and sales, credit memos and credit notes: loaded, compared, and kept as exceptions until both
sides agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from models.domain.order_work import ChargeKind, ExceptionKind
from models.domain.outbox import Channel
from models.domain.states import OutboxState, SalesOrderState
from models.tables.billing import CreditMemoRow
from models.tables.exceptions import ExceptionRow
from models.tables.orders import OrderChargeRow, SalesOrderRow
from models.tables.outbox import OutboxRow
from oms.erp import payload
from oms.erp.compare import Difference, Here, There, compare
from oms.erp.compare_credits import MemoHere, NoteThere, compare_credits
from oms.exceptions import close_exception, open_exception
from oms.exceptions.listing import ListedException, WantedExceptions, find_exceptions
from oms.exceptions.service import STANDING

_KEY = "erp-sale:"
_CREDIT_KEY = "erp-credit:"
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
    _keep(db, _KEY, {f"{d.order_no}:{d.code}": d for d in found}, "Orders and sales agree on this again.")
    return found


def reconcile_credits(db: Session, system: str, notes: Sequence[NoteThere], since: datetime) -> tuple[Difference, ...]:
    """Compare the credit memos since then, those the ERP was told of and those it told of, with these notes; open and close
    exceptions accordingly."""
    memo, written = CreditMemoRow, f"erp:{system}:"
    rows = db.execute(
        select(memo.order_id, SalesOrderRow.order_no, memo.number, memo.key, memo.currency, memo.total, OutboxRow.id)
        .join(SalesOrderRow, SalesOrderRow.id == memo.order_id)
        .outerjoin(OutboxRow, (OutboxRow.key == literal(payload.CREDIT_KEY).concat(memo.number)) & (
            OutboxRow.channel == Channel.ERP) & (OutboxRow.state == OutboxState.SENT))
        .where(memo.issued_at >= since)).all()
    memos = [
        MemoHere(
            *row[:3], row.key.removeprefix(f"{written}{row.order_no}/") if row.key.startswith(written) else "", row.currency,
            row.total)
        for row in rows if row.id is not None or row.key.startswith(written)]
    known = db.execute(select(CreditMemoRow.number).where(CreditMemoRow.number.in_({x.memo for x in notes if x.memo}))).scalars()
    theirs = {f"{written}{x.order_no}/{x.number}"[:128]: x.number for x in notes if not x.memo and not x.is_cancelled}
    booked = {theirs[key] for key in db.execute(select(memo.key).where(memo.key.in_(theirs))).scalars()}
    orders = dict(db.execute(
        select(SalesOrderRow.order_no, SalesOrderRow.id).where(SalesOrderRow.order_no.in_({x.order_no for x in notes}))).all())
    found = compare_credits(memos, notes, frozenset(known), frozenset(booked), orders)
    _keep(db, _CREDIT_KEY, {f"{d.about}:{d.code}": d for d in found}, "Credit memos and credit notes agree on this again.")
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


def _keep(db: Session, prefix: str, found: Mapping[str, Difference], agreed: str) -> None:
    keys = {f"{prefix}{about}"[:128]: d for about, d in found.items()}
    for key, d in keys.items():
        open_exception(
            db, kind=ExceptionKind.RECONCILIATION, key=key, code=d.code, sentence=d.sentence, order_id=d.order_id)
    standing = db.execute(select(ExceptionRow.key).where(
        ExceptionRow.kind == ExceptionKind.RECONCILIATION, ExceptionRow.key.startswith(prefix), ExceptionRow.state.in_(STANDING)))
    for key in set(standing.scalars()) - keys.keys():
        close_exception(db, key=key, by="ordermill", resolution=agreed)
