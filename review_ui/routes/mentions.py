"""What colleagues told the person at the screen in comments, until they have read it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from matching.mentions import Mentions
from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)
PAGE = 50


@router.get("/mentions")
def show(request: Request, user: Viewer, start: Annotated[int, Query(ge=0, le=10**6)] = 0) -> Response:
    """The mentions not read yet, the newest first."""
    with services_of(request).db.read() as db:
        found = Mentions(db).unread(user.user_id, limit=PAGE, offset=start)
    return render(request, "mentions/page.html", mentions=found, start=start, size=PAGE)


@router.post("/mentions/read")
def read_all(request: Request, user: Viewer, newest: Annotated[int, Form(ge=0, le=2**53)] = 0) -> Response:
    """Mark everything up to the newest mention the page showed as read."""
    with services_of(request).db.write() as db:
        Mentions(db).read_up_to(user.user_id, newest)
    return RedirectResponse("/mentions", 303)
