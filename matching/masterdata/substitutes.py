"""Import of what may be offered instead of an item."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matching.masterdata.cells import need_code, whole
from matching.masterdata.small_tables import put, write_table
from matching.masterdata.sql import item_ids
from models.errors import InputError
from models.tables.items import ItemSubstituteRow
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, opened, parse_rows
from runtime.tabular import Row


class _Line(NamedTuple):
    sku: str
    substitute: str
    rank: int | None


def import_substitutes(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns sku, substitute, rank (the lowest is offered first; empty: the place among the item's rows).

    The file is the whole truth about the items it names; while a row is refused nothing is taken away. Raises InputError for a
    table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "sku", "substitute")
    lines = list(parse_rows(rest, _parse, tally))
    with db.write() as session:
        ids = item_ids(session, {sku for _, line in lines for sku in (line.sku, line.substitute)})
        names = {row_id: sku for sku, row_id in ids.items()}
        wanted: dict[tuple[int, int], int] = {}
        places: dict[int, int] = {}
        for number, line in lines:
            unknown = next((sku for sku in (line.sku, line.substitute) if sku not in ids), None)
            if unknown is not None:
                tally.refuse(number, InputError(f"There is no item {unknown}; import the items first.", code="unknown_item"))
                continue
            item = ids[line.sku]
            places[item] = places.get(item, 0) + 1
            put(wanted, (item, ids[line.substitute]), places[item] if line.rank is None else line.rank, number, tally)
        write_table(
            session, ItemSubstituteRow, ("item_id", "substitute_id"), "rank", wanted, tally=tally,
            among=("item_id", set(places)), label=lambda key: f"{names[key[0]]} {names.get(key[1], '')}".strip())
    return tally.finish(db, "substitutes")


def _parse(row: Row) -> _Line:
    line = _Line(need_code(row, "sku"), need_code(row, "substitute"), whole(row, "rank"))
    if line.sku == line.substitute:
        raise InputError(f"{line.sku} cannot stand in for itself; name another item.", code="same_item")
    return line
