"""Master data of what we sell: items, units, part numbers, prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.items import ItemStatus
from models.tables.base import Base, Id, choice


class ItemRow(Base):
    """Something we sell. The id never changes, whatever becomes of the SKU."""

    __tablename__ = "items"

    id: Mapped[Id]
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    sku_folded: Mapped[str] = mapped_column(String(64), index=True)             # see models.domain.codes.fold_code
    mpn: Mapped[str | None] = mapped_column(String(64))
    mpn_folded: Mapped[str | None] = mapped_column(String(64), index=True)
    brand: Mapped[str | None] = mapped_column(String(128))
    description: Mapped[str] = mapped_column(Text)
    base_uom: Mapped[str] = mapped_column(String(3))                            # UN/ECE Rec 20
    status: Mapped[ItemStatus] = mapped_column(choice(ItemStatus), default=ItemStatus.ACTIVE)
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))


class ItemUnitRow(Base):
    """A unit an item is sold in; the base unit has a row with factor 1."""

    __tablename__ = "item_units"
    __table_args__ = (CheckConstraint("factor > 0", name="factor_positive"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    uom: Mapped[str] = mapped_column(String(3), primary_key=True)
    factor: Mapped[Decimal]                                                     # base units in one of it
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)


class CustomerPartNumberRow(Base):
    """What a customer calls our item."""

    __tablename__ = "customer_part_numbers"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    part_number_folded: Mapped[str] = mapped_column(String(64), primary_key=True)
    part_number: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)


class PriceRow(Base):
    """A price for an item: of one customer, or of the general list when `customer_id` is null."""

    __tablename__ = "prices"
    __table_args__ = (
        Index("ix_prices_item_customer", "item_id", "customer_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("price_unit > 0", name="price_unit_positive"),
        CheckConstraint("min_quantity >= 0", name="min_quantity_not_negative"),
    )

    id: Mapped[Id]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    uom: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal]                                                      # for `price_unit` × `uom`
    price_unit: Mapped[Decimal] = mapped_column(default=Decimal(1))             # 1, 100, 1000
    currency: Mapped[str] = mapped_column(String(3))
    min_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))           # in `uom`; the quantity break
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]                                               # inclusive
