"""What went wrong with orders, who sees to it, and by when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.order_work import ExceptionKind, ExceptionState
from models.tables.base import Base, Id, choice


class ExceptionRow(Base):
    """One thing that went wrong. `key` says what it is about ("short:line:12"): of one key at most one is open."""

    __tablename__ = "exceptions"
    __table_args__ = (
        Index("ix_exceptions_state_due", "state", "due_at"),
        Index(
            "ux_exceptions_open_key", "key", unique=True, sqlite_where=text("state IN ('open', 'assigned')"),
            postgresql_where=text("state IN ('open', 'assigned')")),
        CheckConstraint("(state IN ('resolved', 'waived')) = (closed_at IS NOT NULL)", name="closed_at_an_instant"),
    )

    id: Mapped[Id]
    kind: Mapped[ExceptionKind] = mapped_column(choice(ExceptionKind))
    state: Mapped[ExceptionState] = mapped_column(choice(ExceptionState), default=ExceptionState.OPEN)
    key: Mapped[str] = mapped_column(String(128))
    is_blocking: Mapped[bool] = mapped_column(default=False)                    # its order is not released
    code: Mapped[str] = mapped_column(String(64))
    sentence: Mapped[str] = mapped_column(Text)
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    location_id: Mapped[int | None] = mapped_column(ForeignKey("locations.id"))
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    team: Mapped[str | None] = mapped_column(String(64))                        # a group of people, by its name
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(255))
    resolution: Mapped[str | None] = mapped_column(Text)


class ExceptionRuleRow(Base):
    """Who sees to exceptions of a kind, within how many hours, and whom it goes to when nobody did."""

    __tablename__ = "exception_rules"
    __table_args__ = (CheckConstraint("due_hours > 0", name="due_hours_positive"),)

    kind: Mapped[ExceptionKind] = mapped_column(choice(ExceptionKind), primary_key=True)
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    team: Mapped[str | None] = mapped_column(String(64))
    is_blocking: Mapped[bool] = mapped_column(default=False)
    due_hours: Mapped[int | None]
    escalate_to: Mapped[str | None] = mapped_column(String(64))                 # a team
