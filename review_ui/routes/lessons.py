"""What approving a case would teach: shown before, and declined by whoever does not want it learned."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.fact_words import fact_sentence, holds_for
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, case_id: int) -> Response:
    lessons = services_of(request).teaching().foresee(case_id)
    ordered = sorted(lessons, key=lambda x: x.lesson.is_let_stand)
    shown = [(x.key, fact_sentence(x.lesson), holds_for(x.lesson), x.is_declined, x.lesson.is_let_stand) for x in ordered]
    return render(request, "case/_lessons.html", lessons=shown)


@router.get("/cases/{case_id:int}/lessons")
def show(request: Request, _user: Viewer, case_id: int) -> Response:
    """The lessons of the case as it stands."""
    return _show(request, case_id)


@router.get("/cases/{case_id:int}/lessons/no-order")
def show_no_order(request: Request, _user: Viewer, case_id: int) -> Response:
    """What setting the case aside as no order would teach."""
    lesson = services_of(request).teaching().foresee_no_order(case_id)
    sentence, holds = (fact_sentence(lesson), holds_for(lesson)) if lesson else ("", "")
    return render(request, "case/_no_order.html", sentence=sentence, holds=holds)


@router.post("/cases/{case_id:int}/lessons/decline")
def decline(request: Request, user: Clerk, case_id: int, key: Annotated[str, Form(max_length=64)] = "") -> Response:
    """Have the case not teach a lesson, or teach it after all."""
    services_of(request).teaching().decline(case_id, key, user.name)
    return _show(request, case_id)
