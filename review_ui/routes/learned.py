"""What was learned from corrections: the list, and taking facts back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from extraction.learned.ledger import Ledger
from models.domain.learned import FactState
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.learned import MOST, load_drifts, load_learned
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str, text: str, fact: int | None) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        forms, drifts = load_learned(db, services.blobs, text, fact), load_drifts(db)
    return render(request, template, forms=forms, drifts=drifts, text=text.strip(), fact=fact, most=MOST)


@router.get("/learned")
def show(request: Request, _user: Viewer, text: str = "", fact: int | None = None) -> Response:
    """The page."""
    return _show(request, "learned/page.html", text, fact)


@router.get("/learned/rows")
def rows(request: Request, _user: Viewer, text: str = "", fact: int | None = None) -> Response:
    """The list alone, for the search."""
    return _show(request, "learned/_list.html", text, fact)


@router.post("/learned/{fact_id:int}/undo")
def undo(request: Request, user: Clerk, fact_id: int, text: str = "", fact: int | None = None) -> Response:
    """Take a fact back: documents are read as if it had never been learned."""
    return _set(request, user.name, fact_id, FactState.UNDONE, text, fact)


@router.post("/learned/{fact_id:int}/redo")
def redo(request: Request, user: Clerk, fact_id: int, text: str = "", fact: int | None = None) -> Response:
    """Bring a fact back."""
    return _set(request, user.name, fact_id, FactState.ACTIVE, text, fact)


@router.post("/learned/forms/{case_id:int}/seen")
def look_at(request: Request, user: Clerk, case_id: int, text: str = "", fact: int | None = None) -> Response:
    """Note that a person has looked at a changed form."""
    with services_of(request).db.write() as db:
        Ledger(db).look_at(case_id, user.name)
    return _show(request, "learned/_list.html", text, fact)


def _set(request: Request, person: str, fact_id: int, state: FactState, text: str, fact: int | None) -> Response:
    with services_of(request).db.write() as db:
        Ledger(db).set_state(fact_id, state, person)
    return _show(request, "learned/_list.html", text, fact)
