"""Mentions: comments that name somebody (@carl) who has not opened the case since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matching.comments import Comment, comment_of
from models.tables.cases import CaseRow
from models.tables.desk import CaseCommentRow, UnreadMentionRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow


@dataclass(frozen=True, slots=True)
class Mention:
    """A comment somebody should read, and the case it is about."""

    case_id: int
    po_number: str | None
    customer: str | None
    comment: Comment


class Mentions:
    """All SQL about mentions nobody has read yet. Holds a session, never commits."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def count(self, user_id: int) -> int:
        """How many one person has not read."""
        return self.db.execute(
            select(func.count()).select_from(UnreadMentionRow).where(UnreadMentionRow.user_id == user_id)).scalar_one()

    def unread(self, user_id: int, *, limit: int, offset: int = 0) -> list[Mention]:
        """What one person has not read, the newest first."""
        rows = self.db.execute(
            select(CaseCommentRow, UserRow.name, CaseRow.po_number, CustomerRow.name)
            .join(UnreadMentionRow, UnreadMentionRow.comment_id == CaseCommentRow.id)
            .join(CaseRow, CaseRow.id == CaseCommentRow.case_id).join(UserRow, UserRow.id == CaseCommentRow.user_id)
            .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
            .where(UnreadMentionRow.user_id == user_id).order_by(CaseCommentRow.id.desc()).limit(limit).offset(offset))
        return [Mention(c.case_id, po_number, customer, comment_of(c, author)) for c, author, po_number, customer in rows]

    def of_case(self, user_id: int, case_id: int) -> frozenset[int]:
        """The ids of a case's comments that mention this person and are not read yet."""
        return frozenset(self.db.execute(
            select(UnreadMentionRow.comment_id).join(CaseCommentRow, CaseCommentRow.id == UnreadMentionRow.comment_id)
            .where(UnreadMentionRow.user_id == user_id, CaseCommentRow.case_id == case_id)).scalars())

    def read(self, user_id: int, comment_ids: Collection[int]) -> None:
        """One person has read these; what was read already stays so."""
        self.db.execute(delete(UnreadMentionRow).where(
            UnreadMentionRow.user_id == user_id, UnreadMentionRow.comment_id.in_(comment_ids)))

    def read_up_to(self, user_id: int, newest: int) -> None:
        """One person has read everything up to this comment; what came after they looked stays unread."""
        self.db.execute(delete(UnreadMentionRow).where(
            UnreadMentionRow.user_id == user_id, UnreadMentionRow.comment_id <= newest))
