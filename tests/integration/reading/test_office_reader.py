"""Office documents and unknown XML through the real sandbox, to what the order says."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from docx import Document
from openpyxl import Workbook

from extraction.pages import PRELOAD, PageReader
from extraction.service import Reader
from models.domain.reading import Context, DocumentType
from runtime.sandbox import Sandbox

_LINES = (
    ("A-100", "Hex bolt", 20, "pcs", 1.5, 30.0),
    ("B-200", "Nut M8", 5, "pcs", 0.5, 2.5),
    ("C-300", "Washer", 7, "pcs", 2.0, 14.0),
)
_TITLES = ("Item", "Description", "Quantity", "Unit", "Unit price", "Amount")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    sandbox = Sandbox(preload=PRELOAD)
    yield Reader(PageReader(sandbox))
    sandbox.close()


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _docx() -> bytes:
    document = Document()
    for text in ("Purchase order", "PO number: 4711", "Date: 2031-02-03"):
        document.add_paragraph(text)
    grid = document.add_table(1 + len(_LINES), len(_TITLES))
    for r, row in enumerate((_TITLES, *_LINES)):
        for c, value in enumerate(row):
            grid.cell(r, c).text = str(value)
    return _saved(document)


def _xlsx() -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in (["Purchase order"], ["PO number", "4711"], [], _TITLES, *_LINES):
        sheet.append(row)
    sheet["XFD1048576"] = "."                     # a grid of all cells up to here would need gigabytes
    return _saved(book)


@pytest.mark.parametrize("content", [_docx(), _xlsx()], ids=["docx", "xlsx"])
def test_an_order_in_an_office_document_is_read_whole(reader: Reader, content: bytes) -> None:
    (reading,) = reader.read(content, Context()).readings
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER
    assert reading.header.po_number is not None
    assert reading.header.po_number.value == "4711"
    assert [float(line.quantity.value) for line in reading.lines if line.quantity] == [20, 5, 7]
    assert [float(line.unit_price.value) for line in reading.lines if line.unit_price] == [1.5, 0.5, 2]


def test_unknown_xml_is_shown_and_said_to_be_unknown(reader: Reader) -> None:
    result = reader.read(b"<Envelope><Body><Wish><Item>A-1</Item><Count>5</Count></Wish></Body></Envelope>", Context())
    assert [w.text for w in result.parsed.pages[0].words] == ["Body/Wish/Item", "A-1", "Body/Wish/Count", "5"]
    (reading,) = result.readings
    assert (reading.doc_type.value, reading.lines) == (DocumentType.OTHER, ())
    assert "unsupported_xml" in [p.code for p in reading.problems]
