"""Returns: the worklist, a new one, and the page on which goods are received, inspected and closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.returns import Disposition, Grade, ReturnOutcome, ReturnState
from models.errors import InputError, NotFound
from models.tables.items import ItemRow
from oms.billing.repository import Billing
from oms.returns.close import close_return
from oms.returns.inspection import expected, inspect, receive_return, withdraw_inspection
from oms.returns.match import match_return
from oms.returns.repository import Returns
from oms.returns.requests import (
    Wanted,
    approve_return,
    cancel_return,
    decline_return,
    open_blind_return,
    request_return,
    send_return,
)
from review_ui.access import Approver, Clerk, Viewer
from review_ui.each import NOTHING, Told, do_each
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_audit
from review_ui.state import services_of
from review_ui.typed_form import number_of

router = APIRouter(route_class=PageRoute)
PAGE = 100
VIEWS: dict[str, tuple[ReturnState, ...]] = {
    "to-do": (ReturnState.REQUESTED, ReturnState.RECEIVED, ReturnState.INSPECTED),
    "expected": (ReturnState.APPROVED, ReturnState.IN_TRANSIT),
    "done": (ReturnState.CLOSED, ReturnState.DECLINED, ReturnState.CANCELLED),
    "all": (),
}
Text = Annotated[str, Form()]
Texts = Annotated[list[str], Form()]
Ids = Annotated[list[int], Form()]


def _list(request: Request, template: str, view: str, text: str, before: int | None, told: Told = NOTHING) -> Response:
    view = view if view in VIEWS else "to-do"
    with services_of(request).db.read() as db:
        found = Returns(db).find(text=text.strip(), states=VIEWS[view], before=before, limit=PAGE)
        counts = Returns(db).counts()
    sums = {name: sum(counts.get(s, 0) for s in states or tuple(ReturnState)) for name, states in VIEWS.items()}
    return render(
        request, template, returns=found, view=view, text=text.strip(), counts=sums,
        older=found[-1].id if len(found) == PAGE else None, told=told)


@router.get("/returns")
def show(
    request: Request, _user: Viewer, view: str = "to-do", text: str = "", before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The worklist."""
    return _list(request, "returns/page.html", view, text, before)


@router.get("/returns/rows")
def rows(request: Request, _user: Viewer, view: str = "to-do", text: str = "") -> Response:
    """The list alone, for the search."""
    return _list(request, "returns/_list.html", view, text, None)


def _each(
    request: Request, view: str, text: str, chosen: list[str] | None, done: str, work: Callable[[Session, int], object]
) -> Response:
    """Do something to every chosen return; see `do_each`. Customers are told, so nothing takes it back."""
    if not chosen:
        raise InputError("Choose at least one return: tick its box, or press X on it.", code="nothing_chosen")
    told = do_each(services_of(request).db, chosen, done, lambda db, number: work(db, Returns(db).get(number).id))
    return _list(request, "returns/_list.html", view, text, None, told)


@router.post("/returns/all/approve")
def approve_all(
    request: Request, user: Approver, chosen: Annotated[list[str] | None, Form()] = None, view: str = "to-do", text: str = ""
) -> Response:
    """Let the goods of the chosen returns come, without a fee."""
    return _each(request, view, text, chosen, "approved", lambda db, id_: approve_return(db, id_, actor=user.name))


@router.post("/returns/all/receive")
def receive_all(
    request: Request, user: Clerk, chosen: Annotated[list[str] | None, Form()] = None, view: str = "to-do", text: str = ""
) -> Response:
    """All goods of the chosen returns that have not come yet are here."""
    return _each(request, view, text, chosen, "received", lambda db, id_: receive_return(
        db, id_, quantities=expected(db, id_), actor=user.name))


@router.get("/returns/new")
def new(request: Request, _user: Clerk, order: str = "") -> Response:
    """The form of a new return: the lines of an order that can come back, or goods without a paper."""
    with services_of(request).db.read() as db:
        lines = Returns(db).returnable(order) if order.strip() else []
    return render(request, "returns/new.html", order=order.strip(), lines=lines)


@router.post("/returns")
def request_one(
    request: Request, user: Clerk, order: Text, reason: Text, line: Ids, item: Ids, quantity: Texts
) -> Response:
    """Ask that goods of an order may come back."""
    wanted = [
        Wanted(number_of(request, q), order_line_id=x, item_id=i)
        for x, i, q in zip(line, item, quantity, strict=False) if q.strip()]
    with services_of(request).db.write() as db:
        made = request_return(db, order_id=Returns(db).order_id(order), lines=wanted, reason=reason, actor=user.name)
    return RedirectResponse(f"/returns/RMA-{made:06d}", 303)


