"""Import of the days on which nothing leaves the house."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from matching.masterdata.cells import need_day, text
from matching.masterdata.small_tables import put, write_table
from models.tables.partners import ClosedDayRow
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, opened, parse_rows
from runtime.tabular import Row

_NAME = text(128)


def import_closed_days(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns day, name. The file is the whole truth about the years it names; while a row is refused nothing is taken away.

    Raises InputError for a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "day")
    wanted: dict[tuple[date], str] = {}
    for number, (day, name) in parse_rows(rest, _parse, tally):
        put(wanted, (day,), name, number, tally)
    years = {day.year for (day,) in wanted}
    with db.write() as session:
        stored = session.execute(select(ClosedDayRow.day)).scalars()
        same_years = {day for day in stored if day.year in years} | {day for (day,) in wanted}
        write_table(
            session, ClosedDayRow, ("day",), "name", wanted, tally=tally, among=("day", same_years),
            label=lambda key: key[0].isoformat())
    return tally.finish(db, "closed_days")


def _parse(row: Row) -> tuple[date, str]:
    return need_day(row, "day"), _NAME(row, "name") or ""
