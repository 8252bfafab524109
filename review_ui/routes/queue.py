"""The queue: what waits for a person, and what is done to several cases at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response

from matching.handling import PRIORITIES, Handling
from matching.queue import ALL, REVIEW, SORTS, Wanted
from models.domain.states import Role
from models.errors import InputError, ServiceError
from review_ui.access import Approver, Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.case_facts import load_case
from review_ui.presenters.queue import (
    PAGE,
    VIEWS,
    load_people,
    load_queue,
    load_tabs,
    load_tags,
)
from review_ui.presenters.views import load_saved
from review_ui.state import services_of, ui_of
from runtime.accounts import SignedIn
from runtime.zone import day_at, local, moment_of

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form()]
Cases = Annotated[list[int] | None, Form()]


def wanted_of(
    request: Request, view: str = "", text: str = "", tag: str = "", mine: bool = False, sort: str = "", down: bool = True,
) -> tuple[Wanted, bool]:
    """The filter in the address, and whether only the person's own cases are wanted. Who searches without choosing a view
    searches everywhere."""
    text = text.strip()[:200]
    return Wanted(
        view=view if view in VIEWS else _usual_view(text), text=text, tag=tag[:64], sort=sort if sort in SORTS else "value",
        descending=down), mine


Filter = Annotated[tuple[Wanted, bool], Depends(wanted_of)]
Page = Annotated[int, Query(ge=1, le=10_000)]


def _usual_view(text: str) -> str:
    return ALL if text else REVIEW


def _query(wanted: Wanted, is_mine: bool, **changes: object) -> str:
    """What stands behind the "?" for a filter, changed in some parts; what is usual is left out."""
    parts: Mapping[str, object] = {
        "view": wanted.view, "text": wanted.text, "tag": wanted.tag, "mine": is_mine, "sort": wanted.sort,
        "down": wanted.descending} | changes
    usual = {
        "view": _usual_view(str(parts["text"])), "text": "", "tag": "", "mine": False, "sort": "value", "down": True, "page": 1}
    return urlencode({name: str(value).lower() if isinstance(value, bool) else value
                      for name, value in parts.items() if value != usual[name]})


def _show(
    request: Request, user: SignedIn, template: str, filtered: tuple[Wanted, bool], page: int = 1, after: int | None = None
) -> Response:
    (wanted, is_mine), services = filtered, services_of(request)
    now = services.clock()
    asked = Wanted(
        wanted.view, wanted.text, wanted.tag, user.user_id if is_mine else None, user.login, wanted.sort,
        wanted.descending)
    with services.db.read() as db:
        rows, count = load_queue(db, asked, now, page=page)
        context: dict[str, Any] = {
            "rows": rows, "count": count, "tabs": load_tabs(db, now, asked),
            "done": load_case(db, after, user_id=user.user_id, now=now) if after else None, "tags": load_tags(db),
            "people": load_people(db), "saved": load_saved(db, "queue", user.user_id)}
    return render(
        request, template, wanted=wanted, mine=is_mine, view=wanted.view, text=wanted.text, page=page, most=PAGE,
        usual_view=_usual_view(wanted.text), query=lambda **changes: _query(wanted, is_mine, **changes), priorities=PRIORITIES,
        can_act=user.may(Role.CLERK), can_reject=user.may(Role.APPROVER), user_id=user.user_id, **context)


@router.get("/")
def queue(request: Request, user: Viewer, filtered: Filter, page: Page = 1, after: int | None = None) -> Response:
    """The page. `after` is the case decided just before, for the notice on top."""
    return _show(request, user, "queue/page.html", filtered, page, after)


@router.get("/queue/rows")
def rows(request: Request, user: Viewer, filtered: Filter, page: Page = 1) -> Response:
    """The list alone, for the page's own refresh."""
    return _show(request, user, "queue/_list.html", filtered, page)


# --- several at once --------------------------------------------------------------------------------------------------


MORNING = time(6)


