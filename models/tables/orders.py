"""Sales orders and their lines, as the OMS core holds them after hand-over."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.states import SalesOrderState
from models.tables.base import Base, Id, choice


class SalesOrderRow(Base):
    """A clean order. One for each approved version of a case, never two."""

    __tablename__ = "sales_orders"
    __table_args__ = (
        UniqueConstraint("case_id", "case_version"),
        Index("ix_sales_orders_customer_po", "customer_id", "po_number"),
        Index("ix_sales_orders_state_id", "state", "id"),
    )

    id: Mapped[Id]
    order_no: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))         # null for imported orders
    case_version: Mapped[int | None]
    state: Mapped[SalesOrderState] = mapped_column(choice(SalesOrderState), default=SalesOrderState.ACCEPTED)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    po_number: Mapped[str] = mapped_column(String(255))
    order_date: Mapped[date | None]
    requested_date: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    ship_to_id: Mapped[int | None] = mapped_column(ForeignKey("addresses.id"))
    ship_to_text: Mapped[str | None] = mapped_column(Text)
    payment_terms: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    total: Mapped[Decimal]                                                      # Σ of the lines' amounts
    approved_by: Mapped[str] = mapped_column(String(255))                       # "ordermill" or the user's name
    created_at: Mapped[datetime] = mapped_column(index=True)


class OrderLineRow(Base):
    """One line: what was ordered, in the customer's unit and in base units, and how far it got."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("quantity > 0 AND base_quantity > 0", name="quantity_positive"),
        CheckConstraint("cancelled >= 0 AND shipped >= 0 AND shipped + cancelled <= base_quantity", name="within_ordered"),
        CheckConstraint("unit_price >= 0", name="price_not_negative"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    position: Mapped[int]                                                       # 1-based
    customer_line_no: Mapped[str | None] = mapped_column(String(32))
    customer_part_number: Mapped[str | None] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal]                                                   # in `uom`
    uom: Mapped[str] = mapped_column(String(3))
    base_quantity: Mapped[Decimal]
    unit_price: Mapped[Decimal]                                                 # for one `uom`, in the order's currency
    amount: Mapped[Decimal]
    requested_date: Mapped[date | None]
    cancelled: Mapped[Decimal] = mapped_column(default=Decimal(0))              # base units
    shipped: Mapped[Decimal] = mapped_column(default=Decimal(0))                # base units
