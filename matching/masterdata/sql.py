"""Statements that all importers share: ids by number, and many rows inserted or updated at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Dialect, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from models.tables.base import Base
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow

K = TypeVar("K")
T = TypeVar("T")
_CHUNK = 10_000          # values of one IN list: below what SQLite and PostgreSQL take


def chunks(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Slices for IN lists."""
    found = list(values)
    return (found[start:start + _CHUNK] for start in range(0, len(found), _CHUNK))


def grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, set[T]]:
    """The second parts of pairs by their first."""
    found: dict[K, set[T]] = {}
    for key, value in pairs:
        found.setdefault(key, set()).add(value)
    return found


def table(row: type[Base]) -> Table:
    """The Core table of a row class: bulk statements go past the ORM."""
    found = row.__table__
    assert isinstance(found, Table)
    return found


def item_ids(db: Session, skus: Collection[str]) -> dict[str, int]:
    """SKU to id of those that exist."""
    rows = (db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(chunk))) for chunk in chunks(skus))
    return {sku: row_id for found in rows for sku, row_id in found}


def skus_of(db: Session, ids: Collection[int]) -> dict[int, str]:
    """Id to SKU."""
    rows = (db.execute(select(ItemRow.id, ItemRow.sku).where(ItemRow.id.in_(chunk))) for chunk in chunks(ids))
    return {row_id: sku for found in rows for row_id, sku in found}


def customer_ids(db: Session, numbers: Collection[str]) -> dict[str, int]:
    """Customer number to id of those that exist."""
    c = CustomerRow
    rows = (db.execute(select(c.customer_no, c.id).where(c.customer_no.in_(chunk))) for chunk in chunks(numbers))
    return {number: row_id for found in rows for number, row_id in found}


class _Insert(NamedTuple):
    """A statement as the driver takes it: for each value its name, and what makes it a value of the driver."""

    text: str
    names: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    defaults: Mapping[str, Any]
    is_positional: bool


@lru_cache(maxsize=64)
def _prepared(row: type[Base], names: tuple[str, ...], dialect: Dialect) -> _Insert:
    target = table(row)
    compiled = insert(target).values({name: bindparam(name) for name in names}).compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    defaults = {
        column.key: column.default.arg for column in compiled.insert_prefetch
        if isinstance(column.default, ScalarElementColumnDefault)}
    order = tuple(compiled.positiontup or compiled.params)
    processors = tuple((name, target.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order)
    return _Insert(str(compiled), processors, defaults, bool(compiled.positiontup))


def insert_all(db: Session, row: type[Base], values: list[dict[str, Any]]) -> None:
    """Insert many rows, all with the same columns; nothing happens for none.

    The values go to the driver by columns: what the library does for each row of `execute` takes longer than the database.
    """
    if not values:
        return
    stmt = _prepared(row, tuple(values[0]), db.get_bind().dialect)
    columns = []
    for name, process in stmt.names:
        column = [stmt.defaults[name]] * len(values) if name in stmt.defaults else [value[name] for value in values]
        columns.append(list(map(process, column)) if process else column)
    rows: list[Any] = list(zip(*columns, strict=True))
    if not stmt.is_positional:
        names = [name for name, _ in stmt.names]
        rows = [dict(zip(names, one, strict=True)) for one in rows]
    db.connection().exec_driver_sql(stmt.text, rows)


def insert_for_ids(db: Session, row: type[Base], values: list[dict[str, Any]], by: str) -> dict[str, int]:
    """Insert many rows; returns the id of each by its unique column `by`."""
    insert_all(db, row, values)
    target = table(row)
    rows = (
        db.execute(select(target.c[by], target.c.id).where(target.c[by].in_(chunk))) for chunk in chunks(v[by] for v in values))
    return {name: row_id for found in rows for name, row_id in found}


def update_all(db: Session, row: type[Base], changes: list[dict[str, Any]], key: Sequence[str] = ("id",)) -> None:
    """Write changes, all with the same columns; those of `key` find the row."""
    if not changes:
        return
    target = table(row)
    places = [target.c[name] == bindparam(f"where_{name}") for name in key]
    values: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name not in key}
    rows = [{f"where_{name}" if name in key else name: value for name, value in change.items()} for change in changes]
    db.connection().execute(update(target).where(*places).values(values), rows)
