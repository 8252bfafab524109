"""Items batch after batch: what a file says of one is gathered, compared with what is stored, and written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row as DbRow
from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.masterdata.fields import Field, Values, differences, same_again, settle
from matching.masterdata.item_units import UnitLine, UnitWriter
from matching.masterdata.marks import Marks
from matching.masterdata.price_rows import PriceKey, PriceTerms, PriceWriter, Wanted
from matching.masterdata.sql import chunks, insert_for_ids, table, update_all
from matching.masterdata.successors import Successors
from models.domain.codes import fold_code
from models.domain.items import PriceKind
from models.errors import InputError
from models.tables.inventory import StockLevelRow
from models.tables.items import ItemRow
from models.tables.orders import OrderLineRow
from runtime.db import Database
from runtime.imports import Outcome, Tally
from runtime.tabular import Row

if TYPE_CHECKING:
    from matching.masterdata.items import ItemLine

_ITEMS = table(ItemRow)


@dataclass(slots=True)
class Spec:
    """An item as the lines of a batch want it. `said` has None for an empty cell, `values` what that means."""

    line: int
    sku: str
    said: Values
    values: Values
    successor: str | None
    units: dict[str, UnitLine] = field(default_factory=dict)
    prices: dict[tuple[str, str], tuple[int, Decimal]] = field(default_factory=dict)      # (unit, currency) → line, price


class ItemBatches:
    """Writes the items of one import. Of an item it remembers between batches one bit, and what is still open about it."""

    def __init__(self, db: Database, tally: Tally, columns: Collection[str], fields: Sequence[Field]) -> None:
        self._db, self._tally, self._fields = db, tally, fields
        self._seen, self._touched = Marks(), Marks()
        self._units = UnitWriter(tally, is_whole="uom" in columns, says_gtin=not {"gtin", "uom_gtin"}.isdisjoint(columns))
        self._prices = PriceWriter(db, tally)
        self._successors = Successors(tally) if "superseded_by" in columns else None
        self._names = ("description", "base_uom", *(f.name for f in fields))
        self._refused_skus: set[str] = set()

    def remember_refused(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows; the SKUs of those that were refused since the one before are kept in mind."""
        for row in rows:
            before = self._tally.refused_count
            yield row
            if self._tally.refused_count > before:
                self._refused_skus.add(row.get("sku", "").strip())

    def write(self, db: Session, batch: Sequence[tuple[int, ItemLine]]) -> None:
        """Write one batch in the caller's transaction."""
        specs = self._gather(batch)
        stored = self._stored(db, specs)
        specs = {sku: spec for sku, spec in specs.items() if self._is_consistent(spec, stored.get(sku))}
        self._refuse_new_bases(db, specs, stored)
        again = {sku for sku in specs if sku in stored and stored[sku].id in self._seen}
        changed = self._changed(specs, stored, again)
        new = [spec for sku, spec in specs.items() if sku not in stored]
        ids = {sku: row.id for sku, row in stored.items()}
        ids |= insert_for_ids(db, ItemRow, [{"sku": s.sku, "sku_folded": fold_code(s.sku)} | _row(s.values) for s in new], "sku")
        update_all(db, ItemRow, [{"id": ids[sku]} | _row(specs[sku].values) for sku in changed])
        wanted = {ids[spec.sku]: spec for spec in specs.values()}
        fresh = frozenset(ids[s.sku] for s in new)
        touched = {ids[sku] for sku in changed}
        touched |= self._units.write(
            db, {i: (s.sku, s.values["base_uom"], s.units) for i, s in wanted.items()}, new=fresh,
            again={ids[sku] for sku in again})
        touched |= self._write_prices(db, wanted, fresh)
        if self._successors is not None:
            before = {row.id: row.superseded_by_id for row in stored.values()}
            said = {i: (s.line, s.successor) for i, s in wanted.items() if s.sku not in again or s.successor}
            cleared = self._successors.note(said, before)
            self._successors.clear(db, {i: wanted[i].sku for i in cleared}, before)
            touched |= cleared
        self._count(wanted, fresh, touched)

    def finish(self) -> None:
        """What could only be done when the last row was seen: units that the file no longer has, and successors."""
        with self._db.write() as db:
            touched = self._units.finish(db, self._refused_skus)
            if self._successors is not None:
                touched |= self._successors.finish(db)
        for item in touched:
            if self._touched.add(item):
                self._tally.move(Outcome.UNCHANGED, Outcome.CHANGED)

    def _gather(self, batch: Sequence[tuple[int, ItemLine]]) -> dict[str, Spec]:
        specs: dict[str, Spec] = {}
        for number, line in batch:
            spec = specs.get(line.sku)
            if spec is None:
                values = dict(line.values)
                settle(values, self._fields)
                spec = specs[line.sku] = Spec(number, line.sku, line.values, values, line.successor)
            try:
                if spec.said is not line.values:
                    same_again(line.sku, spec.values, line.values)
                    same_again(line.sku, {"superseded_by": spec.successor}, {"superseded_by": line.successor})
                _add_unit(spec, number, line)
            except InputError as e:
                self._refuse(number, line.sku, e)
        return specs

    def _refuse(self, line: int, sku: str, error: InputError) -> None:
        self._tally.refuse(line, error)
        self._refused_skus.add(sku)

    def _stored(self, db: Session, skus: Collection[str]) -> dict[str, DbRow[Any]]:
        columns = [_ITEMS.c[name] for name in ("id", "sku", "superseded_by_id", *self._names)]
        rows = (db.execute(select(*columns).where(_ITEMS.c.sku.in_(chunk))) for chunk in chunks(skus))
        return {row.sku: row for found in rows for row in found}

    def _is_consistent(self, spec: Spec, row: DbRow[Any] | None) -> bool:
        """False, and the lines refused, when earlier batches had other words for the same item."""
        if row is None or row.id not in self._seen:
            return True
        try:
            same_again(spec.sku, row._asdict(), spec.said)
        except InputError as e:
            self._refuse(spec.line, spec.sku, e)
            return False
        return True

    def _refuse_new_bases(self, db: Session, specs: dict[str, Spec], stored: Mapping[str, DbRow[Any]]) -> None:
        """Stock and orders count in base units: an item that has any keeps its base unit."""
        other = {row.id: sku for sku, row in stored.items() if sku in specs and row.base_uom != specs[sku].values["base_uom"]}
        for chunk in chunks(other):
            used = {i for r in (StockLevelRow, OrderLineRow) for i in db.execute(
                select(r.item_id).where(r.item_id.in_(chunk)).distinct()).scalars()}
            for item in sorted(used):
                spec = specs.pop(other[item])
                self._refuse(spec.line, spec.sku, InputError(
                    f"base_uom of {spec.sku} is {stored[spec.sku].base_uom}, in which its stock and orders are counted; it "
                    f"cannot become {spec.values['base_uom']}. Give the item a new SKU, or add the unit with its factor.",
                    code="base_unit_in_use"))

    def _changed(self, specs: Mapping[str, Spec], stored: Mapping[str, DbRow[Any]], again: Collection[str]) -> list[str]:
        """SKUs whose own fields are others now."""
        found = []
        for sku, row in stored.items():
            if sku in specs and sku not in again and (differing := list(differences(row, specs[sku].values))):
                found.append(sku)
                for name, before, after in differing:
                    self._tally.note(Outcome.CHANGED, sku, name, before, after)
        return found

    def _write_prices(self, db: Session, wanted: Mapping[int, Spec], fresh: frozenset[int]) -> set[int]:
        prices = {
            PriceKey(PriceKind.LIST, None, None, None, item, uom, currency, Decimal(0), None):
                Wanted(line, spec.sku, "", PriceTerms(price, Decimal(1), None))
            for item, spec in wanted.items() for (uom, currency), (line, price) in spec.prices.items()}
        outcomes = self._prices.write(db, prices, new_items=fresh)
        return {key.item_id for key, outcome in outcomes.items() if outcome is not Outcome.UNCHANGED}

    def _count(self, wanted: Mapping[int, Spec], fresh: Collection[int], touched: Collection[int]) -> None:
        for item, spec in wanted.items():
            is_first = self._seen.add(item)
            if item in fresh:
                self._touched.add(item)
                self._tally.count([Outcome.ADDED])
                self._tally.note(Outcome.ADDED, spec.sku)
            elif is_first:
                self._tally.count([Outcome.CHANGED if item in touched else Outcome.UNCHANGED])
                if item in touched:
                    self._touched.add(item)
            elif item in touched and self._touched.add(item):
                self._tally.move(Outcome.UNCHANGED, Outcome.CHANGED)


def _row(values: Values) -> Values:
    """The values as columns, with what follows from them."""
    if "mpn" not in values:
        return values
    return values | {"mpn_folded": fold_code(values["mpn"]) if values["mpn"] else None}


def _add_unit(spec: Spec, number: int, line: ItemLine) -> None:
    """Raises InputError when an earlier line says otherwise about the same unit."""
    base = spec.values["base_uom"]
    for uom, factor, gtin in ((line.uom, line.factor, line.gtin), (base, Decimal(1), line.base_gtin)):
        if uom == line.uom or gtin:
            unit = spec.units.get(uom)
            if unit is not None:
                before = {"factor": unit.factor, "gtin": unit.gtin or gtin}
                same_again(f"{spec.sku} {uom}", before, {"factor": factor, "gtin": gtin})
            spec.units[uom] = UnitLine(unit.line if unit else number, factor, unit.gtin or gtin if unit else gtin)
    if line.list_price:
        currency, price = line.list_price
        known = spec.prices.setdefault((line.uom, currency), (number, price))
        same_again(f"{spec.sku} {line.uom}", {"list_price": known[1]}, {"list_price": price})
