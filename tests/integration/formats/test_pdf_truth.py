"""What a PDF shows wins over what it says: through the real sandbox, the real OCR and, for order data, to the reading."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extraction.formats.mupdf import pymupdf
from extraction.ocr.pool import OcrPool
from extraction.pages import PRELOAD, PageReader
from extraction.service import Reader
from models.domain.evidence import PageKind
from models.domain.reading import Context, Reading
from runtime.sandbox import Sandbox
from tests.support.cii import CiiLine, cross_industry_order
from tests.support.pdf_truth import FONT, drawn, lying, text_picture


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(preload=PRELOAD)
    yield made
    made.close()


@pytest.fixture(scope="module")
def pages(sandbox: Sandbox) -> Iterator[PageReader]:
    pool = OcrPool("tesseract", workers=1)
    yield PageReader(sandbox, pool)
    pool.close()


def _numbers(c: Canvas) -> None:
    c.setFont(FONT, 12)
    for n, text in enumerate(("Purchase order 4711", "Quantity 100 pieces", "Price 21.50 each", "Total 2150.00")):
        c.drawString(60, 700 - 24 * n, text)


def test_a_lying_font_is_found_out(pages: PageReader) -> None:
    parsed = pages.read(lying(drawn(_numbers), says="9", shows="1"))
    words = {w.text for w in parsed.pages[0].words if w.seen}
    assert {"4711", "100", "21.50", "2150.00"} <= words
    assert not words & {"4799", "900", "29.50", "2950.00"}
    assert [p.code for p in parsed.problems] == ["text_layer_disagrees"]


def test_an_honest_text_under_suspicion_stays_as_it_is(pages: PageReader) -> None:
    def draw(c: Canvas) -> None:
        c.drawImage(ImageReader(text_picture(2).resize((10, 10)).point(lambda _: 252)), 0, 0, 595, 842)
        _numbers(c)
        _numbers(c)
        c.setFont(FONT, 8)
        c.drawString(60, 560, "Please deliver everything to the usual address and confirm this order by return mail, thank you")

    parsed = pages.read(drawn(draw))
    assert {w.confidence for w in parsed.pages[0].words if w.text in {"4711", "100", "2150.00"}} == {None}
    assert not [p for p in parsed.problems if p.code == "text_layer_disagrees"]


def test_a_pasted_table_is_read_where_it_lies(pages: PageReader) -> None:
    def draw(c: Canvas) -> None:
        for n in range(3):
            c.drawString(60, 780 - 14 * n, "Dear sirs, please deliver the parts listed below to our usual address in time")
        c.drawImage(ImageReader(text_picture()), 60, 400, 450, 170)

    parsed = pages.read(drawn(draw))
    (page,) = parsed.pages
    found = {w.text: w.box for w in page.words if w.confidence is not None}
    assert {f"WIDGET-{n}7" for n in range(5)} <= found.keys()
    tops = [found[f"WIDGET-{n}7"][1] for n in range(5)]
    assert tops == sorted(tops)
    assert all(272 <= top <= 442 for top in tops)
    assert all(60 <= found[f"WIDGET-{n}7"][0] <= 180 for n in range(5))
    assert [w.text for w in page.words if w.confidence is None][:3] == ["Dear", "sirs,", "please"]


def _with_data(quantity: int, number: str = "P-77", lines: int = 1, unit: str = "C62") -> bytes:
    def draw(c: Canvas) -> None:
        for n, row in enumerate((
                "PURCHASE ORDER", "Order number: P-77", "Order date: 2030-01-05", "Pos  Item  Description  Quantity  Unit  Price",
                "1  B-1  Widget  12  pcs  3.00  36.00")):
            for at, cell in enumerate(row.split("  ")):
                c.drawString(50 + 80 * at, 760 - 20 * n, cell)

    order = cross_industry_order(
        number, date(2030, 1, 5), [CiiLine(Decimal(quantity), Decimal("3.00"), "B-1", "Widget", unit)] * lines)
    with pymupdf.open(stream=drawn(draw), filetype="pdf") as document:
        document.embfile_add("order-x.xml", order)
        return bytes(document.tobytes())


def _reading(pages: PageReader, content: bytes) -> tuple[Reading, list[str]]:
    result = Reader(pages).read(content, Context())
    (reading,) = result.readings
    return reading, [p.code for p in reading.problems]


def test_order_data_that_the_print_confirms_is_the_order(pages: PageReader) -> None:
    reading, codes = _reading(pages, _with_data(12))
    (line,) = reading.lines
    assert line.quantity is not None
    assert (line.quantity.value, line.quantity.confidence) == (Decimal(12), 0.99)
    assert [(p.page, p.kind) for p in line.quantity.evidence.places] == [(1, PageKind.SEGMENTS)]
    assert codes == []


def test_order_data_that_the_print_contradicts_is_a_question(pages: PageReader) -> None:
    reading, codes = _reading(pages, _with_data(900, number="P-78"))
    (line,) = reading.lines
    assert line.quantity is not None
    assert line.quantity.confidence == 0.5
    assert [c.value for c in line.quantity.candidates] == [12]
    assert reading.header.po_number is not None
    assert [c.value for c in reading.header.po_number.candidates] == ["P-77"]
    assert set(codes) == {"data_differs_from_print"}
    assert len(codes) == 2


def test_a_unit_is_told_in_the_word_of_the_print(pages: PageReader) -> None:
    reading, codes = _reading(pages, _with_data(12, unit="C62"))
    assert reading.lines[0].uom is not None
    assert (reading.lines[0].uom.value, codes) == ("pcs", [])


def test_another_unit_in_print_is_a_question(pages: PageReader) -> None:
    reading, codes = _reading(pages, _with_data(12, unit="XBX"))
    unit = reading.lines[0].uom
    assert unit is not None
    assert (unit.value, [c.value for c in unit.candidates], codes) == ("XBX", ["pcs"], ["data_differs_from_print"])


def test_more_lines_in_the_data_than_in_print_are_a_question(pages: PageReader) -> None:
    reading, codes = _reading(pages, _with_data(12, lines=2))
    assert len(reading.lines) == 2
    assert codes == ["data_differs_from_print"]
