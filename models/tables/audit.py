"""The audit chain: append-only, each entry bound to the one before by its hash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Sha256


class AuditEntryRow(Base):
    """Who did what to what. `content` is canonical JSON; `hash` covers everything else and `previous`."""

    __tablename__ = "audit_entries"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(128), index=True)     # "case:12", "order:SO-000007"
    content: Mapped[str] = mapped_column(Text)
    previous: Mapped[Sha256]
    hash: Mapped[Sha256]


class AuditHeadRow(Base):
    """The last entry; the one row every appender locks, so that the chain cannot fork."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[Sha256]
