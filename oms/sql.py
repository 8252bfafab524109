"""The little SQL that SQLAlchemy spells by dialect."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


@cache
def _insert_once(dialect: str, table: Table, returning: Column[Any] | None) -> Executable:
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    statement = insert.on_conflict_do_nothing()
    return statement if returning is None else statement.returning(returning)


def insert_once(db: Session, table: Table, *, returning: Column[Any] | None = None) -> Executable:
    """An INSERT that does nothing, and returns no row, where a unique key is taken; on SQLite and PostgreSQL."""
    return _insert_once(db.get_bind().dialect.name, table, returning)


@cache
def _add_up(dialect: str, table: Table, key: tuple[Column[Any], ...], values: tuple[tuple[str, Any], ...]) -> Executable:
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    return insert.on_conflict_do_update(
        index_elements=key, set_={"quantity": table.c.quantity + insert.excluded.quantity, **dict(values)})


def add_up(db: Session, table: Table, key: tuple[Column[Any], ...], **values: Any) -> Executable:
    """An INSERT that adds its `quantity` to the row of the same `key` where there is one, and sets `values` there."""
    return _add_up(db.get_bind().dialect.name, table, key, tuple(values.items()))


def changed(db: Session, statement: Executable, rows: list[dict[str, Any]] | None = None) -> int:
    """Execute an UPDATE or INSERT (once for each of `rows`, if given) and count the rows it touched."""
    return cast("CursorResult[Any]", db.execute(statement, rows)).rowcount
