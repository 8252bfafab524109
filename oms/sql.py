"""The little SQL that SQLAlchemy spells by dialect."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Executable, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_once(db: Session, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that does nothing where a unique key is taken, on SQLite and PostgreSQL."""
    if db.get_bind().dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def changed(db: Session, statement: Executable, rows: list[dict[str, Any]] | None = None) -> int:
    """Execute an UPDATE or INSERT (once for each of `rows`, if given) and count the rows it touched."""
    return cast("CursorResult[Any]", db.execute(statement, rows)).rowcount
