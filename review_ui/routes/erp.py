"""The connection to the ERP: how it is, what differs, and the buttons that pull, compare, try again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from oms.erp import pulls
from oms.erp.connection import load_connection, messages_of, resend_refused, wanted_nouns
from oms.erp.port import COMPARISON, Noun
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, *, answer: str = "") -> Response:
    services = services_of(request)
    s, port = services.settings, services.erp()
    with services.db.read() as db:
        shown = load_connection(
            db, port, every_s=s.erp_pull_every_s, compare_every_s=s.erp_compare_every_s, at=services.clock())
    return render(request, template, shown=shown, answer=answer)


@router.get("/erp")
def show(request: Request, _user: Viewer) -> Response:
    """The page."""
    return _show(request, "erp/page.html")


@router.get("/erp/panels")
def panels(request: Request, _user: Viewer) -> Response:
    """The page's content alone, for its own refresh."""
    return _show(request, "erp/_panels.html")


@router.post("/erp/pull")
def pull(
    request: Request, user: Admin, noun: Annotated[list[Noun], Form(default_factory=list)],
    full: Annotated[bool, Form()] = False,
) -> Response:
    """Have one noun pulled, or all of them."""
    services = services_of(request)
    port = services.erp()
    with services.db.write() as db:
        pulls.ask(db, port.system, wanted_nouns(port, noun), user=user.name, is_full=full)
    return _show(request, "erp/_panels.html")


@router.post("/erp/compare")
def compare(request: Request, user: Admin) -> Response:
    """Have our orders compared with the ERP's sales."""
    services = services_of(request)
    system = services.erp().system
    with services.db.write() as db:
        pulls.ask(db, system, [COMPARISON], user=user.name)
    return _show(request, "erp/_panels.html")


@router.post("/erp/check")
def check(request: Request, _user: Admin) -> Response:
    """Ask the ERP whether it answers."""
    return _show(request, "erp/_panels.html", answer=services_of(request).erp().check())


@router.post("/erp/resend")
def resend(request: Request, user: Admin) -> Response:
    """Have everything tried again that the ERP refused."""
    services = services_of(request)
    with services.db.write() as db:
        resend_refused(db, user.name)
    services.nudge()
    return _show(request, "erp/_panels.html")


@router.get("/erp/dry-run")
def dry_run(request: Request, _user: Admin, order_no: Annotated[str, Query(max_length=32)]) -> Response:
    """What the ERP is, or was, told about an order; nothing is sent."""
    services = services_of(request)
    order_no = order_no.strip()
    with services.db.write() as db:
        messages = messages_of(db, order_no)
    port = services.erp()
    texts = [(key, port.preview(content, key=key)) for key, content in messages]
    return render(request, "erp/_dry_run.html", order_no=order_no, texts=texts)
