"""Import of what customers call our items."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from matching.masterdata.lookups import customer_ids, item_ids
from matching.masterdata.rows import Outcome, Tally, in_batches, insert_all, parse_rows, table
from models.domain.codes import fold_code
from models.errors import InputError
from models.tables.items import CustomerPartNumberRow
from runtime.db import Database
from runtime.tabular import ImportReport, Progress, Row, need, need_columns


class PartNumber(NamedTuple):
    """One row of the file."""

    customer_no: str
    part_number: str
    sku: str


def import_part_numbers(db: Database, rows: Iterable[Row], progress: Progress = lambda _: None) -> ImportReport:
    """Columns customer_no, part_number, sku. Part numbers that fold alike are one; the last row decides which item it is."""
    tally = Tally()
    parsed = parse_rows(need_columns(rows, "customer_no", "part_number", "sku"), _parse, tally)
    for batch in in_batches(parsed, 5_000):
        with db.write() as session:
            tally.add(_write(session, batch, tally))
        progress(len(batch))
    return tally.finish(db, "part_numbers")


def _parse(row: Row) -> PartNumber:
    number = need(row, "part_number", longest=64)
    if not fold_code(number):
        raise InputError(f"part_number “{number}” has no letter or digit.", code="bad_code")
    return PartNumber(need(row, "customer_no", longest=64), number, need(row, "sku", longest=64))


def _write(db: Session, batch: Sequence[tuple[int, PartNumber]], tally: Tally) -> list[Outcome]:
    customers = customer_ids(db, {p.customer_no for _, p in batch})
    items = item_ids(db, {p.sku for _, p in batch})
    wanted: dict[tuple[int, str], tuple[str, int]] = {}
    for line, p in batch:
        if p.customer_no not in customers:
            tally.refuse(line, InputError(
                f"There is no customer {p.customer_no}; import the customers first.", code="unknown_customer"))
        elif p.sku not in items:
            tally.refuse(line, InputError(f"There is no item {p.sku}; import the items first.", code="unknown_item"))
        else:
            wanted[customers[p.customer_no], fold_code(p.part_number)] = (p.part_number, items[p.sku])
    return _store(db, wanted)


def _store(db: Session, wanted: dict[tuple[int, str], tuple[str, int]]) -> list[Outcome]:
    part = table(CustomerPartNumberRow)
    rows = db.execute(select(part).where(part.c.customer_id.in_({customer for customer, _ in wanted})))
    stored = {(r.customer_id, r.part_number_folded): (r.part_number, r.item_id) for r in rows}
    new = {key: value for key, value in wanted.items() if key not in stored}
    changed = {key: value for key, value in wanted.items() if key in stored and stored[key] != value}
    insert_all(db, CustomerPartNumberRow, [
        {"customer_id": c, "part_number_folded": f, "part_number": n, "item_id": i} for (c, f), (n, i) in new.items()])
    if changed:
        stmt = update(part).where(part.c.customer_id == bindparam("c"), part.c.part_number_folded == bindparam("f"))
        db.connection().execute(
            stmt.values(part_number=bindparam("n"), item_id=bindparam("i")),
            [{"c": c, "f": f, "n": n, "i": i} for (c, f), (n, i) in changed.items()])
    return [Outcome.ADDED if k in new else Outcome.CHANGED if k in changed else Outcome.UNCHANGED for k in wanted]
