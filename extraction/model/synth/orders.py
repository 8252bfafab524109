"""What an order says, before any form or file is chosen: one customer, its lines, sums, parties and look-alike references."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.catalogue import Item, Unit, describe
from extraction.model.synth.company import Address, Company, Contact, Customer, make_address, make_customer_name
from extraction.model.synth.papers import FINE_KINDS, FROM_SELLER, OTHER_PAPERS

DocType = Literal["purchase_order", "order_change", "cancellation", "quote", "invoice", "other"]
DOC_TYPE_WEIGHTS: dict[DocType, float] = {
    "purchase_order": 73, "order_change": 6, "cancellation": 3, "quote": 5, "invoice": 4, "other": 9,
}
TAX_RATES = {"US": ("6.25", "7", "8.25"), "GB": ("20",), "DE": ("19",), "FR": ("20",), "ES": ("21",), "NL": ("21",),
             "IT": ("22",), "PL": ("23",)}
LineKind = Literal["item", "free", "charge", "service", "unknown"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One ordered position. `price` is for `price_unit` × `uom`, before `discount` (percent); money in the order's currency.

    `item` is None for charges, services and things we do not sell. `deliveries` split `quantity` when it comes in parts.
    """

    kind: LineKind
    item: Item | None
    text: str
    supplier_sku: str | None
    buyer_sku: str | None
    gtin: str | None
    quantity: Decimal
    uom: str
    price: Decimal
    price_unit: int
    discount: Decimal
    amount: Decimal
    requested_date: date | None
    deliveries: tuple[tuple[date, Decimal], ...] = ()
    comment: str | None = None

    @property
    def unit(self) -> Unit | None:
        """The catalogue's unit level that `uom` means."""
        return next((u for u in self.item.units if u.uom == self.uom), None) if self.item else None

    @property
    def net_price(self) -> Decimal:
        """Price after discount, for `price_unit` × `uom`, to four decimals."""
        return (self.price * (100 - self.discount) / 100).quantize(Decimal("0.0001"))


