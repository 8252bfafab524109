"""Tables that leave the house: no cell of theirs is a formula in anybody's spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WriteRow = Callable[[Sequence[object]], None]

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: object) -> object:
    """The value for a CSV cell; text that a spreadsheet would compute gets an apostrophe in front (OWASP, CSV injection)."""
    if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).isdigit() and text[0] in "+-"


@contextmanager
def csv_file(path: Path, header: Sequence[str]) -> Iterator[WriteRow]:
    """A function that writes a row to the file."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)

        def write(row: Sequence[object]) -> None:
            writer.writerow([safe_cell(cell) for cell in row])

        yield write
