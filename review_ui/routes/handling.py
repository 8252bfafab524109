"""What is done around one case: put off, taken over, set aside, commented; and how long somebody was at it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import PlainTextResponse

from matching.cases import Cases
from matching.comments import Comments
from matching.handling import Handling
from matching.mentions import Mentions
from models.domain.states import Role
from models.tables.desk import CaseVisitRow
from review_ui.access import Approver, Clerk, Viewer, Watcher
from review_ui.errors import PageRoute
from review_ui.evidence_form import parse_pin
from review_ui.pages import render
from review_ui.presenters.comments import load_comments
from review_ui.routes.cases import answer_order, next_case
from review_ui.routes.queue import later
from review_ui.state import services_of, ui_of
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form()]
Version = Annotated[int, Form()]
Count = Annotated[int, Form(ge=0, le=100_000)]


@router.post("/cases/{case_id:int}/snooze")
def snooze(request: Request, user: Clerk, case_id: int, until: Text = "tomorrow") -> Response:
    """Put the case off, and go on to the next."""
    moment = later(until, services_of(request).clock())
    Handling(ui_of(request).review).snooze([case_id], moment, user.user_id)
    return next_case(request, user, case_id)


@router.post("/cases/{case_id:int}/assign")
def assign(request: Request, user: Clerk, case_id: int, to: Annotated[int, Form(ge=0, le=10**12)] = 0) -> Response:
    """Give the case to somebody (0: to anybody), and go on to the next."""
    review = ui_of(request).review
    review.release(case_id, user.user_id)
    Handling(review).assign([case_id], to or None, user.user_id)
    return next_case(request, user, case_id)


@router.post("/cases/{case_id:int}/tag")
def tag(
    request: Request, user: Clerk, case_id: int, tag: Text = "", is_off: Annotated[bool, Form(alias="off")] = False,
) -> Response:
    """Put a word on the case, or take it off; answers the right half of the page."""
    handling = Handling(ui_of(request).review)
    if is_off:
        handling.untag([case_id], tag, user.user_id)
    else:
        handling.tag([case_id], tag, user.user_id)
    return answer_order(request, user, case_id)


@router.post("/cases/{case_id:int}/take-over")
def take_over(request: Request, user: Clerk, case_id: int) -> Response:
    """Take a case that somebody else has open."""
    Handling(ui_of(request).review).take_over(case_id, user.user_id)
    return Response(status_code=204, headers={"HX-Redirect": f"/cases/{case_id}"})


@router.post("/cases/{case_id:int}/not-an-order")
def not_an_order(
    request: Request, user: Approver, case_id: int, version: Version, teach: Annotated[bool, Form()] = False,
) -> Response:
    """Set a case aside that is no order; with `teach`, papers of its form are none from now on."""
    Handling(ui_of(request).review).set_aside(case_id, version, user.user_id)
    if teach:
        services_of(request).teaching().learn_no_order(case_id, user.name)
    return next_case(request, user, case_id)


@router.post("/cases/{case_id:int}/duplicate")
def duplicate(
    request: Request, user: Approver, case_id: int, version: Version, of: Annotated[int, Form(ge=1, le=10**12)]
) -> Response:
    """Set a case aside that is the same order as another."""
    Handling(ui_of(request).review).set_aside(case_id, version, user.user_id, duplicate_of=of)
    return next_case(request, user, case_id)


@router.get("/cases/{case_id:int}/comments")
def comments(request: Request, user: Watcher, case_id: int) -> Response:
    """All comments of the case, as they are now; asked by the page alone, so that it reads no mention."""
    return _comments(request, user, case_id)


@router.post("/cases/{case_id:int}/comments/read")
def read_comments(request: Request, user: Viewer, case_id: int) -> Response:
    """The person has the comments of the open case before them; answers how many mentions of other cases are still to be read."""
    with services_of(request).db.write() as db:
        mentions = Mentions(db)
        mentions.read(user.user_id, mentions.of_case(user.user_id, case_id))
        left = mentions.count(user.user_id)
    return PlainTextResponse(str(left))


@router.post("/cases/{case_id:int}/comments")
def comment(
    request: Request, user: Clerk, case_id: int, text: Text = "", path: Text = "", place: Text = "", kind: Text = "paper",
) -> Response:
    """Say something about the case, or about a place on a page; answers all its comments."""
    pin = parse_pin(place, kind)
    with services_of(request).db.write() as db:
        Comments(db).add(case_id, user.user_id, text, path, pin)
    return _comments(request, user, case_id)


@router.post("/cases/{case_id:int}/comments/{comment_id:int}/resolve")
def resolve(request: Request, user: Clerk, case_id: int, comment_id: int) -> Response:
    """Settle a comment; answers all comments of the case."""
    with services_of(request).db.write() as db:
        Comments(db).resolve(case_id, comment_id, user.user_id)
    return _comments(request, user, case_id)


@router.post("/cases/{case_id:int}/visit")
def visit(
    request: Request, user: Clerk, case_id: int, keys: Count = 0, clicks: Count = 0,
    seconds: Annotated[float, Form(ge=0, le=86_400)] = 0.0,
) -> Response:
    """Count what a visit of the case took; sent by the page when it is left."""
    services = services_of(request)
    with services.db.write() as db:
        Cases(db).get(case_id)
        db.add(CaseVisitRow(
            case_id=case_id, user_id=user.user_id, keys=keys, clicks=clicks, active_seconds=seconds, ended_at=services.clock()))
    return Response(status_code=204)


def _comments(request: Request, user: SignedIn, case_id: int) -> Response:
    with services_of(request).db.read() as db:
        shown = load_comments(db, case_id, user.user_id)
    return render(request, "case/_comments.html", **shown, can_comment=user.may(Role.CLERK))
