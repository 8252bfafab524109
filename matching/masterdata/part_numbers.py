"""Import of what customers call our items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.masterdata.cells import need_code
from matching.masterdata.sql import chunks, customer_ids, grouped, insert_all, item_ids, skus_of, table, update_all
from models.domain.codes import fold_code
from models.errors import InputError
from models.tables.items import CustomerPartNumberRow
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Outcome, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row

_PARTS = table(CustomerPartNumberRow)
_Key = tuple[int, str]          # customer, folded number


class PartNumber(NamedTuple):
    """One row of the file."""

    customer_no: str
    part_number: str
    sku: str


class _Wanted(NamedTuple):
    line: int
    customer_no: str
    part_number: str
    sku: str
    item_id: int


def import_part_numbers(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns customer_no, part_number, sku. Part numbers that fold alike are one, since on paper one is read as the other; a
    file that gives one of them two items has the second refused. Raises InputError for a table that lacks a column."""
    tally = Tally(watch)
    _, rest = opened(rows, "customer_no", "part_number", "sku")
    seen: set[int] = set()
    for batch in in_batches(parse_rows(rest, _parse, tally), tally):
        with db.write() as session:
            tally.count(_store(session, _wanted(session, batch, tally), seen, tally))
    return tally.finish(db, "part_numbers")


def _parse(row: Row) -> PartNumber:
    return PartNumber(need_code(row, "customer_no"), need_code(row, "part_number"), need_code(row, "sku"))


def _wanted(db: Session, batch: Sequence[tuple[int, PartNumber]], tally: Tally) -> dict[_Key, _Wanted]:
    customers = customer_ids(db, {p.customer_no for _, p in batch})
    items = item_ids(db, {p.sku for _, p in batch})
    wanted: dict[_Key, _Wanted] = {}
    for line, p in batch:
        if p.customer_no not in customers:
            tally.refuse(line, InputError(
                f"There is no customer {p.customer_no}; import the customers first.", code="unknown_customer"))
        elif p.sku not in items:
            tally.refuse(line, InputError(f"There is no item {p.sku}; import the items first.", code="unknown_item"))
        else:
            key = (customers[p.customer_no], fold_code(p.part_number))
            known = wanted.setdefault(key, _Wanted(line, p.customer_no, p.part_number, p.sku, items[p.sku]))
            if known.sku != p.sku:
                tally.refuse(line, _two_items(p.customer_no, p.part_number, known.sku, p.sku))
    return wanted


def _two_items(customer_no: str, number: str, known: str, sku: str) -> InputError:
    return InputError(
        f"{customer_no} has {number} for {known} in an earlier line and for {sku} here, or numbers that only look-alike signs "
        "(0 and O, 1 and I) tell apart; keep one of them.", code="contradiction")


def _store(db: Session, wanted: dict[_Key, _Wanted], seen: set[int], tally: Tally) -> list[Outcome]:
    stored = {
        (r.customer_id, r.part_number_folded): r for customer, numbers in grouped(wanted).items() for chunk in chunks(numbers)
        for r in db.execute(select(_PARTS).where(_PARTS.c.customer_id == customer, _PARTS.c.part_number_folded.in_(chunk)))}
    names = skus_of(db, {r.item_id for r in stored.values()})
    new, changes, outcomes = [], [], []
    for key, one in wanted.items():
        is_first = hash(key) not in seen
        seen.add(hash(key))
        values = {"customer_id": key[0], "part_number_folded": key[1], "part_number": one.part_number, "item_id": one.item_id}
        label, row = f"{one.customer_no} {one.part_number}", stored.get(key)
        if row is None:
            new.append(values)
            outcomes.append(Outcome.ADDED)
            tally.note(Outcome.ADDED, label)
        elif not is_first:
            if row.item_id != one.item_id:
                tally.refuse(one.line, _two_items(one.customer_no, one.part_number, names[row.item_id], one.sku))
        elif (row.part_number, row.item_id) != (one.part_number, one.item_id):
            changes.append(values)
            outcomes.append(Outcome.CHANGED)
            for name, before, after in (("sku", names[row.item_id], one.sku), ("part_number", row.part_number, one.part_number)):
                if before != after:
                    tally.note(Outcome.CHANGED, label, name, before, after)
        else:
            outcomes.append(Outcome.UNCHANGED)
    insert_all(db, CustomerPartNumberRow, new)
    update_all(db, CustomerPartNumberRow, changes, key=("customer_id", "part_number_folded"))
    return outcomes
