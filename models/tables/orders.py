"""Sales orders and their lines, as the OMS core holds them after hand-over."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.order_work import ChargeKind, HoldKind, OrderSource
from models.domain.states import SalesOrderState
from models.tables.base import Base, Id, choice


class SalesOrderRow(Base):
    """A clean order. One for each approved version of a case, never two."""

    __tablename__ = "sales_orders"
    __table_args__ = (
        UniqueConstraint("case_id", "case_version"),
        Index("ix_sales_orders_customer_po", "customer_id", "po_number"),
        Index("ix_sales_orders_customer_po_folded", "customer_id", text("lower(po_number)")),
        Index("ix_sales_orders_state_id", "state", "id"),
        Index("ix_sales_orders_source_id", "source", "id"),
        Index("ix_sales_orders_customer_newest", "customer_id", "id"),
        Index(                                              # for any part of a PO number, on PostgreSQL
            "ix_sales_orders_po_part", "po_number", postgresql_using="gin", postgresql_ops={"po_number": "gin_trgm_ops"}),
        CheckConstraint("revision >= 1", name="revision_positive"),
        CheckConstraint("exchange_rate > 0", name="exchange_rate_positive"),
        CheckConstraint("state <> 'quoted' OR valid_until IS NOT NULL", name="quote_has_validity"),
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
    source: Mapped[OrderSource] = mapped_column(choice(OrderSource), default=OrderSource.CASE)
    revision: Mapped[int] = mapped_column(default=1)                            # raised by every order change
    priority: Mapped[int] = mapped_column(default=0)                            # higher is more urgent
    ship_complete: Mapped[bool] = mapped_column(default=False)
    valid_until: Mapped[date | None]                                            # of a draft or quote; inclusive
    origin_order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"))   # split from, merged into, exchange for
    company_currency: Mapped[str | None] = mapped_column(String(3))             # None: the order's own
    exchange_rate: Mapped[Decimal | None]                                       # company money for one unit of document money
    rate_date: Mapped[date | None]                                              # the day the rate is of
    rate_source: Mapped[str | None] = mapped_column(String(64))                 # who says so
    key: Mapped[str | None] = mapped_column(String(128), unique=True)           # makes a repeat harmless
    total: Mapped[Decimal]                                                      # of the lines, less what was cancelled
    approved_by: Mapped[str] = mapped_column(String(255))                       # "ordermill" or the user's name
    created_at: Mapped[datetime] = mapped_column(index=True)


_PARTS_OF_WORDS = DDL("CREATE EXTENSION IF NOT EXISTS pg_trgm")                # type: ignore[no-untyped-call]
event.listen(SalesOrderRow.__table__, "before_create", _PARTS_OF_WORDS.execute_if(dialect="postgresql"))


class OrderLineRow(Base):
    """One line: what was ordered, in the customer's unit and in base units, and how far it got."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        Index("ix_order_lines_item_newest", "item_id", "order_id"),
        CheckConstraint("quantity > 0 AND base_quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "cancelled >= 0 AND shipped >= 0 AND over_allowed >= 0 AND shipped + cancelled <= base_quantity + over_allowed",
            name="within_ordered"),
        CheckConstraint(
            "allocated >= 0 AND allocated + cancelled <= base_quantity + over_allowed", name="allocated_within_ordered"),
        CheckConstraint("returned >= 0 AND returned <= shipped", name="returned_within_shipped"),
        CheckConstraint("invoiced >= 0 AND invoiced <= shipped", name="invoiced_within_shipped"),
        CheckConstraint("credited >= 0 AND credited <= invoiced", name="credited_within_invoiced"),
        CheckConstraint("unit_price >= 0", name="price_not_negative"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    position: Mapped[int]                                                       # 1-based
    customer_line_no: Mapped[str | None] = mapped_column(String(32))
    customer_part_number: Mapped[str | None] = mapped_column(String(64))
    item_id: Mapped[int] = mapped_column(ForeignKey("items.id"))
    description: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal]                                                   # in `uom`
    uom: Mapped[str] = mapped_column(String(3))
    base_quantity: Mapped[Decimal]
    unit_price: Mapped[Decimal]                                                 # for one `uom`, in the order's currency
    list_price: Mapped[Decimal | None]                                          # ours then, for one `uom`; None: no list had it
    amount: Mapped[Decimal]
    requested_date: Mapped[date | None]
    cancelled: Mapped[Decimal] = mapped_column(default=Decimal(0))              # base units
    shipped: Mapped[Decimal] = mapped_column(default=Decimal(0))                # base units
    over_allowed: Mapped[Decimal] = mapped_column(default=Decimal(0))           # shipped beyond the order, in tolerance
    allocated: Mapped[Decimal] = mapped_column(default=Decimal(0))              # given to fulfilment orders, shipped included
    returned: Mapped[Decimal] = mapped_column(default=Decimal(0))               # base units
    invoiced: Mapped[Decimal] = mapped_column(default=Decimal(0))               # base units
    credited: Mapped[Decimal] = mapped_column(default=Decimal(0))               # base units
    discount: Mapped[Decimal | None]                                            # percent, already in `amount`
    origin_order_id: Mapped[int | None] = mapped_column(ForeignKey("sales_orders.id"), index=True)   # which it came from
    origin_position: Mapped[int | None]                                         # its place there
    origin_line_id: Mapped[int | None] = mapped_column(ForeignKey("order_lines.id"))   # of a part: the line it was parted from


