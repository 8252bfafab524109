"""Stock: an append-only ledger of entries, and levels the database keeps honest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.states import ReservationState
from models.domain.stock import EntryKind, LocationKind
from models.tables.base import Base, Id, choice


class LocationRow(Base):
    """A place that holds stock."""

    __tablename__ = "locations"
    __table_args__ = (
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="whole_coordinates"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[LocationKind] = mapped_column(choice(LocationKind), default=LocationKind.OWN)
    priority: Mapped[int] = mapped_column(default=0)                            # lower is preferred
    is_active: Mapped[bool] = mapped_column(default=True)
    channel_pool: Mapped[str | None] = mapped_column(String(64))                # None: serves every channel
    street: Mapped[str | None] = mapped_column(String(255))
    postcode: Mapped[str | None] = mapped_column(String(32))
    city: Mapped[str | None] = mapped_column(String(128))
    country: Mapped[str | None] = mapped_column(String(2))                      # ISO 3166-1 alpha-2
    latitude: Mapped[float | None]                                              # degrees
    longitude: Mapped[float | None]
    cost_per_order: Mapped[Decimal | None]                                      # company money, to compare locations by
    capacity_per_day: Mapped[int | None]                                        # fulfilment orders; None: no limit


class StockLevelRow(Base):
    """What one location holds of one item, in base units. Derived from the ledger and the reservations; never oversold."""

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


class ReservationRow(Base):
    """What is promised to an order line from one location. It falls as goods leave or are given back, and the same row stands
    again when more is promised; how it went is in the ledger."""

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("order_line_id", "item_id", "location_id"),
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
    expires_at: Mapped[datetime | None]                                         # for quotes; None: stands until used


class LotRow(Base):
    """A batch of an item, or, with `is_serial`, one unit of it. What is left of it where: `lot_levels`."""

    __tablename__ = "lots"
    __table_args__ = (UniqueConstraint("item_id", "code"),)

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    code: Mapped[str] = mapped_column(String(64))
    is_serial: Mapped[bool] = mapped_column(default=False)
    expires_on: Mapped[date | None]
    received_on: Mapped[date | None]


class LotLevelRow(Base):
    """What one location holds of one lot. `held`: picked for shipments that have not left. Lots are chosen at the pick (first
    expired, first out), so promises are made on `stock_levels` alone."""

    __tablename__ = "lot_levels"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("held >= 0 AND held <= on_hand", name="held_within_stock"),
        Index(
            "ix_lot_levels_serial_in_one_place", "lot_id", unique=True, postgresql_where=text("is_serial AND on_hand > 0"),
            sqlite_where=text("is_serial AND on_hand > 0")),
    )

    lot_id: Mapped[int] = mapped_column(ForeignKey("lots.id"), primary_key=True)
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"), primary_key=True, index=True)
    on_hand: Mapped[Decimal] = mapped_column(default=Decimal(0))
    held: Mapped[Decimal] = mapped_column(default=Decimal(0))
    is_serial: Mapped[bool] = mapped_column(default=False, server_default=false())      # as its lot: one unit, in one place


class StockEntryRow(Base):
    """One entry of the stock ledger: goods that went from one location to another, and what became of a promise at the first.

    `physical` ≥ 0 moves from → to; `promised` is signed and counts at `from`. So on hand of a location is what came minus what
    went, reserved is the sum of its promises, and the sum of goods over all locations is zero. Append-only; a wrong entry is
    taken back by one that names it.
    """

    __tablename__ = "stock_entries"
    __table_args__ = (
        Index("ix_stock_entries_item_from", "item_id", "from_id"),
        Index("ix_stock_entries_item_to", "item_id", "to_id"),
        CheckConstraint("physical >= 0", name="physical_not_negative"),
        CheckConstraint("physical <> 0 OR promised <> 0", name="does_something"),
        CheckConstraint("from_id <> to_id", name="two_ends"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    from_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    physical: Mapped[Decimal] = mapped_column(default=Decimal(0))
    promised: Mapped[Decimal] = mapped_column(default=Decimal(0))
    kind: Mapped[EntryKind] = mapped_column(choice(EntryKind))
    order_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_lines.id"), index=True)
    reference: Mapped[str | None] = mapped_column(String(128))                  # "SH-000004", a delivery note, a count sheet
    key: Mapped[str | None] = mapped_column(String(128), unique=True)           # makes a repeat harmless
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("stock_entries.id"), unique=True)
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]


class IncomingSupplyRow(Base):
    """Goods that are to come: what available to promise by date counts on."""

    __tablename__ = "incoming_supplies"
    __table_args__ = (
        UniqueConstraint("reference", "item_id", "location_id"),
        Index("ix_incoming_supplies_item", "item_id", "expected_on"),
        CheckConstraint("quantity > 0 AND received >= 0", name="quantity_positive"),
    )

    id: Mapped[Id]
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    quantity: Mapped[Decimal]
    received: Mapped[Decimal] = mapped_column(default=Decimal(0))
    expected_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(128))                         # the purchase order's number
    is_closed: Mapped[bool] = mapped_column(default=False)


class SourcingRuleRow(Base):
    """Rules by which stock is chosen, as data; the lowest position is asked first. `content` is an encoded rule."""

    __tablename__ = "sourcing_rules"

    id: Mapped[Id]
    position: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(128))
    content: Mapped[str] = mapped_column(Text)
    is_active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


def expired_here(day: date | ColumnElement[date]) -> ColumnElement[Decimal]:
    """Of the stock level that a query is about: base units in lots that expired before the day. What is picked of them does not
    count, since it is promised."""
    amount = LotLevelRow.on_hand.type
    free = (
        select(func.sum(LotLevelRow.on_hand - LotLevelRow.held, type_=amount))
        .join(LotRow, LotRow.id == LotLevelRow.lot_id)
        .where(LotRow.item_id == StockLevelRow.item_id, LotLevelRow.location_id == StockLevelRow.location_id,
               LotRow.expires_on < day)
        .correlate(StockLevelRow).scalar_subquery())
    return func.coalesce(free, literal(0, amount), type_=amount)
