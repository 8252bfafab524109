"""Cases, their drafts, corrections and doubts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.doubt import DoubtCode
from models.domain.reading import DocumentType
from models.domain.states import CaseState
from models.tables.base import Base, Id, choice


class CaseRow(Base):
    """One purchase order of one customer on its way through intake. `version` is the current draft's; 0 before the first."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_state_id", "state", "id"),
        Index("ix_cases_customer_po", "customer_id", "po_number"),
        CheckConstraint("version >= 0", name="version_not_negative"),
    )

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    state: Mapped[CaseState] = mapped_column(choice(CaseState), default=CaseState.MATCHING)
    code: Mapped[str | None] = mapped_column(String(64))          # why it is where it is
    sentence: Mapped[str | None] = mapped_column(Text)
    doc_type: Mapped[DocumentType] = mapped_column(choice(DocumentType))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    po_number: Mapped[str | None] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)                 # of the automatic step it waits for
    cost: Mapped[float] = mapped_column(default=0.0)              # expected cost of its open doubts; orders the queue
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    review_until: Mapped[datetime | None]                         # the reviewer's lease
    related_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))   # duplicate of, change to, merged into
    priority: Mapped[int] = mapped_column(default=0)              # higher is looked at first
    snoozed_until: Mapped[datetime | None]                        # not in the queue before
    due_at: Mapped[datetime | None]                               # the customer's cut-off
    received_at: Mapped[datetime] = mapped_column(index=True)
    moved_at: Mapped[datetime]


class CaseReadingRow(Base):
    """Which readings feed which case. A reading feeds one case only."""

    __tablename__ = "case_readings"

    reading_id: Mapped[int] = mapped_column(ForeignKey("readings.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)


class DraftRow(Base):
    """One version of a case's order content; never overwritten. `content` is an encoded `models.domain.draft.Draft`."""

    __tablename__ = "drafts"
    __table_args__ = (CheckConstraint("version >= 1", name="version_positive"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(255))             # "ordermill" or the user's name
    made_at: Mapped[datetime]


class CorrectionRow(Base):
    """One change a person made to a draft: what, from what, to what, and which version it made."""

    __tablename__ = "corrections"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "version"], ["drafts.case_id", "drafts.version"]),
        Index("ix_corrections_case_version", "case_id", "version"),
    )

    id: Mapped[Id]
    case_id: Mapped[int]
    version: Mapped[int]
    path: Mapped[str] = mapped_column(String(128))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]


class DoubtRow(Base):
    """An open question on one version of a draft; `content` is an encoded `models.domain.doubt.Doubt`."""

    __tablename__ = "doubts"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)       # most expensive first
    code: Mapped[DoubtCode] = mapped_column(choice(DoubtCode), index=True)
    sentence: Mapped[str] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(String(128))
    content: Mapped[str] = mapped_column(Text)
