"""What the case page reads from the database: plain SELECTs into dataclasses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.case_documents import belongs_to, feeding
from matching.case_view import is_taken_back
from matching.cases import REVIEWABLE, Cases
from models.domain.draft import Draft
from models.domain.messages import Source
from models.domain.pages import SourceFormat
from models.domain.reading import DocumentType
from models.domain.states import CASE_MOVES, CaseState, DocumentState
from models.errors import NotFound
from models.tables.audit import AuditEntryRow
from models.tables.cases import CaseRow
from models.tables.desk import CaseTagRow
from models.tables.intake import DocumentRow, MessageRow
from models.tables.orders import SalesOrderRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow
from review_ui.language import N_


@dataclass(frozen=True, slots=True)
class DocumentTab:
    """A document of the case, the `number`th of its message, with "" for a name it does not have. `feeds` is true when the order
    was read from it."""

    id: int
    number: int
    name: str
    format: SourceFormat | None
    state: DocumentState
    sentence: str
    pages: int
    feeds: bool


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The case, its message, and who is at it. `holder` is somebody else's name while their lease lives."""

    id: int
    state: CaseState
    code: str
    sentence: str
    doc_type: DocumentType
    version: int
    customer: str
    po_number: str
    tolerance: Decimal | None
    received_at: datetime
    message_id: int
    source: Source
    sender: str
    subject: str
    holder: str | None
    held_until: datetime | None
    related_case_id: int | None
    order_no: str | None

    @property
    def is_reviewable(self) -> bool:
        """True while a person may still decide about the case."""
        return self.state in REVIEWABLE

    @property
    def is_reopenable(self) -> bool:
        """True when a person may take the case back to review."""
        return is_taken_back(self.state, self.version)

    @property
    def is_matchable(self) -> bool:
        """True when matching it again may help: it is in review, or it failed."""
        return CaseState.MATCHING in CASE_MOVES[self.state] and self.state is not CaseState.READING


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry of the case's audit trail; `detail` is "name: value" pairs."""

    at: datetime
    actor: str
    action: str
    detail: str


def _found_case(db: Session, case_id: int) -> Any:
    found = db.execute(
        select(CaseRow, MessageRow, CustomerRow, UserRow.name, SalesOrderRow.order_no)
        .join(MessageRow, MessageRow.id == CaseRow.message_id)
        .outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
        .outerjoin(UserRow, UserRow.id == CaseRow.reviewer_id)
        .outerjoin(SalesOrderRow, SalesOrderRow.case_id == CaseRow.id)
        .where(CaseRow.id == case_id).order_by(SalesOrderRow.id.desc()).limit(1)).one_or_none()
    if found is None:
        raise NotFound(f"There is no case {case_id}. It may have been removed; go back to the queue.")
    return found


def load_case(db: Session, case_id: int, *, user_id: int, now: datetime) -> CaseFacts:
    """The case as `user_id` sees it. Raises NotFound."""
    case, message, customer, reviewer, order_no = _found_case(db, case_id)
    held = case.reviewer_id not in {None, user_id} and case.review_until is not None and case.review_until > now
    sender = message.sender_name or ""
    return CaseFacts(
        id=case.id, state=case.state, code=case.code or "", sentence=case.sentence or "", doc_type=case.doc_type,
        version=case.version, customer=customer.name if customer else "", po_number=case.po_number or "",
        tolerance=customer.price_tolerance if customer else None, received_at=case.received_at, message_id=message.id,
        source=message.source, subject=message.subject or message.name or "",
        sender=f"{sender} <{message.sender_address}>" if message.sender_address else sender or message.account or "",
        holder=reviewer if held else None, held_until=case.review_until if held else None,
        related_case_id=case.related_case_id, order_no=order_no)


def load_case_tags(db: Session, case_id: int) -> list[str]:
    """The words somebody put on the case, alphabetically."""
    return list(db.execute(select(CaseTagRow.tag).where(CaseTagRow.case_id == case_id).order_by(CaseTagRow.tag)).scalars())


def load_draft(db: Session, case: CaseFacts) -> Draft | None:
    """The current version of the draft; None before the first."""
    return Cases(db).draft(case.id, case.version) if case.version else None


def load_documents(db: Session, case: CaseFacts) -> list[DocumentTab]:
    """The documents of the case's message, of its readings and of the customer's answers; those it was read from first, and of
    these the mail's own text last: it says what came with it."""
    read_from = set(db.execute(feeding(case.id)).scalars())
    rows = db.execute(
        select(DocumentRow).where(belongs_to(case.id, case.message_id))
        .order_by(DocumentRow.is_body, DocumentRow.message_id, DocumentRow.position)).scalars().all()
    tabs = [_tab(row, row.id in read_from) for row in rows]
    return sorted(tabs, key=lambda tab: (not tab.feeds, tab.state is not DocumentState.READ))


def _tab(row: DocumentRow, feeds: bool) -> DocumentTab:
    name = row.name or (N_("Mail text") if row.is_body else "")
    return DocumentTab(row.id, row.position + 1, name, row.format, row.state, row.sentence or "", row.page_count or 0, feeds)


def _detail(content: str) -> str:
    return ", ".join(f"{name}: {value}" for name, value in json.loads(content).items() if value not in (None, "", [], {}))


def load_audit(db: Session, subjects: Sequence[str]) -> list[AuditLine]:
    """The audit trail of some subjects ("case:12"), newest first, at most 200 entries."""
    rows = db.execute(
        select(AuditEntryRow).where(AuditEntryRow.subject.in_(subjects)).order_by(AuditEntryRow.seq.desc()).limit(200)).scalars()
    return [AuditLine(row.at, row.actor, row.action, _detail(row.content)) for row in rows]
