"""Statements of the hottest paths, made into the driver's own text once for each kind of database.

SQLAlchemy looks up, checks and converts anew at every execution, and that costs several times what the database needs for a small
statement. Here the text and the conversion of each value are worked out once; what is left to do is to pass them on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    Text,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import Insert
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import TypeDecorator, TypeEngine

from runtime.codec import to_json

Make = Callable[[str], Executable]
"""A statement for the kind of database that is named: sqlite or postgresql."""
Values = Mapping[str, Any]
AT_ONCE = 100
"""How many rows one INSERT carries at most."""
_NAMED = re.compile(r"%\(([\w ]+)\)s")
_ROWS = "rows of the table"
_CONNECTION = "ordermill_connection"


class Prepared:
    """An INSERT, UPDATE or SELECT.

    `statement` may be a function where the kinds of databases want different ones. An INSERT also takes the names of the
    columns that each execution gives, and should be `inline()` unless it returns something.
    """

    def __init__(self, statement: Executable | Make, *columns: str) -> None:
        self._statement = statement
        self._columns = columns
        self._texts: dict[str, _Text] = {}

    def one(self, db: Session, values: Values) -> int:
        """Execute it with these values; every parameter needs one. How many rows of the table that touched."""
        connection = _connection(db)
        text = self._text(connection)
        return _execute(connection, text.sql, text.convert(values)).rowcount

    def rows(self, db: Session, values: Values) -> list[tuple[Any, ...]]:
        """Execute it with these values; each value of the rows it returns is what its column's type makes of it."""
        connection = _connection(db)
        text = self._text(connection)
        return text.read(_execute(connection, text.sql, text.convert(values)))

    def value(self, db: Session, values: Values) -> Any:
        """Execute it with these values; the first value of its only row. None: it returned no row."""
        found = self.rows(db, values)
        return found[0][0] if found else None

    def many(self, db: Session, rows: Sequence[Values]) -> int:
        """Execute it for each of the rows (an INSERT carries many at a time); how many rows of the table that touched."""
        if not rows:
            return 0
        connection = _connection(db)
        text = self._text(connection)
        if text.carrier is None:
            return _execute(connection, text.sql, [text.convert(values) for values in rows]).rowcount
        return sum(_execute(connection, *text.carrier(part)).rowcount for part in _parts(rows))

    def returned(self, db: Session, rows: Sequence[Values]) -> list[tuple[Any, ...]]:
        """Insert the rows; what the INSERT returns for them, in no order, converted as by `rows`."""
        connection = _connection(db)
        text = self._text(connection)
        assert text.carrier is not None
        return [found for part in _parts(rows) for found in text.read(_execute(connection, *text.carrier(part)))]

    def _text(self, connection: Connection) -> _Text:
        dialect = connection.dialect
        found = self._texts.get(dialect.name)
        if found is None:
            statement = self._statement if isinstance(self._statement, Executable) else self._statement(dialect.name)
            found = self._texts[dialect.name] = _Text(statement, self._columns, dialect)
        return found


