"""What a customer usually buys: evidence of which item a line means. Holds a session, never commits."""

from __future__ import annotations

from sqlalchemy import or_, select, union
from sqlalchemy.orm import Session

from models.domain.learned import LessonKind
from models.domain.states import SalesOrderState
from models.tables.cases import CaseRow
from models.tables.learned import LearnedFactRow, LearnedUseRow
from models.tables.orders import OrderLineRow, SalesOrderRow

_ORDERS = 200
"""How many orders tell what a customer usually buys: the newest."""
_NOT_ORDERED = (SalesOrderState.DRAFT, SalesOrderState.QUOTED, SalesOrderState.CANCELLED)


def usual_items(db: Session, customer_id: int, case_id: int) -> frozenset[int]:
    """The ids of the items that a customer ordered before a case came. Orders in which learned words had a say are left out: what
    those say counts through the ledger alone, so that taking a fact back leaves nothing of it."""
    o, x, fact, use = SalesOrderRow, OrderLineRow, LearnedFactRow, LearnedUseRow
    theirs = (fact.customer_id == customer_id, fact.kind == LessonKind.ITEM)
    told = union(
        select(fact.case_id).where(*theirs), select(use.case_id).join(fact, fact.id == use.fact_id).where(*theirs))
    came = select(CaseRow.received_at).where(CaseRow.id == case_id).scalar_subquery()
    newest = (
        select(o.id).where(o.customer_id == customer_id, o.created_at < came, o.state.not_in(_NOT_ORDERED))
        .where(or_(o.case_id.is_(None), o.case_id.not_in(told))).order_by(o.id.desc()).limit(_ORDERS))
    return frozenset(db.execute(select(x.item_id).where(x.order_id.in_(newest)).distinct()).scalars())
