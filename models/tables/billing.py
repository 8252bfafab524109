"""Invoices, credit memos, payments, refunds. Amounts are in the order's currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.billing import InvoiceState, RefundState
from models.tables.base import Base, Id, choice


class InvoiceRow(Base):
    """A bill for what was shipped. Never edited; credit memos correct it."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index("ix_invoices_order_id", "order_id"),
        CheckConstraint("paid >= 0", name="paid_not_negative"),
        CheckConstraint("credited >= 0 AND credited <= total", name="credited_within_total"),
        CheckConstraint("refunded >= 0 AND refunded <= paid", name="refunded_within_paid"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "IN-000001"
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipments.id"), unique=True)
    state: Mapped[InvoiceState] = mapped_column(choice(InvoiceState), default=InvoiceState.ISSUED)
    currency: Mapped[str] = mapped_column(String(3))
    net: Mapped[Decimal]
    charges: Mapped[Decimal] = mapped_column(default=Decimal(0))                # signed: discounts and charges
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal]
    paid: Mapped[Decimal] = mapped_column(default=Decimal(0))
    credited: Mapped[Decimal] = mapped_column(default=Decimal(0))
    refunded: Mapped[Decimal] = mapped_column(default=Decimal(0))               # pending ones included
    issued_at: Mapped[datetime]
    due_on: Mapped[date | None]
    external_id: Mapped[str | None] = mapped_column(String(128))                # the ERP's number, when the ERP writes invoices


class InvoiceLineRow(Base):
    """What an invoice bills of one order line."""

    __tablename__ = "invoice_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[Decimal]                                                   # base units
    amount: Mapped[Decimal]


class CreditMemoRow(Base):
    """Money a customer is owed: for returned goods, or to correct an invoice."""

    __tablename__ = "credit_memos"
    __table_args__ = (CheckConstraint("total > 0", name="total_positive"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "CM-000001"
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    return_id: Mapped[int | None] = mapped_column(ForeignKey("returns.id"), index=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)                  # makes a repeat harmless
    currency: Mapped[str] = mapped_column(String(3))
    charges: Mapped[Decimal] = mapped_column(default=Decimal(0))                # signed, as the invoice's
    tax: Mapped[Decimal] = mapped_column(default=Decimal(0))
    total: Mapped[Decimal]                                                      # lines + charges + tax - fee
    fee: Mapped[Decimal] = mapped_column(default=Decimal(0))                    # kept back, already taken from `total`
    reason: Mapped[str] = mapped_column(Text)
    issued_by: Mapped[str] = mapped_column(String(255))
    issued_at: Mapped[datetime]


class CreditLineRow(Base):
    """What a credit memo takes back of one order line."""

    __tablename__ = "credit_lines"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    credit_memo_id: Mapped[int] = mapped_column(ForeignKey("credit_memos.id"), index=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), index=True)
    quantity: Mapped[Decimal]                                                   # base units
    amount: Mapped[Decimal]


class PaymentRow(Base):
    """Money that came for an invoice."""

    __tablename__ = "payments"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)                  # the bank's or the ERP's reference
    amount: Mapped[Decimal]
    received_at: Mapped[datetime]


class RefundRow(Base):
    """Money that goes back. The sum of those not failed never exceeds what was paid."""

    __tablename__ = "refunds"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[Id]
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"), index=True)
    credit_memo_id: Mapped[int | None] = mapped_column(ForeignKey("credit_memos.id"), index=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)                  # the caller's idempotency key
    amount: Mapped[Decimal]
    state: Mapped[RefundState] = mapped_column(choice(RefundState), default=RefundState.PENDING)
    sentence: Mapped[str | None] = mapped_column(Text)                          # why it failed
    requested_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime]
