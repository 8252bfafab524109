"""Master data of what we sell: items, units, part numbers, prices."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.items import ItemStatus, PriceKind
from models.domain.stock import Tracking
from models.tables.base import Base, Id, choice


class ItemRow(Base):
    """Something we sell. The id never changes, whatever becomes of the SKU."""

    __tablename__ = "items"
    __table_args__ = (
        CheckConstraint("superseded_by_id IS NULL OR superseded_by_id <> id", name="successor_is_another"),
        CheckConstraint("order_multiple > 0", name="order_multiple_positive"),
        CheckConstraint("order_minimum >= 0", name="order_minimum_not_negative"),
        CheckConstraint("lead_time_days >= 0", name="lead_time_not_negative"),
        CheckConstraint(
            "(catch_weight_uom IS NULL) = (catch_weight IS NULL) AND (catch_weight IS NULL OR catch_weight > 0)",
            name="catch_weight_whole"),
    )

    id: Mapped[Id]
    sku: Mapped[str] = mapped_column(String(64), unique=True)
    sku_folded: Mapped[str] = mapped_column(String(64), index=True)             # see models.domain.codes.fold_code
    mpn: Mapped[str | None] = mapped_column(String(64))
    mpn_folded: Mapped[str | None] = mapped_column(String(64), index=True)
    brand: Mapped[str | None] = mapped_column(String(128))
    manufacturer: Mapped[str | None] = mapped_column(String(128))
    product_line: Mapped[str | None] = mapped_column(String(64), index=True)
    attributes: Mapped[str | None] = mapped_column(Text)                        # "name: value; name: value"
    description: Mapped[str] = mapped_column(Text)
    base_uom: Mapped[str] = mapped_column(String(3))                            # UN/ECE Rec 20
    status: Mapped[ItemStatus] = mapped_column(choice(ItemStatus), default=ItemStatus.ACTIVE)
    superseded_by_id: Mapped[int | None] = mapped_column(ForeignKey("items.id"))
    order_multiple: Mapped[Decimal | None]                                      # in base units; None: any quantity
    order_minimum: Mapped[Decimal | None]                                       # in base units
    lead_time_days: Mapped[int | None]                                          # working days until it can leave, if none is here
    catch_weight_uom: Mapped[str | None] = mapped_column(String(3))             # priced by this unit, ordered by the base unit
    catch_weight: Mapped[Decimal | None]                                        # nominal, of one base unit
    catch_weight_tolerance: Mapped[Decimal | None]                              # percent
    tracking: Mapped[Tracking] = mapped_column(choice(Tracking), default=Tracking.NONE)
    is_kit: Mapped[bool] = mapped_column(default=False)                         # sold as one, picked as its components
    backorder: Mapped[bool] = mapped_column(default=True)                       # may be ordered while there is none
    available_from: Mapped[date | None]                                         # preorder until then
    weight: Mapped[Decimal | None]                                              # kg of one base unit
    tariff_code: Mapped[str | None] = mapped_column(String(16))                 # Harmonised System
    origin_country: Mapped[str | None] = mapped_column(String(2))               # ISO 3166-1 alpha-2


class ItemPictureRow(Base):
    """What an item looks like: a small PNG of our own making."""

    __tablename__ = "item_pictures"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))                             # sha256 of it


class ItemSubstituteRow(Base):
    """What may be offered where an item cannot be had; the lowest rank first."""

    __tablename__ = "item_substitutes"
    __table_args__ = (CheckConstraint("item_id <> substitute_id", name="substitute_is_another"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(default=1)


class ItemUnitRow(Base):
    """A unit an item is sold in; the base unit has a row with factor 1."""

    __tablename__ = "item_units"
    __table_args__ = (CheckConstraint("factor > 0", name="factor_positive"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    uom: Mapped[str] = mapped_column(String(3), primary_key=True)
    factor: Mapped[Decimal]                                                     # base units in one of it
    gtin: Mapped[str | None] = mapped_column(String(14), index=True)


class KitComponentRow(Base):
    """What is in a kit: so many base units of a component in one base unit of the kit. A kit is no component."""

    __tablename__ = "kit_components"
    __table_args__ = (
        CheckConstraint("kit_id <> component_id", name="component_is_another"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
    )

    kit_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True)
    quantity: Mapped[Decimal]


class CustomerPartNumberRow(Base):
    """What a customer calls our item."""

    __tablename__ = "customer_part_numbers"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    part_number_folded: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    part_number: Mapped[str] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), index=True)


class PriceRow(Base):
    """A price for an item, for one customer, for the customers of a group, or for everybody when both are null.

    `reference` is the number of the contract or the name of the promotion.
    """

    __tablename__ = "prices"
    __table_args__ = (
        Index("ix_prices_item_customer", "item_id", "customer_id"),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("price_unit > 0", name="price_unit_positive"),
        CheckConstraint("min_quantity >= 0", name="min_quantity_not_negative"),
        CheckConstraint("customer_id IS NULL OR group_code IS NULL", name="one_owner"),
        CheckConstraint("kind NOT IN ('contract', 'customer') OR customer_id IS NOT NULL", name="has_customer"),
        CheckConstraint("kind <> 'group' OR group_code IS NOT NULL", name="has_group"),
        CheckConstraint("kind <> 'list' OR (customer_id IS NULL AND group_code IS NULL)", name="list_is_general"),
    )

    id: Mapped[Id]
    kind: Mapped[PriceKind] = mapped_column(choice(PriceKind), default=PriceKind.LIST)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    group_code: Mapped[str | None] = mapped_column(String(64))
    reference: Mapped[str | None] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    uom: Mapped[str] = mapped_column(String(3))
    price: Mapped[Decimal]                                                      # for `price_unit` × `uom`
    price_unit: Mapped[Decimal] = mapped_column(default=Decimal(1))             # 1, 100, 1000
    currency: Mapped[str] = mapped_column(String(3))
    min_quantity: Mapped[Decimal] = mapped_column(default=Decimal(0))           # in `uom`; the quantity break
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]                                               # inclusive


class ItemForecastRow(Base):
    """What will be wanted of an item, as it was worked out last; good for the week it was made in."""

    __tablename__ = "item_forecasts"

    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"), primary_key=True, autoincrement=False)
    week: Mapped[date]                                                          # the Monday of that week
    content: Mapped[str] = mapped_column(Text)                                  # JSON: the history it follows from, the forecast
    made_at: Mapped[datetime]
