"""Import of what a customer's order of one product line must come to at least."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from matching.masterdata.cells import need_code, positive
from matching.masterdata.small_tables import put, write_table
from matching.masterdata.sql import customer_ids
from models.errors import InputError
from models.tables.partners import CustomerMinimumRow
from runtime.db import Database
from runtime.imports import UNWATCHED, ImportReport, Tally, Watch, opened, parse_rows
from runtime.tabular import Row, need


class _Line(NamedTuple):
    customer_no: str
    product_line: str
    amount: Decimal


def import_minimums(db: Database, rows: Iterable[Row], watch: Watch = UNWATCHED) -> ImportReport:
    """Columns customer_no, product_line, amount (net, in the customer's currency).

    The file is the whole truth about the customers it names; while a row is refused nothing is taken away. Raises InputError for
    a table that lacks a column.
    """
    tally = Tally(watch)
    _, rest = opened(rows, "customer_no", "product_line", "amount")
    lines = list(parse_rows(rest, _parse, tally))
    with db.write() as session:
        ids = customer_ids(session, {line.customer_no for _, line in lines})
        names = {row_id: number for number, row_id in ids.items()}
        wanted: dict[tuple[int, str], Decimal] = {}
        for number, line in lines:
            if line.customer_no in ids:
                put(wanted, (ids[line.customer_no], line.product_line), line.amount, number, tally)
            else:
                tally.refuse(number, InputError(
                    f"There is no customer {line.customer_no}; import the customers first.", code="unknown_customer"))
        write_table(
            session, CustomerMinimumRow, ("customer_id", "product_line"), "amount", wanted, tally=tally,
            among=("customer_id", {customer for customer, _ in wanted}), label=lambda key: f"{names[key[0]]} {key[1]}")
    return tally.finish(db, "minimums")


def _parse(row: Row) -> _Line:
    least = positive(row, "amount")
    if least is None:
        raise InputError("amount is empty; fill it in, or leave the row out.", code="missing_value")
    return _Line(need_code(row, "customer_no"), need(row, "product_line", longest=64), least)