@router.post("/returns/blind")
def blind(
    request: Request, user: Clerk, customer_no: Text, sku: Text, quantity: Text, reason: Text
) -> Response:
    """Goods stand at the door whose order nobody knows."""
    with services_of(request).db.write() as db:
        item = db.execute(select(ItemRow.id).where(ItemRow.sku == sku.strip())).scalar_one_or_none()
        if item is None:
            raise NotFound(f"There is no item {sku.strip()}. Read the label again, or search the catalogue.")
        made = open_blind_return(
            db, customer_no=customer_no.strip(), lines=[Wanted(number_of(request, quantity), item_id=item)], reason=reason,
            actor=user.name)
    return RedirectResponse(f"/returns/RMA-{made:06d}", 303)


@router.get("/returns/{number}")
def detail(request: Request, _user: Viewer, number: str) -> Response:
    """One return."""
    return _show(request, "returns/return.html", number)


@router.post("/returns/{number}/answer")
def answer(
    request: Request, user: Approver, number: str, verdict: Text, fee: Text = "", words: Text = ""
) -> Response:
    """Approve, with a fee perhaps, or decline with words for the customer."""
    if verdict == "approve":
        charged = number_of(request, fee) if fee.strip() else Decimal(0)
        return _do(request, number, lambda db, id_: approve_return(db, id_, actor=user.name, fee=charged))
    return _do(request, number, lambda db, id_: decline_return(db, id_, actor=user.name, answer=words))


@router.post("/returns/{number}/match")
def match(request: Request, user: Clerk, number: str, order: Text) -> Response:
    """Say which order a blind return belongs to."""
    return _do(request, number, lambda db, id_: match_return(db, id_, Returns(db).order_id(order), actor=user.name))


@router.post("/returns/{number}/send")
def send(request: Request, user: Clerk, number: str) -> Response:
    """The customer has sent the goods."""
    return _do(request, number, lambda db, id_: send_return(db, id_, actor=user.name))


@router.post("/returns/{number}/receive")
def receive(request: Request, user: Clerk, number: str, line: Ids, quantity: Texts) -> Response:
    """Goods came; the rest may come later."""
    came = {i: number_of(request, q) for i, q in zip(line, quantity, strict=False) if q.strip() and number_of(request, q)}
    return _do(request, number, lambda db, id_: receive_return(db, id_, quantities=came, actor=user.name))


@router.post("/returns/{number}/inspections")
def judge(
    request: Request, user: Clerk, number: str, line: Annotated[int, Form()], quantity: Text, grade: Annotated[Grade, Form()],
    disposition: Text = "", outcome: Text = "", note: Text = "", lot: Text = "",
) -> Response:
    """Judge some units; what is left open follows from the grade."""
    where = Disposition(disposition) if disposition in set(Disposition) else None
    owed = ReturnOutcome(outcome) if outcome in set(ReturnOutcome) else None
    return _do(request, number, lambda db, id_: inspect(
        db, id_, line_id=line, quantity=number_of(request, quantity), grade=grade, disposition=where, outcome=owed, note=note,
        lots=[code.strip() for code in re.split("[,;]", lot) if code.strip()], actor=user.name))


@router.post("/returns/{number}/withdraw")
def withdraw(request: Request, user: Clerk, number: str, inspection: Annotated[int, Form()]) -> Response:
    """Take a judgement back."""
    return _do(request, number, lambda db, id_: withdraw_inspection(db, id_, inspection, actor=user.name))


@router.post("/returns/{number}/close")
def close(request: Request, user: Approver, number: str) -> Response:
    """Move stock and money."""
    return _do(request, number, lambda db, id_: close_return(db, id_, actor=user.name))


@router.post("/returns/{number}/cancel")
def cancel(request: Request, user: Clerk, number: str) -> Response:
    """Nothing will come."""
    return _do(request, number, lambda db, id_: cancel_return(db, id_, actor=user.name))


def _do(request: Request, number: str, work: Callable[[Session, int], object]) -> Response:
    with services_of(request).db.write() as db:
        work(db, Returns(db).get(number).id)
    return _show(request, "returns/_return.html", number)


def _show(request: Request, template: str, number: str) -> Response:
    with services_of(request).db.read() as db:
        found = Returns(db).get(number)
        lines = Returns(db).lines(found.id)
        memos = Billing(db).credits(return_id=found.id)
        audit = load_audit(db, [f"return:{number}"])
    last = max((j.id for line in lines for j in line.inspections), default=None)
    return render(
        request, template, r=found, lines=lines, memos=memos, audit=audit, last=last, grades=tuple(Grade),
        dispositions=tuple(Disposition), outcomes=tuple(ReturnOutcome))
