"""Customers: who they are, where they are, how they write."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.partners import AddressKind, ApprovalLevel, DateOrder
from models.tables.base import Base, Id, choice


class CustomerRow(Base):
    """A company that orders from us."""

    __tablename__ = "customers"
    __table_args__ = (CheckConstraint("price_tolerance >= 0", name="tolerance_not_negative"),)

    id: Mapped[Id]
    customer_no: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    vat_id: Mapped[str | None] = mapped_column(String(32), index=True)
    email_domain: Mapped[str | None] = mapped_column(String(255), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    currency: Mapped[str | None] = mapped_column(String(3))
    payment_terms: Mapped[str | None] = mapped_column(Text)
    date_order: Mapped[DateOrder | None] = mapped_column(choice(DateOrder))
    price_tolerance: Mapped[Decimal] = mapped_column(default=Decimal("2"))      # percent
    approval: Mapped[ApprovalLevel] = mapped_column(choice(ApprovalLevel), default=ApprovalLevel.CONFIDENT)
    is_active: Mapped[bool] = mapped_column(default=True)


class CustomerEmailRow(Base):
    """An address this customer is known to write from."""

    __tablename__ = "customer_emails"

    email: Mapped[str] = mapped_column(String(320), primary_key=True)           # lower case
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)


class AddressRow(Base):
    """Where a customer gets goods or invoices."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "code"),
        Index("ix_addresses_postcode", "postcode"),
    )

    id: Mapped[Id]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[AddressKind] = mapped_column(choice(AddressKind))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    street: Mapped[str] = mapped_column(String(255))
    postcode: Mapped[str] = mapped_column(String(32))
    city: Mapped[str] = mapped_column(String(128))
    region: Mapped[str | None] = mapped_column(String(128))
    country: Mapped[str] = mapped_column(String(2))                             # ISO 3166-1 alpha-2
    is_default: Mapped[bool] = mapped_column(default=False)
