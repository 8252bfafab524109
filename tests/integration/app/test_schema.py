"""The migrations make exactly the schema the code needs, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from app import schema
from models.tables import Base
from runtime.db import Database
from tests.support.postgres import PrivatePostgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_database(request: pytest.FixtureRequest, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server: PrivatePostgres = request.getfixturevalue("postgres")
        url = server.create_database()
    db = Database(url)
    yield db
    db.close()


def test_an_upgraded_database_does_not_differ_from_the_code(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        drift = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
    assert drift == []
    schema.check(empty_database)


def checks(db: Database) -> dict[str, set[tuple[str | None, str]]]:
    found = inspect(db.engine)
    return {
        table: {(check["name"], check["sqltext"]) for check in found.get_check_constraints(table)}
        for table in Base.metadata.tables
    }


def test_the_migrations_make_the_constraints_of_the_code(empty_database: Database, request: pytest.FixtureRequest) -> None:
    made_by_code = request.getfixturevalue("sqlite_database" if empty_database.is_sqlite else "postgres_database")
    schema.upgrade(empty_database)
    assert checks(empty_database) == checks(made_by_code)


def test_upgrading_twice_changes_nothing(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    schema.upgrade(empty_database)
    assert schema.current(empty_database) == schema.head()


def test_an_empty_database_is_refused_with_the_command_that_helps(empty_database: Database) -> None:
    with pytest.raises(schema.SchemaOutdated, match="ordermill db upgrade"):
        schema.check(empty_database)


def test_the_ledgers_refuse_changes(empty_database: Database) -> None:
    schema.upgrade(empty_database)
    with empty_database.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash) "
            "VALUES (1, '2031-01-01 00:00:00', 'a', 'b', 'c', '{}', 'p', 'h')"))
    for statement in ("UPDATE audit_entries SET actor = 'x'", "DELETE FROM audit_entries"):
        with pytest.raises(DatabaseError, match="append-only"), empty_database.engine.begin() as connection:
            connection.execute(text(statement))


def test_an_upgrade_keeps_the_rows_and_what_refers_to_them(empty_database: Database) -> None:
    schema.upgrade(empty_database, "0001")
    with empty_database.write() as db:
        db.execute(text(
            "INSERT INTO messages (id, source, sha256, size, received_at, state, tries, round) "
            "VALUES (1, 'upload', :digest, 1, :at, 'read', 0, 0)"),
            {"digest": "0" * 64, "at": "2026-01-01 00:00:00+00:00"})
        db.execute(text(
            "INSERT INTO documents (id, message_id, position, is_body, sha256, size, state, format) "
            "VALUES (7, 1, 0, :no, :digest, 1, 'stored', 'pdf')"), {"digest": "0" * 64, "no": False})
        db.execute(text("INSERT INTO readings (id, document_id, position, doc_type, content) VALUES (3, 7, 0, 'other', '{}')"))
    schema.upgrade(empty_database)
    with empty_database.read() as db:
        assert db.execute(text("SELECT document_id FROM readings")).scalars().all() == [7]
        assert db.execute(text("SELECT format FROM documents")).scalars().all() == ["pdf"]
    with pytest.raises(DatabaseError), empty_database.write() as db:
        db.execute(text("INSERT INTO readings (id, document_id, position, doc_type, content) VALUES (4, 8, 0, 'other', '{}')"))
