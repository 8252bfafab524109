"""Imports as every door runs them: a kind of table, its rows, and what is renewed afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.bootstrap import Rooms
from matching import masterdata
from oms.inventory.imports import import_locations, import_lots, import_safety, import_supplies
from oms.inventory.kit_contents import import_kits
from oms.inventory.service import import_stock
from oms.orders.company_money import import_rates
from oms.orders.imports import import_orders
from runtime.db import Database
from runtime.imports import ImportReport, Watch
from runtime.tabular import Row, is_workbook, open_table

_TO_CSV = "runtime.workbooks:to_csv"


class Kind(StrEnum):
    """What a table holds. Import in this order: later kinds name what earlier ones brought."""

    CUSTOMERS = "customers"
    ITEMS = "items"
    PRICES = "prices"
    PART_NUMBERS = "part-numbers"
    SUBSTITUTES = "substitutes"
    MINIMUMS = "minimums"
    CLOSED_DAYS = "closed-days"
    LOCATIONS = "locations"
    KITS = "kits"
    STOCK = "stock"
    LOTS = "lots"
    SAFETY_STOCK = "safety-stock"
    SUPPLIES = "supplies"
    EXCHANGE_RATES = "exchange-rates"
    ORDERS = "orders"

    @property
    def noun(self) -> str:
        """What the audit calls it."""
        return self.value.replace("-", "_")


Importer = Callable[[Database, Iterable[Row], Watch], ImportReport]
IMPORTERS: dict[Kind, Importer] = {
    Kind.CUSTOMERS: masterdata.import_customers,
    Kind.ITEMS: masterdata.import_items,
    Kind.PRICES: masterdata.import_prices,
    Kind.PART_NUMBERS: masterdata.import_part_numbers,
    Kind.SUBSTITUTES: masterdata.import_substitutes,
    Kind.MINIMUMS: masterdata.import_minimums,
    Kind.CLOSED_DAYS: masterdata.import_closed_days,
    Kind.LOCATIONS: import_locations,
    Kind.KITS: import_kits,
    Kind.STOCK: import_stock,
    Kind.LOTS: import_lots,
    Kind.SAFETY_STOCK: import_safety,
    Kind.SUPPLIES: import_supplies,
    Kind.EXCHANGE_RATES: import_rates,
    Kind.ORDERS: import_orders,
}


def run(here: Rooms, kind: Kind, rows: Iterable[Row], watch: Watch, *, dry_run: bool = False) -> ImportReport:
    """Bring rows into the database; with `dry_run` only say what that would do. Raises InputError for a table that is none of
    its kind."""
    if dry_run:
        with here.db.rehearsal() as trial:
            return IMPORTERS[kind](trial, rows, watch)
    return IMPORTERS[kind](here.db, rows, watch)


def renew_index(here: Rooms, kind: Kind, report: ImportReport) -> bool:
    """Bring the search index up to date after items came in; returns whether there was something to do."""
    return kind is Kind.ITEMS and bool(report.added or report.changed) and here.matcher.refresh()


class ImportDesk:
    """Imports of files, as screens and the API run them."""

    kinds = tuple(kind.value for kind in Kind)

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms

    def count(self, path: Path) -> int:
        """About how many rows the file has; a workbook becomes CSV in its place. Raises InputError for what is no table."""
        if is_workbook(path):       # only behind the wall: its reader is no match for a hostile file
            path.write_bytes(self._rooms.sandbox.run(_TO_CSV, path.read_bytes()))
        return open_table(path).count

    def run(self, kind: str, path: Path, watch: Watch, *, dry_run: bool) -> ImportReport:
        """Import a counted file, and renew the search index if it must be. Raises InputError for a table that is none of its
        kind."""
        report = run(self._rooms, Kind(kind), open_table(path).rows, watch, dry_run=dry_run)
        if not dry_run:
            renew_index(self._rooms, Kind(kind), report)
        return report


def as_dict(report: ImportReport) -> dict[str, Any]:
    """The report as JSON has it; of the refusals the first thousand."""
    return {
        "added": report.added, "changed": report.changed, "unchanged": report.unchanged, "removed": report.removed,
        "refused": report.refused_count, "fields": dict(report.fields),
        "refusals": [{"line": r.line, "code": r.code, "reason": r.sentence} for r in report.refused]}
