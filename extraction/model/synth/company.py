"""The sample company: an invented supplier with its catalogue, customers, price lists and stock. Same seed, same company."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from zlib import crc32

from extraction.model.synth import words
from extraction.model.synth.catalogue import Item, make_items

CUSTOMER_COUNT = 25
CURRENCY = "EUR"
DEPOTS = (("MAIN", "Main warehouse"), ("NORTH", "North depot"), ("PORT", "Port depot"))
RATES = {"EUR": Decimal(1), "USD": Decimal("1.10"), "GBP": Decimal("0.86"), "PLN": Decimal("4.30")}
"""Fixed rates from the company's currency; contract prices of foreign customers derive from them."""


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address. `kind` is bill_to or ship_to; `city_line` is the line with postcode and city as the country writes it."""

    code: str
    kind: str
    name: str
    extra: str
    street: str
    postcode: str
    city: str
    region: str
    country: str
    country_name: str
    city_line: str
    default: bool


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at a customer."""

    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class ContractPrice:
    """A price of one customer's list: `price` for `price_unit` × `uom`, from `min_quantity` (in `uom`) on."""

    sku: str
    uom: str
    price: Decimal
    currency: str
    price_unit: int
    min_quantity: Decimal
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer with its habits. `part_numbers` maps our sku to the customer's number, for the share of items we know it of.

    `date_order` is DMY, MDY or YMD; `number_style` a key of `conventions.NUMBER_STYLES`.
    """

    customer_no: str
    name: str
    vat_id: str
    email_domain: str
    contacts: tuple[Contact, ...]
    language: str
    country: str
    currency: str
    payment_terms: str
    date_order: str
    number_style: str
    addresses: tuple[Address, ...]
    prices: Mapping[str, tuple[ContractPrice, ...]]
    part_numbers: Mapping[str, str]

    @property
    def bill_to(self) -> Address:
        """The address invoices go to."""
        return next(a for a in self.addresses if a.kind == "bill_to")

    @property
    def ship_tos(self) -> tuple[Address, ...]:
        """Delivery addresses, the default first."""
        return tuple(sorted((a for a in self.addresses if a.kind == "ship_to"), key=lambda a: not a.default))

    def own_code(self, sku: str) -> str:
        """The number this customer uses for our item, whether or not we have been told it."""
        return self.part_numbers.get(sku) or own_part_number(self.name, sku)


@dataclass(frozen=True, slots=True)
class Stock:
    """On-hand and safety quantity of an item at a location, in base units."""

    location: str
    sku: str
    on_hand: Decimal
    safety: Decimal


@dataclass(frozen=True, slots=True)
class Location:
    """A warehouse."""

    code: str
    name: str
    address: Address


@dataclass(frozen=True, slots=True)
class Company:
    """The supplier who receives the orders, with all its master data."""

    seed: int
    name: str
    email_domain: str
    vat_id: str
    phone: str
    address: Address
    currency: str
    items: tuple[Item, ...]
    customers: tuple[Customer, ...]
    locations: tuple[Location, ...]
    stock: tuple[Stock, ...]

    @property
    def order_mailbox(self) -> str:
        """Where customers send their orders."""
        return f"orders@{self.email_domain}"

    def price(self, customer: Customer, item: Item, uom: str, quantity: Decimal) -> tuple[Decimal, int]:
        """What the customer pays now: price and the number of `uom` it is for. Contract first (best break reached), else list."""
        breaks = [p for p in customer.prices.get(item.sku, ()) if p.uom == uom and p.min_quantity <= quantity]
        if breaks:
            best = max(breaks, key=lambda p: p.min_quantity)
            return best.price, best.price_unit
        return list_price(item, uom, customer.currency)


def list_price(item: Item, uom: str, currency: str) -> tuple[Decimal, int]:
    """The catalogue price in a unit and currency: packs cost their pieces, in whole cents; the base unit keeps its price unit."""
    price = item.list_price * RATES[currency]
    if uom == item.base_uom:
        return price.quantize(Decimal("0.01")), item.price_unit
    return (price * item.unit(uom).factor / item.price_unit).quantize(Decimal("0.01")), 1


def own_part_number(customer: str, sku: str) -> str:
    """A customer's own number for an item, in the one style that customer uses."""
    style, number = crc32(customer.encode()) % 6, crc32(f"{customer}/{sku}".encode())
    return (
        f"{number % 10**6:06d}",
        f"{number % 90 + 10}-{number // 97 % 10**4:04d}",
        f"MAT{number % 10**7:07d}",
        f"{'ABCDEFGH'[number % 8]}{number // 11 % 10**4:04d}.{number // 7 % 100:02d}",
        f"{number % 10**8 + 10**9}",
        f"{number % 9000 + 1000}/{('BLK', 'BLU', 'RED', 'WHT')[number % 4]}/{number // 13 % 90 + 10}",
    )[style]


@lru_cache(maxsize=4)
def make_company(seed: int) -> Company:
    """Draw a company; pure in `seed`."""
    rng = random.Random(f"company-{seed}")
    items = make_items(rng, f"{seed % 10_000:04d}")
    stem = words.suppliers()[seed % len(words.suppliers())]
    domain = f"{slug(stem)}.example"
    countries = ["DE", "US", "GB", "FR", "ES", "NL", "IT", "PL"]
    customers = tuple(_make_customer(rng, n, countries[n % len(countries)], items) for n in range(CUSTOMER_COUNT))
    locations = tuple(_make_location(rng, code, name) for code, name in DEPOTS)
    home = words.place("GB")
    return Company(
        seed, f"{stem} {rng.choice(['Ltd', 'GmbH', 'B.V.'])}", domain, words.fill(rng, home.vat), words.fill(rng, home.phone),
        make_address(rng, "GB", stem, "bill_to", "HQ", default=True), CURRENCY, items, customers, locations,
        tuple(_stock(rng, location.code, item) for location in locations for item in items),
    )


