"""A drawn table before its rows are taken: the keys that say what a column holds, and the rows as a change of the order."""

from __future__ import annotations

from collections.abc import Iterator

from extraction.lines.drawn import DrawnTable
from matching.row_change import Take, TakenCell
from models.domain.evidence import Evidence, Origin, Place

KIND_KEYS = (
    "", "buyer_sku", "supplier_sku", "description", "quantity", "uom", "unit_price", "discount", "requested_date", "gtin")
"""What a column holds, by the digit that says so; 0 leaves it out."""


def as_change(table: DrawnTable, document_id: int, page: int, *, instead: bool) -> Take:
    """The rows with their places. A unit beside a quantity has a column of its own where none is named."""
    has_units = "uom" in table.kinds or not any(cell.unit for row in table.rows for cell in row)
    columns = table.kinds if has_units else (*table.kinds, "uom")
    return Take(columns, tuple(tuple(_cells(table, n, document_id, page)) for n in range(len(table.rows))), instead)


def _cells(table: DrawnTable, row: int, document_id: int, page: int) -> Iterator[TakenCell | None]:
    unit = None
    for cell in table.rows[row]:
        proof = Evidence(Origin.TYPED, cell.text, tuple(Place(page, box) for box in cell.boxes), document_id)
        unit = TakenCell(cell.unit, proof) if cell.unit else unit
        yield TakenCell(cell.value, proof) if cell.value else None
    yield unit
