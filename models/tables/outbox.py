"""What leaves the house: ERP messages and mails, written in the transaction that causes them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables.base import Base, Id, choice


class OutboxRow(Base):
    """One message on its way out. `key` is the idempotency key, made once and the same in every try."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_state_next_at", "state", "next_at"),)

    id: Mapped[Id]
    channel: Mapped[Channel] = mapped_column(choice(Channel))
    kind: Mapped[str] = mapped_column(String(64))                 # "sales_order.created", "acknowledgement", …
    key: Mapped[str] = mapped_column(String(128), unique=True)
    payload: Mapped[str] = mapped_column(Text)                    # JSON
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"), index=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id"), index=True)
    state: Mapped[OutboxState] = mapped_column(choice(OutboxState), default=OutboxState.PENDING)
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime]
    holder: Mapped[str | None] = mapped_column(String(64))
    lease_until: Mapped[datetime | None]
    code: Mapped[str | None] = mapped_column(String(64))
    sentence: Mapped[str | None] = mapped_column(Text)
    external_id: Mapped[str | None] = mapped_column(String(128))  # what the receiver calls it
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class OutboxWarningRow(Base):
    """What a receiver asked before it took a message. A person confirms these very words, for this message; nobody else does."""

    __tablename__ = "outbox_warnings"
    __table_args__ = (
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_somebody"),
    )

    id: Mapped[Id]
    outbox_id: Mapped[int] = mapped_column(ForeignKey("outbox.id"), index=True)
    name: Mapped[str] = mapped_column(String(255))                # what the receiver calls it
    words: Mapped[str] = mapped_column(Text)                      # its own
    raised_at: Mapped[datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(255))
    confirmed_at: Mapped[datetime | None]
