"""Invoices: the list with what is still to be billed, one invoice with its money, and the papers."""

from __future__ import annotations

from decimal import Decimal
from secrets import token_hex
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from models.domain.billing import REFUND_MOVES, InvoiceState, RefundState
from models.errors import InputError
from oms.billing.credits import issue_credit, shares_of
from oms.billing.invoices import issue_invoice, receive_payment
from oms.billing.paper import credit_pdf, invoice_pdf
from oms.billing.refunds import move_refund, request_refund
from oms.billing.repository import Billing
from review_ui.access import Approver, Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.papers import sender_of, shown_pdf
from review_ui.state import services_of
from review_ui.typed_form import number_of
from runtime.zone import day_at

router = APIRouter(route_class=PageRoute)
PAGE = 100
Text = Annotated[str, Form()]
Key = Annotated[str, Form(min_length=8, max_length=64)]


def _list(request: Request, template: str, state: str, text: str, before: int | None) -> Response:
    wanted = InvoiceState(state) if state in set(InvoiceState) else None
    with services_of(request).db.read() as db:
        billing = Billing(db)
        found = billing.invoices(text=text.strip(), state=wanted, before=before, limit=PAGE)
        unbilled = billing.unbilled() if before is None else []
    return render(
        request, template, invoices=found, unbilled=unbilled, state_wanted=wanted or "", states=tuple(InvoiceState),
        text=text.strip(), today=day_at(services_of(request).clock()), older=found[-1].id if len(found) == PAGE else None)


@router.get("/invoices")
def show(
    request: Request, _user: Viewer, state: str = "", text: str = "", before: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The list."""
    return _list(request, "invoices/page.html", state, text, before)


@router.get("/invoices/rows")
def rows(request: Request, _user: Viewer, state: str = "", text: str = "") -> Response:
    """The list alone, for the search."""
    return _list(request, "invoices/_list.html", state, text, None)


@router.post("/invoices")
def bill(request: Request, user: Clerk, shipment: Annotated[list[int], Form()]) -> Response:
    """Bill shipments; one that is billed already keeps its invoice."""
    for shipment_id in shipment:
        with services_of(request).db.write() as db:
            issue_invoice(db, shipment_id, actor=user.name)
    return RedirectResponse("/invoices", 303)


@router.get("/invoices/papers/{kind}")
def papers(
    request: Request, _user: Viewer, kind: Literal["invoices", "credits"], number: Annotated[list[str], Query()]
) -> Response:
    """One PDF of these invoices, or of the credit memos about them."""
    with services_of(request).db.read() as db:
        if kind == "invoices":
            return shown_pdf(invoice_pdf(db, sender_of(request), *number), "invoices")
        billing = Billing(db)
        memos = [memo.number for one in number for memo in reversed(billing.credits(invoice_id=billing.invoice(one).id))]
        if not memos:
            raise InputError("Nothing was credited on the chosen invoices. Choose others.", code="nothing_to_print")
        return shown_pdf(credit_pdf(db, sender_of(request), *memos), "credit-memos")


@router.get("/invoices/{number}")
def detail(request: Request, _user: Viewer, number: str) -> Response:
    """One invoice."""
    return _show(request, "invoices/invoice.html", number)


@router.get("/invoices/{number}/pdf")
def paper(request: Request, _user: Viewer, number: str) -> Response:
    """The invoice on paper."""
    with services_of(request).db.read() as db:
        return shown_pdf(invoice_pdf(db, sender_of(request), number), number)


@router.get("/credit-memos/{number}/pdf")
def credit_paper(request: Request, _user: Viewer, number: str) -> Response:
    """The credit memo on paper."""
    with services_of(request).db.read() as db:
        return shown_pdf(credit_pdf(db, sender_of(request), number), number)


@router.post("/invoices/{number}/payments")
def pay(request: Request, user: Clerk, number: str, amount: Text, key: Key) -> Response:
    """Money came."""
    services = services_of(request)
    with services.db.write() as db:
        receive_payment(
            db, Billing(db).invoice(number).id, key=f"desk:{key}", amount=number_of(request, amount),
            received_at=services.clock(), actor=user.name)
    return _show(request, "invoices/_invoice.html", number)


@router.post("/invoices/{number}/credits")
def credit(
    request: Request, user: Approver, number: str, line: Annotated[list[int], Form()], quantity: Annotated[list[str], Form()],
    reason: Text, key: Key, fee: Text = "",
) -> Response:
    """Take back a part."""
    quantities = {i: number_of(request, q) for i, q in zip(line, quantity, strict=False) if q.strip()}
    with services_of(request).db.write() as db:
        issue_credit(
            db, Billing(db).invoice(number).id, key=f"desk:{key}", quantities=quantities, reason=reason, actor=user.name,
            fee=number_of(request, fee) if fee.strip() else Decimal(0))
    return _show(request, "invoices/_invoice.html", number)


@router.post("/invoices/{number}/refunds")
def refund(request: Request, user: Approver, number: str, amount: Text, key: Key) -> Response:
    """Money is to go back."""
    with services_of(request).db.write() as db:
        request_refund(db, Billing(db).invoice(number).id, key=f"desk:{key}", amount=number_of(request, amount), actor=user.name)
    return _show(request, "invoices/_invoice.html", number)


@router.post("/refunds/{refund_id:int}/state")
def refund_state(
    request: Request, user: Approver, refund_id: int, state: Annotated[RefundState, Form()], words: Text = ""
) -> Response:
    """What became of a refund."""
    with services_of(request).db.write() as db:
        move_refund(db, refund_id, state, actor=user.name, sentence=words.strip() or None)
        number = Billing(db).refunds(refund_id=refund_id)[0].invoice
    return _show(request, "invoices/_invoice.html", number)


def _show(request: Request, template: str, number: str) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        billing = Billing(db)
        invoice = billing.invoice(number)
        left = {s.order_line_id: s.whole - s.taken for s in shares_of(db, invoice.id)}
        shown: dict[str, Any] = {
            "i": invoice, "lines": billing.invoice_lines(invoice.id), "payments": billing.payments(invoice.id),
            "memos": billing.credits(invoice_id=invoice.id), "refunds": billing.refunds(invoice_id=invoice.id), "left": left}
    return render(
        request, template, **shown, key=token_hex(16), moves=REFUND_MOVES,
        is_overdue=invoice.is_overdue(day_at(services.clock())))
