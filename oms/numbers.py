"""Numbers people use: a prefix and the row's id ("IN-000001"), so nobody waits for a counter."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, update
from sqlalchemy.orm import Session


def insert_numbered(db: Session, table: Table, prefix: str, values: Mapping[str, Any]) -> tuple[int, str]:
    """Insert a row of a table with the columns `id` and `number`; returns both."""
    row_id = int(db.execute(insert(table).returning(table.c.id), {**values, "number": secrets.token_hex(16)}).scalar_one())
    number = f"{prefix}-{row_id:06d}"
    db.execute(update(table).where(table.c.id == row_id).values(number=number))
    return row_id, number
