"""Operations: what was not read, not sent, not polled, and the buttons that help."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response

from intake.repository import Mailboxes
from models.errors import NotFound
from models.tables.intake import MailFailureRow
from oms.outbox import Outbox
from review_ui.access import Admin, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.operations import load_operations
from review_ui.state import services_of

router = APIRouter(route_class=PageRoute)


def _show(request: Request, template: str) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        shown = load_operations(db, services.settings, services.clock())
    settings = services.settings
    model = settings.llm_model if settings.llm_url else ""
    return render(request, template, shown=shown, sandbox=settings.sandbox, language_model=model)


@router.get("/operations")
def show(request: Request, _user: Viewer) -> Response:
    """The page."""
    return _show(request, "operations/page.html")


@router.get("/operations/panels")
def panels(request: Request, _user: Viewer) -> Response:
    """The page's content alone, for its own refresh."""
    return _show(request, "operations/_panels.html")


@router.post("/operations/outbox/{message_id}/resend")
def resend(request: Request, user: Admin, message_id: int) -> Response:
    """Have an outgoing message tried again."""
    services = services_of(request)
    with services.db.write() as db:
        Outbox(db).resend(message_id, user.name)
    services.nudge()
    return _show(request, "operations/_panels.html")


@router.post("/operations/outbox/{message_id}/give-up")
def give_up(request: Request, user: Admin, message_id: int) -> Response:
    """Leave an outgoing message alone for good."""
    with services_of(request).db.write() as db:
        Outbox(db).give_up(message_id, user.name)
    return _show(request, "operations/_panels.html")


@router.post("/operations/mails/retry")
def retry_mail(
    request: Request, user: Admin, account: Annotated[str, Form()], folder: Annotated[str, Form()],
    uidvalidity: Annotated[int, Form()], uid: Annotated[int, Form()],
) -> Response:
    """Have the next poll fetch a mail again that could not be fetched."""
    with services_of(request).db.write() as db:
        failure = db.get(MailFailureRow, (account, folder, uidvalidity, uid))
        if failure is None:
            raise NotFound("This mail is not on the list any more; it was fetched or is being tried again.")
        Mailboxes(db).try_again(failure, actor=user.name)
    return _show(request, "operations/_panels.html")
