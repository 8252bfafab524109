"""The case page and what a reviewer does on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from matching.cases import Cases
from matching.comments import Comments, check_places
from matching.masterdata.pictures import pictures_of
from matching.mentions import Mentions
from matching.overrides import OVERRIDES, needing_reason
from matching.questions import can_be_asked
from matching.queue import next_in_review
from matching.regroup import Regroup
from matching.unsaved import LONGEST as LONGEST_TYPED
from matching.unsaved import UnsavedEdits
from models.domain.evidence import Evidence, Origin
from models.domain.pages import SourceFormat
from models.domain.states import Role
from models.errors import InputError
from review_ui.access import BACKGROUND_HEADER, Approver, Clerk, Typist, Viewer
from review_ui.errors import PageRoute
from review_ui.evidence_form import parse_places
from review_ui.formats import plain_number
from review_ui.pages import language_of, render
from review_ui.presenters.approval_form import approval_form
from review_ui.presenters.case import show_order
from review_ui.presenters.case_facts import CaseFacts, load_case, load_case_tags, load_documents, load_draft
from review_ui.presenters.changes import load_changes
from review_ui.presenters.choices import find_choices
from review_ui.presenters.comments import load_comments
from review_ui.presenters.crops import load_crops
from review_ui.presenters.history import show_unsaved
from review_ui.presenters.pasted import COLUMN_WORDS, read_cells
from review_ui.presenters.questions import load_asked
from review_ui.presenters.queue import load_people, load_tags
from review_ui.price_reasons import PRICE_REASONS, reason_note
from review_ui.row_form import LONGEST, parse_change
from review_ui.services import Services
from review_ui.state import services_of, ui_of
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)
OPEN_HEADER = "Open-Parts"
"""Names the lines whose further fields are shown, and the header, with commas between them."""
NUMBERS = frozenset({"quantity", "unit_price", "amount", "discount", "total"})


def _order_context(
    db: Session, case: CaseFacts, user: SignedIn, services: Services, opened: Collection[str] = ()
) -> dict[str, Any]:
    cases, draft, settings = Cases(db), load_draft(db, case), services.settings
    doubts = cases.doubts(case.id, case.version)
    tolerance = case.tolerance if case.tolerance is not None else Decimal(str(settings.price_tolerance))
    shown = show_order(
        draft, doubts, threshold=settings.line_confidence, tolerance=tolerance, crops=load_crops(db, services.blobs, doubts),
        opened=opened,
    ) if draft else None
    can_edit = case.is_reviewable and case.holder is None and user.may(Role.CLERK)
    return {
        "case": case, "order": shown, "can_edit": can_edit, "can_approve": can_edit and user.may(Role.APPROVER),
        "can_reopen": case.is_reopenable and user.may(Role.CLERK),
        "case_tags": load_case_tags(db, case.id), "was_changed": cases.was_changed(case.id),
        "changes": load_changes(db, case.id, draft, doubts) if draft else None, "needs_reason": bool(needing_reason(doubts)),
        "open_comments": sum(1 for c in Comments(db).of_case(case.id) if not c.resolved_by),
        "unsaved": show_unsaved(UnsavedEdits(db).of_case(case.id), draft) if case.is_reviewable else (),
        "asked_mails": load_asked(db, case.id), "can_ask": can_edit and can_be_asked(doubts),
    }


def _ahead(db: Session, case_id: int, user: SignedIn, now: datetime) -> dict[str, str] | None:
    """The addresses of the case that comes next and of its first page, so that the browser has them before they are needed."""
    following = next_in_review(db, but=case_id, user_id=user.user_id, now=now)
    if not following:
        return None
    tabs = load_documents(db, load_case(db, following, user_id=user.user_id, now=now))
    drawable = tabs and tabs[0].format in {SourceFormat.PDF, SourceFormat.IMAGE}
    page = f"/documents/{tabs[0].id}/pages/0" if drawable else ""
    return {"case": f"/cases/{following}", "page": page, "picture": f"{page}.png"}


@router.get("/cases/{case_id:int}")
def show(request: Request, user: Viewer, case_id: int, after: int | None = None) -> Response:
    """The page. `after` is the case decided just before, for the notice on top."""
    services = services_of(request)
    with services.db.read() as db:
        now = services.clock()
        case = load_case(db, case_id, user_id=user.user_id, now=now)
        context = _order_context(db, case, user, services) | {
            "documents": load_documents(db, case), **load_comments(db, case_id, user.user_id),
            "done": load_case(db, after, user_id=user.user_id, now=now) if after else None,
            "ahead": _ahead(db, case_id, user, now), "price_reasons": PRICE_REASONS,
            "people": load_people(db), "tags": load_tags(db),
        }
    if context["new_mentions"] and BACKGROUND_HEADER not in request.headers:        # fetched ahead, nobody has seen it yet
        with services.db.write() as db:
            Mentions(db).read(user.user_id, context["new_mentions"])
    return render(request, "case/page.html", **context)


def answer_order(request: Request, user: SignedIn, case_id: int) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        case = load_case(db, case_id, user_id=user.user_id, now=services.clock())
        opened = frozenset(request.headers.get(OPEN_HEADER, "").split(","))
        context = _order_context(db, case, user, services, opened)
    return render(request, "case/_order.html", **context)


@router.get("/cases/{case_id}/order")
def order(request: Request, user: Viewer, case_id: int) -> Response:
    """The right half alone, as it is now."""
    return answer_order(request, user, case_id)


@router.get("/cases/{case_id}/choices")
def choices(request: Request, user: Viewer, case_id: int, path: str, text: str = "") -> Response:
    """What a field may be: candidates first, then what master data has for `text`."""
    services = services_of(request)
    with services.db.read() as db:
        draft = load_draft(db, load_case(db, case_id, user_id=user.user_id, now=services.clock()))
    found = find_choices(ui_of(request), draft, path, text.strip())
    pictures = None
    if path.split(".")[-1] in {"item", "new"}:
        with services.db.read() as db:
            pictures = pictures_of(db, [choice.value for choice in found])
    return render(request, "case/_choices.html", path=path, text=text.strip(), choices=found, pictures=pictures)


@router.post("/cases/{case_id}/claim")
def claim(request: Request, user: Clerk, case_id: int) -> Response:
    """Take the case, or hold it for longer."""
    ui_of(request).review.claim(case_id, user.user_id)
    return Response(status_code=204)


@router.post("/cases/{case_id}/release")
def release(request: Request, user: Clerk, case_id: int) -> Response:
    """Let go of the case."""
    ui_of(request).review.release(case_id, user.user_id)
    return Response(status_code=204)


@router.post("/cases/{case_id}/corrections")
def correct(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], path: Annotated[str, Form()],
    value: Annotated[str, Form()] = "", places: Annotated[str, Form()] = "", kind: Annotated[str, Form()] = "paper",
    reason: Annotated[str, Form()] = "", typed: Annotated[bool, Form()] = False,
) -> Response:
    """Set one value; answers the right half of the page with the new version. `reason`: why a price is let stand; `typed`: a
    person wrote it, as their language writes numbers."""
    value = _plain(path, value, request, user) if typed else value
    evidence = parse_places(places, kind, value, user.name)
    if evidence is not None and evidence.document_id is not None:
        with services_of(request).db.read() as db:
            check_places(db, Cases(db).get(case_id), evidence.document_id, evidence.places)
    if (note := reason_note(reason)) is not None:
        evidence = Evidence(Origin.TYPED, value, person=user.name, note=note)
    ui_of(request).review.correct(case_id, version, path, value, user.user_id, evidence)
    return answer_order(request, user, case_id)


def _plain(path: str, value: str, request: Request, user: SignedIn) -> str:
    """What was typed into a field: a number as all of the house has it."""
    return plain_number(value, language_of(request, user)) if path.split(".")[-1] in NUMBERS else value


@router.post("/cases/{case_id:int}/unsaved")
def keep_typed(
    request: Request, user: Typist, case_id: int, version: Annotated[int, Form(ge=0, le=10**9)],
    path: Annotated[str, Form(max_length=128)], value: Annotated[str, Form(max_length=LONGEST_TYPED)] = "",
) -> Response:
    """Keep what is being typed into a field, until it is saved or dropped."""
    services = services_of(request)
    with services.db.write() as db:
        UnsavedEdits(db).keep(
            case_id, user.user_id, path=path, value=_plain(path, value, request, user), version=version, at=services.clock())
    return Response(status_code=204)


@router.post("/cases/{case_id:int}/unsaved/drop")
def drop_typed(request: Request, user: Clerk, case_id: int, path: Annotated[str, Form(max_length=128)]) -> Response:
    """Forget what was typed into a field; answers the right half of the page."""
    with services_of(request).db.write() as db:
        UnsavedEdits(db).drop(case_id, [path])
    return answer_order(request, user, case_id)


@router.post("/cases/{case_id}/rows")
def change_rows(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], change: Annotated[str, Form()] = "",
) -> Response:
    """Change several rows at once; answers the right half of the page with the new version."""
    ui_of(request).review.change_rows(case_id, version, parse_change(change), user.user_id)
    return answer_order(request, user, case_id)


@router.post("/cases/{case_id}/pasted")
def pasted(
    request: Request, _user: Clerk, case_id: int, text: Annotated[str, Form(max_length=LONGEST)] = "",
    at: Annotated[str, Form(max_length=32)] = "", field: Annotated[str, Form(max_length=32)] = "",
) -> Response:
    """What cells from a spreadsheet would be, to be agreed to; nothing is changed."""
    return render(
        request, "case/_pasted.html", pasted=read_cells(text, field), words=COLUMN_WORDS, at=at, is_new=not at, case_id=case_id)


@router.post("/cases/{case_id}/revert")
def revert(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], made: Annotated[int, Form(ge=2, le=10**9)] = 2,
    path: Annotated[str, Form()] = "",
) -> Response:
    """Give one field the value it had before version `made`."""
    ui_of(request).review.revert(case_id, version, made, path, user.user_id)
    return answer_order(request, user, case_id)


@router.post("/cases/{case_id}/undo")
def undo(request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()]) -> Response:
    """Take the last correction back."""
    ui_of(request).review.undo(case_id, version, user.user_id)
    return answer_order(request, user, case_id)


def next_case(request: Request, user: SignedIn, case_id: int) -> Response:
    """Lead to the case that comes next, or to the queue when there is none."""
    services = services_of(request)
    with services.db.read() as db:
        following = next_in_review(db, but=case_id, user_id=user.user_id, now=services.clock())
    target = f"/cases/{following}?after={case_id}" if following else f"/?after={case_id}"
    return Response(status_code=204, headers={"HX-Redirect": target})


@router.post("/cases/{case_id}/approve")
def approve(request: Request, user: Approver, case_id: int, version: Annotated[int, Form()]) -> Response:
    """Approve the version the person saw, and go on to the next case."""
    ui_of(request).review.approve(case_id, version, user.user_id)
    services_of(request).nudge()
    return next_case(request, user, case_id)


@router.get("/cases/{case_id:int}/approval")
def approval(request: Request, user: Approver, case_id: int) -> Response:
    """The form for approving a part, or in spite of a doubt."""
    services = services_of(request)
    with services.db.read() as db:
        draft = load_draft(db, load_case(db, case_id, user_id=user.user_id, now=services.clock()))
        if draft is None:
            raise InputError("There is no draft yet, so there is nothing to approve. Wait until it is matched.", code="no_draft")
        form = approval_form(draft, Cases(db).doubts(case_id))
    return render(request, "case/_approval.html", form=form, reasons=OVERRIDES)


@router.post("/cases/{case_id:int}/approval")
def approve_otherwise(
    request: Request, user: Approver, case_id: int, version: Annotated[int, Form()],
    ahead: Annotated[list[str] | None, Form()] = None, reason: Annotated[str, Form()] = "",
) -> Response:
    """Approve the lines in `ahead` (all of them: the whole order), with the reason for what that overrides."""
    services = services_of(request)
    with services.db.read() as db:
        open_lines = {line.key for line in approval_form(Cases(db).draft(case_id, version), ()).lines}
    part = set(ahead) if ahead is not None and set(ahead) != open_lines else None
    ui_of(request).review.approve(case_id, version, user.user_id, ahead=part, reason=reason or None)
    services.nudge()
    return next_case(request, user, case_id)


@router.post("/cases/{case_id}/reject")
def reject(
    request: Request, user: Approver, case_id: int, version: Annotated[int, Form()], reason: Annotated[str, Form()] = "",
) -> Response:
    """Reject the version the person saw, with a reason, and go on to the next case."""
    ui_of(request).review.reject(case_id, version, reason, user.user_id)
    return next_case(request, user, case_id)


@router.post("/cases/{case_id}/reopen")
def reopen(request: Request, user: Clerk, case_id: int) -> Response:
    """Take a case that was set aside back to review."""
    ui_of(request).review.reopen(case_id, user.user_id)
    services_of(request).nudge()
    return Response(status_code=204, headers={"HX-Redirect": f"/cases/{case_id}"})


@router.post("/cases/{case_id}/match")
def match_again(request: Request, user: Clerk, case_id: int) -> Response:
    """Have the case matched again, because master data changed; corrections stay."""
    ui_of(request).review.match_again(case_id, user.user_id)
    services_of(request).nudge()
    return Response(status_code=204, headers={"HX-Redirect": f"/cases/{case_id}"})


@router.post("/cases/{case_id}/merge")
def merge(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], into: Annotated[int, Form(ge=1, le=10**12)]
) -> Response:
    """Give everything that feeds this case to another one, and go there."""
    Regroup(ui_of(request).review).merge(case_id, version, into, user.user_id)
    return Response(status_code=204, headers={"HX-Redirect": f"/cases/{into}"})


@router.post("/cases/{case_id}/split")
def split(
    request: Request, user: Clerk, case_id: int, version: Annotated[int, Form()], document: Annotated[int, Form(ge=1, le=10**12)]
) -> Response:
    """Let what one document says be a case of its own."""
    Regroup(ui_of(request).review).split(case_id, version, document, user.user_id)
    services_of(request).nudge()
    return Response(status_code=204, headers={"HX-Redirect": f"/cases/{case_id}"})
