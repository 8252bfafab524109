"""Prices as rows: found by what makes each one of its own, compared, written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Row as DbRow
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching.masterdata.marks import Marks
from matching.masterdata.sql import chunks, grouped, insert_all, table, update_all
from models.domain.items import PriceKind
from models.errors import InputError
from models.tables.items import PriceRow
from runtime.db import Database
from runtime.imports import Outcome, Tally

_PRICES = table(PriceRow)


class PriceKey(NamedTuple):
    """What makes a price one of its own."""

    kind: PriceKind
    customer_id: int | None
    group_code: str | None
    reference: str | None
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


class Wanted(NamedTuple):
    """A price as a line of the file has it; `owner` is the customer's number or the group, for people."""

    line: int
    sku: str
    owner: str
    terms: PriceTerms


class PriceWriter:
    """Writes the prices of one import, batch after batch; a second line that contradicts an earlier one is refused."""

    def __init__(self, db: Database, tally: Tally) -> None:
        self._tally = tally
        self._seen = Marks()
        with db.read() as session:
            self._before: int = session.execute(select(func.coalesce(func.max(PriceRow.id), 0))).scalar_one()

    def write(
        self, db: Session, wanted: Mapping[PriceKey, Wanted], *, new_items: frozenset[int] = frozenset()
    ) -> dict[PriceKey, Outcome]:
        """Add or change prices, and say what became of each; `new_items` cannot have any yet."""
        stored = {_key(row): row for row in _stored(db, [key for key in wanted if key.item_id not in new_items])}
        new, changes, outcomes = [], [], {}
        for key, one in wanted.items():
            row = stored.get(key)
            if row is None:
                new.append(key._asdict() | one.terms._asdict())
                outcomes[key] = Outcome.ADDED
                if self._tally.is_watched and key.item_id not in new_items:
                    self._tally.note(Outcome.ADDED, _label(key, one))
                continue
            is_first = self._seen.add(row.id) and row.id <= self._before
            differing = [(n, b, a) for n, b, a in zip(PriceTerms._fields, _terms(row), one.terms, strict=True) if a != b]
            if differing and not is_first:
                self._tally.refuse(one.line, InputError(
                    f"an earlier line gives the same price of {one.sku} otherwise ({row.price:f}); keep one of them.",
                    code="contradiction"))
            elif differing:
                outcomes[key] = Outcome.CHANGED
                changes.append({"id": row.id} | one.terms._asdict())
                for name, before, after in differing:
                    self._tally.note(Outcome.CHANGED, _label(key, one), name, before, after)
            elif is_first:
                outcomes[key] = Outcome.UNCHANGED
        insert_all(db, PriceRow, new)
        update_all(db, PriceRow, changes)
        return outcomes


def _stored(db: Session, keys: Iterable[PriceKey]) -> Iterable[DbRow[Any]]:
    """The prices of the same items for the same customers, or for none."""
    # One customer after the other: the index serves that, and SQLite has none for pairs of values.
    for customer, items in grouped((key.customer_id, key.item_id) for key in keys).items():
        for chunk in chunks(sorted(items)):
            yield from db.execute(select(_PRICES).where(
                _PRICES.c.item_id.in_(chunk), _PRICES.c.customer_id.is_not_distinct_from(customer)))


def _terms(row: DbRow[Any]) -> PriceTerms:
    return PriceTerms(row.price, row.price_unit, row.valid_to)


def _key(row: DbRow[Any]) -> PriceKey:
    return PriceKey(
        row.kind, row.customer_id, row.group_code, row.reference, row.item_id, row.uom, row.currency, row.min_quantity,
        row.valid_from)


def _label(key: PriceKey, one: Wanted) -> str:
    parts = (one.sku, key.kind, one.owner, key.reference, key.uom, key.currency, key.valid_from)
    from_on = f"from {key.min_quantity:f}" if key.min_quantity else ""
    return " ".join(str(part) for part in (*parts, from_on) if part)
