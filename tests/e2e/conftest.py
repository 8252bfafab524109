"""A whole installation with a real mailbox, a real mail server and each kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dovecot import PrivateDovecot
from tests.support.installation import Installation, mail_settings
from tests.support.smtp import Mailserver


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path, mailbox: PrivateDovecot, outgoing: Mailserver) -> Installation:
    """Set up with users and master data; nothing has arrived yet."""
    env = mail_settings(mailbox, outgoing)
    if request.param == "postgres":
        env["ORDERMILL_DATABASE_URL"] = request.getfixturevalue("postgres").create_database()
    made = Installation(tmp_path, env)
    made.set_up()
    return made