@dataclass(frozen=True, slots=True)
class Order:
    """The content of one paper; `company` is asked to deliver. `references` are look-alikes of the PO number (kind, number);
    `misprint` is by how much the printed total is wrong, 0 on most. `paper` is the kind in finer words than `doc_type`; on an
    `inbound` paper the company buys and the customer sells. A `strange` paper is only learned from: it may call firms by names
    that no master data knows, and say of a place what stands there nowhere else.
    """

    doc_type: DocType
    company: Company
    customer: Customer
    contact: Contact
    po_number: str
    revision: str | None
    order_date: date
    requested_date: date | None
    lines: tuple[OrderLine, ...]
    discount: Decimal
    charges: Decimal
    tax_rate: Decimal
    subtotal: Decimal
    tax: Decimal
    total: Decimal
    ship_to: Address
    bill_to: Address
    payment_terms: str
    delivery_terms: str
    references: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    misprint: Decimal
    paper: str
    inbound: bool = False
    strange: bool = False

    @property
    def kind(self) -> str:
        """The document type, with order confirmations and delivery notes apart."""
        return self.paper if self.paper in FINE_KINDS else self.doc_type

    @property
    def from_seller(self) -> bool:
        """Whether the seller wrote this paper."""
        return self.paper in FROM_SELLER

    @property
    def own_number(self) -> str:
        """The number of a paper that is no order."""
        return f"{self.company.seed % 10}{abs(self.order_date.toordinal() * 7919) % 10**6:06d}"

    @property
    def currency(self) -> str:
        """ISO 4217."""
        return self.customer.currency


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the caller fixes about an order; None leaves it to chance.

    `clean` orders have only known items at list or contract price, sums that add up and a known ship-to.
    """

    doc_type: DocType | None = None
    line_count: int | None = None
    today: date | None = None
    clean: bool = False
    customer: Customer | None = None
    known_only: bool = False
    strange: bool = False


def draw_order(rng: random.Random, company: Company, wishes: Wishes | None = None) -> Order:
    """Draw an order of one customer; same generator state, same order."""
    wish = wishes or Wishes()
    customer = wish.customer or rng.choice(company.customers)
    doc_type = wish.doc_type or rng.choices(tuple(DOC_TYPE_WEIGHTS), tuple(DOC_TYPE_WEIGHTS.values()))[0]
    ordered = wish.today or date(2024, 1, 8) + timedelta(days=rng.randrange(2900))
    count = wish.line_count or _line_count(rng)
    requested = _working_day(ordered + timedelta(days=rng.randrange(2, 60)))
    per_line = rng.random() < 0.25
    lines = tuple(_line(rng, company, customer, ordered, requested if per_line else None, wish) for _ in range(count))
    if not wish.clean and rng.random() < 0.12:
        lines += (_charge(rng, customer.language),)
    subtotal = sum((line.amount for line in lines), Decimal(0))
    discount = _cents(subtotal * rng.choice((2, 3, 5)) / 100) if not wish.clean and rng.random() < 0.07 else Decimal(0)
    charges = Decimal(rng.randrange(500, 9000)) / 100 if not wish.clean and rng.random() < 0.15 else Decimal(0)
    rate = Decimal(rng.choice(TAX_RATES[customer.country])) if rng.random() < 0.45 else Decimal(0)
    tax = _cents((subtotal - discount + charges) * rate / 100)
    paper: str = rng.choices(tuple(OTHER_PAPERS), tuple(OTHER_PAPERS.values()))[0] if doc_type == "other" else doc_type
    inbound = paper in FROM_SELLER and rng.random() < 0.6
    return Order(
        doc_type=doc_type, company=company, customer=customer, contact=rng.choice(customer.contacts),
        po_number=draw_po_number(rng, ordered), revision=str(rng.randrange(1, 5)) if doc_type == "order_change" else None,
        order_date=ordered, requested_date=None if per_line else requested, lines=lines, discount=discount, charges=charges,
        tax_rate=rate, subtotal=subtotal, tax=tax, total=subtotal - discount + charges + tax,
        ship_to=company.locations[0].address if inbound else _ship_to(rng, customer, wish),
        bill_to=company.address if inbound else customer.bill_to, payment_terms=customer.payment_terms,
        delivery_terms=rng.choice(("DAP", "EXW", "FCA", "DDP", "CPT")), references=_references(rng, ordered),
        notes=tuple(words.phrase(rng, customer.language, "notice") for _ in range(rng.randrange(3))),
        misprint=Decimal(rng.choice((1, 10, 100, -1))) if not wish.clean and rng.random() < 0.03 else Decimal(0),
        paper=paper, inbound=inbound, strange=wish.strange,
    )


def draw_po_number(rng: random.Random, ordered: date) -> str:
    """A PO number in one of the forms that customers use: digits, prefixes, years, dates, slashes, release suffixes."""
    n = rng.randrange(10**9)
    forms = (
        f"{n % 900 + 100}", f"{n % 10**5:05d}", f"{n % 10**6:06d}", f"450{n % 10**7:07d}", f"{n % 10**8 + 10**8}",
        f"PO-{ordered.year}-{n % 10**5:05d}", f"PO{n % 10**6:06d}", f"{n % 10**4:04d}/{ordered.year}", f"BE{n % 10**5:05d}",
        f"{rng.choice('ABKLMRT')}{n % 10**6}", f"{ordered:%y%m%d}-{n % 90 + 10}", f"{n % 10**5:05d}-{n % 7 + 1}",
        f"{ordered:%y}/{n % 10**4:04d}", f"00{n % 10**6:06d}", f"{rng.choice(('Eastyard', 'MILL', 'SITE-', 'W'))}{n % 900 + 100}",
        f"P.{n % 1000:03d}.{n // 7 % 1000:03d}", f"{n % 10**11 + 10**11}", f"ORD-{n % 10**4}",
    )
    return rng.choice(forms)


def with_lines(order: Order, lines: tuple[OrderLine, ...]) -> Order:
    """The order with other lines and its sums worked out again."""
    subtotal = sum((line.amount for line in lines), Decimal(0))
    tax = _cents((subtotal - order.discount + order.charges) * order.tax_rate / 100)
    total = subtotal - order.discount + order.charges + tax
    return replace(order, lines=lines, subtotal=subtotal, tax=tax, total=total)


def priced(line: OrderLine, *, quantity: Decimal | None = None, price: Decimal | None = None) -> OrderLine:
    """The line with another quantity or price and its amount worked out again."""
    q, p = quantity or line.quantity, price or line.price
    return replace(line, quantity=q, price=p, amount=line_sum(q, p, line.price_unit, line.discount), deliveries=())


def line_sum(quantity: Decimal, price: Decimal, price_unit: int, discount: Decimal) -> Decimal:
    """quantity × price ÷ price unit, less the discount, in whole cents."""
    return _cents(quantity * price / price_unit * (100 - discount) / 100)


def _line_count(rng: random.Random) -> int:
    low, high = rng.choices(((1, 1), (2, 2), (3, 8), (9, 30), (31, 200)), (35, 15, 25, 18, 7))[0]
    return rng.randint(low, high) if high <= 30 else min(rng.randint(low, high), rng.randint(low, high))


def _line(
    rng: random.Random, company: Company, customer: Customer, ordered: date, requested: date | None, wish: Wishes
) -> OrderLine:
    item = _pick_item(rng, company, customer, known_only=wish.known_only or wish.clean)
    unit = rng.choices(item.units, [5, 4, 1][: len(item.units)])[0]
    quantity = _quantity(rng, item, unit)
    price, per = company.price(customer, item, unit.uom, quantity)
    roll = 1.0 if wish.clean else rng.random()
    kind: LineKind = "free" if roll < 0.015 else "unknown" if roll < 0.05 else "item"
    if not wish.clean and rng.random() < 0.06:
        price = _cents(price * Decimal(rng.randrange(85, 120)) / 100)
    price = Decimal(0) if kind == "free" else max(price, Decimal("0.01"))
    discount = Decimal(rng.choice(("5", "10", "12.5", "2"))) if not wish.clean and rng.random() < 0.08 else Decimal(0)
    code = customer.part_numbers.get(item.sku) if wish.clean else customer.own_code(item.sku)
    day = _working_day(requested + timedelta(days=rng.choice((0, 0, 7, 14)))) if requested else None
    found = OrderLine(
        kind, item, item_text(rng, item, customer.language), item.sku, code, unit.gtin, quantity, unit.uom, price, per,
        discount, line_sum(quantity, price, per, discount), day, _deliveries(rng, quantity, ordered),
        words.phrase(rng, customer.language, "comment") if rng.random() < 0.08 else None,
    )
    return _unknown(rng, found) if kind == "unknown" else found


def _pick_item(rng: random.Random, company: Company, customer: Customer, *, known_only: bool) -> Item:
    """Mostly items on the customer's price list; neighbours in the catalogue often follow each other."""
    item = rng.choice(company.items)
    while known_only and (item.sku not in customer.prices or (customer.part_numbers and item.sku not in customer.part_numbers)):
        item = rng.choice(company.items)
    return item


