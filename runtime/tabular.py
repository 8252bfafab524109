"""Tables that an operator imports: CSV in any encoding and delimiter, or XLSX, as rows of text; and the report of an import."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path

from charset_normalizer import from_bytes
from python_calamine import CalamineWorkbook

from models.errors import InputError

Row = Mapping[str, str]
Progress = Callable[[int], None]
"""Called with the number of rows that were finished since the last call."""

_LIMIT = Decimal(10) ** 12


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was left out. `line` is 1-based in the file, the header being line 1."""

    line: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in rows of the database; `refused` in rows of the file."""

    added: int
    changed: int
    unchanged: int
    refused: tuple[Refused, ...] = ()


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV or XLSX file by column name (lower case, blanks and dashes as "_"), values stripped; empty rows too, so
    that the n-th row is line n + 1. Raises InputError for a file that is no table, or has no header."""
    content = path.read_bytes()
    records = _sheet(content, path.name) if content[:4] == b"PK\x03\x04" else _csv(content, path.name)
    header = [_column(cell) for cell in next(records, [])]
    if not any(header):
        raise InputError(f"{path.name} is empty; its first line must name the columns.", code="empty_table")
    doubled = {name for name in header if name and header.count(name) > 1}
    if doubled:
        raise InputError(f"{path.name} names {', '.join(sorted(doubled))} twice; keep one of the columns.", code="doubled_column")
    return ({k: v.strip() for k, v in zip(header, record, strict=False) if k} for record in records)


def _column(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_").replace("-", "_")


def _csv(content: bytes, name: str) -> Iterator[list[str]]:
    text = _decode(content, name)
    first_line = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=first_line.count)
    return _records(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), name)


def _records(reader: Iterable[list[str]], name: str) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as e:
        raise InputError(f"{name} is not a CSV file ({e}). Save it as CSV or XLSX.", code="not_a_table") from e


def _decode(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        best = from_bytes(content).best()
    if best is None:
        raise InputError(f"{name} is not text. Save it as CSV (UTF-8) or XLSX.", code="not_a_table")
    return str(best).lstrip("\ufeff")


def _sheet(content: bytes, name: str) -> Iterator[list[str]]:
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as e:  # the reader's panics are not Exceptions
        raise InputError(f"{name} cannot be read as XLSX ({e}). Save it anew, or as CSV.", code="not_a_table") from None
    return ([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def numbered(rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
    """(line in the file, row) of every row that is not empty."""
    return ((line, row) for line, row in enumerate(rows, start=2) if any(row.values()))


def need_columns(rows: Iterable[Row], *names: str) -> Iterator[Row]:
    """The same rows. Raises InputError when the first one lacks a column."""
    rest = iter(rows)
    first = next(rest, None)
    if first is None:
        return iter(())
    missing = [name for name in names if name not in first]
    if missing:
        raise InputError(f"The table has no column {', '.join(missing)}; it has {', '.join(first)}.", code="missing_column")
    return chain([first], rest)


def need(row: Row, column: str, *, longest: int = 255) -> str:
    """The text of a cell. Raises InputError when it is empty or longer than `longest` characters."""
    text = optional(row, column, longest=longest)
    if text is None:
        raise InputError(f"{column} is empty; fill it in.", code="missing_value")
    return text


def optional(row: Row, column: str, *, longest: int = 255) -> str | None:
    """The text of a cell, or None when it is empty. Raises InputError when it is longer than `longest` characters."""
    text = row.get(column, "").strip()
    if len(text) > longest:
        raise InputError(f"{column} is longer than {longest} characters; shorten it.", code="too_long")
    return text or None


def decimal_of(row: Row, column: str, default: Decimal | None = None) -> Decimal:
    """A number written with a point or a comma, from 0 up to 10^12. Raises InputError; an empty cell is `default`."""
    text = row.get(column, "").strip()
    if not text and default is not None:
        return default
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise InputError(f"{column} is “{text}”; write a number such as 12.50.", code="not_a_number") from None
    if not (number.is_finite() and 0 <= number <= _LIMIT):
        raise InputError(f"{column} is {text}; it must lie between 0 and {_LIMIT:,.0f}.", code="out_of_range")
    return number


def date_of(row: Row, column: str) -> date | None:
    """An ISO date, or None when the cell is empty. Raises InputError."""
    text = row.get(column, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InputError(f"{column} is “{text}”; write the date as 2031-04-30.", code="not_a_date") from None
