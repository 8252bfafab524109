"""Asking the customer from the case page."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from matching.questions import PHRASES, Wish
from review_ui.access import Clerk
from review_ui.asking import ask_customer, drafted
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.routes.cases import next_case
from review_ui.state import services_of, ui_of

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form()]


@router.get("/cases/{case_id:int}/question")
def draft(request: Request, _user: Clerk, case_id: int) -> Response:
    """The drafted mail, to be changed and sent."""
    services = services_of(request)
    with services.db.read() as db:
        mail = drafted(db, case_id)
    return render(
        request, "case/_question.html", case_id=case_id, mail=mail, how=PHRASES[mail.language]["how"],
        cannot_send=not services.settings.smtp_host)


@router.post("/cases/{case_id:int}/question")
def send(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], subject: Text = "", opening: Text = "",
    closing: Text = "", ask: Annotated[list[int] | None, Form()] = None, number: Annotated[list[int] | None, Form()] = None,
    sentence: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Send the mail and go on to the next case. `sentence` goes with `number`; only the numbers in `ask` are asked."""
    kept = {n: text for n, text in zip(number or (), sentence or (), strict=False) if n in (ask or ())}
    services = services_of(request)
    ask_customer(
        ui_of(request).review, services.settings, case_id, version, user.user_id, Wish(subject, opening, closing, kept))
    services.nudge()
    return next_case(request, user, case_id)