def later(choice: str, now: datetime) -> datetime:
    """The moment a person means by "hour", "tomorrow" (at six), "week" or a day such as 2031-04-30. Raises InputError."""
    today = day_at(now)
    known = {
        "hour": now + timedelta(hours=1), "tomorrow": moment_of(today + timedelta(days=1), MORNING),
        "week": moment_of(today + timedelta(days=7), MORNING)}
    if choice in known:
        return known[choice]
    try:
        return moment_of(datetime.fromisoformat(choice).date(), MORNING)
    except ValueError:
        raise InputError(f"“{choice}” is no day; write it as 2031-04-30.", code="not_a_date") from None


def _undoable(request: Request, done: str, action: str, before: Mapping[int, object], value: str = "") -> Response:
    """A notice that says what was done, with the button that takes it back."""
    count = len(before)
    entries = [f"{case_id}={'' if was is None else was}" for case_id, was in before.items()]
    return render(request, "queue/_undo.html", done=done, count=count, action=action, entries=entries, value=value)


@router.post("/queue/snooze")
def snooze(request: Request, user: Clerk, cases: Cases = None, until: Text = "tomorrow") -> Response:
    """Put cases off."""
    moment = later(until, services_of(request).clock())
    before = Handling(ui_of(request).review).snooze(cases or [], moment, user.user_id)
    return _undoable(request, f"put off until {local(moment):%Y-%m-%d %H:%M %Z}", "snooze", before)


@router.post("/queue/priority")
def prioritise(request: Request, user: Clerk, cases: Cases = None, priority: Annotated[int, Form()] = 0) -> Response:
    """Say which cases go first."""
    before = Handling(ui_of(request).review).prioritise(cases or [], priority, user.user_id)
    return _undoable(request, f"set to {PRIORITIES[priority]} priority", "priority", before)


@router.post("/queue/assign")
def assign(request: Request, user: Clerk, cases: Cases = None, to: Annotated[int, Form()] = 0) -> Response:
    """Say who shall review cases."""
    before = Handling(ui_of(request).review).assign(cases or [], to or None, user.user_id)
    return _undoable(request, "assigned", "assign", before)


@router.post("/queue/tag")
def tag(request: Request, user: Clerk, cases: Cases = None, tag: Text = "") -> Response:
    """Put a word on cases."""
    new = Handling(ui_of(request).review).tag(cases or [], tag, user.user_id)
    return _undoable(request, f"tagged “{' '.join(tag.split())}”", "tag", dict.fromkeys(new), " ".join(tag.split()))


@router.post("/queue/reject")
def reject(request: Request, user: Approver, cases: Cases = None, reason: Text = "") -> Response:
    """Reject cases with one reason. Each is decided by itself; those somebody has open are left out."""
    review, done = ui_of(request).review, []
    if not reason.strip():
        raise InputError("Say why the cases are rejected.", code="missing_reason")
    for case_id in dict.fromkeys(cases or []):
        with services_of(request).db.read() as db:
            version = load_case(db, case_id, user_id=user.user_id, now=services_of(request).clock()).version
        try:
            review.reject(case_id, version, reason, user.user_id)
        except ServiceError:
            continue
        done.append(case_id)
    return _undoable(request, "rejected", "reject", dict.fromkeys(done))


@router.post("/queue/undo")
def undo(
    request: Request, user: Clerk, action: Text = "", entry: Annotated[list[str] | None, Form()] = None, value: Text = ""
) -> Response:
    """Take back what was just done to several cases: each gets what it had before."""
    review, before = ui_of(request).review, [_entry(text) for text in entry or []]
    handling = Handling(review)
    for case_id, was in before:
        match action:
            case "snooze":
                moment = datetime.fromisoformat(was) if was else None
                now = services_of(request).clock()
                handling.snooze([case_id], moment if moment and moment > now else None, user.user_id)
            case "priority":
                handling.prioritise([case_id], int(was or 0), user.user_id)
            case "assign":
                handling.assign([case_id], int(was) if was else None, user.user_id)
            case "tag":
                handling.untag([case_id], value, user.user_id)
            case "reject":
                review.reopen(case_id, user.user_id)
            case _:
                raise InputError("This cannot be taken back here.", code="unknown_value")
    return render(request, "queue/_undone.html", count=len(before))


def _entry(text: str) -> tuple[int, str]:
    case_id, _, was = text.partition("=")
    if not case_id.isdecimal():
        raise InputError("What was done cannot be found any more. Change the cases by hand.", code="bad_entry")
    return int(case_id), was
