"""Which item follows which: resolved when all rows of a file are known, and never in a ring."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.masterdata.sql import chunks, item_ids, skus_of, table, update_all
from models.errors import InputError
from models.tables.items import ItemRow
from runtime.imports import Outcome, Tally

_ITEMS = table(ItemRow)


def ring(links: Mapping[int, int], start: int, successor: int) -> tuple[int, ...]:
    """The items met on the way from `start` over `successor` back to `start`; empty when the way ends elsewhere."""
    path, here, met = [start], successor, {start}
    while here not in met:
        path.append(here)
        met.add(here)
        if here not in links:
            return ()
        here = links[here]
    return (*path, start) if here == start else ()


class Successors:
    """Collects what the rows say and writes it at the end, since a row may name an item that comes after it."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self._wanted: dict[int, tuple[int, str]] = {}              # item → line, SKU of the successor

    def note(self, said: Mapping[int, tuple[int, str | None]], stored: Mapping[int, int | None]) -> set[int]:
        """Keep the successors of these items (line, SKU) for the end; returns the items that have one and shall have none."""
        for item, (line, sku) in said.items():
            known = self._wanted.setdefault(item, (line, sku))[1] if sku else None
            if known != sku:
                self._tally.refuse(line, InputError(
                    f"an earlier line names {known} as successor, this one {sku}; keep one of them.", code="contradiction"))
        return {item for item, (_, sku) in said.items() if sku is None and stored.get(item) is not None}

    def clear(self, db: Session, items: Mapping[int, str], stored: Mapping[int, int | None]) -> None:
        """Take away the stored successors of these items, given with their SKUs."""
        names = skus_of(db, {successor for item in items if (successor := stored[item])})
        for chunk in chunks(items):
            db.execute(update(_ITEMS).where(_ITEMS.c.id.in_(chunk)).values(superseded_by_id=None))
        for item, sku in items.items():
            self._tally.note(Outcome.CHANGED, sku, "superseded_by", names[stored[item] or 0], None)

    def finish(self, db: Session) -> set[int]:
        """Write what fits; returns the items whose successor is another now."""
        if not self._wanted:
            return set()
        ids = item_ids(db, {sku for _, sku in self._wanted.values()})
        stored: dict[int, int] = dict(db.execute(
            select(_ITEMS.c.id, _ITEMS.c.superseded_by_id).where(_ITEMS.c.superseded_by_id.is_not(None))).all())
        links = {item: successor for item, successor in stored.items() if item not in self._wanted}
        changes: dict[int, int] = {}
        for item, (line, sku) in sorted(self._wanted.items(), key=lambda entry: entry[1][0]):
            successor = ids.get(sku)
            if successor is None:
                self._tally.refuse(line, InputError(
                    f"There is no item {sku}; superseded_by was left as it is.", code="unknown_item"))
                successor = stored.get(item)
            elif circle := ring(links, item, successor):
                names = skus_of(db, circle)
                self._tally.refuse(line, InputError(
                    f"superseded_by makes a ring: {' → '.join(names[i] for i in circle)}. It was left as it is; "
                    "say which of them is the last.", code="successor_ring"))
                successor = stored.get(item)
            if successor is None or ring(links, item, successor):
                continue
            links[item] = successor
            if stored.get(item) != successor:
                changes[item] = successor
        self._write(db, stored, changes)
        return set(changes)

    def _write(self, db: Session, stored: Mapping[int, int | None], changes: Mapping[int, int]) -> None:
        names = skus_of(db, {*changes, *changes.values(), *(s for i in changes if (s := stored.get(i)))})
        for item, successor in changes.items():
            before = stored.get(item)
            self._tally.note(
                Outcome.CHANGED, names[item], "superseded_by", names[before] if before else None, names[successor])
        update_all(db, ItemRow, [{"id": item, "superseded_by_id": successor} for item, successor in changes.items()])
