"""Statements of the hottest paths, made into the driver's own text once for each kind of database.

SQLAlchemy looks up, checks and converts anew at every execution, and that costs several times what the database needs for a small
statement. Here the text and the conversion of each value are worked out once; what is left to do is to pass them on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Executable
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.schema import ScalarElementColumnDefault

Make = Callable[[str], Executable]
"""A statement for the kind of database that is named: sqlite or postgresql."""


class Prepared:
    """An INSERT, UPDATE or small SELECT. What it returns are the driver's values, so ask for whole numbers and text only.

    `statement` may be a function where the kinds of databases want different ones. An INSERT also takes the names of the
    columns that each execution gives, and should be `inline()` unless it returns something.
    """

    def __init__(self, statement: Executable | Make, *columns: str) -> None:
        self._statement = statement
        self._columns = columns
        self._texts: dict[str, _Text] = {}

    def one(self, db: Session, values: Mapping[str, Any]) -> CursorResult[Any]:
        """Execute it with these values; every parameter needs one."""
        connection = db.connection()
        text = self._text(connection)
        return connection.exec_driver_sql(text.sql, text.convert(values))

    def many(self, db: Session, rows: Sequence[Mapping[str, Any]]) -> int:
        """Execute it once for each of the rows; how many rows of the table that touched."""
        if not rows:
            return 0
        connection = db.connection()
        text = self._text(connection)
        return connection.exec_driver_sql(text.sql, [text.convert(values) for values in rows]).rowcount

    def _text(self, connection: Connection) -> _Text:
        dialect = connection.dialect
        found = self._texts.get(dialect.name)
        if found is None:
            statement = self._statement if isinstance(self._statement, Executable) else self._statement(dialect.name)
            found = self._texts[dialect.name] = _Text(statement, self._columns, dialect)
        return found


class _Text:
    """SQL of one dialect, and what to do with the values before the driver gets them."""

    def __init__(self, statement: Any, columns: Iterable[str], dialect: Dialect) -> None:
        compiled: SQLCompiler = statement.compile(dialect=dialect, column_keys=list(columns) or None)
        self.sql = str(compiled)
        self._order = compiled.positiontup if compiled.positional else None
        self._converts: list[tuple[str, Callable[[Any], Any]]] = []
        self._fixed: dict[str, Any] = {}
        defaults = {c.key: c.default.arg for c in compiled.insert_prefetch if isinstance(c.default, ScalarElementColumnDefault)}
        for name, bind in {name: bind for bind, name in compiled.bind_names.items()}.items():
            convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if not bind.required:
                value = defaults.get(name, bind.effective_value)
                self._fixed[name] = value if convert is None else convert(value)
            elif convert is not None:
                self._converts.append((name, convert))

    def convert(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them: a tuple or a dictionary. Raises KeyError when one is missing."""
        ready = {**self._fixed, **values}
        for name, convert in self._converts:
            ready[name] = convert(ready[name])
        return ready if self._order is None else tuple([ready[name] for name in self._order])
