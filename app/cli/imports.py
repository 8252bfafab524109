"""`import`: master data, stock and open orders from CSV or XLSX."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.bootstrap import Rooms
from app.cli.common import err, out, print_table, rooms
from matching.masterdata import import_customers, import_items, import_part_numbers, import_prices
from oms.inventory.service import import_stock
from oms.orders.imports import import_orders
from runtime.db import Database
from runtime.tabular import ImportReport, read_rows


class Kind(StrEnum):
    """What a file holds."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    PRICES = "prices"
    PART_NUMBERS = "part-numbers"
    STOCK = "stock"
    ORDERS = "orders"


Importer = Callable[[Database, Iterable[Mapping[str, str]], Callable[[int], None]], ImportReport]
IMPORTERS: dict[Kind, Importer] = {
    Kind.CUSTOMERS: import_customers,
    Kind.ITEMS: import_items,
    Kind.PRICES: import_prices,
    Kind.PART_NUMBERS: import_part_numbers,
    Kind.STOCK: import_stock,
    Kind.ORDERS: import_orders,
}


def import_file(here: Rooms, kind: Kind, file: Path, *, quiet: bool = False) -> ImportReport:
    """Read a file into the database with a progress bar; a new catalogue renews the search index."""
    rows = list(read_rows(file))
    columns = (TextColumn(f"{kind.value:<13}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=quiet) as bar:
        task = bar.add_task(kind.value, total=len(rows))
        report = IMPORTERS[kind](here.db, rows, lambda done: bar.advance(task, done))
        bar.update(task, completed=len(rows))
    if kind is Kind.ITEMS:
        here.matcher.refresh()
    return report


def command(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX; the first row names the columns.")],
) -> None:
    """Import master data, stock or open orders. Repeating an import changes nothing; refused rows are listed with their reason.

    Columns, by kind:

    customers: customer_no, name, vat_id, email_domain, emails, language, currency, payment_terms, date_order, address_code,
    address_kind (ship_to, bill_to), address_name, street, postcode, city, region, country, ship_to_default (one row an address)

    items: sku, gtin, mpn, brand, description, base_uom, uom, factor, uom_gtin, list_price, currency, status (one row a unit)

    prices: customer_no (empty: everybody), sku, uom, price, currency, price_unit, min_quantity, valid_from, valid_to

    part-numbers: customer_no, part_number, sku

    stock: location, sku, on_hand, safety

    orders: customer_no, po_number, order_date, sku, quantity, uom, unit_price
    """
    with rooms() as here:
        report = import_file(here, kind, file)
    out.print(f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {len(report.refused)} refused")
    if report.refused:
        print_table(["row", "code", "reason"], [[r.line, r.code, r.sentence] for r in report.refused[:50]])
        if len(report.refused) > 50:
            out.print(f"… and {len(report.refused) - 50} more")
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import", rich_help_panel="Master data")(command)
