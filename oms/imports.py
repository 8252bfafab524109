"""What the imports of this room share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import InputError, ServiceError
from models.tables.items import ItemRow
from runtime.db import Database
from runtime.imports import ImportReport, Outcome, Tally, Watch, in_batches, opened, parse_rows
from runtime.tabular import Row

T = TypeVar("T")


def item_ids(db: Session, skus: Iterable[str]) -> dict[str, int]:
    """SKU to id of the items that exist."""
    return dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(sorted(set(skus))))).all())


def import_each(
    db: Database, rows: Iterable[Row], watch: Watch, noun: str, needed: tuple[str, ...], parse: Callable[[Row], T],
    store: Callable[[Session, T, Tally], Outcome],
) -> ImportReport:
    """Store row by row; a row that is refused leaves nothing behind, the rest goes in."""
    tally = Tally(watch)
    _, rest = opened(rows, *needed)
    for batch in in_batches(parse_rows(rest, parse, tally), tally):
        for line, row in batch:
            def work(session: Session, row: T = row) -> Outcome:
                return store(session, row, tally)

            attempt(db, tally, line, work)
    return tally.finish(db, noun)


def attempt(db: Database, tally: Tally, line: int, work: Callable[[Session], Outcome]) -> None:
    """Store what a row of the table says in a transaction of its own, or note why not."""
    try:
        with db.write() as session:
            outcome = work(session)
    except InputError as e:
        tally.refuse(line, e)
    except ServiceError as e:                            # not there, or in use: said in the same words as by hand
        tally.refuse(line, InputError(e.sentence, code=e.code))
    else:
        tally.count([outcome])