class ExchangeRateRow(Base):
    """What one unit of a currency was worth in company money on a day, and who says so."""

    __tablename__ = "exchange_rates"
    __table_args__ = (CheckConstraint("rate > 0", name="rate_positive"),)

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    company_currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[Decimal]
    source: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime]


class OrderChargeRow(Base):
    """A discount, charge or tax line of an order, as given. `amount` is signed: discounts are negative."""

    __tablename__ = "order_charges"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("kind <> 'discount' OR amount <= 0", name="discount_takes"),
        CheckConstraint("kind = 'discount' OR amount >= 0", name="charge_adds"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    position: Mapped[int]
    kind: Mapped[ChargeKind] = mapped_column(choice(ChargeKind))
    name: Mapped[str] = mapped_column(String(255))
    rate: Mapped[Decimal | None]                                                # percent
    amount: Mapped[Decimal]                                                     # in the order's currency


class OrderChangeRow(Base):
    """One change of an accepted order; never changed itself. `content` is JSON: [{path, before, after}, …]."""

    __tablename__ = "order_changes"
    __table_args__ = (UniqueConstraint("order_id", "revision"),)

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    revision: Mapped[int]                                                       # which revision of the order it made
    content: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(String(255))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))         # the customer's own change order, if one asked
    at: Mapped[datetime]


class OrderHoldRow(Base):
    """A reason why an order may not go on. Released by somebody, with a sentence; never deleted."""

    __tablename__ = "order_holds"
    __table_args__ = (
        Index("ix_order_holds_order_id", "order_id"),
        Index(
            "ux_order_holds_standing", "order_id", "kind", unique=True,
            sqlite_where=text("released_at IS NULL AND kind <> 'manual'"),
            postgresql_where=text("released_at IS NULL AND kind <> 'manual'")),
        CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name="released_by_somebody"),
    )

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"))
    kind: Mapped[HoldKind] = mapped_column(choice(HoldKind))
    sentence: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(String(255))                      # the person or group who decides
    placed_by: Mapped[str] = mapped_column(String(255))
    placed_at: Mapped[datetime]
    released_by: Mapped[str | None] = mapped_column(String(255))
    released_at: Mapped[datetime | None]
    release_reason: Mapped[str | None] = mapped_column(Text)


class OrderNoteRow(Base):
    """What somebody wrote about an order; internal."""

    __tablename__ = "order_notes"

    id: Mapped[Id]
    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime]


class OrderTagRow(Base):
    """A word somebody put on an order to find it by."""

    __tablename__ = "order_tags"
    __table_args__ = (Index("ix_order_tags_tag", "tag", "order_id"),)

    order_id: Mapped[int] = mapped_column(ForeignKey("sales_orders.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True)