def item_text(rng: random.Random, item: Item, language: str) -> str:
    """The item in the words of a buyer: full, brand added, capitals, size first, or cut by the buyer's ERP."""
    full = describe(item, language)
    noun = words.noun(item.family, language)
    spec = full.removeprefix(noun).strip()
    match rng.randrange(9):
        case 0:
            return full.upper()
        case 1:
            return f"{full} {item.brand}"
        case 2:
            return f"{spec} {noun}"
        case 3:
            return f"{noun}, {spec}"
        case 4:
            return full.upper()[:30].strip()
        case 5:
            return f"{full}, {words.phrase(rng, language, 'comment')}, {item.brand} {item.mpn}"
        case _:
            return full


def _unknown(rng: random.Random, line: OrderLine) -> OrderLine:
    """A thing we do not sell, or under a number nobody knows."""
    code = f"{rng.choice('XYZ')}{rng.randrange(10**5):05d}"
    text = f"{line.text} {rng.choice(('Mk II', 'spec. 7', 'type B'))}"
    return replace(line, item=None, supplier_sku=code, gtin=None, text=text)


def _charge(rng: random.Random, language: str) -> OrderLine:
    price = Decimal(rng.randrange(1000, 15000)) / 100
    return OrderLine("charge", None, rng.choice(labels("freight", language)[:4]), None, None, None, Decimal(1), "LS", price, 1,
                     Decimal(0), price, None)


def _quantity(rng: random.Random, item: Item, unit: Unit) -> Decimal:
    if unit.factor > 1:
        return Decimal(rng.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10, 12, 20)))
    if item.price_unit > 1:
        return Decimal(rng.choice((50, 100, 150, 200, 250, 300, 500, 1000, 1200, 2500)))
    return Decimal(rng.choice((1, 2, 2, 3, 4, 5, 6, 8, 10, 10, 12, 15, 20, 24, 25, 30, 36, 48, 60, 100)))


def _deliveries(rng: random.Random, quantity: Decimal, ordered: date) -> tuple[tuple[date, Decimal], ...]:
    """Two or three deliveries that sum to the quantity; empty when it cannot be split."""
    if quantity < 6:
        return ()
    parts = rng.choice((2, 3))
    share = quantity // parts
    days = [_working_day(ordered + timedelta(days=14 * (n + 1) + rng.randrange(3))) for n in range(parts)]
    return tuple(zip(days, (*[share] * (parts - 1), quantity - share * (parts - 1)), strict=True))


def _ship_to(rng: random.Random, customer: Customer, wish: Wishes) -> Address:
    if not wish.clean and rng.random() < 0.12:
        site = make_customer_name(rng, customer.country)
        return make_address(rng, customer.country, site, "ship_to", "NEW", default=False)
    return rng.choice(customer.ship_tos)


def _references(rng: random.Random, ordered: date) -> tuple[tuple[str, str], ...]:
    """Up to eight numbers that are not the PO number; the key says what kind of label they need."""
    kinds = rng.sample(("vendor_number", "customer_account", "ref", "ref", "ref", "vat_id", "phone", "ref"), 8)
    count = rng.choices((0, 1, 2, 3, 5, 8), (3, 4, 4, 3, 2, 1))[0]
    return tuple((kind, draw_po_number(rng, ordered)) for kind in kinds[:count])


def _working_day(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def _cents(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
