"""Views of lists that people keep: a name for the filters that stand in a page's address."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.tables.desk import SavedViewRow

PAGES: Mapping[str, str] = {"queue": "/", "orders": "/orders"}
"""Lists whose views are kept, and their addresses."""


def load_saved(db: Session, page: str, user_id: int) -> list[SavedViewRow]:
    """The views of a list that a person keeps, and those that others share, by name."""
    mine = or_(SavedViewRow.user_id == user_id, SavedViewRow.is_shared)
    stmt = select(SavedViewRow).where(SavedViewRow.page == page, mine).order_by(SavedViewRow.name)
    return list(db.execute(stmt).scalars())
