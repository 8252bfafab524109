"""Lines of an order as people type or paste them, one a row: SKU, quantity, unit, price. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from models.errors import InputError
from oms.orders.offers.given import GivenLine

MOST_LINES = 500
_NUMBER = re.compile(r"\d+([.,]\d+)?")


class BadLines(InputError):
    """A row cannot be read; the sentence names the first such row."""

    code = "bad_lines"


def parse_lines(text: str) -> tuple[GivenLine, ...]:
    """The lines; cells are parted by tabs, semicolons or, where a row has neither, blanks. The unit and the price may be left
    out: "KX-4 12", "KX-4 2 CT", "KX-4; 2; CT; 24.90". Empty rows are skipped. Raises BadLines."""
    lines = tuple(_lines(text))
    if len(lines) > MOST_LINES:
        raise BadLines(f"These are {len(lines)} lines; write at most {MOST_LINES} at a time.")
    return lines


def _lines(text: str) -> Iterator[GivenLine]:
    for number, row in enumerate(text.splitlines(), 1):
        if not row.strip():
            continue
        cells = [cell.strip() for cell in (re.split(r"[\t;]", row) if re.search(r"[\t;]", row) else row.split())]
        cells = [*cells, "", "", ""]
        if any(cells[4:]) or not cells[0] or not cells[1]:
            raise BadLines(f"Row {number} is not “SKU quantity unit price”: {row.strip()[:80]}")
        if cells[2] and not cells[3] and _NUMBER.fullmatch(cells[2]):
            cells[2:4] = ["", cells[2]]                     # "KX-4 12 2.40": no unit
        price = _number(cells[3], number, "price") if cells[3] else None
        yield GivenLine(cells[0], _number(cells[1], number, "quantity"), cells[2].upper() or None, price)


def _number(text: str, row: int, name: str) -> Decimal:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadLines(f"The {name} in row {row} is no number: {text[:40]}. Write it like 12.5.")
    return number
