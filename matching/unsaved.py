"""What people have typed into a case and not saved yet. It survives a closed browser, a lost network and a takeover.

Whoever opens the case next sees it with the name and the moment, and saves or drops it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.cases import REVIEWABLE, Cases
from matching.corrections import is_restorable
from models.errors import InputError
from models.tables.desk import UnsavedEditRow
from models.tables.people import UserRow

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Unsaved:
    """One field somebody was typing in. `version` is the draft they saw."""

    path: str
    value: str
    version: int
    user_id: int
    name: str
    at: datetime


class UnsavedEdits:
    """All SQL about what is not saved. Holds a session, never commits."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def keep(self, case_id: int, user: int, *, path: str, value: str, version: int, at: datetime) -> None:
        """Keep what a person has typed so far, in place of what they had typed there before. A case that nobody reviews any more
        keeps nothing. Raises NotFound, InputError for a path that no value has."""
        if not is_restorable(path):
            raise InputError(f"There is no field “{path}” that can be typed in.", code="unknown_path")
        row = Cases(self.db).get(case_id, lock=True)          # one at a time, so that two keystrokes cannot both be the first
        if row.state not in REVIEWABLE:
            return
        self.db.merge(UnsavedEditRow(
            case_id=case_id, user_id=user, path=path, version=version, value=value.replace("\0", "")[:LONGEST], at=at))
        self.db.flush()

    def drop(self, case_id: int, paths: Collection[str] | None = None, user: int | None = None) -> None:
        """Forget what was typed: in these fields, or in all; by one person, or by anybody."""
        stmt = delete(UnsavedEditRow).where(UnsavedEditRow.case_id == case_id)
        if paths is not None:
            stmt = stmt.where(UnsavedEditRow.path.in_(paths))
        self.db.execute(stmt if user is None else stmt.where(UnsavedEditRow.user_id == user))

    def of_case(self, case_id: int) -> list[Unsaved]:
        """What is not saved, newest first."""
        u = UnsavedEditRow
        return [Unsaved(*row) for row in self.db.execute(
            select(u.path, u.value, u.version, u.user_id, UserRow.name, u.at).join(UserRow, UserRow.id == u.user_id)
            .where(u.case_id == case_id).order_by(u.at.desc(), u.path))]
