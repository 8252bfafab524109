"""The CSV files that `ordermill import` reads, written from a company."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from extraction.model.synth.company import Company, Customer, list_price

CUSTOMER_COLUMNS = (
    "customer_no", "name", "vat_id", "email_domain", "emails", "language", "currency", "payment_terms", "date_order",
    "address_code", "address_kind", "address_name", "street", "postcode", "city", "region", "country", "ship_to_default",
)
ITEM_COLUMNS = (
    "sku", "gtin", "mpn", "brand", "description", "base_uom", "uom", "factor", "uom_gtin", "list_price", "currency", "status",
)
PRICE_COLUMNS = ("customer_no", "sku", "uom", "price", "currency", "price_unit", "min_quantity", "valid_from", "valid_to")


def write_import_files(company: Company, folder: Path) -> tuple[Path, ...]:
    """Write customers.csv, items.csv, prices.csv, part-numbers.csv and stock.csv (UTF-8, comma) and return their paths.

    A `list_price` is for one of its `uom` (so a price per 100 is divided); emails are separated by blanks.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return (
        _write(folder / "customers.csv", CUSTOMER_COLUMNS, (row for c in company.customers for row in _customer_rows(c))),
        _write(folder / "items.csv", ITEM_COLUMNS, _item_rows(company)),
        _write(folder / "prices.csv", PRICE_COLUMNS, (row for c in company.customers for row in _price_rows(c))),
        _write(folder / "part-numbers.csv", ("customer_no", "part_number", "sku"),
               ((c.customer_no, number, sku) for c in company.customers for sku, number in c.part_numbers.items())),
        _write(folder / "stock.csv", ("location", "sku", "on_hand", "safety"),
               ((s.location, s.sku, s.on_hand, s.safety) for s in company.stock)),
    )


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    return path


def _customer_rows(customer: Customer) -> Iterable[Sequence[object]]:
    emails = " ".join(contact.email for contact in customer.contacts)
    for a in customer.addresses:
        street = ", ".join(part for part in (a.extra, a.street) if part)
        yield (
            customer.customer_no, customer.name, customer.vat_id, customer.email_domain, emails, customer.language,
            customer.currency, customer.payment_terms, customer.date_order, a.code, a.kind, a.name, street, a.postcode,
            a.city, a.region, a.country, "yes" if a.kind == "ship_to" and a.default else "",
        )


def _item_rows(company: Company) -> Iterable[Sequence[object]]:
    for item in company.items:
        for unit in item.units:
            price, per = list_price(item, unit.uom, company.currency)
            yield (
                item.sku, item.units[0].gtin, item.mpn, item.brand, item.description, item.base_uom, unit.uom, unit.factor,
                unit.gtin, price / per, company.currency, "active",
            )


def _price_rows(customer: Customer) -> Iterable[Sequence[object]]:
    for breaks in customer.prices.values():
        for p in breaks:
            terms = (p.price, p.currency, p.price_unit, p.min_quantity, p.valid_from, p.valid_to)
            yield (customer.customer_no, p.sku, p.uom, *terms)
