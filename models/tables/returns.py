"""Returns, their lines, and what inspection found."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.returns import Disposition, Grade, ReturnOutcome, ReturnState
from models.tables.base import Base, Id, choice


class ReturnRow(Base):
    """Goods a customer sends back (RMA). `order_id` is None for a blind return, whose order nobody knows yet."""

    __tablename__ = "returns"
    __table_args__ = (Index("ix_returns_state_id", "state", "id"),)

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "RMA-000001"
    order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))        # where the goods are to come
    state: Mapped[ReturnState] = mapped_column(choice(ReturnState), default=ReturnState.REQUESTED)
    reason: Mapped[str] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)                            # what was said when it was declined
    fee: Mapped[Decimal] = mapped_column(default=Decimal(0))                    # kept from the credit, in the order's currency
    exchange_order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"))
    requested_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime]


class ReturnLineRow(Base):
    """One item to come back, in base units."""

    __tablename__ = "return_lines"
    __table_args__ = (
        CheckConstraint("quantity > 0 AND received >= 0", name="quantity_positive"),
        CheckConstraint("inspected >= 0 AND inspected <= received", name="inspected_within_received"),
    )

    id: Mapped[Id]
    return_id: Mapped[int] = mapped_column(ForeignKey("returns.id"), index=True)
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_lines.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    quantity: Mapped[Decimal]
    received: Mapped[Decimal] = mapped_column(default=Decimal(0))
    inspected: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reason: Mapped[str | None] = mapped_column(Text)


class InspectionRow(Base):
    """What somebody found about so many units of a return line, and what becomes of them."""

    __tablename__ = "inspections"
    __table_args__ = (CheckConstraint("quantity > 0", name="quantity_positive"),)

    id: Mapped[Id]
    return_line_id: Mapped[int] = mapped_column(ForeignKey("return_lines.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    quantity: Mapped[Decimal]
    grade: Mapped[Grade] = mapped_column(choice(Grade))
    disposition: Mapped[Disposition] = mapped_column(choice(Disposition))
    outcome: Mapped[ReturnOutcome] = mapped_column(choice(ReturnOutcome))
    note: Mapped[str | None] = mapped_column(Text)
    inspected_by: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]
