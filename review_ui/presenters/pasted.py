"""Cells from a spreadsheet before they are laid over the order: rows, and what each column most likely is."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from matching.row_change import MOST_ROWS
from models.errors import InputError

COLUMN_WORDS = {
    "item": "Our item", "buyer_sku": "Customer's number", "supplier_sku": "Our number as written", "gtin": "GTIN",
    "mpn": "Manufacturer's number", "description": "Description", "quantity": "Quantity", "uom": "Unit", "unit_price": "Price",
    "discount": "Discount", "requested_date": "Requested for"}
_HEADS = {
    "item": "sku item article artikel artikelnummer item-no itemno material",
    "buyer_sku": "your-no customer-no kundenartikel",
    "gtin": "gtin ean barcode",
    "mpn": "mpn manufacturer hersteller",
    "description": "description bezeichnung text name beschreibung",
    "quantity": "qty quantity menge anzahl stück pcs",
    "uom": "unit uom einheit me",
    "unit_price": "price preis unit-price einzelpreis",
    "discount": "discount rabatt",
    "requested_date": "date delivery liefertermin datum",
}
_BY_HEAD = {word: name for name, words in _HEADS.items() for word in words.split()}
_GRID = ("item", "quantity", "uom", "unit_price")
"""The columns of the grid as they follow each other on the screen."""
MOST_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Pasted:
    """`columns` names for each column what it most likely is (empty: nothing); all rows are as long as that."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    has_heads: bool


def read_cells(text: str, field: str = "") -> Pasted:
    """The cells of a text as spreadsheets put it on the clipboard. `field`: the column in focus, where the first one goes.

    Raises InputError for a text without cells, or with more than can be shown.
    """
    sample = text[:10_000]
    rows = [row for row in csv.reader(io.StringIO(text.replace("\0", "")), delimiter="\t" if "\t" in sample else ";")
            if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError("There are no cells in what was pasted. Copy rows of a table and paste again.", code="nothing_pasted")
    width = max(len(row) for row in rows)
    if len(rows) > MOST_ROWS or width > MOST_COLUMNS:
        raise InputError(
            f"{len(rows)} rows of {width} columns are too many; paste at most {MOST_ROWS:,} rows of {MOST_COLUMNS}.",
            code="too_many_rows")
    heads = [_BY_HEAD.get(cell.strip().lower().rstrip(".:").replace(" ", "-"), "") for cell in rows[0]]
    has_heads = sum(map(bool, heads)) >= min(2, width)
    guessed = heads if has_heads else _from_cell(field, width)
    columns = tuple(name if name not in guessed[:place] else "" for place, name in enumerate(guessed))
    padded = tuple((*(cell.strip() for cell in row), *[""] * (width - len(row))) for row in rows[has_heads:])
    return Pasted((*columns, *[""] * (width - len(columns))), padded, has_heads)


def _from_cell(field: str, width: int) -> Sequence[str]:
    """The grid's columns from the one in focus on; a column that the grid does not show stands alone."""
    if field in _GRID:
        return _GRID[_GRID.index(field):][:width]
    return (field,) if field in COLUMN_WORDS else _GRID[:width]
