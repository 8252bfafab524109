"""Stock: an append-only ledger of movements, and levels the database keeps honest."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.states import ReservationState
from models.tables.base import Base, Id, choice


class LocationRow(Base):
    """A place that holds stock."""

    __tablename__ = "locations"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    priority: Mapped[int] = mapped_column(default=0)                            # lower is preferred


class StockLevelRow(Base):
    """What one location holds of one item, in base units. Derived from movements and reservations; never oversold."""

    __tablename__ = "stock_levels"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_within_stock"),
        CheckConstraint("safety >= 0", name="safety_not_negative"),
    )

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), primary_key=True)
    on_hand: Mapped[Decimal] = mapped_column(default=Decimal(0))
    reserved: Mapped[Decimal] = mapped_column(default=Decimal(0))
    safety: Mapped[Decimal] = mapped_column(default=Decimal(0))


class StockMovementRow(Base):
    """One physical change; positive comes in. Never changed or deleted, only corrected by another movement."""

    __tablename__ = "stock_movements"
    __table_args__ = (Index("ix_stock_movements_item_location", "item_id", "location_id"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[Decimal]
    reason: Mapped[str] = mapped_column(String(64))                             # "count", "receipt", "shipment", …
    reference: Mapped[str | None] = mapped_column(String(128))
    at: Mapped[datetime]


class ReservationRow(Base):
    """A promise of stock to an order line. `quantity` only falls."""

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("order_line_id", "location_id"),
        Index("ix_reservations_item_location", "item_id", "location_id"),
        CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        CheckConstraint("(state = 'active') = (quantity > 0)", name="active_has_quantity"),
    )

    id: Mapped[Id]
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[Decimal]
    state: Mapped[ReservationState] = mapped_column(choice(ReservationState), default=ReservationState.ACTIVE)
