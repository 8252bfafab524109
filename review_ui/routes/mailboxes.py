"""Administration: the mailboxes orders are read from, tried before they are saved."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from intake.mail.boxes import (
    Tried,
    mailbox_of,
    password_of,
    save_mailbox,
    stored_mailboxes,
    switch_mailbox,
    try_mailbox,
)
from review_ui.access import Admin
from review_ui.errors import PageRoute, go_to
from review_ui.pages import render
from review_ui.state import services_of
from runtime.settings import MailboxSettings, TlsMode

router = APIRouter(route_class=PageRoute)
Text = Annotated[str, Form(max_length=255)]


def _typed(
    request: Request, _user: Admin, name: Text = "", host: Text = "", port: Text = "", user: Text = "", password: Text = "",
    folder: Text = "", done_folder: Text = "", tls: Text = "",
) -> MailboxSettings:
    """The mailbox of the form, of an administrator; an empty password means the stored one."""
    services = services_of(request)
    if not password:
        with services.db.read() as db:
            password = password_of(db, services.seal, name)
    form = {
        "name": name, "host": host, "port": port, "user": user, "folder": folder, "done_folder": done_folder, "tls": tls}
    return mailbox_of(form, password)


def _show(request: Request, template: str, **more: Any) -> Response:
    services = services_of(request)
    with services.db.read() as db:
        stored = stored_mailboxes(db)
    return render(
        request, template, stored=stored, settled=services.settings.all_mailboxes(), modes=list(TlsMode),
        **({"edited": None, "tried": None} | more))


@router.get("/admin/mailboxes")
def show(request: Request, _user: Admin, edit: int | None = None) -> Response:
    """The page; with `edit` the form holds that mailbox."""
    services = services_of(request)
    with services.db.read() as db:
        edited = next((box for row, box in stored_mailboxes(db) if row.id == edit), None)
    return _show(request, "admin/mailboxes.html", edited=edited)


@router.post("/admin/mailboxes/test")
def try_out(request: Request, _user: Admin, box: Annotated[MailboxSettings, Depends(_typed)]) -> Response:
    """Sign in to the mailbox and look into its folder; nothing is saved."""
    tried: Tried = try_mailbox(box)
    return render(request, "admin/_tried.html", tried=tried)


@router.post("/admin/mailboxes")
def save(request: Request, user: Admin, box: Annotated[MailboxSettings, Depends(_typed)]) -> Response:
    """Save a mailbox after it was tried; workers take it up within seconds."""
    services = services_of(request)
    try_mailbox(box)
    with services.db.write() as db:
        save_mailbox(db, services.settings, services.seal, box, actor=user.name, at=services.clock())
    return go_to(request, "/admin/mailboxes")


@router.post("/admin/mailboxes/{mailbox_id}/on")
def switch_on(request: Request, user: Admin, mailbox_id: int) -> Response:
    """Have a mailbox polled again."""
    with services_of(request).db.write() as db:
        switch_mailbox(db, mailbox_id, True, user.name)
    return _show(request, "admin/_mailboxes.html")


@router.post("/admin/mailboxes/{mailbox_id}/off")
def switch_off(request: Request, user: Admin, mailbox_id: int) -> Response:
    """Leave a mailbox alone."""
    with services_of(request).db.write() as db:
        switch_mailbox(db, mailbox_id, False, user.name)
    return _show(request, "admin/_mailboxes.html")
