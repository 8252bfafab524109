"""How orders arrived: mailboxes, messages, documents, readings."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.messages import MailKind, Source
from models.domain.pages import SourceFormat
from models.domain.reading import DocumentType
from models.domain.states import DocumentState, MessageState
from models.tables.base import Base, Id, Sha256, choice


class MessageRow(Base):
    """One email, upload, folder file or EDI interchange. The raw bytes lie in the blob store under `sha256`."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_state_id", "state", "id"), CheckConstraint("size >= 0", name="size_not_negative"))

    id: Mapped[Id]
    source: Mapped[Source] = mapped_column(choice(Source))
    account: Mapped[str | None] = mapped_column(String(255))         # mailbox, API token or folder it came by
    sha256: Mapped[Sha256] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str | None] = mapped_column(String(255))            # the sender's file name; a label only
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[MessageState] = mapped_column(choice(MessageState), default=MessageState.RECEIVED)
    code: Mapped[str | None] = mapped_column(String(64))             # why it failed, was ignored or quarantined
    sentence: Mapped[str | None] = mapped_column(Text)
    tries: Mapped[int] = mapped_column(default=0)                    # in this round
    round: Mapped[int] = mapped_column(default=0)                    # how often a person asked to read it again
    kind: Mapped[MailKind | None] = mapped_column(choice(MailKind))
    subject: Mapped[str | None] = mapped_column(Text)
    sender_name: Mapped[str | None] = mapped_column(Text)
    sender_address: Mapped[str | None] = mapped_column(String(320), index=True)
    reply_to: Mapped[str | None] = mapped_column(String(320))
    recipient_name: Mapped[str | None] = mapped_column(Text)         # the first of the To line
    recipient_address: Mapped[str | None] = mapped_column(String(320))
    sent_at: Mapped[datetime | None]
    message_id: Mapped[str | None] = mapped_column(Text)             # the Message-ID header
    in_reply_to: Mapped[str | None] = mapped_column(Text)
    thread: Mapped[str | None] = mapped_column(Text)                 # the Message-IDs of the mails before it, space separated
    authentication: Mapped[str | None] = mapped_column(Text)         # SPF, DKIM and DMARC results as our mail server wrote them


class MessageKeepingRow(Base):
    """What was decided about keeping a message: a legal hold while `hold_reason` stands, and that its content is gone."""

    __tablename__ = "message_keeping"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    hold_reason: Mapped[str | None] = mapped_column(Text)
    hold_by: Mapped[str | None] = mapped_column(String(255))
    hold_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class MailSeenRow(Base):
    """One mail of a mailbox that is safely stored: the identity that makes a second fetch harmless."""

    __tablename__ = "mail_seen"

    account: Mapped[str] = mapped_column(String(255), primary_key=True)
    folder: Mapped[str] = mapped_column(String(255), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    sha256: Mapped[Sha256] = mapped_column(index=True)
    carried: Mapped[bool] = mapped_column(default=False)             # met again under a newer UIDVALIDITY
    moved: Mapped[bool] = mapped_column(default=False)               # the server's copy is in the done folder


class MailFailureRow(Base):
    """A mail that could not be fetched. After five tries it is shown as failed and left alone; the others go on."""

    __tablename__ = "mail_failures"

    account: Mapped[str] = mapped_column(String(255), primary_key=True)
    folder: Mapped[str] = mapped_column(String(255), primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    tries: Mapped[int]
    code: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[str] = mapped_column(Text)
    last_at: Mapped[datetime]


class MailboxRow(Base):
    """The lease and the health of one mailbox folder."""

    __tablename__ = "mailboxes"

    account: Mapped[str] = mapped_column(String(255), primary_key=True)
    folder: Mapped[str] = mapped_column(String(255), primary_key=True)
    holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    last_poll_at: Mapped[datetime | None]                            # last poll that went through
    last_error_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


class DocumentRow(Base):
    """One readable part of a message: body, attachment, member of an archive, nested mail."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("message_id", "position"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    position: Mapped[int]                                            # in the order met, 0-based
    parent_position: Mapped[int | None]                              # of the archive or mail it was in
    name: Mapped[str | None] = mapped_column(String(255))
    media_type: Mapped[str | None] = mapped_column(String(255))      # as declared; not believed
    is_body: Mapped[bool] = mapped_column(default=False)
    sha256: Mapped[Sha256] = mapped_column(index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    format: Mapped[SourceFormat | None] = mapped_column(choice(SourceFormat))
    state: Mapped[DocumentState] = mapped_column(choice(DocumentState), default=DocumentState.STORED)
    code: Mapped[str | None] = mapped_column(String(64))
    sentence: Mapped[str | None] = mapped_column(Text)
    page_count: Mapped[int | None]
    pages_sha256: Mapped[str | None] = mapped_column(String(64))     # blob: the pages of words, after OCR
    read_seconds: Mapped[float | None]
    forwards: Mapped[str | None] = mapped_column(Text)               # encoded envelopes: mails it came in or quotes
    noticed: Mapped[str | None] = mapped_column(Text)                # encoded problems that parsing and OCR told of


class ReadingRow(Base):
    """One order (or other paper) found in a document; `content` is an encoded `models.domain.reading.Reading`."""

    __tablename__ = "readings"
    __table_args__ = (UniqueConstraint("document_id", "position"),)

    id: Mapped[Id]
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    position: Mapped[int]
    doc_type: Mapped[DocumentType] = mapped_column(choice(DocumentType))
    po_number: Mapped[str | None] = mapped_column(String(255), index=True)
    content: Mapped[str] = mapped_column(Text)


class IdempotencyKeyRow(Base):
    """The first answer to a request with this key; a resend gets the same answer."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(128), primary_key=True)    # who asked, and for what
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_sha256: Mapped[Sha256]
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)                            # JSON
    created_at: Mapped[datetime]
