"""A drawn table before its rows are taken: the page under it, keys for what a column holds, the rows as a change of the order."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from extraction.lines.drawn import DrawnTable
from extraction.repository import load_pages
from matching.case_documents import belongs_to
from matching.cases import Cases
from matching.row_change import Take, TakenCell
from models.domain.evidence import Evidence, Origin, PageKind, Place
from models.domain.pages import Page
from models.errors import NotFound
from models.tables.intake import DocumentRow
from runtime.blobs import Blobs

KIND_KEYS = (
    "", "buyer_sku", "supplier_sku", "description", "quantity", "uom", "unit_price", "discount", "requested_date", "gtin")
"""What a column holds, by the digit that says so; 0 leaves it out."""


def load_paper(db: Session, blobs: Blobs, case_id: int, document_id: int, number: int) -> Page:
    """A page of one of the case's documents, to draw a table on. Raises NotFound for a page of another case, or of no paper."""
    case = Cases(db).get(case_id)
    known = select(DocumentRow.id).where(DocumentRow.id == document_id, belongs_to(case.id, case.message_id))
    if db.execute(known).scalar_one_or_none() is None:
        raise NotFound(f"Document {document_id} does not belong to case {case_id}. Reload the case.")
    for page in load_pages(db, blobs, document_id):
        if page.number == number and page.kind is PageKind.PAPER:
            return page
    raise NotFound("A table can be drawn on a page of paper only. Copy the cells of a sheet, and paste them.")


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
