"""Fulfilment orders, waves, shipments, parcels."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.fulfilment import FulfilmentState, ParcelKind, RequestState, ShipmentState
from models.tables.base import Base, Id, choice


class WaveRow(Base):
    """Fulfilment orders of one location that are picked together."""

    __tablename__ = "waves"

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "WA-000001"
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class FulfilmentOrderRow(Base):
    """What one location is to send for one sales order."""

    __tablename__ = "fulfilment_orders"
    __table_args__ = (
        Index("ix_fulfilment_orders_state_location", "state", "location_id", "id"),
        Index("ix_fulfilment_orders_order_id", "order_id"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "FO-000001"
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    location_id: Mapped[int] = mapped_column(ForeignKey("locations.id"))
    wave_id: Mapped[int | None] = mapped_column(ForeignKey("waves.id"), index=True)
    state: Mapped[FulfilmentState] = mapped_column(choice(FulfilmentState), default=FulfilmentState.OPEN)
    request_state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.UNSUBMITTED)
    request_note: Mapped[str | None] = mapped_column(Text)                      # why it was rejected, or is to be stopped
    ship_by: Mapped[date | None]
    explanation: Mapped[str | None] = mapped_column(Text)                       # why this location
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime]


class FulfilmentLineRow(Base):
    """A part of an order line given to a fulfilment order, in base units. Remaining: quantity − shipped − cancelled."""

    __tablename__ = "fulfilment_lines"
    __table_args__ = (
        UniqueConstraint("fulfilment_order_id", "order_line_id", "item_id"),
        Index("ix_fulfilment_lines_order_line_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("shipped >= 0 AND cancelled >= 0 AND shipped + cancelled <= quantity", name="within_quantity"),
    )

    id: Mapped[Id]
    fulfilment_order_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_orders.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))                # the component, where the line orders a kit
    quantity: Mapped[Decimal]
    shipped: Mapped[Decimal] = mapped_column(default=Decimal(0))
    cancelled: Mapped[Decimal] = mapped_column(default=Decimal(0))


class FulfilmentHoldRow(Base):
    """A reason why a fulfilment order may not go on; several may stand at once."""

    __tablename__ = "fulfilment_holds"
    __table_args__ = (CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by_somebody"),)

    id: Mapped[Id]
    fulfilment_order_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_orders.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    placed_by: Mapped[str] = mapped_column(String(255))
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None] = mapped_column(String(255))
    released_at: Mapped[datetime | None]


class ShipmentRow(Base):
    """Goods of one fulfilment order that leave together."""

    __tablename__ = "shipments"
    __table_args__ = (
        Index("ix_shipments_fulfilment_order_id", "fulfilment_order_id"), Index("ix_shipments_state_id", "state", "id"))

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(32), unique=True)                # "SH-000001"
    fulfilment_order_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_orders.id"))
    state: Mapped[ShipmentState] = mapped_column(choice(ShipmentState), default=ShipmentState.DRAFT)
    carrier: Mapped[str | None] = mapped_column(String(64))
    service: Mapped[str | None] = mapped_column(String(64))
    tracking_number: Mapped[str | None] = mapped_column(String(64), index=True)
    key: Mapped[str | None] = mapped_column(String(128), unique=True)           # makes a repeated confirmation harmless
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(255))
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]


class ParcelRow(Base):
    """A parcel or a pallet of a shipment. `sscc`: 18 digits, GS1 General Specifications; a parcel may stand on a pallet."""

    __tablename__ = "parcels"
    __table_args__ = (CheckConstraint("weight > 0", name="weight_positive"),)

    id: Mapped[Id]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"), index=True)
    pallet_id: Mapped[int | None] = mapped_column(ForeignKey("parcels.id"))
    kind: Mapped[ParcelKind] = mapped_column(choice(ParcelKind), default=ParcelKind.PARCEL)
    sscc: Mapped[str] = mapped_column(String(18), unique=True)
    weight: Mapped[Decimal | None]                                              # kg, gross
    length: Mapped[int | None]                                                  # mm
    width: Mapped[int | None]                                                   # mm
    height: Mapped[int | None]                                                  # mm
    tracking_number: Mapped[str | None] = mapped_column(String(64))


class ShipmentLineRow(Base):
    """What is in a shipment: so many base units of a fulfilment line, of one lot, in one parcel once it is packed."""

    __tablename__ = "shipment_lines"
    __table_args__ = (
        Index("ix_shipment_lines_shipment_id", "shipment_id"),
        Index("ix_shipment_lines_fulfilment_line_id", "fulfilment_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    id: Mapped[Id]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id"))
    fulfilment_line_id: Mapped[int] = mapped_column(ForeignKey("fulfilment_lines.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lots.id"))
    parcel_id: Mapped[int | None] = mapped_column(ForeignKey("parcels.id"))
    quantity: Mapped[Decimal]
