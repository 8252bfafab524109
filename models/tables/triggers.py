"""Append-only tables, enforced by the database: an UPDATE or DELETE of an entry of the ledgers is refused.

Migrations execute `append_only(…)`; a schema made by `create_all` gets the same after `attach()`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, event

from models.tables.base import Base

APPEND_ONLY_TABLES = ("audit_entries", "order_changes", "stock_entries")

_SQLITE = """CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""

_POSTGRESQL_FUNCTION = """CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only', ERRCODE = 'integrity_constraint_violation'; END $$"""

_POSTGRESQL = """CREATE OR REPLACE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change()"""


def _statements(dialect: str, table: str) -> tuple[str, ...]:
    template = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    function = () if dialect == "sqlite" else (_POSTGRESQL_FUNCTION,)
    return (*function, *(template.format(table=table, verb=verb) for verb in ("update", "delete")))


def append_only(dialect: str, *tables: str) -> tuple[str, ...]:
    """Data definition statements that make these tables append-only; executing them twice is harmless."""
    return tuple(statement for table in tables for statement in _statements(dialect, table))


def _after_create(table: Table, connection: Connection, **_: Any) -> None:
    for statement in _statements(connection.dialect.name, table.name):
        connection.exec_driver_sql(statement)


def attach() -> None:
    """From now on `create_all` also makes the triggers. Calling it twice is harmless."""
    for name in APPEND_ONLY_TABLES:
        table = Base.metadata.tables[name]
        if not event.contains(table, "after_create", _after_create):
            event.listen(table, "after_create", _after_create)
