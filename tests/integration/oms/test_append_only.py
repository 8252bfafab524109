"""The ledger and the audit chain cannot be rewritten, whoever holds the connection."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable

from models.tables import Base, triggers
from models.tables.audit import AuditEntryRow
from models.tables.inventory import StockEntryRow
from runtime import audit
from runtime.db import Database
from tests.support.orders import open_shop
from tests.support.postgres import PrivatePostgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.db'}"
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return server.create_database()


@pytest.fixture
def ledger(url: str) -> Iterator[Database]:
    """A database of our schema with the triggers of the migration, executed twice, and one entry of each kind."""
    db = Database(url)
    Base.metadata.create_all(db.engine)
    with db.engine.begin() as connection:
        for statement in triggers.append_only(db.engine.dialect.name, *triggers.APPEND_ONLY_TABLES) * 2:
            connection.exec_driver_sql(statement)
    with db.write() as session:
        open_shop(session)
        audit.record(session, actor="Ann", action="test", subject="test")
    yield db
    db.close()


@pytest.mark.parametrize("statement", [
    update(StockEntryRow).values(physical=Decimal(1)), delete(StockEntryRow),
    update(AuditEntryRow).values(actor="Eve"), delete(AuditEntryRow),
])
def test_changing_and_deleting_are_refused(ledger: Database, statement: Executable) -> None:
    with pytest.raises(DBAPIError, match="append-only"), ledger.write() as db:
        db.execute(statement)


def test_adding_is_not_refused(ledger: Database) -> None:
    with ledger.write() as db:
        assert audit.record(db, actor="Ann", action="test", subject="test") == 2


def test_attach_makes_the_triggers_with_the_tables(url: str) -> None:
    triggers.attach()
    triggers.attach()
    try:
        db = Database(url)
        Base.metadata.create_all(db.engine)
    finally:
        for name in triggers.APPEND_ONLY_TABLES:
            event.remove(Base.metadata.tables[name], "after_create", triggers._after_create)
    with db.write() as session:
        audit.record(session, actor="Ann", action="test", subject="test")
    with pytest.raises(DBAPIError, match="append-only"), db.write() as session:
        session.execute(delete(AuditEntryRow))
    db.close()
