"""Tables drawn on a page of the case: what would be read, and taking it into the order."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from extraction.lines.drawn import DrawnTable
from matching.cases import Cases
from review_ui.access import Clerk
from review_ui.drawn_form import parse_drawn
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.drawn import KIND_KEYS, as_change, load_paper
from review_ui.presenters.pasted import COLUMN_WORDS
from review_ui.routes.cases import answer_order
from review_ui.state import services_of, ui_of

router = APIRouter(route_class=PageRoute)
Number = Annotated[int, Form(ge=0, le=10**12)]
Box = Annotated[str, Form(max_length=200)]
Cuts = Annotated[str | None, Form(max_length=1_000)]
Kinds = Annotated[str | None, Form(max_length=1_000)]


def _read(request: Request, case_id: int, document: int, page: int, box: str, cuts: str | None, kinds: str | None) -> DrawnTable:
    services, drawn = services_of(request), parse_drawn(box, cuts, kinds)
    with services.db.read() as db:
        paper = load_paper(db, services.blobs, case_id, document, page)
    return services.read_drawn(paper, drawn)


@router.post("/cases/{case_id:int}/drawn/preview")
def preview(
    request: Request, _user: Clerk, case_id: int, document: Number, page: Number, box: Box,
    cuts: Cuts = None, kinds: Kinds = None,
) -> Response:
    """The rows that would be taken, to be agreed to; nothing is changed."""
    table = _read(request, case_id, document, page, box, cuts, kinds)
    with services_of(request).db.read() as db:
        cases = Cases(db)
        has_lines = bool(cases.get(case_id).version and cases.draft(case_id).lines)
    return render(request, "case/_drawn.html", table=table, keys=KIND_KEYS, words=COLUMN_WORDS, has_lines=has_lines)


@router.post("/cases/{case_id:int}/drawn")
def take(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], document: Number, page: Number, box: Box,
    cuts: Cuts = None, kinds: Kinds = None, instead: Annotated[bool, Form()] = False,
) -> Response:
    """Take the rows of the table into the order; answers the right half of the page with the new version."""
    table = _read(request, case_id, document, page, box, cuts, kinds)
    change = as_change(table, document, page, instead=instead)
    ui_of(request).review.change_rows(case_id, version, change, user.user_id)
    return answer_order(request, user, case_id)
