"""Messages: everything that arrived, uploads, and another try."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from extraction import repository
from intake.receive import Receiver
from intake.repository import Messages
from intake.upload import UploadAnswer, Uploads
from matching.cases import Cases
from review_ui.access import Clerk, Viewer
from review_ui.errors import PageRoute
from review_ui.pages import render
from review_ui.presenters.messages import VIEWS, load_messages
from review_ui.services import Services
from review_ui.state import services_of
from review_ui.uploads import spool
from runtime.accounts import SignedIn

router = APIRouter(route_class=PageRoute)
CHUNK = 256 * 1024


def _show(request: Request, template: str, view: str, text: str, before: int | None) -> Response:
    view = view if view in VIEWS else "all"
    with services_of(request).db.read() as db:
        page = load_messages(db, view, text.strip(), before)
    return render(request, template, page=page, view=view, views=VIEWS, text=text.strip(), before=before)


@router.get("/messages")
def show(request: Request, _user: Viewer, view: str = "all", text: str = "", before: int | None = None) -> Response:
    """The page."""
    return _show(request, "messages/page.html", view, text, before)


@router.get("/messages/rows")
def rows(request: Request, _user: Viewer, view: str = "all", text: str = "") -> Response:
    """The newest messages alone, for the page's own refresh."""
    return _show(request, "messages/_list.html", view, text, None)


@router.post("/messages/{message_id}/retry")
def retry(
    request: Request, user: Clerk, message_id: int, view: Annotated[str, Form()] = "all", text: Annotated[str, Form()] = "",
) -> Response:
    """Have a message read again that ended unread."""
    services = services_of(request)
    with services.db.write() as db:
        Messages(db).retry(message_id, actor=user.name)
    services.nudge()
    return _show(request, "messages/_list.html", view, text, None)


@router.post("/messages/{message_id}/order")
def take_as_order(
    request: Request, user: Clerk, message_id: int, view: Annotated[str, Form()] = "all", text: Annotated[str, Form()] = "",
) -> Response:
    """Open the case of a message that was taken for no order."""
    services = services_of(request)
    with services.db.write() as db:
        repository.take_as_order(db, message_id, person=user.name)
        Cases(db).open_for_message(message_id)
        Messages(db).is_order(message_id, actor=user.name)
    services.nudge()
    return _show(request, "messages/_list.html", view, text, None)


def _store(services: Services, user: SignedIn, file: IO[bytes], name: str) -> UploadAnswer:
    chunks: Iterator[bytes] = iter(lambda: file.read(CHUNK), b"")
    uploads = Uploads(Receiver(services.db, services.blobs, clock=services.clock), services.settings.upload_max_bytes)
    with file:
        return uploads.store(chunks, name=name, scope=f"user:{user.login}")


@router.post("/messages/upload")
async def upload(request: Request, user: Clerk, name: Annotated[str, Query(max_length=255)] = "upload") -> Response:
    """Take in one file, sent as the request's bare body; the answer comes when its bytes are safe."""
    services = services_of(request)
    file = await spool(request, services.settings.upload_max_bytes)
    answer = await run_in_threadpool(_store, services, user, file, name)
    services.nudge()
    return render(request, "messages/_uploaded.html", status=201, message_id=answer.message_id, name=name)
