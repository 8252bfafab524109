"""Workbooks: every cell a person sees, as they see it; what is hidden, merged or not computed is flagged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal

import pytest
import xlwt
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P
from openpyxl import Workbook, load_workbook
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from extraction.fields.numbers import CONTINENTAL, ENGLISH, parse_number
from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.parse import parse_document
from extraction.formats.render import render_document
from extraction.formats.sheet_numbers import plain_number
from models.domain.evidence import PageKind
from models.domain.pages import Page, Parsed, SourceFormat, WordFlag
from models.errors import InputError


def _xlsx(fill: Callable[[Worksheet], None]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    book.save(buffer)
    return buffer.getvalue()


def _parsed(content: bytes, **limits: int) -> Parsed:
    return parse_document(content, ParseOptions(**limits)).parsed


def _cells(page: Page) -> dict[tuple[int, int], str]:
    return {(int(w.box[1]), int(w.box[0])): w.text for w in page.words}


def test_cells_are_words_at_their_row_and_column() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C3"], sheet["D3"], sheet["C700"] = "00456", 12.0, " two\nlines "

    page = _parsed(_xlsx(fill)).pages[0]
    assert page.kind is PageKind.SHEET
    assert _cells(page) == {(2, 2): "00456", (2, 3): "12", (699, 2): "two lines"}
    assert page.words[0].box == (2, 2, 3, 3)
    assert (page.width, page.height) == (4, 700)


@given(st.integers(-10**14, 10**14), st.integers(0, 4))
def test_numbers_of_up_to_fifteen_digits_survive_exactly(digits: int, places: int) -> None:
    number = Decimal(digits).scaleb(-places)
    shown = plain_number(float(number))
    assert Decimal(shown) == number
    assert {parse_number(shown, style) for style in (ENGLISH, CONTINENTAL)} == {number}


def test_hidden_merged_and_uncomputed_cells_are_flagged_and_reported() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"], sheet["A5"], sheet["G1"], sheet["B9"], sheet["D4"] = "seen", "row", "column", "wide", "=A1*2"
        sheet.row_dimensions[5].hidden = True
        sheet.column_dimensions["G"].hidden = True
        sheet.merge_cells("B9:D10")
        assert sheet.parent is not None
        secret = sheet.parent.create_sheet("Secret & more")
        secret.sheet_state = "hidden"
        secret["A1"] = "sheet"

    parsed = _parsed(_xlsx(fill))
    flags = {w.text: set(w.flags) for page in parsed.pages for w in page.words}
    assert flags == {
        "seen": set(), "row": {WordFlag.HIDDEN}, "column": {WordFlag.HIDDEN}, "wide": {WordFlag.MERGED},
        "=A1*2": {WordFlag.UNCOMPUTED}, "sheet": {WordFlag.HIDDEN}}
    (wide,) = (w for w in parsed.pages[0].words if w.text == "wide")
    assert wide.box == (1, 8, 4, 10)
    assert [p.name for p in parsed.pages] == ["Sheet", "Secret & more"]
    assert [p.code for p in parsed.problems] == ["hidden_text", "uncomputed_formulas", "hidden_text"]


def _rewritten(content: bytes, change: Callable[[bytes], bytes], name: str = "xl/worksheets/sheet1.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.namelist():
            new.writestr(item, change(old.read(item)) if item == name else old.read(item))
    return buffer.getvalue()


def _ten_rows(sheet: Worksheet) -> None:
    for n in range(10):
        sheet.append([f"A-{n}", n])


def test_a_lying_dimension_hides_no_row() -> None:
    lying = _rewritten(_xlsx(_ten_rows), lambda xml: xml.replace(b'ref="A1:B10"', b'ref="A1:B1"'))
    assert len(_parsed(lying).pages[0].words) == 20


def test_a_computed_formula_is_read_and_flagged() -> None:
    content = _rewritten(_xlsx(lambda s: s.append([2, "=A1*2"])), lambda xml: xml.replace(b"<v></v>", b"<v>4</v>"))
    word = _parsed(content).pages[0].words[1]
    assert (word.text, set(word.flags)) == ("4", {WordFlag.FORMULA})


def test_formulas_of_plain_arithmetic_are_worked_out_where_no_result_is_stored() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["KX-4", 12, 4, "=B1*C1", 1.1, "=ROUND(D1*$E1*(1-10%),2)", '=IF(B1="","",B1*2)'])
        sheet.append(["KX-5", None, 6, "=B2*C2", 2.5, "=D2 * E2", '=IF(B2="","",B2*2)'])
        sheet.append([None, "=SUM(F1:F2)+0.5", "=SUMPRODUCT(C1:C2;E1:E2)", "=-(B3-1)/2", "=MAX(C1:C2)"])

    words = {(w.box[1], w.box[0]): w for w in _parsed(_xlsx(fill)).pages[0].words}
    assert {place: w.text for place, w in words.items() if WordFlag.FORMULA in w.flags} == {
        (0, 3): "48", (0, 5): "47.52", (0, 6): "24", (1, 3): "0", (1, 5): "0",
        (2, 1): "48.02", (2, 2): "19.4", (2, 3): "-23.51", (2, 4): "6"}
    assert (1, 6) not in words                     # shows nothing
    assert not _parsed(_xlsx(fill)).problems


@pytest.mark.parametrize(("formula", "stored", "shown"), [
    ("=A1*B1", "0", "24"), ("=A1*B1", "99", "24"), ("=A1*B1", "24.000000000000004", "24"), ("=A1/7", "1.7142857142857142", None),
    ("=VLOOKUP(A1,A1:B9,2)", "2", "2"), ("=VLOOKUP(A1,A1:B9,2)", "0", "=VLOOKUP(A1,A1:B9,2)"), ("=A1-12", "0", "0")])
def test_results_that_programs_work_out_anew_on_opening_are_worked_out(formula: str, stored: str, shown: str | None) -> None:
    kept = f"<v>{stored}</v>".encode()
    book = _rewritten(_xlsx(lambda s: s.append([12, 2, formula])), lambda xml: xml.replace(b"<v></v>", kept))
    words = _parsed(book).pages[0].words
    assert words[2].text == (shown or "1.71428571428571")
    assert words[2].flags == {WordFlag.UNCOMPUTED if words[2].text.startswith("=") else WordFlag.FORMULA}


def test_stored_results_are_believed_where_nothing_is_worked_out_on_opening() -> None:
    book = _rewritten(_xlsx(lambda s: s.append([12, 2, "=A1*B1"])), lambda xml: xml.replace(b"<v></v>", b"<v>99</v>"))
    kept = _rewritten(book, lambda xml: xml.replace(b'fullCalcOnLoad="1"', b""), "xl/workbook.xml")
    assert [w.text for w in _parsed(kept).pages[0].words] == ["12", "2", "99"]


@pytest.mark.parametrize("formula", [
    "=B1", "=C1", "=A1*2", "=D1/0", "=Prices!A1", "=VLOOKUP(D1,D1:D9,1)", "=SUM(D1:D99999)", "=SUM(A1:B1)", "=(D1", "=D1+",
    "=TODAY()", "=" + "(" * 99 + "D1" + ")" * 99, "=D1^2", "=[1]Sheet!D1"])
def test_what_cannot_be_worked_out_stays_without_a_result(formula: str) -> None:
    parsed = _parsed(_xlsx(lambda s: s.append(["text", formula, "=B1+1", 7])))
    assert [w.text for w in parsed.pages[0].words] == ["text", formula, "=B1+1", "7"]
    assert [p.code for p in parsed.problems] == ["uncomputed_formulas"]


def test_formulas_built_to_lead_ever_deeper_stay_without_a_result() -> None:
    deep = [["=" + "(" * 50 + f"A{row + 1}+1" + ")" * 50] for row in range(1, 59)]
    parsed = _parsed(_xlsx(lambda s: [s.append(row) for row in (*deep, [1])]))
    assert [p.code for p in parsed.problems] == ["uncomputed_formulas"]


def test_a_document_type_declaration_inside_is_refused() -> None:
    evil = _rewritten(_xlsx(_ten_rows), lambda xml: b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">' + xml)
    with pytest.raises(InputError) as caught:
        _parsed(evil)
    assert caught.value.code == "doctype_refused"


@pytest.mark.parametrize(("limit", "is_read"), [(9, False), (10, True), (11, True)])
def test_the_row_limit_is_exact(limit: int, is_read: bool) -> None:
    if is_read:
        assert len(_parsed(_xlsx(_ten_rows), max_rows=limit).pages[0].words) == 20
        return
    with pytest.raises(InputError) as caught:
        _parsed(_xlsx(_ten_rows), max_rows=limit)
    assert caught.value.code == "too_many_rows"


def test_old_and_open_workbooks_are_read_alike() -> None:
    old, buffer = xlwt.Workbook(), io.BytesIO()
    sheet = old.add_sheet("Order")
    sheet.write(1, 1, "A-1")
    sheet.write(1, 2, 5)
    old.save(buffer)
    ods, table = OpenDocumentSpreadsheet(), Table(name="Order")
    table.addElement(TableRow())
    row = TableRow()
    row.addElement(TableCell())
    text = TableCell(valuetype="string")
    text.addElement(P(text="A-1"))
    row.addElement(text)
    row.addElement(TableCell(valuetype="float", value="5"))
    table.addElement(row)
    ods.spreadsheet.addElement(table)
    stream = io.BytesIO()
    ods.write(stream)
    for content, kind in ((buffer.getvalue(), SourceFormat.XLS), (stream.getvalue(), SourceFormat.ODS)):
        parsed = _parsed(content)
        assert parsed.format is kind
        assert _cells(parsed.pages[0]) == {(1, 1): "A-1", (1, 2): "5"}
        assert parsed.pages[0].name == "Order"


def test_a_blank_workbook_says_so() -> None:
    with pytest.raises(InputError) as caught:
        _parsed(_xlsx(lambda sheet: None))
    assert caught.value.code == "empty_document"


# --- what floats over the cells ---------------------------------------------------------------------------------------

_BOX = ('<xdr:twoCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:row>{row}</xdr:row></xdr:from><xdr:to><xdr:col>6</xdr:col>'
        '<xdr:row>9</xdr:row></xdr:to><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="9" name="Box" {more}/></xdr:nvSpPr><xdr:txBody>{text}'
        '</xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor>')


def _drawn(size: tuple[int, int], *boxes: tuple[int, str, str]) -> bytes:
    """A workbook of one cell with a picture (pixels at 96 dpi) and text boxes: (row, paragraphs, further attributes)."""
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "Order 4711"
        picture = io.BytesIO()
        Image.new("L", size, 255).save(picture, "PNG")
        sheet.add_image(SheetImage(picture), "A5")

    shapes = "".join(
        _BOX.format(row=row, more=more, text="".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("|")))
        for row, text, more in boxes)
    space = 'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" ' \
            'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    shapes = shapes.replace("<xdr:twoCellAnchor>", f"<xdr:twoCellAnchor {space}>")
    return _rewritten(_xlsx(fill), lambda xml: xml.replace(b"</wsDr>", shapes.encode() + b"</wsDr>"), "xl/drawings/drawing1.xml")


def test_text_boxes_of_a_sheet_are_read_from_the_top_down_behind_its_cells() -> None:
    content = _drawn(
        (96, 96), (7, "Ring before noon", ""), (2, "Ship to: Mill Lane 7| |Oldwick", ""), (1, "not shown", 'hidden="1"'))
    first, second = _parsed(content).pages
    assert _cells(first) == {(0, 0): "Order 4711"}
    assert (second.kind, second.number, second.name) == (PageKind.SHEET, 1, first.name)
    assert list(_cells(second).values()) == ["Ship to: Mill Lane 7", "Oldwick", "Ring before noon"]
    assert {w.page for w in second.words} == {1}


def test_large_pictures_on_a_sheet_become_pages_and_logos_do_not() -> None:
    parsed = _parsed(content := _drawn((600, 400)))
    assert [(page.number, page.kind) for page in parsed.pages] == [(0, PageKind.SHEET), (1, PageKind.PAPER)]
    assert [(image.page, image.width, image.height) for image in parsed.images] == [(1, 600, 400)]
    assert render_document(content, RenderOptions(1)).startswith(b"\x89PNG")
    for page, code in ((0, "not_renderable"), (2, "page_not_found")):
        with pytest.raises(InputError) as caught:
            render_document(content, RenderOptions(page))
        assert caught.value.code == code
    assert len(_parsed(_drawn((200, 80))).pages) == 1


def test_what_floats_over_a_hidden_sheet_is_not_read() -> None:
    book, buffer = load_workbook(io.BytesIO(_drawn((600, 400)))), io.BytesIO()
    book["Sheet"].sheet_state = "hidden"
    book.create_sheet("Shown")["A1"] = "Order 4712"
    book.save(buffer)
    parsed = _parsed(buffer.getvalue())
    assert [page.name for page in parsed.pages] == ["Sheet", "Shown"]
    assert not parsed.images
