"""An order as people and programs name it, by customer number and SKU, made into the order the core will hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.money import round_money
from models.domain.order_work import ChargeKind
from models.domain.partners import AddressKind
from models.errors import InputError, NotFound
from models.tables.partners import AddressRow, CustomerRow
from oms.orders.assemble import LARGEST, NewCharge, NewLine, NewOrder
from oms.orders.changes.lines import named_line


class GivenRefused(InputError):
    """The order cannot be written so; the sentence says what to give instead."""

    code = "order_refused"


@dataclass(frozen=True, slots=True)
class GivenLine:
    """One line: `quantity`, `unit_price` and `list_price` (ours) per `uom`; `uom` None is the item's base unit, `unit_price` None
    our price. `discount` in percent."""

    sku: str
    quantity: Decimal
    uom: str | None = None
    unit_price: Decimal | None = None
    list_price: Decimal | None = None
    discount: Decimal | None = None
    requested_date: date | None = None


@dataclass(frozen=True, slots=True)
class GivenCharge:
    """A discount, charge or tax line; `amount` without a sign, `rate` in percent."""

    kind: ChargeKind
    name: str
    amount: Decimal
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order as it is asked for. `ship_to`: the code of one of the customer's addresses; with neither it nor `ship_to_text` the
    customer's usual one. `currency` and `payment_terms` None: the customer's."""

    customer_no: str
    po_number: str = ""
    currency: str | None = None
    order_date: date | None = None
    requested_date: date | None = None
    ship_to: str | None = None
    ship_to_text: str | None = None
    payment_terms: str | None = None
    notes: str | None = None
    lines: tuple[GivenLine, ...] = ()
    charges: tuple[GivenCharge, ...] = ()


def named_order(db: Session, given: GivenOrder) -> NewOrder:
    """The order to be, its lines in the order given.

    Raises NotFound for a customer we have not, GivenRefused and ChangeRefused for what cannot be ordered so.
    """
    customer = find_customer(db, given.customer_no)
    currency = given.currency or customer.currency
    if not currency:
        raise GivenRefused(f"{customer.name} has no currency; say in which one the order is.", code="currency_missing")
    lines = tuple(numbered(named_lines(db, given.lines, currency)))
    total = sum((line.amount for line in lines), Decimal(0))
    charges = tuple(_charge(charge, currency) for charge in given.charges)
    if max((total, *(abs(charge.amount) for charge in charges))) >= LARGEST:
        raise GivenRefused("The order's amounts are beyond what can be booked. Check quantities and prices.", code="out_of_range")
    return NewOrder(
        customer_id=customer.id, po_number=given.po_number.strip(), order_date=given.order_date,
        requested_date=given.requested_date, currency=currency, ship_to_id=_ship_to(db, customer, given),
        ship_to_text=given.ship_to_text, payment_terms=given.payment_terms or customer.payment_terms, notes=given.notes,
        total=total, lines=lines, charges=charges)


def find_customer(db: Session, customer_no: str) -> CustomerRow:
    """The customer of this number. Raises NotFound, GivenRefused for one we do not trade with any more."""
    customer = db.execute(select(CustomerRow).where(CustomerRow.customer_no == customer_no.strip())).scalar_one_or_none()
    if customer is None:
        raise NotFound(f"There is no customer {customer_no.strip()}; look the number up in the list of customers.")
    if not customer.is_active:
        raise GivenRefused(f"{customer.name} is not active; make the customer active before ordering.", code="customer_inactive")
    return customer


def named_lines(db: Session, lines: tuple[GivenLine, ...], currency: str) -> Iterator[NewLine]:
    """The lines to be, without places. Raises GivenRefused and ChangeRefused, naming the SKU."""
    for line in lines:
        price = line.list_price if line.unit_price is None else line.unit_price
        if price is None:
            raise GivenRefused(f"{line.sku}: no price list has it; give its unit price.", code="price_missing")
        if line.quantity <= 0 or price < 0 or line.quantity * price >= LARGEST:
            raise GivenRefused(f"{line.sku}: the quantity must be above zero, the price not below it.", code="out_of_range")
        if line.discount is not None and not 0 <= line.discount <= 100:
            raise GivenRefused(f"{line.sku}: the discount is a percentage from 0 to 100.", code="out_of_range")
        yield named_line(
            db, sku=line.sku, quantity=line.quantity, uom=line.uom, unit_price=price, currency=currency,
            requested_date=line.requested_date, discount=line.discount, list_price=line.list_price)


def numbered(lines: Iterator[NewLine]) -> Iterator[NewLine]:
    """The same lines with their places from 1."""
    return (replace(line, key=str(n), position=n) for n, line in enumerate(lines, 1))


def _charge(charge: GivenCharge, currency: str) -> NewCharge:
    if charge.amount < 0 or not charge.name.strip():
        raise GivenRefused("A charge needs a name and an amount without a sign; its kind says whether it adds.")
    amount = round_money(charge.amount, currency)
    return NewCharge(
        charge.kind, charge.name.strip(), -amount if charge.kind is ChargeKind.DISCOUNT else amount, charge.rate)


def _ship_to(db: Session, customer: CustomerRow, given: GivenOrder) -> int | None:
    a = AddressRow
    if given.ship_to is None and given.ship_to_text:
        return None
    asked = select(a.id).where(a.customer_id == customer.id, a.kind == AddressKind.SHIP_TO)
    if given.ship_to is None:
        return db.execute(asked.order_by(a.is_default.desc(), a.id).limit(1)).scalar_one_or_none()
    found = db.execute(asked.where(a.code == given.ship_to)).scalar_one_or_none()
    if found is None:
        raise GivenRefused(f"{customer.name} has no address {given.ship_to}; choose another.", code="unknown_address")
    return found
