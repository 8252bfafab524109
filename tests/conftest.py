"""Fixtures every test may use: a database of each kind with our schema, a blob store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from models.tables import Base, triggers
from runtime.blobs import Blobs
from runtime.db import Database
from runtime.zone import DEFAULT, use_zone
from tests.support.dovecot import PrivateDovecot
from tests.support.postgres import PrivatePostgres
from tests.support.smtp import Mailserver
from tests.support.tryton import PrivateTryton
from tests.support.tryton_house import House

# The suite is repeatable: each property is tried on the same examples every time, and a busy machine is no counterexample. A
# seed at random would find as much, but on the day of somebody else's change; one the commit fixes promises no more than these.
# `ORDERMILL_TORTURE_EXAMPLES=2000 pytest tests/unit --timeout 0` looks for new counterexamples and prints what it finds.
EXAMPLES = int(os.environ.get("ORDERMILL_TORTURE_EXAMPLES", "0"))
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile(
    "search", derandomize=False, deadline=None, database=None, max_examples=EXAMPLES or 100, print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("search" if EXAMPLES else "repeatable")

triggers.attach()
structlog.configure(processors=[                # as ours: a traceback with all values takes ten seconds to draw
    *structlog.get_config()["processors"][:-1], structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])


@pytest.fixture(autouse=True)
def _clocks() -> Iterator[None]:
    """A test that takes up another time zone leaves the next one UTC."""
    yield
    use_zone(DEFAULT)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """One private PostgreSQL server for the whole run, started when the first test wants it."""
    server = PrivatePostgres()
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _postgres_schema(postgres: PrivatePostgres) -> str:
    url = postgres.create_database()
    db = Database(url)
    Base.metadata.create_all(db.engine)
    db.close()
    return url


@pytest.fixture(scope="session")
def _sqlite_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    db = Database(f"sqlite:///{path}")
    Base.metadata.create_all(db.engine)
    db.close()
    return path


@pytest.fixture
def sqlite_database(tmp_path: Path, _sqlite_schema: Path) -> Iterator[Database]:
    """A fresh SQLite database with our schema."""
    path = tmp_path / "ordermill.db"
    copyfile(_sqlite_schema, path)
    db = Database(f"sqlite:///{path}")
    yield db
    db.close()


@pytest.fixture
def postgres_database(_postgres_schema: str) -> Iterator[Database]:
    """The PostgreSQL database with our schema, emptied before each test."""
    db = Database(_postgres_schema)
    names = ", ".join(table.name for table in Base.metadata.sorted_tables)
    with db.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    yield db
    db.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> Database:
    """Each kind of database in turn: what works on one must work on the other."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """An empty blob store."""
    return Blobs(tmp_path / "blobs")


@pytest.fixture(scope="session")
def tryton() -> Iterator[PrivateTryton]:
    """One Tryton server with a small company for the whole run, made when first wanted; tests leave their sales in it."""
    server = PrivateTryton()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def house(sqlite_database: Database, tryton: PrivateTryton) -> House:
    """An installation of its own in that Tryton."""
    return House(sqlite_database, tryton)


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
