"""What became of a case: who changed what, and every step of it."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from matching.cases import Cases
from models.domain.states import Role
from review_ui.access import Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_audit, load_case, load_draft
from review_ui.presenters.history import show_history
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


@router.get("/cases/{case_id:int}/history")
def show(request: Request, user: Viewer, case_id: int) -> Response:
    """The corrections, each with what gives a value back, and the audit trail. It is asked for when somebody opens it: a long
    order may have thousands of corrections."""
    services = services_of(request)
    with services.db.read() as db:
        case = load_case(db, case_id, user_id=user.user_id, now=services.clock())
        can_edit = case.is_reviewable and case.holder is None and user.may(Role.CLERK)
        history = show_history(Cases(db).corrections(case_id), load_draft(db, case), can_edit)
        audit = load_audit(db, [f"case:{case_id}"])
    return render(request, "case/_history.html", history=history, audit=audit)
