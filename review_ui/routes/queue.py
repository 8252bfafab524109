"""The queue: what waits for a person."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_case
from review_ui.presenters.queue import PAGE, VIEWS, load_queue, load_tabs
from review_ui.state import services_of
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)


def _show(request: Request, user: SignedIn, template: str, view: str, text: str, after: int | None = None) -> Response:
    view = view if view in VIEWS else "review"
    services = services_of(request)
    with services.db.read() as db:
        rows, tabs = load_queue(db, view, text.strip(), services.clock()), load_tabs(db)
        done = load_case(db, after, user_id=user.user_id, now=services.clock()) if after else None
    return render(request, template, view=view, text=text.strip(), rows=rows, tabs=tabs, most=PAGE, done=done)


@router.get("/")
def queue(
    request: Request, user: Viewer, view: str = "review", text: str = "", after: int | None = None,
) -> Response:
    """The page. `after` is the case decided just before, for the notice on top."""
    return _show(request, user, "queue/page.html", view, text, after)


@router.get("/queue/rows")
def rows(request: Request, user: Viewer, view: str = "review", text: str = "") -> Response:
    """The list alone, for the page's own refresh."""
    return _show(request, user, "queue/_list.html", view, text)
