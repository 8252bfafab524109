"""What people say to each other about a case, pinned to a field of it if they want, with names they mention (@carl)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.cases import Cases
from matching.review import user_name
from models.errors import InputError, NotFound
from models.tables.desk import CaseCommentRow
from models.tables.people import UserRow
from runtime import audit
from runtime.clock import now

LONGEST = 4_000
MOST = 500
_MENTION = re.compile(r"(?<![\w@.])@([\w.-]{1,128})")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. `path` is the field it is pinned to; `resolved_by` is set when it is settled."""

    id: int
    author: str
    text: str
    path: str
    mentions: tuple[str, ...]
    at: datetime
    resolved_by: str | None


def mentioned(text: str) -> list[str]:
    """The words after an @, without the full stop behind them, each once."""
    return list(dict.fromkeys(word.rstrip(".-") for word in _MENTION.findall(text)))


class Comments:
    """All SQL about comments. Holds a session, never commits."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def add(self, case_id: int, user: int, text: str, path: str = "") -> int:
        """Say something about a case, in any state of it; returns the comment's id. Raises InputError, NotFound."""
        said = text.replace("\0", "").strip()
        if not said:
            raise InputError("Write something before you save the comment.", code="missing_text")
        if len(said) > LONGEST or len(path) > 128:
            raise InputError(f"A comment has at most {LONGEST} characters; shorten it.", code="too_long")
        Cases(self.db).get(case_id, lock=True)
        if len(self.db.execute(select(CaseCommentRow.id).where(CaseCommentRow.case_id == case_id)).all()) >= MOST:
            raise InputError(f"This case has {MOST} comments already. Settle it.", code="too_many")
        named = mentioned(said)
        known = self.db.execute(select(UserRow.login).where(UserRow.login.in_(named), UserRow.is_active)).scalars().all()
        row = CaseCommentRow(
            case_id=case_id, user_id=user, text=said, path=path or None, mentions=" ".join(sorted(known)), at=now())
        self.db.add(row)
        self.db.flush()
        audit.record(
            self.db, actor=user_name(self.db, user), action="case.commented", subject=f"case:{case_id}",
            content={"comment": row.id, "path": path or None, "mentions": row.mentions or None})
        return row.id

    def resolve(self, case_id: int, comment_id: int, user: int) -> None:
        """Settle a comment; nothing happens when it is settled already. Raises NotFound."""
        found = self.db.execute(
            select(CaseCommentRow.id).where(CaseCommentRow.id == comment_id, CaseCommentRow.case_id == case_id)).first()
        if found is None:
            raise NotFound(f"Case {case_id} has no comment {comment_id}. Reload the page.")
        name = user_name(self.db, user)
        done = self.db.execute(
            update(CaseCommentRow).where(CaseCommentRow.id == comment_id, CaseCommentRow.resolved_at.is_(None))
            .values(resolved_at=now(), resolved_by=name))
        if done.rowcount:                           # type: ignore[attr-defined]
            audit.record(
                self.db, actor=name, action="case.comment_resolved", subject=f"case:{case_id}", content={"comment": comment_id})

    def of_case(self, case_id: int) -> list[Comment]:
        """The comments of a case, oldest first."""
        stmt = (
            select(CaseCommentRow, UserRow.name).join(UserRow, UserRow.id == CaseCommentRow.user_id)
            .where(CaseCommentRow.case_id == case_id).order_by(CaseCommentRow.id))
        return [
            Comment(c.id, name, c.text, c.path or "", tuple(c.mentions.split()), c.at, c.resolved_by)
            for c, name in self.db.execute(stmt)]
