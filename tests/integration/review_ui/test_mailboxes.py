"""Mailboxes set up on screen: tried against a real server, sealed at rest, taken up by workers without a restart."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.bootstrap import Rooms
from app.mailboxes import MailboxCrew
from intake.mail.boxes import mailboxes_in_force
from models.tables.desk import MailboxSettingRow
from models.tables.intake import MessageRow
from runtime.db import Database
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk, make_desk
from tests.support.dovecot import PASSWORD, USER, PrivateDovecot

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    """A house without mailboxes."""
    return make_desk(tmp_path, db=sqlite_database)


def form(server: PrivateDovecot, **changes: str) -> dict[str, str]:
    return {
        "name": "orders", "host": "127.0.0.1", "port": str(server.port), "user": USER, "password": PASSWORD, "folder": "INBOX",
        "done_folder": "Done", "tls": "none"} | changes


def test_a_mailbox_is_tried_saved_sealed_and_changed(desk: Desk, visit: Visit, mailbox: PrivateDovecot) -> None:
    adam = visit("adam")
    mailbox.deliver(b"Subject: an order\r\n\r\nTen bolts, please.\r\n")
    tried = adam.post("/admin/mailboxes/test", data=form(mailbox), headers=HTMX)
    assert "1 mail lies in INBOX" in tried.text
    assert adam.post("/admin/mailboxes", data=form(mailbox), headers=HTMX).headers["HX-Redirect"] == "/admin/mailboxes"
    with desk.db.read() as db:
        row = db.execute(select(MailboxSettingRow)).scalar_one()
        assert PASSWORD not in row.content + row.sealed_password
        (box,) = mailboxes_in_force(db, desk.services.settings, desk.services.seal)
    assert (box.name, box.user, box.password.get_secret_value()) == ("orders", USER, PASSWORD)
    changed = form(mailbox, password="", done_folder="Done/Later")
    assert adam.post("/admin/mailboxes", data=changed, headers=HTMX).status_code == 200       # the stored password still fits
    assert PASSWORD not in adam.get(f"/admin/mailboxes?edit={row.id}").text
    adam.post(f"/admin/mailboxes/{row.id}/off", headers=HTMX)
    with desk.db.read() as db:
        assert mailboxes_in_force(db, desk.services.settings, desk.services.seal) == []


def test_what_is_wrong_is_said_and_nothing_is_saved(desk: Desk, visit: Visit, mailbox: PrivateDovecot) -> None:
    adam = visit("adam")
    for changes, code in (
        ({"password": "guess"}, "mailbox_login_refused"), ({"folder": "Nowhere"}, "mailbox_folder_missing"),
        ({"port": "1"}, "mailbox_unreachable"), ({"port": "many"}, "bad_mailbox"), ({"host": ""}, "bad_mailbox"),
        ({"tls": "sometimes"}, "bad_mailbox"),
    ):
        for path in ("/admin/mailboxes/test", "/admin/mailboxes"):
            answer = adam.post(path, data=form(mailbox, **changes), headers=HTMX)
            assert answer.status_code in {422, 503} and code in answer.text, (changes, answer.text)
    with desk.db.read() as db:
        assert db.execute(select(func.count()).select_from(MailboxSettingRow)).scalar_one() == 0


def test_no_program_can_be_set_from_a_screen(desk: Desk, visit: Visit, mailbox: PrivateDovecot, tmp_path: Path) -> None:
    trap = tmp_path / "ran"
    visit("adam").post(
        "/admin/mailboxes", data=form(mailbox, auth="xoauth2", token_command=f"touch {trap}"), headers=HTMX)
    with desk.db.read() as db:
        (box,) = mailboxes_in_force(db, desk.services.settings, desk.services.seal)
    assert box.token_command is None and not trap.exists()


def test_workers_take_up_a_mailbox_and_leave_it_without_a_restart(desk: Desk, visit: Visit, mailbox: PrivateDovecot) -> None:
    adam = visit("adam")
    rooms, stop = Rooms(desk.services.settings), threading.Event()
    rooms.__dict__["db"] = desk.db
    crew = threading.Thread(target=MailboxCrew(rooms).run, args=(stop,))
    crew.start()
    try:
        adam.post("/admin/mailboxes", data=form(mailbox), headers=HTMX)
        mailbox.deliver(b"Subject: an order\r\n\r\nTen bolts, please.\r\n")
        assert _within(240, lambda: _messages(desk) == 1)
        with desk.db.read() as db:
            mailbox_id = db.execute(select(MailboxSettingRow.id)).scalar_one()
        adam.post(f"/admin/mailboxes/{mailbox_id}/off", headers=HTMX)
        assert _within(240, lambda: not any(t.name == "mailbox-orders" for t in threading.enumerate()))
    finally:
        stop.set()
        crew.join(240)


def _messages(desk: Desk) -> int:
    with desk.db.read() as db:
        return db.execute(select(func.count()).select_from(MessageRow)).scalar_one()


def _within(seconds: float, holds: object) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if holds():      # type: ignore[operator]
            return True
        time.sleep(0.1)
    return False