def slug(name: str) -> str:
    """A name as a domain label: plain lower-case letters and digits of the first two words."""
    plain = unicodedata.normalize("NFKD", name.replace("ł", "l").replace("Ł", "L").replace("ß", "ss"))
    kept = ("".join(c for c in word.lower() if c.isascii() and c.isalnum()) for word in plain.split()[:2])
    return "-".join(word for word in kept if word)


def make_address(rng: random.Random, country: str, name: str, kind: str, code: str, *, default: bool) -> Address:
    """An invented address in a country."""
    where = words.place(country)
    postcode, city, region = words.fill(rng, where.postcode), rng.choice(where.cities), rng.choice(where.regions)
    street = rng.choice(where.streets).format(
        n=rng.randrange(1, 240), m=rng.randrange(1, 30), s=rng.choice(where.names), s2=rng.choice(where.names)
    )
    extra = rng.choice(where.dock).format(m=rng.randrange(1, 12)) if kind == "ship_to" and rng.random() < 0.5 else ""
    city_line = where.city_line.format(city=city, postcode=postcode, region=region).strip()
    return Address(code, kind, name, extra, street, postcode, city, region, country, where.country_name, city_line, default)


def make_customer_name(rng: random.Random, country: str) -> str:
    """An invented company name as a country forms it."""
    where = words.place(country)
    return f"{rng.choice(where.stems)} {rng.choice(where.trades)} {rng.choice(where.forms)}"


def _make_customer(rng: random.Random, number: int, country: str, items: tuple[Item, ...]) -> Customer:
    where = words.place(country)
    stem = where.stems[number // 8 % len(where.stems)]
    name = f"{stem} {rng.choice(where.trades)} {rng.choice(where.forms)}"
    language = next(lang for lang, codes in words.COUNTRIES.items() if country in codes)
    domain = f"{slug(name)}.example"
    known = rng.sample(items, len(items) // 3) if number % 3 != 2 else []
    return Customer(
        customer_no=f"{rng.randrange(10, 99)}{number + 101:04d}",
        name=name,
        vat_id=words.fill(rng, where.vat),
        email_domain=domain,
        contacts=tuple(_contact(rng, where, domain) for _ in range(rng.randrange(1, 4))),
        language=language,
        country=country,
        currency=where.currency,
        payment_terms=rng.choice(words.payment_terms(language)),
        date_order="MDY" if country == "US" else rng.choice(("DMY", "DMY", "DMY", "DMY", "YMD")),
        number_style=_number_style(rng, country),
        addresses=_addresses(rng, country, name, stem),
        prices={item.sku: _contract(rng, item, where.currency) for item in rng.sample(items, len(items) // 4)},
        part_numbers={item.sku: own_part_number(name, item.sku) for item in known},
    )


def _addresses(rng: random.Random, country: str, name: str, stem: str) -> tuple[Address, ...]:
    """One bill-to and one to four ship-to addresses; a site may carry a name of its own."""
    sites = rng.choices((1, 2, 3, 4), (4, 3, 2, 1))[0]
    names = [rng.choice((name, name, f"{stem} {n + 1}")) for n in range(sites)]
    ship_tos = (make_address(rng, country, site, "ship_to", f"S{n + 1}", default=n == 0) for n, site in enumerate(names))
    return (make_address(rng, country, name, "bill_to", "HQ", default=True), *ship_tos)


def _contact(rng: random.Random, where: words.Place, domain: str) -> Contact:
    first, last = rng.choice(where.first), rng.choice(where.last)
    return Contact(f"{first} {last}", f"{slug(first)}.{slug(last.replace(' ', ''))}@{domain}", words.fill(rng, where.phone))


def _number_style(rng: random.Random, country: str) -> str:
    usual = {"US": "1,234.50", "GB": "1,234.50", "FR": "1 234,50", "PL": "1 234,50"}.get(country, "1.234,50")
    return rng.choices((usual, "1234.50", "1234,50", "1'234.50"), (16, 2, 2, 0.5))[0]


def _contract(rng: random.Random, item: Item, currency: str) -> tuple[ContractPrice, ...]:
    """Prices 3–18 % under list for every unit level, a second break for a third of them."""
    discount = Decimal(rng.randrange(3, 19)) / 100
    valid = (date(2020, 1, 1), date(2039, 12, 31))
    found: list[ContractPrice] = []
    for unit in item.units:
        listed, per = list_price(item, unit.uom, currency)
        price = max((listed * (1 - discount)).quantize(Decimal("0.01")), Decimal("0.01"))
        found.append(ContractPrice(item.sku, unit.uom, price, currency, per, Decimal(1), *valid))
        if rng.random() < 0.33:
            lower = max((price * Decimal("0.94")).quantize(Decimal("0.01")), Decimal("0.01"))
            least = Decimal(rng.choice((10, 50, 100, 500)))
            found.append(ContractPrice(item.sku, unit.uom, lower, currency, per, least, *valid))
    return tuple(found)


def _make_location(rng: random.Random, code: str, name: str) -> Location:
    return Location(code, name, make_address(rng, "GB", name, "ship_to", code, default=code == "MAIN"))


def _stock(rng: random.Random, location: str, item: Item) -> Stock:
    scale = item.units[-1].factor * rng.choice((0, 2, 4, 8, 20))
    on_hand = scale * rng.randrange(1, 12)
    return Stock(location, item.sku, on_hand, min(on_hand, item.units[-1].factor))
