"""A whole installation with a real mailbox, a real mail server and each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dovecot import PASSWORD, USER, PrivateDovecot
from tests.support.installation import Installation
from tests.support.smtp import Mailserver


@pytest.fixture
def mailbox() -> Iterator[PrivateDovecot]:
    """The order mailbox."""
    server = PrivateDovecot()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def outgoing() -> Iterator[Mailserver]:
    """Where acknowledgements go."""
    with Mailserver() as server:
        yield server


def mail_settings(mailbox: PrivateDovecot, outgoing: Mailserver) -> dict[str, str]:
    """The environment of an installation that uses both."""
    return {
        "ORDERMILL_MAIL_HOST": "127.0.0.1",
        "ORDERMILL_MAIL_PORT": str(mailbox.port),
        "ORDERMILL_MAIL_USER": USER,
        "ORDERMILL_MAIL_PASSWORD": PASSWORD,
        "ORDERMILL_MAIL_TLS": "none",
        "ORDERMILL_MAIL_POLL_EVERY_S": "5",
        "ORDERMILL_SMTP_HOST": outgoing.host,
        "ORDERMILL_SMTP_PORT": str(outgoing.port),
        "ORDERMILL_SMTP_TLS": "none",
        "ORDERMILL_SMTP_FROM": "orders@brackwater.example",
    }


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver) -> Installation:
    """Set up with users and master data; nothing has arrived yet."""
    env = mail_settings(mailbox, outgoing)
    if request.param == "postgres":
        env["ORDERMILL_DATABASE_URL"] = request.getfixturevalue("postgres").create_database()
    made = Installation(tmp_path, env)
    made.set_up()
    return made
