"""What was learned from corrections and approvals: the list, and taking facts back."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from extraction.learned.ledger import Ledger
from models.domain.learned import FactState
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.learned import KIND_WORDS, MOST, STATE_WORDS, Wanted, load_drifts, load_learned
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _wanted(text: str = "", kind: str = "", state: str = "", fact: int | None = None) -> Wanted:
    return Wanted(text, kind, state, fact)


Chosen = Annotated[Wanted, Depends(_wanted)]


def _show(request: Request, template: str, wanted: Wanted) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        cases, drifts = load_learned(db, services.blobs, wanted), load_drifts(db)
    chosen = {"text": wanted.text, "kind": wanted.kind, "state": wanted.state, "fact": wanted.fact or ""}
    query = urlencode({name: value for name, value in chosen.items() if value})
    return render(
        request, template, cases=cases, drifts=drifts, wanted=wanted, query=f"?{query}" if query else "", kinds=KIND_WORDS,
        states=STATE_WORDS, is_cut=sum(len(case.facts) for case in cases) >= MOST)


@router.get("/learned")
def show(request: Request, _user: Viewer, wanted: Chosen) -> Response:
    """The page."""
    return _show(request, "learned/page.html", wanted)


@router.get("/learned/rows")
def rows(request: Request, _user: Viewer, wanted: Chosen) -> Response:
    """The list alone, for the search."""
    return _show(request, "learned/_list.html", wanted)


@router.post("/learned/{fact_id:int}/undo")
def undo(request: Request, user: Clerk, fact_id: int, wanted: Chosen) -> Response:
    """Take a fact back: orders are read and matched as if it had never been learned."""
    return _set(request, user.name, fact_id, FactState.UNDONE, wanted)


@router.post("/learned/{fact_id:int}/redo")
def redo(request: Request, user: Clerk, fact_id: int, wanted: Chosen) -> Response:
    """Bring a fact back."""
    return _set(request, user.name, fact_id, FactState.ACTIVE, wanted)


@router.post("/learned/forms/{case_id:int}/seen")
def look_at(request: Request, user: Clerk, case_id: int, wanted: Chosen) -> Response:
    """Note that a person has looked at a changed form."""
    with services_of(request).db.write() as db:
        Ledger(db).look_at(case_id, user.name)
    return _show(request, "learned/_list.html", wanted)


def _set(request: Request, person: str, fact_id: int, state: FactState, wanted: Wanted) -> Response:
    with services_of(request).db.write() as db:
        Ledger(db).set_state(fact_id, state, person)
    return _show(request, "learned/_list.html", wanted)
