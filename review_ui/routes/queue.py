"""The queue: what waits for a person."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.queue import PAGE, VIEWS, load_queue, load_tabs
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, view: str, text: str) -> Response:
    view = view if view in VIEWS else "review"
    services = services_of(request)
    with services.db.read() as db:
        rows, tabs = load_queue(db, view, text.strip(), services.clock()), load_tabs(db)
    return render(request, template, view=view, text=text.strip(), rows=rows, tabs=tabs, most=PAGE)


@router.get("/")
def queue(request: Request, _user: Viewer, view: str = "review", text: str = "") -> Response:
    """The page."""
    return _show(request, "queue/page.html", view, text)


@router.get("/queue/rows")
def rows(request: Request, _user: Viewer, view: str = "review", text: str = "") -> Response:
    """The list alone, for the page's own refresh."""
    return _show(request, "queue/_list.html", view, text)
