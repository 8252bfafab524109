"""Customers: who they are, where they are, how they write."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.partners import AddressKind, ApprovalLevel, CodeKind, DateOrder, PackRule
from models.tables.base import Base, Id, choice


class CustomerRow(Base):
    """A company that orders from us."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("price_tolerance >= 0", name="tolerance_not_negative"),
        CheckConstraint("order_minimum >= 0", name="order_minimum_not_negative"),
        CheckConstraint("credit_limit >= 0", name="credit_limit_not_negative"),
        CheckConstraint("target_error_rate > 0", name="target_error_rate_positive"),      # Exact: "< 1" would not hold on SQLite
    )

    id: Mapped[Id]
    customer_no: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255), index=True)
    vat_id: Mapped[str | None] = mapped_column(String(32), index=True)
    gln: Mapped[str | None] = mapped_column(String(13), index=True)             # who it is in EDI interchanges
    group_code: Mapped[str | None] = mapped_column(String(64))                  # whose group prices it gets
    email_domain: Mapped[str | None] = mapped_column(String(255), index=True)
    language: Mapped[str | None] = mapped_column(String(2))
    currency: Mapped[str | None] = mapped_column(String(3))
    payment_terms: Mapped[str | None] = mapped_column(Text)
    delivery_terms: Mapped[str | None] = mapped_column(Text)
    credit_limit: Mapped[Decimal | None]                                        # in the customer's currency; None: none is set
    open_balance: Mapped[Decimal] = mapped_column(default=Decimal(0))           # invoiced and not paid, as the ERP says
    overdue: Mapped[Decimal] = mapped_column(default=Decimal(0))                # of that, past its date
    order_minimum: Mapped[Decimal | None]                                       # net value of an order
    pack_rule: Mapped[PackRule] = mapped_column(choice(PackRule), default=PackRule.ASK)
    ship_complete: Mapped[bool] = mapped_column(default=False)
    merge_repeated_lines: Mapped[bool] = mapped_column(default=False)
    partial_release: Mapped[bool] = mapped_column(default=False)                # clean lines may go while others are asked about
    code_preference: Mapped[CodeKind | None] = mapped_column(choice(CodeKind))  # which number holds where two disagree
    target_error_rate: Mapped[Decimal | None]                                   # of lines approved unseen; None: the house's
    date_order: Mapped[DateOrder | None] = mapped_column(choice(DateOrder))
    price_tolerance: Mapped[Decimal] = mapped_column(default=Decimal("2"))      # percent
    approval: Mapped[ApprovalLevel] = mapped_column(choice(ApprovalLevel), default=ApprovalLevel.CONFIDENT)
    cut_off: Mapped[str | None] = mapped_column(String(5))                      # "14:30": orders by then leave the same day
    over_tolerance: Mapped[Decimal] = mapped_column(default=Decimal(0))         # percent that may be shipped beyond the order
    is_active: Mapped[bool] = mapped_column(default=True)


class CustomerEmailRow(Base):
    """An address this customer is known to write from, and the person behind it."""

    __tablename__ = "customer_emails"

    email: Mapped[str] = mapped_column(String(320), primary_key=True)           # lower case
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    name: Mapped[str | None] = mapped_column(String(255))
    phone: Mapped[str | None] = mapped_column(String(64))


class CustomerMinimumRow(Base):
    """The least that a customer's order of one product line must come to, net, in the customer's currency."""

    __tablename__ = "customer_minimums"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    product_line: Mapped[str] = mapped_column(String(64), primary_key=True)
    amount: Mapped[Decimal]


class ClosedDayRow(Base):
    """A day on which nothing leaves the house, beside the weekends."""

    __tablename__ = "closed_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(128), default="")


class AddressRow(Base):
    """Where a customer gets goods or invoices."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "code"),
        Index("ix_addresses_postcode", "postcode"),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_coordinates"),
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
    gln: Mapped[str | None] = mapped_column(String(13), index=True)
    transit_days: Mapped[int | None]                                            # working days the goods are on their way
    is_default: Mapped[bool] = mapped_column(default=False)
    latitude: Mapped[float | None]                                              # degrees
    longitude: Mapped[float | None]
