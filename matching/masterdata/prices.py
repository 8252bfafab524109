"""Import of prices: customers' own and, with an empty customer number, the general list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row as DbRow
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from matching.masterdata.lookups import customer_ids, item_ids
from matching.masterdata.rows import Outcome, Tally, in_batches, insert_all, letters, parse_rows, table
from matching.masterdata.uom import uom_of
from models.domain.items import PriceKind
from models.errors import InputError
from models.tables.items import PriceRow
from runtime.db import Database
from runtime.tabular import ImportReport, Progress, Row, date_of, decimal_of, need, need_columns, optional


class PriceKey(NamedTuple):
    """What makes a price one of its own."""

    kind: PriceKind
    customer_id: int | None
    item_id: int
    uom: str
    currency: str
    min_quantity: Decimal
    valid_from: date | None


class PriceTerms(NamedTuple):
    """What a price says."""

    price: Decimal
    price_unit: Decimal
    valid_to: date | None


class PriceLine(NamedTuple):
    """One row of the file, customer and item still by their numbers."""

    customer_no: str | None
    sku: str
    uom: str
    currency: str
    min_quantity: Decimal
    valid_from: date | None
    terms: PriceTerms


def import_prices(db: Database, rows: Iterable[Row], progress: Progress = lambda _: None) -> ImportReport:
    """Columns customer_no, sku, uom, price, currency, price_unit, min_quantity, valid_from, valid_to; one price a row.

    A later row with the same customer, item, unit, currency, quantity break and first day replaces the earlier.
    """
    tally = Tally()
    parsed = parse_rows(need_columns(rows, "sku", "uom", "price", "currency"), _parse, tally)
    for batch in in_batches(parsed, 5_000):
        with db.write() as session:
            tally.add(write_prices(session, _resolve(session, batch, tally)))
        progress(len(batch))
    return tally.finish(db, "prices")


def _parse(row: Row) -> PriceLine:
    price_unit = decimal_of(row, "price_unit", Decimal(1))
    valid_from, valid_to = date_of(row, "valid_from"), date_of(row, "valid_to")
    if price_unit == 0:
        raise InputError("price_unit is 0; write 1, 100 or 1000.", code="out_of_range")
    if valid_from and valid_to and valid_to < valid_from:
        raise InputError(f"valid_to {valid_to} lies before valid_from {valid_from}.", code="out_of_range")
    currency = letters(row, "currency", 3)
    if currency is None:
        raise InputError("currency is empty; fill it in.", code="missing_value")
    return PriceLine(
        optional(row, "customer_no", longest=64), need(row, "sku", longest=64), uom_of(row, "uom"), currency,
        decimal_of(row, "min_quantity", Decimal(0)), valid_from, PriceTerms(decimal_of(row, "price"), price_unit, valid_to))


def _resolve(db: Session, batch: Sequence[tuple[int, PriceLine]], tally: Tally) -> dict[PriceKey, PriceTerms]:
    items = item_ids(db, {line.sku for _, line in batch})
    customers = customer_ids(db, {line.customer_no for _, line in batch if line.customer_no})
    wanted: dict[PriceKey, PriceTerms] = {}
    for number, line in batch:
        if line.sku not in items:
            tally.refuse(number, InputError(f"There is no item {line.sku}; import the items first.", code="unknown_item"))
        elif line.customer_no and line.customer_no not in customers:
            tally.refuse(number, InputError(
                f"There is no customer {line.customer_no}; import the customers first.", code="unknown_customer"))
        else:
            customer = customers[line.customer_no] if line.customer_no else None
            key = PriceKey(
                PriceKind.CONTRACT if customer else PriceKind.LIST, customer, items[line.sku], line.uom, line.currency,
                line.min_quantity, line.valid_from)
            wanted[key] = line.terms
    return wanted


def write_prices(db: Session, wanted: dict[PriceKey, PriceTerms]) -> list[Outcome]:
    """Add or change prices, and say what became of each, in the order given."""
    rows = db.execute(select(table(PriceRow)).where(PriceRow.item_id.in_({key.item_id for key in wanted})))
    stored = {_key(row): row for row in rows}
    new, changes, outcomes = [], [], []
    for key, terms in wanted.items():
        if key not in stored:
            outcomes.append(Outcome.ADDED)
            new.append(key._asdict() | terms._asdict())
        elif (row := stored[key]) and (row.price, row.price_unit, row.valid_to) != terms:
            outcomes.append(Outcome.CHANGED)
            changes.append({"row_id": row.id} | terms._asdict())
        else:
            outcomes.append(Outcome.UNCHANGED)
    insert_all(db, PriceRow, new)
    if changes:
        prices = table(PriceRow)
        values: dict[str, Any] = {name: bindparam(name) for name in PriceTerms._fields}
        db.connection().execute(update(prices).where(prices.c.id == bindparam("row_id")).values(values), changes)
    return outcomes


def _key(row: DbRow[Any]) -> PriceKey:
    return PriceKey(row.kind, row.customer_id, row.item_id, row.uom, row.currency, row.min_quantity, row.valid_from)
