"""Acknowledgements through a real mail server that misbehaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from intake.mail.boxes import save_mailbox, switch_mailbox
from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables.outbox import OutboxRow
from oms.letters.ready import MARKER, Attachment, Letter, ReadyMail
from oms.letters.smtp import SmtpSender
from oms.orders.service import accept_order
from oms.outbox import Dispatcher, Outbox
from runtime.blobs import Blobs
from runtime.clock import now
from runtime.db import Database
from runtime.seal import Seal
from runtime.settings import MailboxSettings, Settings, TlsMode
from tests.support.orders import BUYER, draft, found, open_case, open_shop
from tests.support.ports import free_port
from tests.support.smtp import Fault, Mailserver


@pytest.fixture
def server() -> Iterator[Mailserver]:
    with Mailserver() as mailserver:
        yield mailserver


@dataclass
class Desk:
    """One accepted order and the dispatcher that acknowledges it."""

    db: Database
    port: int | None
    blobs: Blobs

    def dispatcher(self) -> Dispatcher:
        settings = Settings(
            _env_file=None, smtp_host="127.0.0.1" if self.port else None, smtp_port=self.port or 25, smtp_tls=TlsMode.NONE,
            smtp_from="Orders <orders@okapi.example>", company_name="Okapi Supply")
        return Dispatcher(self.db, {Channel.MAIL: SmtpSender(settings, self.db, self.blobs)}, "worker-1")

    def accept(self, **mail: object) -> None:
        with self.db.write() as db:
            shop = open_shop(db, [[2]])
            accept_order(db, case_id=open_case(db, **mail), case_version=1, draft=draft(shop, [(0, 3)]), approved_by="Ann")

    def send(self) -> OutboxRow:
        self.dispatcher().drain()
        with self.db.read() as db:
            row = db.execute(select(OutboxRow).where(OutboxRow.channel == Channel.MAIL)).scalar_one()
            db.expunge(row)
            return row


@pytest.fixture
def desk(sqlite_database: Database, server: Mailserver, blobs: Blobs) -> Desk:
    return Desk(sqlite_database, server.port, blobs)


def test_the_customer_gets_one_mail_that_no_automaton_answers(desk: Desk, server: Mailserver) -> None:
    desk.accept()
    row = desk.send()
    desk.send()
    (mail,) = server.received
    message = mail.message
    assert (mail.mail_from, mail.rcpt_tos) == ("<>", (BUYER,))
    assert message["From"] == "Okapi Supply <orders@okapi.example>"
    assert message["To"] == BUYER
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    assert message[MARKER] == "acknowledgement"
    assert message["In-Reply-To"] == message["References"] == "<po-1@zebra-widgets.example>"
    assert (row.state, row.external_id) == (OutboxState.SENT, message["Message-ID"])
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Stock: 2 of 3 pcs" in text.get_content()
    assert "Stock: 2 of 3 pcs" in html.get_content()


@pytest.mark.parametrize(("fault", "state", "code"), [
    (Fault.BUSY_AT_RCPT, OutboxState.PENDING, "smtp_busy"),
    (Fault.BUSY_AFTER_DATA, OutboxState.PENDING, "smtp_busy"),
    (Fault.REFUSED_AT_RCPT, OutboxState.FAILED, "smtp_refused"),
    (Fault.REFUSED_AFTER_DATA, OutboxState.FAILED, "smtp_refused"),
])
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_shown(
    desk: Desk, server: Mailserver, fault: Fault, state: OutboxState, code: str
) -> None:
    server.fault = fault
    desk.accept()
    row = desk.send()
    assert (row.state, row.code, server.received) == (state, code, [])


def test_a_lost_reply_is_maybe_sent_and_not_sent_again(desk: Desk, server: Mailserver) -> None:
    server.fault = Fault.DROP_AFTER_DATA
    desk.accept()
    row = desk.send()
    server.fault = Fault.NONE
    desk.send()
    assert (row.state, row.code, len(server.received)) == (OutboxState.UNKNOWN, "maybe_sent", 1)


def test_a_server_that_thinks_too_long_is_maybe_sent(
    desk: Desk, server: Mailserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oms.letters.smtp.VERDICT_TIMEOUT_S", 0.2)
    server.fault, server.delay_s = Fault.SLOW_AFTER_DATA, 1.0
    desk.accept()
    assert (desk.send().state, len(server.received)) == (OutboxState.UNKNOWN, 1)


def test_a_server_that_wants_a_named_sender_gets_one(desk: Desk, server: Mailserver) -> None:
    server.fault = Fault.NO_NULL_SENDER
    desk.accept()
    assert desk.send().state is OutboxState.SENT
    assert server.received[0].mail_from == "orders@okapi.example"


def test_a_server_that_is_away_is_tried_again(sqlite_database: Database, blobs: Blobs) -> None:
    desk = Desk(sqlite_database, free_port(), blobs)
    desk.accept()
    row = desk.send()
    assert (row.state, row.code) == (OutboxState.PENDING, "smtp_unavailable")


def test_without_a_server_the_mail_waits_and_says_which_setting_is_missing(sqlite_database: Database, blobs: Blobs) -> None:
    desk = Desk(sqlite_database, None, blobs)
    desk.accept()
    row = desk.send()
    assert (row.state, row.code, row.tries) == (OutboxState.PENDING, "not_configured", 0)
    assert "ORDERMILL_SMTP_HOST" in str(row.sentence)


def test_our_own_address_is_not_written_to(desk: Desk, server: Mailserver) -> None:
    desk.accept(sender_address="orders@okapi.example")
    row = desk.send()
    assert (row.state, row.code, server.connections) == (OutboxState.FAILED, "own_address", 0)


def test_a_mailbox_set_up_on_screen_is_not_written_to(desk: Desk, server: Mailserver) -> None:
    settings = Settings(_env_file=None, data=desk.blobs.root)
    box = MailboxSettings(name="till", host="imap.okapi.example", user="Till@Okapi-Orders.example")
    with desk.db.write() as db:
        save_mailbox(db, settings, Seal(settings.data), box, actor="Ann", at=now())
        switch_mailbox(db, 1, False, "Ann")                 # switched off, it is ours all the same
    desk.accept(sender_address="till@okapi-orders.example")
    row = desk.send()
    assert (row.state, row.code, server.connections) == (OutboxState.FAILED, "own_address", 0)


def test_starttls_that_the_server_cannot_do_sends_nothing_in_the_clear(desk: Desk, server: Mailserver) -> None:
    desk.accept()
    dispatcher = desk.dispatcher()
    sender = dispatcher.senders[Channel.MAIL]
    assert isinstance(sender, SmtpSender)
    sender.settings = sender.settings.model_copy(update={"smtp_tls": TlsMode.STARTTLS})
    dispatcher.drain()
    with desk.db.read() as db:
        assert db.execute(select(OutboxRow.code).where(OutboxRow.channel == Channel.MAIL)).scalar_one() == "smtp_unavailable"
    assert server.received == []


def test_a_line_with_a_single_dot_does_not_end_the_mail(desk: Desk, server: Mailserver) -> None:
    with desk.db.write() as db:
        shop = open_shop(db)
        order = draft(shop, [(0, 3)], ship_to_text=found("Gate 1\n.\n.hidden"))
        accept_order(db, case_id=open_case(db), case_version=1, draft=order, approved_by="Ann")
    assert desk.send().state is OutboxState.SENT
    text = server.received[0].message.get_body(("plain",))
    assert text is not None
    assert "Gate 1\n.\n.hidden" in text.get_content().replace("\r\n", "\n")
    assert text.get_content().rstrip().endswith("Okapi Supply")


def test_a_letter_with_a_file_goes_in_the_thread_and_is_answered_by_people(desk: Desk, server: Mailserver) -> None:
    file = Attachment("invoice.pdf", "application/pdf", desk.blobs.put(b"%PDF-1.4 not really"))
    thread = ("<first@zebra.example>", "no id at all")
    letter = Letter(BUYER, "question.7.1.0123456789abcdef", "en", "<third@zebra.example>", thread)
    subject = "Your order\r\nBcc: all@zebra.example"
    ready = ReadyMail(letter, "question", "en", subject, "1. Which?", None, (file,), is_automatic=False)
    with desk.db.write() as db:
        Outbox(db).add(Channel.MAIL, ready.kind, "question:7:1", ready)
    assert desk.send().state is OutboxState.SENT
    (mail,) = server.received
    assert (mail.mail_from, mail.message["Bcc"], mail.message["Auto-Submitted"]) == ("orders@okapi.example", None, None)
    assert mail.message["References"] == "<first@zebra.example> <third@zebra.example>"
    assert mail.message["In-Reply-To"] == "<third@zebra.example>"
    (sent,) = mail.message.iter_attachments()
    assert (sent.get_filename(), sent.get_content()) == ("invoice.pdf", b"%PDF-1.4 not really")