class _Text:
    """SQL of one dialect, and what to do with values on their way to the driver and back. `carrier`: an INSERT of many rows."""

    def __init__(self, statement: Any, columns: Iterable[str], dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        named = str(compiled)
        self.sql = named if compiled.positional else _NAMED.sub("%s", named)
        names = compiled.positiontup or () if compiled.positional else _NAMED.findall(named)
        self._converts: list[tuple[str, Callable[[Any], Any]]] = []
        self._fixed: dict[str, Any] = {}
        self._dialect = dialect
        self._types = [column.type for column in compiled._result_columns]
        self._reads: list[tuple[int, Callable[[Any], Any]]] | None = None
        defaults = {c.key: c.default.arg for c in compiled.insert_prefetch if isinstance(c.default, ScalarElementColumnDefault)}
        given = {}
        for name, bind in {name: bind for bind, name in compiled.bind_names.items()}.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required:
                given[name] = dialect.type_compiler_instance.process(bind.type)
            if not bind.required:
                value = defaults.get(name, bind.effective_value)
                self._fixed[name] = value if convert is None else convert(value)
            elif convert is not None:
                self._converts.append((name, convert))
        by_name = dict(self._converts)
        if compiled.positional:                     # what never changes is passed on faster as a part of the text
            parts = [_spelt(self._fixed[name]) if name in self._fixed else "?" for name in names]
            self.sql = "".join(chain.from_iterable(zip(named.split("?"), [*parts, ""], strict=True)))
            names = [name for name, part in zip(names, parts, strict=True) if part == "?"]
        self._pick = _picking([name for name in names if name not in self._fixed])
        self._places = [(n, self._fixed[name]) for n, name in enumerate(names) if name in self._fixed]
        self._at = [(n, by_name[name]) for n, name in enumerate(names) if name in by_name]
        self.carrier: _Values | _Json | None = None
        if isinstance(statement, Insert):
            self.carrier = _Values(self, self.sql) if compiled.positional else _Json(self, named, given, self._fixed)

    def ready(self, values: Values) -> dict[str, Any]:
        """The values that are given, with those that are fixed, converted. Raises KeyError when one is missing."""
        ready = {**self._fixed, **values}
        for name, convert in self._converts:
            ready[name] = convert(ready[name])
        return ready

    def convert(self, values: Values) -> tuple[Any, ...]:
        """The values as the driver takes them. Raises KeyError when one is missing."""
        row = list(self._pick(values))
        for n, fixed in self._places:               # in their order, so that each finds its place
            row.insert(n, fixed)
        return _changed(row, self._at)

    def read(self, cursor: DBAPICursor) -> list[tuple[Any, ...]]:
        """All rows the driver has, converted."""
        if self._reads is None:                     # some conversions depend on the type the driver says it gives
            reads = [
                kind.dialect_impl(self._dialect).result_processor(self._dialect, column[1])
                for kind, column in zip(self._types, cursor.description, strict=True)]
            self._reads = [(n, read) for n, read in enumerate(reads) if read is not None]
        return [_changed(row, self._reads) for row in cursor.fetchall()]


def _spelt(value: Any) -> str:
    """A value of the driver's as SQL; what is not plain stays a parameter."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "?" if "?" in value else "'" + value.replace("'", "''") + "'"
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else "?"


def _changed(row: Sequence[Any], changes: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    """The row with what each of the changes makes of the value in its place."""
    if not changes:
        return tuple(row)
    values = list(row)
    for n, change in changes:
        values[n] = change(values[n])
    return tuple(values)


class _Values:
    """Many rows in one INSERT, each a row of its VALUES."""

    def __init__(self, text: _Text, sql: str) -> None:
        self._text = text
        self._head, self._row, self._tail = _split(sql)
        self._count = self._row.count("?")
        self._texts: dict[int, str] = {}

    def __call__(self, rows: Sequence[Values]) -> tuple[str, tuple[Any, ...]]:
        """The INSERT of these rows, and its values: those of each row, then what the rest of the text wants."""
        sql = self._texts.get(len(rows))
        if sql is None:
            sql = self._texts[len(rows)] = f"{self._head}VALUES {', '.join([self._row] * len(rows))}{self._tail}"
        ready = [self._text.convert(values) for values in rows]
        return sql, (*chain.from_iterable(row[:self._count] for row in ready), *ready[0][self._count:])


class _Json:
    """Many rows in one INSERT, all of them one value: the driver is slow with hundreds, and reads a long text anew each time."""

    def __init__(self, text: _Text, named: str, given: Mapping[str, str], fixed: Values) -> None:
        head, row, tail = _split(named)
        row = _NAMED.sub(lambda found: f'given."{found[1]}"' if found[1] in given else found[0], row[1:-1])
        columns = ", ".join(f'"{name}" {kind}' for name, kind in given.items())
        rows = f"json_to_recordset(%({_ROWS})s::json) AS given({columns})"
        sql = f"{head}SELECT {row} FROM {rows}{tail}"           # noqa: S608 - names and types of our own tables
        self._text, self._given, self._fixed = text, tuple(given), fixed
        self._sql, self._pick = _NAMED.sub("%s", sql), _picking(_NAMED.findall(sql))

    def __call__(self, rows: Sequence[Values]) -> tuple[str, tuple[Any, ...]]:
        """The INSERT of these rows, and its values."""
        ready = [self._text.ready(values) for values in rows]
        content = to_json([{name: row[name] for name in self._given} for row in ready])
        return self._sql, self._pick({**self._fixed, _ROWS: content})


def _connection(db: Session) -> Connection:
    """The session's connection; asked for once in a transaction, since asking costs as much as a small statement."""
    found: Connection | None = db.info.get(_CONNECTION)
    if found is None or found.closed or not found.in_transaction():
        found = db.info[_CONNECTION] = db.connection()
    return found


def _execute(connection: Connection, sql: str, values: tuple[Any, ...] | list[tuple[Any, ...]]) -> DBAPICursor:
    """Let the driver execute it (once for each of several values); what it refuses is told as SQLAlchemy tells it."""
    cursor = connection.connection.cursor()
    try:
        if isinstance(values, list):
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values)
    except connection.dialect.loaded_dbapi.Error as e:
        is_lost = connection.dialect.is_disconnect(e, connection.connection, cursor)
        if is_lost:
            connection.invalidate(e)
        raise DBAPIError.instance(
            sql, values, e, connection.dialect.loaded_dbapi.Error, connection_invalidated=is_lost,
            dialect=connection.dialect) from e
    return cursor


def _split(insert: str) -> tuple[str, str, str]:
    """What stands before VALUES, the row of values in its brackets, and what follows it."""
    start = insert.index("VALUES (")
    depth, end = 0, start
    for end in range(start + len("VALUES "), len(insert)):
        depth += {"(": 1, ")": -1}.get(insert[end], 0)
        if not depth:
            break
    return insert[:start], insert[start + len("VALUES "):end + 1], insert[end + 1:]


def _picking(names: Sequence[str]) -> Callable[[Values], tuple[Any, ...]]:
    """Values in the order of the names."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)        # itemgetter gives a bare value for one name


class _Several(TypeDecorator[Sequence[int]]):
    """Whole numbers as one value: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else ARRAY(BigInteger()))

    def process_bind_param(self, value: Sequence[int] | None, dialect: Dialect) -> Any:
        return json.dumps(value) if dialect.name == "sqlite" else value


def among(dialect: str, column: Column[int], name: str) -> ColumnElement[bool]:
    """True where the column is one of the whole numbers that the parameter `name` lists; the text is the same for any number."""
    several: Any = bindparam(name, type_=_Several())
    if dialect == "sqlite":
        return column.in_(select(func.json_each(several).table_valued("value").c.value))
    return column == any_(several)


def _parts(rows: Sequence[Values]) -> Iterable[Sequence[Values]]:
    return (rows[start:start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))
