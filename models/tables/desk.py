"""The desk around a case: comments, tags, questions to customers, views people keep, and how long things took."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id, Sha256


class CaseCommentRow(Base):
    """What somebody said about a case, pinned to a place of it if `path` or `place` says so. `mentions`: logins, space
    separated."""

    __tablename__ = "case_comments"

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    path: Mapped[str | None] = mapped_column(String(128))                       # a field of the draft
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    place: Mapped[str | None] = mapped_column(Text)                             # an encoded `models.domain.evidence.Place`
    mentions: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(255))


class UnreadMentionRow(Base):
    """A comment that mentions somebody who has not opened its case since. The row goes when they do."""

    __tablename__ = "unread_mentions"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("case_comments.id"), primary_key=True)


class CaseTagRow(Base):
    """A word somebody put on a case to find it by."""

    __tablename__ = "case_tags"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)


class CaseWordRow(Base):
    """A word by which a case is found: of its documents, its customer, its items. Folded, see `matching.words`."""

    __tablename__ = "case_words"

    # Byte order, so that "begins with" is a range of the index on every database.
    word: Mapped[str] = mapped_column(String(40).with_variant(String(40, collation="C"), "postgresql"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, index=True)


class CaseApprovalRow(Base):
    """Who agreed to which version. Above the house's limit two people must."""

    __tablename__ = "case_approvals"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    reason: Mapped[str | None] = mapped_column(Text)                            # the reason code of an override
    at: Mapped[datetime]


class CaseQuestionRow(Base):
    """A mail that asks the customer about open doubts. `content`: the numbered questions with their choices, as JSON.

    `key` is the outbox message's; the answer comes back as a message in its thread.
    """

    __tablename__ = "case_questions"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (answer_message_id IS NULL)", name="answered_by_a_message"),)

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    version: Mapped[int]
    key: Mapped[str] = mapped_column(String(128), unique=True)
    mail_id: Mapped[str] = mapped_column(Text, index=True)                      # its Message-ID
    content: Mapped[str] = mapped_column(Text)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))                # answers for what is taken from the answer
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime]
    answer_message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    answered_at: Mapped[datetime | None]


class UnsavedEditRow(Base):
    """A keystroke's worth of work that was not yet made a correction; survives a closed tab and a takeover."""

    __tablename__ = "unsaved_edits"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(128), primary_key=True)
    version: Mapped[int]
    value: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class CaseVisitRow(Base):
    """One person's time on one case: what the flow meter counts."""

    __tablename__ = "case_visits"
    __table_args__ = (Index("ix_case_visits_case_id", "case_id"), Index("ix_case_visits_ended_at", "ended_at"))

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    keys: Mapped[int] = mapped_column(default=0)
    clicks: Mapped[int] = mapped_column(default=0)
    active_seconds: Mapped[float] = mapped_column(default=0.0)
    ended_at: Mapped[datetime]


class SavedViewRow(Base):
    """A filter somebody keeps. `page`: "queue", "orders", "stock", …; `query` is what stands behind the "?" of its address."""

    __tablename__ = "saved_views"
    __table_args__ = (UniqueConstraint("user_id", "page", "name"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    page: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(64))
    query: Mapped[str] = mapped_column(Text)
    is_shared: Mapped[bool] = mapped_column(default=False)


class HouseSettingRow(Base):
    """What administrators set in the UI; the newest row of a name is in force, before the environment. `content` is JSON."""

    __tablename__ = "house_settings"
    __table_args__ = (Index("ix_house_settings_name_id", "name", "id"),)

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


class MailboxSettingRow(Base):
    """A mailbox that was set up in the UI. The password is sealed at rest."""

    __tablename__ = "mailbox_settings"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(64), unique=True)
    content: Mapped[str] = mapped_column(Text)                                  # host, port, user, folders, TLS mode as JSON
    sealed_password: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


class RecoveryCodeRow(Base):
    """A code that signs a user in once when the second factor is lost."""

    __tablename__ = "recovery_codes"

    code_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    used_at: Mapped[datetime | None]
