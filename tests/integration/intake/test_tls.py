"""TLS as set: checked certificates, STARTTLS that is never skipped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.mail.poll import PollReport, poll_once
from intake.receive import Receiver
from runtime.blobs import Blobs
from runtime.db import Database
from tests.integration.intake.test_watch import count, polled, wait_until, watching
from tests.support.dovecot import PrivateDovecot
from tests.support.imap_fake import FakeImap

pytestmark = pytest.mark.dovecot
RAW = b"From: ann@buyer.example\nSubject: order\n\nplease send\n"


@pytest.fixture(scope="module")
def server() -> Iterator[PrivateDovecot]:
    found = PrivateDovecot(tls=True)
    try:
        found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
def trusted(server: PrivateDovecot, monkeypatch: pytest.MonkeyPatch) -> PrivateDovecot:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    return server


def poll(db: Database, blobs: Blobs, server: PrivateDovecot | FakeImap, **changes: object) -> PollReport:
    return poll_once(server.settings(**changes), Receiver(db, blobs), db, holder="test")


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_mail_comes_over_a_checked_connection(
    tls: str, trusted: PrivateDovecot, sqlite_database: Database, blobs: Blobs,
) -> None:
    trusted.deliver(RAW)
    port = trusted.tls_port if tls == "tls" else trusted.port
    report = poll(sqlite_database, blobs, trusted, tls=tls, host="localhost", port=port)
    assert (report.taken, report.code) == (1, None)


@pytest.mark.parametrize("tls", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for_or_for_another_host_is_refused(
    tls: str, server: PrivateDovecot, sqlite_database: Database, blobs: Blobs, monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = server.tls_port if tls == "tls" else server.port
    unknown = poll(sqlite_database, blobs, server, tls=tls, host="localhost", port=port)
    assert (unknown.code, "CERTIFICATE_VERIFY_FAILED" in (unknown.sentence or "")) == ("mailbox_unreachable", True)
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    assert poll(sqlite_database, blobs, server, tls=tls, host="127.0.0.1", port=port).code == "mailbox_unreachable"


def test_the_password_is_not_sent_when_starttls_is_not_offered(sqlite_database: Database, blobs: Blobs) -> None:
    with FakeImap({1: RAW}) as fake:
        assert poll(sqlite_database, blobs, fake, tls="starttls").code == "mailbox_no_tls"
        assert not [command for command in fake.commands if command.upper().startswith(("LOGIN", "AUTHENTICATE"))]


def test_idle_works_over_tls(trusted: PrivateDovecot, sqlite_database: Database, blobs: Blobs) -> None:
    with watching(
        trusted.settings(tls="tls", host="localhost", port=trusted.tls_port), sqlite_database, blobs, poll_every_s=60,
    ):
        wait_until(lambda: polled(sqlite_database))
        for n in range(3):
            before = count(sqlite_database)
            trusted.deliver(RAW + b"%d" % n)
            wait_until(lambda before=before: count(sqlite_database) == before + 1)  # type: ignore[misc]
