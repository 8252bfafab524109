"""The page of one order: what it shows, and doing something to it; what its forms hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from fastapi import Request, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.agreement import agreements_of
from matching.overrides import OVERRIDES
from models.domain.order_work import HoldKind
from models.domain.states import Role, SalesOrderState
from models.errors import Forbidden, InputError
from models.tables.orders import SalesOrderRow
from oms.exceptions.listing import WantedExceptions, find_exceptions
from oms.notices.facts import quote_reader
from oms.orders.changes.plan import Edit
from oms.orders.changes.service import change_order
from oms.orders.decide import OrderAction
from oms.orders.regroup.service import merge_candidates
from oms.orders.repository import Orders, order_id_of
from review_ui.pages import render
from review_ui.presenters.case_facts import load_audit
from review_ui.presenters.line_goods import NOTHING, load_line_goods
from review_ui.presenters.related import load_related
from review_ui.presenters.timeline import load_timeline
from review_ui.state import services_of
from runtime.accounts import SignedIn


def show_order(request: Request, order_no: str, template: str) -> Response:
    """The order on its page ("orders/order.html") or as the part of it that changes ("orders/_order.html"). Raises NotFound."""
    with services_of(request).db.read() as db:
        order = Orders(db).detail(order_no)
        reader = quote_reader(db, order.summary.id) if OrderAction.QUOTE in order.supported_actions else None
        return render(
            request, template, order=order, reader=reader if isinstance(reader, str) else None,
            related=load_related(db, order.summary.id), timeline=load_timeline(db, order),
            audit=load_audit(db, [f"order:{order_no}"]),
            candidates=merge_candidates(db, order.summary.id) if OrderAction.MERGE in order.supported_actions else [],
            exceptions=find_exceptions(db, WantedExceptions(order_no=order_no)), kinds=list(HoldKind),
            goods=load_line_goods(db, order), no_goods=NOTHING,
            can={str(action) for action in order.supported_actions}, agreed=agreements_of(db, order_no), overrides=OVERRIDES)


def do_to_order(request: Request, order_no: str, work: Callable[[Session, int], object]) -> Response:
    """Do something to the order in one transaction, and show it as it is then."""
    with services_of(request).db.write() as db:
        work(db, order_id_of(db, order_no))
    return show_order(request, order_no, "orders/_order.html")


def change_as(db: Session, order_id: int, edits: Sequence[Edit], *, user: SignedIn, reason: str, revision: int) -> None:
    """Change an order for a person: a draft for whoever writes it, an accepted order for those who approve. Raises Forbidden, and
    as `change_order`."""
    state = db.execute(select(SalesOrderRow.state).where(SalesOrderRow.id == order_id)).scalar_one()
    if state is not SalesOrderState.DRAFT and not user.may(Role.APPROVER):
        raise Forbidden("Only an approver may change an order that was accepted. Ask one, or hold the order.")
    change_order(db, order_id, edits, actor=user.name, reason=reason, revision=revision)


def day_of(text: str) -> date | None:
    """A day as date fields send it, None for nothing. Raises InputError."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as e:
        raise InputError(f"{text.strip()} is no date; write it like 2031-05-06.", code="bad_date") from e
