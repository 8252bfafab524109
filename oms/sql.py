"""The little SQL that SQLAlchemy spells by dialect."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from sqlalchemy import Column, CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


@cache
def insert_once_on(dialect: str, table: Table, returning: Column[Any] | None = None) -> Executable:
    """`insert_once` for the kind of database that is named."""
    insert = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    statement = insert.on_conflict_do_nothing()
    return statement if returning is None else statement.returning(returning)


def insert_once(db: Session, table: Table, *, returning: Column[Any] | None = None) -> Executable:
    """An INSERT that does nothing, and returns no row, where a unique key is taken; on SQLite and PostgreSQL."""
    return insert_once_on(db.get_bind().dialect.name, table, returning)


def add_up(dialect: str, table: Table, key: tuple[Column[Any], ...], **values: Any) -> Executable:
    """An INSERT with `values`; where there is a row of the same `key` it adds its `quantity` and sets the `values` there."""
    insert = (sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)).inline().values(values)
    return insert.on_conflict_do_update(
        index_elements=key, set_={"quantity": table.c.quantity + insert.excluded.quantity, **values})


def changed(db: Session, statement: Executable, rows: list[dict[str, Any]] | None = None) -> int:
    """Execute an UPDATE or INSERT (once for each of `rows`, if given) and count the rows it touched."""
    return cast("CursorResult[Any]", db.execute(statement, rows)).rowcount
