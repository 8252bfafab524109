"""What the message list shows: everything that arrived, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from extraction.no_order import CODE as NOT_AN_ORDER
from models.domain.messages import Source
from models.domain.states import CaseState, DocumentState, MessageState
from models.tables.cases import CaseRow
from models.tables.intake import DocumentRow, MessageRow
from review_ui.language import N_

PAGE = 50
VIEWS: Mapping[str, tuple[str, frozenset[MessageState]]] = {
    "all": (N_("All"), frozenset(MessageState)),
    "moving": (N_("Being read"), frozenset({MessageState.RECEIVED, MessageState.READING})),
    "trouble": (N_("Not readable"), frozenset({MessageState.FAILED, MessageState.QUARANTINED})),
    "ignored": (N_("Ignored"), frozenset({MessageState.IGNORED})),
}
RETRYABLE = frozenset({MessageState.FAILED, MessageState.QUARANTINED, MessageState.IGNORED})


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A case a message opened."""

    id: int
    po_number: str
    state: CaseState


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of a message that gave a reason to speak of it."""

    name: str
    state: DocumentState
    sentence: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message of the list."""

    id: int
    source: Source
    what: str
    sender: str
    size: int
    received_at: datetime
    state: MessageState
    code: str
    sentence: str
    cases: tuple[CaseLink, ...]
    refused: tuple[DocumentLine, ...]

    @property
    def can_retry(self) -> bool:
        """True when a person may have it read again."""
        return self.state in RETRYABLE

    @property
    def can_be_order(self) -> bool:
        """True when it was taken for no order, and a person may say that it is one."""
        return self.code == NOT_AN_ORDER


@dataclass(frozen=True, slots=True)
class MessagePage:
    """A page of the list; `older` continues it, None at the end."""

    lines: tuple[MessageLine, ...]
    older: int | None
    counts: Mapping[str, int]


def _cases(db: Session, ids: Sequence[int]) -> dict[int, list[CaseLink]]:
    found: dict[int, list[CaseLink]] = {}
    for row in db.execute(select(CaseRow).where(CaseRow.message_id.in_(ids)).order_by(CaseRow.id)).scalars():
        found.setdefault(row.message_id, []).append(CaseLink(row.id, row.po_number or "", row.state))
    return found


def _refused(db: Session, ids: Sequence[int]) -> dict[int, list[DocumentLine]]:
    """The documents that were refused, or read without finding anything for a reason that is known."""
    found: dict[int, list[DocumentLine]] = {}
    rows = db.execute(
        select(DocumentRow)
        .where(
            DocumentRow.message_id.in_(ids), DocumentRow.sentence.is_not(None),
            DocumentRow.state.in_((DocumentState.REFUSED, DocumentState.READ)))
        .order_by(DocumentRow.id)).scalars()
    for row in rows:
        line = DocumentLine(row.name or "document", row.state, row.sentence or "")
        found.setdefault(row.message_id, []).append(line)
    return found


def load_messages(db: Session, view: str, text: str, before: int | None) -> MessagePage:
    """The newest PAGE messages of one of VIEWS, older than message `before`."""
    query = select(MessageRow).where(MessageRow.state.in_(VIEWS[view][1])).order_by(MessageRow.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(MessageRow.id < before)
    if text:
        columns = (MessageRow.subject, MessageRow.sender_address, MessageRow.sender_name, MessageRow.name)
        query = query.where(or_(*(func.lower(c).contains(text.lower(), autoescape=True) for c in columns)))
    rows = db.execute(query).scalars().all()
    ids = [row.id for row in rows]
    cases, refused = _cases(db, ids), _refused(db, ids)
    lines = tuple(_line(row, cases.get(row.id, []), refused.get(row.id, [])) for row in rows)
    counts = dict(db.execute(select(MessageRow.state, func.count()).group_by(MessageRow.state)).all())
    return MessagePage(
        lines, older=ids[-1] if len(ids) == PAGE else None,
        counts={key: sum(counts.get(state, 0) for state in states) for key, (_, states) in VIEWS.items()})


def _line(row: MessageRow, cases: Sequence[CaseLink], refused: Sequence[DocumentLine]) -> MessageLine:
    return MessageLine(
        id=row.id, source=row.source, what=row.subject or row.name or f"Message {row.id}",
        sender=row.sender_address or row.account or "", size=row.size, received_at=row.received_at, state=row.state,
        code=row.code or "", sentence=row.sentence or "", cases=tuple(cases), refused=tuple(refused))
