"""What people say to each other about a case, pinned to a field or to a place on a page if they want, with names they mention
(@carl)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.case_documents import belongs_to
from matching.cases import Cases
from matching.review import user_name
from models.domain.evidence import Place
from models.errors import InputError, NotFound
from models.tables.cases import CaseRow
from models.tables.desk import CaseCommentRow, UnreadMentionRow
from models.tables.intake import DocumentRow
from models.tables.people import UserRow
from runtime import audit
from runtime.clock import now
from runtime.codec import from_json, to_json

LONGEST = 4_000
MOST = 500
_MENTION = re.compile(r"(?<![\w@.])@([\w.-]{1,128})")


class UnknownPlace(InputError):
    """A place somebody points at is none of the case's."""

    code = "unknown_place"

    def __init__(self) -> None:
        super().__init__("This place is not on a page of the case's documents. Reload the case and point at the place again.")


@dataclass(frozen=True, slots=True)
class Pin:
    """A place on a page of a document."""

    document_id: int
    place: Place


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment. `path` is the field it is pinned to, `pin` the place on a page; `resolved_by` is set when it is settled."""

    id: int
    author: str
    text: str
    path: str
    mentions: tuple[str, ...]
    at: datetime
    resolved_by: str | None
    pin: Pin | None = None


def comment_of(row: CaseCommentRow, author: str) -> Comment:
    """A stored comment as people see it."""
    pin = Pin(row.document_id, from_json(Place, row.place)) if row.document_id and row.place else None
    return Comment(row.id, author, row.text, row.path or "", tuple(row.mentions.split()), row.at, row.resolved_by, pin)


def mentioned(text: str) -> list[str]:
    """The words after an @, without the full stop behind them, each once."""
    return list(dict.fromkeys(word.rstrip(".-") for word in _MENTION.findall(text)))


def check_places(db: Session, case: CaseRow, document_id: int, places: Iterable[Place]) -> None:
    """Raise UnknownPlace unless all places are on pages of this document, and the document is the case's."""
    if not 0 < document_id <= 2**53:
        raise UnknownPlace
    pages = db.execute(select(DocumentRow.page_count).where(
        DocumentRow.id == document_id, belongs_to(case.id, case.message_id))).scalar_one_or_none() or 0
    for place in places:
        left, top, right, bottom = place.box
        if not (all(map(math.isfinite, place.box)) and left < right and top < bottom and 0 <= place.page < pages):
            raise UnknownPlace


class Comments:
    """All SQL about comments. Holds a session, never commits."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def add(self, case_id: int, user: int, text: str, path: str = "", pin: Pin | None = None) -> int:
        """Say something about a case, in any state of it; returns the comment's id. Whoever is named has a mention to read,
        the author has not. Raises InputError, NotFound."""
        said = text.replace("\0", "").strip()
        if not said:
            raise InputError("Write something before you save the comment.", code="missing_text")
        if len(said) > LONGEST or len(path) > 128:
            raise InputError(f"A comment has at most {LONGEST} characters; shorten it.", code="too_long")
        case = Cases(self.db).get(case_id, lock=True)
        if pin is not None:
            check_places(self.db, case, pin.document_id, (pin.place,))
        if len(self.db.execute(select(CaseCommentRow.id).where(CaseCommentRow.case_id == case_id)).all()) >= MOST:
            raise InputError(f"This case has {MOST} comments already. Settle it.", code="too_many")
        named = mentioned(said)
        known = self.db.execute(
            select(UserRow.login, UserRow.id).where(UserRow.login.in_(named), UserRow.is_active).order_by(UserRow.login)).all()
        row = CaseCommentRow(
            case_id=case_id, user_id=user, text=said, path=path or None, mentions=" ".join(login for login, _ in known), at=now(),
            document_id=pin.document_id if pin else None, place=to_json(pin.place) if pin else None)
        self.db.add(row)
        self.db.flush()
        told = [{"user_id": other, "comment_id": row.id} for _, other in known if other != user]
        if told:
            self.db.execute(insert(UnreadMentionRow), told)
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
        return [comment_of(c, name) for c, name in self.db.execute(stmt)]
