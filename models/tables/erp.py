"""What we know of other systems: their ids for our rows, and how far we read them. Who we are to them. Webhooks, letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Base, Id


class InstallationRow(Base):
    """Who this installation is to systems that several may talk to. One row, made once; a copy of the database is it too."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    identity: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime]


class ErpLinkRow(Base):
    """What another system calls a row of ours. `noun`: "item", "customer", "address", "sales_order", "shipment", "invoice", …"""

    __tablename__ = "erp_links"
    __table_args__ = (
        UniqueConstraint("system", "noun", "external_id"),
        Index("ix_erp_links_noun_local_id", "system", "noun", "local_id"),
    )

    id: Mapped[Id]
    system: Mapped[str] = mapped_column(String(32))                             # "tryton", "rest"
    noun: Mapped[str] = mapped_column(String(32))
    local_id: Mapped[int]
    external_id: Mapped[str] = mapped_column(String(128))
    seen_at: Mapped[datetime]


class ErpCursorRow(Base):
    """How far a pull got. `cursor` means something to the adapter only."""

    __tablename__ = "erp_cursors"

    system: Mapped[str] = mapped_column(String(32), primary_key=True)
    noun: Mapped[str] = mapped_column(String(32), primary_key=True)
    cursor: Mapped[str] = mapped_column(Text)
    full_at: Mapped[datetime | None]                                            # when everything was pulled last
    pulled_at: Mapped[datetime]
    code: Mapped[str | None] = mapped_column(String(64))                        # of the last failure; None: it went well
    sentence: Mapped[str | None] = mapped_column(Text)


class EventCursorRow(Base):
    """How far a follower of the audit chain got."""

    __tablename__ = "event_cursors"

    follower: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class WebhookRow(Base):
    """Who is told about events. `events`: their names, space separated, or "*". The secret signs; it is sealed at rest."""

    __tablename__ = "webhooks"

    id: Mapped[Id]
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[str] = mapped_column(Text)
    sealed_secret: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(String(255), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    code: Mapped[str | None] = mapped_column(String(64))                        # why it was switched off
    sentence: Mapped[str | None] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


class NoticeTemplateRow(Base):
    """A house's own words for a letter to customers; without a row ours serve. `customer_no` "" is everybody."""

    __tablename__ = "notice_templates"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)             # "shipment", "invoice", "backorder", …
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    customer_no: Mapped[str] = mapped_column(String(64), primary_key=True, default="")
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
