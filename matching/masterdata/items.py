"""Import of items with their units, list prices and successors: one row a unit level, the SKU repeating."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import NamedTuple

from matching.masterdata.cells import (
    Cell,
    amount,
    code_of,
    day,
    gtin_of,
    letters,
    maybe_uom,
    need_code,
    one_of,
    positive,
    text,
    uom_of,
    whole,
    yes_no,
)
from matching.masterdata.fields import Field, Values, in_file, read
from matching.masterdata.item_batch import ItemBatches
from models.domain.items import ItemStatus
from models.errors import InputError
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row, decimal_of, need

_CURRENCY = letters(3)
_DESCRIPTION = 2_000
FIELDS = (
    Field("mpn", "mpn", code_of), Field("brand", "brand", text(128)), Field("manufacturer", "manufacturer", text(128)),
    Field("product_line", "product_line", text(64)), Field("status", "status", one_of(ItemStatus), ItemStatus.ACTIVE),
    Field("order_multiple", "order_multiple", positive), Field("order_minimum", "order_minimum", amount),
    Field("lead_time_days", "lead_time_days", whole), Field("catch_weight", "catch_weight", positive),
    Field("catch_weight_uom", "catch_weight_uom", maybe_uom), Field("catch_weight_tolerance", "catch_weight_tolerance", amount),
    Field("backorder", "backorder", yes_no, True), Field("available_from", "available_from", day),
    Field("weight", "weight", positive), Field("tariff_code", "tariff_code", text(16)),
    Field("origin_country", "origin_country", letters(2)),
)
"""The columns that are simply fields of an item."""


class ItemLine(NamedTuple):
    """One row of the file. `gtin` is that of `uom`, `base_gtin` that of the base unit; `list_price`: currency and price of one
    `uom`."""

    sku: str
    values: Values
    uom: str
    factor: Decimal
    gtin: str | None
    base_gtin: str | None
    list_price: tuple[str, Decimal] | None
    successor: str | None


def import_items(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns sku, description, base_uom; gtin (of the base unit), mpn, brand, manufacturer, product_line, status, attributes and
    any attr_…, superseded_by, order_multiple, order_minimum, lead_time_days, catch_weight with its _uom and _tolerance,
    backorder, available_from, weight, tariff_code, origin_country; for the unit of the row uom, factor, uom_gtin, list_price,
    currency.

    The rows of an item may stand anywhere. With a column uom the file is the whole truth about the units of the items it names;
    an item with a refused row keeps the units it had. A list price is the general price of one of the row's unit; an empty one
    leaves prices as they are. The report counts items. Memory does not grow with the file. Raises InputError for a table that
    lacks a column.
    """
    tally = Tally(watch)
    columns, rest = opened(rows, "sku", "description", "base_uom")
    parser = _Parser(columns)
    batches = ItemBatches(db, tally, columns, parser.fields)
    for batch in in_batches(parse_rows(batches.remember_refused(rest), parser.parse, tally), tally):
        with db.write() as session:
            batches.write(session, batch)
    batches.finish()
    return tally.finish(db, "items")


class _Parser:
    """Reads rows of a file with these columns."""

    def __init__(self, columns: Collection[str]) -> None:
        self.fields = in_file(FIELDS, columns)
        attributes = tuple(c for c in sorted(columns) if c.startswith("attr_"))
        if attributes or "attributes" in columns:
            self.fields += (Field("attributes", "attributes", _attributes(attributes)),)

    def parse(self, row: Row) -> ItemLine:
        sku, base = need_code(row, "sku"), uom_of(row, "base_uom")
        uom = maybe_uom(row, "uom") or base
        factor = decimal_of(row, "factor", Decimal(1))
        if factor == 0 or (uom == base and factor != 1):
            raise InputError(f"factor of {uom} is {factor}; the base unit has 1, other units more than 0.", code="bad_factor")
        values = {"description": need(row, "description", longest=_DESCRIPTION), "base_uom": base} | read(row, self.fields)
        if (values.get("catch_weight") is None) != (values.get("catch_weight_uom") is None):
            raise InputError("catch_weight and catch_weight_uom go together; fill in both or none.", code="missing_value")
        successor = code_of(row, "superseded_by")
        if successor == sku:
            raise InputError(f"superseded_by is {sku} itself; name another item.", code="successor_ring")
        base_gtin = gtin_of(row, "gtin")
        gtin = gtin_of(row, "uom_gtin") or (base_gtin if uom == base else None)
        return ItemLine(sku, values, uom, factor, gtin, None if uom == base else base_gtin, _list_price(row), successor)


def _list_price(row: Row) -> tuple[str, Decimal] | None:
    if not row.get("list_price", "").strip():
        return None
    currency = _CURRENCY(row, "currency")
    if currency is None:
        raise InputError("currency is empty, but there is a list_price; fill it in.", code="missing_value")
    return currency, decimal_of(row, "list_price")


def _attributes(columns: Collection[str]) -> Cell:
    """ "name: value; name: value", from the text of one column and from a column for each."""
    whole = text(_DESCRIPTION)

    def cell(row: Row, column: str) -> str | None:
        found = [whole(row, column)] + [
            f"{c.removeprefix('attr_').replace('_', ' ')}: {said.replace(';', ',')}" for c in columns if (said := whole(row, c))]
        return "; ".join(filter(None, found)) or None

    return cell
