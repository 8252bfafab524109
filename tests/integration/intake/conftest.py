"""Real parts: a private Dovecot, a receiver on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.receive import Receiver
from runtime.blobs import Blobs
from runtime.db import Database
from tests.support.dovecot import PrivateDovecot


@pytest.fixture
def dovecot() -> Iterator[PrivateDovecot]:
    """A fresh mail server."""
    server = PrivateDovecot()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def receiver(database: Database, blobs: Blobs) -> Receiver:
    """The door, on each database in turn."""
    return Receiver(database, blobs)
