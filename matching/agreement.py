"""Who agreed to which version of a case: every person's approval is a row, and above the house's limit two people must agree.

A correction makes another version, so that what was agreed before counts no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.wording import is_above, money
from models.domain.draft import Draft
from models.domain.states import Role
from models.errors import ConflictError
from models.tables.desk import CaseApprovalRow
from models.tables.orders import SalesOrderRow
from models.tables.people import UserRow

SECOND_NEEDED = "second_approval_needed"
_COUNTS = (Role.APPROVER, Role.ADMIN)
"""Whose approval counts as that of a person; a program's does not."""


class SecondPersonNeeded(ConflictError):
    """The same person cannot agree twice."""

    code = SECOND_NEEDED

    def __init__(self) -> None:
        super().__init__("You have approved this version already. Another person with the role approver must agree to it.")


@dataclass(frozen=True, slots=True)
class Agreement:
    """One person's approval of a version. `reason`: the code of an override, or None."""

    version: int
    user_id: int
    name: str
    reason: str | None
    at: datetime


def agree(db: Session, case_id: int, version: int, user: int, reason: str | None, at: datetime) -> list[Agreement]:
    """Note that a user approves a version, once; returns everybody who has."""
    c = CaseApprovalRow
    mine = (c.case_id == case_id, c.version == version, c.user_id == user)
    if db.execute(update(c).where(*mine).values(reason=reason)).rowcount == 0:        # type: ignore[attr-defined]
        db.execute(insert(c).values(case_id=case_id, version=version, user_id=user, reason=reason, at=at))
    return agreements(db, case_id, version)


def agreements(db: Session, case_id: int, version: int | None = None) -> list[Agreement]:
    """Who approved a version, or any version, oldest first."""
    c = CaseApprovalRow
    stmt = (
        select(c.version, c.user_id, UserRow.name, c.reason, c.at).join(UserRow, UserRow.id == c.user_id)
        .where(c.case_id == case_id).order_by(c.at, c.user_id))
    return [Agreement(*row) for row in db.execute(stmt if version is None else stmt.where(c.version == version))]


def agreements_of(db: Session, order_no: str) -> list[Agreement]:
    """Who approved what a sales order was made from; nobody when it was not made from a case."""
    o = SalesOrderRow
    row = db.execute(select(o.case_id, o.case_version).where(o.order_no == order_no)).one_or_none()
    return agreements(db, row.case_id, row.case_version) if row and row.case_id is not None else []


def needs_second(db: Session, draft: Draft, above: Decimal | None, agreed: list[Agreement]) -> bool:
    """True when the order is worth more than `above` and fewer than two people have agreed."""
    if not is_above(draft, above):
        return False
    people = db.execute(
        select(UserRow.id).where(UserRow.id.in_([a.user_id for a in agreed]), UserRow.role.in_(_COUNTS))).scalars().all()
    return len(people) < 2


def second_words(name: str, above: Decimal) -> str:
    """Why a case that somebody approved is still in review."""
    return f"{name} has approved this. Orders above {money(above)} need two people: another approver must agree."
