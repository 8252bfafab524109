"""The units of items with their GTINs: added, changed, and taken away when the whole file has passed without them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matching.masterdata.sql import chunks, insert_all, skus_of, table, update_all
from models.errors import InputError
from models.tables.items import ItemRow, ItemUnitRow
from runtime.imports import Outcome, Tally

_UNITS = table(ItemUnitRow)


class UnitLine(NamedTuple):
    """A unit as a line of the file has it."""

    line: int
    factor: Decimal
    gtin: str | None


class _Stored(NamedTuple):
    factor: Decimal
    gtin: str | None


Wanted = Mapping[int, tuple[str, str, Mapping[str, UnitLine]]]      # item id → SKU, base unit, units by code


class UnitWriter:
    """Writes the units of one import. `is_whole`: units the file does not name go away at its end; `says_gtin`: a unit without a
    GTIN in the file has none."""

    def __init__(self, tally: Tally, *, is_whole: bool, says_gtin: bool) -> None:
        self._tally, self._is_whole, self._says_gtin = tally, is_whole, says_gtin
        self._unnamed: dict[int, set[str]] = {}          # stored units that no line has named so far

    def write(self, db: Session, wanted: Wanted, *, new: Collection[int], again: Collection[int]) -> set[int]:
        """Add and change units; returns the items concerned. Items in `again` were named in earlier batches."""
        stored = _stored(db, [item for item in wanted if item not in new])
        owners = _owners(db, {u.gtin for _, _, units in wanted.values() for u in units.values() if u.gtin})
        added, changed, touched = [], [], set()
        for item, (sku, base, units) in wanted.items():
            before = stored.get(item, {})
            if item not in again:
                self._note_unnamed(item, before)
            unnamed = self._unnamed.get(item, set())
            if base not in units and base not in before:
                units = {base: UnitLine(0, Decimal(1), None), **units}
            for uom, unit in units.items():
                values = self._settled(sku, uom, unit, before.get(uom), owners)
                known = before.get(uom)
                if known is None:
                    added.append({"item_id": item, "uom": uom, "factor": values.factor, "gtin": values.gtin})
                elif known != values and item in again and uom not in unnamed:
                    self._tally.refuse(unit.line, InputError(
                        f"an earlier line has {sku} {uom} with factor {known.factor:f} and GTIN {known.gtin or 'none'}; "
                        "make its lines agree.", code="contradiction"))
                    continue
                elif known != values:
                    changed.append({"item_id": item, "uom": uom, "factor": values.factor, "gtin": values.gtin})
                    self._note(sku, uom, known, values)
                if known != values and item not in new:
                    touched.add(item)
                    if known is None:
                        self._tally.note(Outcome.ADDED, f"{sku} {uom}")
                unnamed.discard(uom)
            if not unnamed:
                self._unnamed.pop(item, None)
        insert_all(db, ItemUnitRow, added)
        update_all(db, ItemUnitRow, changed, key=("item_id", "uom"))
        return touched

    def finish(self, db: Session, kept: Collection[str]) -> set[int]:
        """Take away the units that the file did not name; items whose SKU is in `kept` had a refused line and keep theirs."""
        skus = skus_of(db, self._unnamed)
        gone = {item: uoms for item, uoms in self._unnamed.items() if skus[item] not in kept}
        for item, uoms in gone.items():
            db.execute(delete(_UNITS).where(_UNITS.c.item_id == item, _UNITS.c.uom.in_(sorted(uoms))))
            for uom in sorted(uoms):
                self._tally.note(Outcome.REMOVED, f"{skus[item]} {uom}")
        return set(gone)

    def _note_unnamed(self, item: int, before: Mapping[str, _Stored]) -> None:
        if self._is_whole and len(before) > 1:
            # The base unit always stays: quantities are counted in it.
            self._unnamed[item] = {uom for uom, unit in before.items() if unit.factor != 1}

    def _settled(
        self, sku: str, uom: str, unit: UnitLine, known: _Stored | None, owners: dict[str, tuple[str, str]]
    ) -> _Stored:
        """The unit as it will be stored: without a GTIN that already names something else."""
        gtin = unit.gtin if unit.gtin or self._says_gtin or known is None else known.gtin
        if gtin is None:
            return _Stored(unit.factor, None)
        owner = owners.setdefault(gtin, (sku, uom))
        if owner != (sku, uom):
            self._tally.refuse(unit.line, InputError(
                f"GTIN {gtin} already belongs to {' '.join(owner)}; {sku} {uom} was taken without it. Correct one of the two.",
                code="gtin_taken"))
            gtin = known.gtin if known and known.gtin != gtin else None
        return _Stored(unit.factor, gtin)

    def _note(self, sku: str, uom: str, before: _Stored, after: _Stored) -> None:
        for name, b, a in zip(_Stored._fields, before, after, strict=True):
            if b != a:
                self._tally.note(Outcome.CHANGED, f"{sku} {uom}", name, b, a)


def _stored(db: Session, items: Collection[int]) -> dict[int, dict[str, _Stored]]:
    found: dict[int, dict[str, _Stored]] = {}
    for chunk in chunks(items):
        row: Any
        for row in db.execute(select(_UNITS).where(_UNITS.c.item_id.in_(chunk))):
            found.setdefault(row.item_id, {})[row.uom] = _Stored(row.factor, row.gtin)
    return found


def _owners(db: Session, gtins: Collection[str]) -> dict[str, tuple[str, str]]:
    """GTIN → (SKU, unit) that has it."""
    rows = (db.execute(
        select(_UNITS.c.gtin, ItemRow.sku, _UNITS.c.uom).join(ItemRow, ItemRow.id == _UNITS.c.item_id)
        .where(_UNITS.c.gtin.in_(chunk))) for chunk in chunks(gtins))
    return {gtin: (sku, uom) for found in rows for gtin, sku, uom in found}
