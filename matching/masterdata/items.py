"""Import of items with their units and list prices: one row per unit level, the SKU repeating."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from matching.masterdata.prices import PriceKey, PriceTerms, write_prices
from matching.masterdata.rows import Outcome, Tally, gtin_of, in_batches, insert_all, letters, one_of, parse_rows, table
from matching.masterdata.uom import uom_of
from models.domain.codes import fold_code
from models.domain.items import ItemStatus, PriceKind
from models.errors import InputError
from models.tables.items import ItemRow, ItemUnitRow
from runtime.db import Database
from runtime.tabular import ImportReport, Progress, Row, decimal_of, need, need_columns, optional

Units = dict[str, tuple[Decimal, str | None]]      # unit code → (factor, GTIN)


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One row of the file."""

    sku: str
    fields: dict[str, Any]
    uom: str
    factor: Decimal
    gtin: str | None
    list_price: tuple[str, Decimal] | None         # currency, price of one `uom`


@dataclass(slots=True)
class Spec:
    """An item as the file wants it."""

    sku: str
    fields: dict[str, Any]
    units: Units = field(default_factory=dict)
    list_prices: dict[str, tuple[str, Decimal]] = field(default_factory=dict)      # by unit


def import_items(db: Database, rows: Iterable[Row], progress: Progress = lambda _: None) -> ImportReport:
    """Columns sku, gtin, mpn, brand, description, base_uom, uom, factor, uom_gtin, list_price, currency, status.

    The file is the whole truth about the units of the items it names. A list price is the general price of one of the row's
    `uom`; an empty one leaves prices as they are. The report counts items.
    """
    tally = Tally()
    parsed = parse_rows(need_columns(rows, "sku", "description", "base_uom"), _parse, tally)
    specs = _gather(parsed, tally)
    for batch in in_batches(specs):
        with db.write() as session:
            tally.add(_write(session, batch))
        progress(len(batch))
    return tally.finish(db, "items")


def _parse(row: Row) -> ItemLine:
    sku, mpn, base = need(row, "sku", longest=64), optional(row, "mpn", longest=64), uom_of(row, "base_uom")
    if not fold_code(sku):
        raise InputError(f"sku “{sku}” has no letter or digit.", code="bad_code")
    uom = uom_of(row, "uom") if row.get("uom", "").strip() else base
    factor = decimal_of(row, "factor", Decimal(1))
    if factor == 0 or (uom == base and factor != 1):
        raise InputError(f"factor of {uom} is {factor}; the base unit has 1, other units more than 0.", code="bad_factor")
    fields = {
        "sku_folded": fold_code(sku), "mpn": mpn, "mpn_folded": fold_code(mpn) if mpn else None,
        "brand": optional(row, "brand", longest=128), "description": need(row, "description", longest=2_000),
        "base_uom": base, "status": one_of(row, "status", ItemStatus, ItemStatus.ACTIVE),
    }
    gtin = gtin_of(row, "uom_gtin") or (gtin_of(row, "gtin") if uom == base else None)
    return ItemLine(sku, fields, uom, factor, gtin, _list_price(row))


def _list_price(row: Row) -> tuple[str, Decimal] | None:
    if not row.get("list_price", "").strip():
        return None
    currency = letters(row, "currency", 3)
    if currency is None:
        raise InputError("currency is empty, but there is a list_price; fill it in.", code="missing_value")
    return currency, decimal_of(row, "list_price")


def _gather(parsed: Sequence[tuple[int, ItemLine]], tally: Tally) -> list[Spec]:
    specs: dict[str, Spec] = {}
    for number, line in parsed:
        spec = specs.setdefault(line.sku, Spec(line.sku, line.fields))
        if spec.fields["base_uom"] != line.fields["base_uom"]:
            tally.refuse(number, InputError(
                f"base_uom of {line.sku} was {spec.fields['base_uom']} in an earlier line.", code="contradiction"))
        elif line.uom in spec.units and spec.units[line.uom][0] != line.factor:
            tally.refuse(number, InputError(
                f"{line.sku} has {line.uom} twice, with factors {spec.units[line.uom][0]} and {line.factor}.",
                code="contradiction"))
        else:
            spec.units[line.uom] = (line.factor, line.gtin or spec.units.get(line.uom, (line.factor, None))[1])
            if line.list_price:
                spec.list_prices[line.uom] = line.list_price
    for spec in specs.values():
        spec.units.setdefault(spec.fields["base_uom"], (Decimal(1), None))
    return list(specs.values())


def _write(db: Session, specs: Sequence[Spec]) -> list[Outcome]:
    items = table(ItemRow)
    stored = {row.sku: row for row in db.execute(select(items).where(items.c.sku.in_([s.sku for s in specs])))}
    ids = {sku: row.id for sku, row in stored.items()}
    new = [s for s in specs if s.sku not in stored]
    other = [s for s in specs if s.sku in stored and any(getattr(stored[s.sku], k) != v for k, v in s.fields.items())]
    ids |= _insert(db, new)
    _update(db, other, ids)
    moved = _write_units(db, {ids[s.sku]: s.units for s in specs})
    moved |= _write_list_prices(db, {ids[s.sku]: s for s in specs})
    touched = {s.sku for s in other} | {s.sku for s in specs if ids[s.sku] in moved}
    return [
        Outcome.ADDED if s.sku not in stored else Outcome.CHANGED if s.sku in touched else Outcome.UNCHANGED for s in specs]


def _insert(db: Session, specs: Sequence[Spec]) -> dict[str, int]:
    if not specs:
        return {}
    items = table(ItemRow)
    stmt = insert(items).returning(items.c.sku, items.c.id)
    return dict(db.execute(stmt, [{"sku": s.sku} | s.fields for s in specs]).all())


def _update(db: Session, specs: Sequence[Spec], ids: dict[str, int]) -> None:
    if specs:
        items = table(ItemRow)
        values: dict[str, Any] = {name: bindparam(name) for name in specs[0].fields}
        stmt = update(items).where(items.c.id == bindparam("row_id")).values(values)
        db.connection().execute(stmt, [{"row_id": ids[s.sku]} | s.fields for s in specs])


def _write_units(db: Session, wanted: dict[int, Units]) -> set[int]:
    """Make the units of these items what is wanted; returns the items whose units changed."""
    unit = table(ItemUnitRow)
    stored: dict[int, Units] = {}
    for row in db.execute(select(unit).where(unit.c.item_id.in_(wanted))):
        stored.setdefault(row.item_id, {})[row.uom] = (row.factor, row.gtin)
    changed = {item for item, units in wanted.items() if stored.get(item) != units}
    if stored.keys() & changed:
        db.execute(delete(unit).where(unit.c.item_id.in_(stored.keys() & changed)))
    insert_all(db, ItemUnitRow, [
        {"item_id": item, "uom": uom, "factor": factor, "gtin": gtin}
        for item in sorted(changed) for uom, (factor, gtin) in wanted[item].items()])
    return changed


def _write_list_prices(db: Session, wanted: dict[int, Spec]) -> set[int]:
    prices: dict[PriceKey, PriceTerms] = {}
    for item, spec in wanted.items():
        for uom, (currency, price) in spec.list_prices.items():
            prices[PriceKey(PriceKind.LIST, None, item, uom, currency, Decimal(0), None)] = PriceTerms(price, Decimal(1), None)
    outcomes = write_prices(db, prices)
    return {key.item_id for key, outcome in zip(prices, outcomes, strict=True) if outcome is not Outcome.UNCHANGED}
