"""Tables that an operator imports: CSV in any encoding and delimiter, or XLSX, as rows of text; and cells made values."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from itertools import chain
from pathlib import Path

from python_calamine import CalamineWorkbook

from models.domain.characters import visible
from models.errors import InputError
from models.tables.base import SCALE
from runtime.encoding import LONGEST_LINE, inspect

Row = Mapping[str, str]
SURPLUS = ""
"""The column under which a row keeps what stands behind its last named column; most rows have none."""

_LIMIT = Decimal(10) ** 12
_STEP = Decimal(1).scaleb(-SCALE)
_END = "\uffff end of file"              # no text has it: the code point is no character
_CONTROLS = frozenset({"Cc", "Cs", "Cn"})


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows by column name, one at a time, and about how many there are."""

    rows: Iterator[dict[str, str]]
    count: int


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a CSV or XLSX file by column name; see `open_table`."""
    return open_table(path).rows


def open_table(path: Path) -> Table:
    """Rows by column name (lower case, blanks and dashes as "_"), values stripped; empty rows too, so that the n-th row is
    line n + 1. The file was looked through to its end: what is no table is refused before the first row is given.

    Raises InputError: empty_table, not_a_table, line_too_long, doubled_column.
    """
    records, count = _sheet(path) if is_workbook(path) else _csv(path)
    header = [column_name(cell) for cell in next(records, [])]
    if not any(header):
        raise InputError(f"{path.name} is empty; its first line must name the columns.", code="empty_table")
    doubled = {name for name in header if name and header.count(name) > 1}
    if doubled:
        raise InputError(f"{path.name} names {', '.join(sorted(doubled))} twice; keep one of the columns.", code="doubled_column")
    return Table(_by_name(header, records), max(count - 1, 0))


def _by_name(header: list[str], records: Iterator[list[str]]) -> Iterator[dict[str, str]]:
    width, is_plain = len(header), all(header)
    for record in records:
        row = {k: v.strip() for k, v in zip(header, record, strict=False) if is_plain or k}
        if len(record) > width and (rest := "".join(record[width:]).strip()):
            row[SURPLUS] = rest
        yield row


def column_name(cell: str) -> str:
    """A cell of the first line as the name of its column."""
    return cell.strip().lower().replace(" ", "_").replace("-", "_")


def _csv(path: Path) -> tuple[Iterator[list[str]], int]:
    encoding = inspect(path)
    csv.field_size_limit(LONGEST_LINE)
    with path.open(encoding=encoding, newline="") as file:
        first_line = file.readline()
    delimiter = max(",;\t|", key=first_line.count)
    return _records(path, encoding, delimiter), _count(path, encoding, delimiter)


def _count(path: Path, encoding: str, delimiter: str) -> int:
    """How many records there are. Raises InputError (not_a_table) when a record does not end."""
    count = before = ended = 0
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(chain(file, [_END]), delimiter=delimiter)
        try:
            for record in reader:
                if record == [_END]:
                    return count
                before, ended = ended, reader.line_num
                count += 1
        except csv.Error:
            before = ended
    raise InputError(
        f"{path.name} is not a CSV file: a quotation mark in line {before + 1} is never closed. Export it anew as CSV or XLSX.",
        code="not_a_table")


def _records(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, newline="") as file:
        yield from csv.reader(file, delimiter=delimiter)


def is_workbook(path: Path) -> bool:
    """True for a file that can only be read as XLSX, whatever its name."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _sheet(path: Path) -> tuple[Iterator[list[str]], int]:
    records = sheet_records(path.read_bytes(), path.name)
    return iter(records), len(records)


def sheet_records(content: bytes, name: str) -> list[list[str]]:
    """The rows of the first sheet of an XLSX as text. Raises InputError (not_a_table)."""
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as e:  # the reader's panics are not Exceptions
        raise InputError(f"{name} cannot be read as XLSX ({e}). Save it anew, or as CSV.", code="not_a_table") from None
    return [[_cell(value) for value in row] for row in rows]


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
        hint = " Is its delimiter a comma, semicolon, tab or bar?" if len(first) == 1 else ""
        raise InputError(
            f"The table has no column {', '.join(missing)}; it has {short(', '.join(filter(None, first)), 400)}.{hint}",
            code="missing_column")
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
    return (text if text.isprintable() else _without_controls(text, column)) or None


def _without_controls(text: str, column: str) -> str:
    """The text with line breaks, tabs and odd blanks as plain blanks. Raises InputError for other control characters."""
    text = " ".join(text.split())
    if any(unicodedata.category(c) in _CONTROLS for c in text):
        raise InputError(
            f"{column} holds a control character that no database keeps; type the cell anew.", code="control_character")
    return text


def decimal_of(row: Row, column: str, default: Decimal | None = None) -> Decimal:
    """A number written with a point or a comma, from 0 up to 10^12, rounded to the six places that are kept. Raises
    InputError, also for one that rounding would make 0; an empty cell is `default`."""
    text = row.get(column, "").strip()
    if not text and default is not None:
        return default
    plain = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    try:
        number = Decimal(plain)
    except InvalidOperation:
        raise InputError(f"{column} is “{short(text)}”; write a number such as 12.50.", code="not_a_number") from None
    if not (number.is_finite() and 0 <= number <= _LIMIT):
        raise InputError(f"{column} is {short(text)}; it must lie between 0 and {_LIMIT:,.0f}.", code="out_of_range")
    kept = number if int(number.as_tuple().exponent) >= -SCALE else number.quantize(_STEP)
    if number and not kept:
        raise InputError(f"{column} is {short(text)}; less than {_STEP:f} cannot be kept.", code="out_of_range")
    return kept


def degrees_of(row: Row, column: str) -> float | None:
    """A latitude or longitude as a number of degrees, south and west negative; None for an empty cell. Raises InputError."""
    text = row.get(column, "").strip()
    if not text:
        return None
    is_negative = text[0] in "-−"
    size = float(decimal_of({column: text[1:]} if is_negative else row, column))
    return -size if is_negative and size else size


def short(text: str, longest: int = 60) -> str:
    """A cell as sentences quote it: cut, and with its invisible marks written out."""
    text = visible(text)
    return text if len(text) <= longest else f"{text[:longest]}…"


def date_of(row: Row, column: str) -> date | None:
    """An ISO date, with midnight behind it if need be, or None when the cell is empty. Raises InputError."""
    text = row.get(column, "").strip()
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.time() != time()):
        raise InputError(f"{column} is “{short(text)}”; write the date as 2031-04-30.", code="not_a_date")
    return moment.date() if moment else None
