"""The same sheet in XLSX, XLSB, XLS and ODS: formats, hidden cells, formulas and errors are told alike."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import msoffcrypto
import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from odf import draw, number, style, table
from odf.office import Annotation, BinaryData
from odf.opendocument import OpenDocumentSpreadsheet
from odf.text import P
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image
from xlwt import CompoundDoc

from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.parse import parse_document
from extraction.formats.render import render_document
from models.domain.pages import Parsed, SourceFormat, WordFlag
from models.errors import InputError
from tests.support import xlsb

Shown = dict[str, str]


def _parsed(content: bytes, options: ParseOptions | None = None) -> Parsed:
    return parse_document(content, options or ParseOptions()).parsed


def _seen(parsed: Parsed) -> list[str]:
    return [w.text for page in parsed.pages for w in page.words if w.seen]


def _flags(parsed: Parsed) -> dict[str, set[WordFlag]]:
    return {w.text: set(w.flags) for page in parsed.pages for w in page.words if w.flags}


def _codes(parsed: Parsed) -> list[str]:
    return [p.code for p in parsed.problems]


def _xlsx(fill: Callable[[Worksheet], None], book: Workbook | None = None) -> bytes:
    book, buffer = book or Workbook(), io.BytesIO()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    book.save(buffer)
    return buffer.getvalue()


def _formatted(sheet: Worksheet) -> None:
    cells: list[tuple[str | float | date, str]] = [
        (456, "00000"), (date(2030, 12, 6), "dd.mm.yyyy"), (0.19, "0%"), (12.5, "#,##0.00 [$€-407]"), (4012345678901, "0.00E+00"),
        ("0012", "@"), (5, ";;;"), (0, "0;;;@")]
    for row, (value, code) in enumerate(cells, 1):
        sheet.cell(row, 1, value).number_format = code


def _xls_formatted() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("A")
    for row, (value, code) in enumerate([
            (456, "00000"), (date(2030, 12, 6), "dd.mm.yyyy"), (0.19, "0%"), (12.5, '#,##0.00 "€"'), (4012345678901, "0.00E+00"),
            ("0012", "@"), (5, ";;;"), (0, "0;;;@")]):
        sheet.write(row, 0, value, xlwt.easyxf(num_format_str=code))
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [_xlsx(_formatted), _xls_formatted()], ids=["xlsx", "xls"])
def test_number_formats_are_read_with_the_cells(content: bytes) -> None:
    parsed = _parsed(content)
    assert _seen(parsed) == ["00456", "2030-12-06", "19%", "12.5€", "4012345678901", "0012"]
    assert _flags(parsed) == {"5": {WordFlag.HIDDEN}}


def test_the_calendar_of_1904_is_believed() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    assert _seen(_parsed(_xlsx(lambda s: s.append([datetime(2030, 12, 6)]), book))) == ["2030-12-06"]  # noqa: DTZ001


def _unseen(sheet: Worksheet) -> None:
    sheet["A1"], sheet["A2"], sheet["A3"], sheet["A4"], sheet["A5"] = "honest", "white", "tiny", "struck", "head"
    sheet["A2"].font, sheet["A3"].font, sheet["A4"].font = Font(color="FFFFFFFF"), Font(sz=1), Font(strike=True)
    sheet["A5"].font, sheet["A5"].fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF003366")
    sheet["A6"], sheet["A7"], sheet["C1"] = "themed", "flat", "narrow"
    sheet["A6"].font = Font(color="FFFFFF00")
    sheet["A6"].fill = PatternFill("solid", fgColor="FFFFFF00")
    sheet.row_dimensions[7].height = 0.5
    sheet.column_dimensions["C"].width = 0.1
    assert sheet.parent is not None
    very = sheet.parent.create_sheet("Very")
    very.sheet_state = "veryHidden"
    very["A1"] = "buried"


def _xls_unseen() -> bytes:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("A")
    styles = {
        "honest": "", "white": "font: color white", "tiny": "font: height 20", "struck": "font: struck_out on",
        "head": "font: color white; pattern: pattern solid, fore_color dark_blue",
        "themed": "font: color yellow; pattern: pattern solid, fore_color yellow"}
    for row, (text, looks) in enumerate(styles.items()):
        sheet.write(row, 0, text, xlwt.easyxf(looks))
    sheet.write(6, 0, "flat")
    sheet.row(6).hidden = True
    sheet.write(0, 2, "narrow")
    sheet.col(2).hidden = True
    very = book.add_sheet("Very")
    very.visibility = 2
    very.write(0, 0, "buried")
    book.save(buffer)
    return buffer.getvalue()


def _ods_unseen() -> bytes:
    book = OpenDocumentSpreadsheet()

    def named(name: str, family: str, *properties: object) -> style.Style:
        made = style.Style(name=name, family=family)
        for one in properties:
            made.addElement(one)
        book.automaticstyles.addElement(made)
        return made

    blue, yellow = (style.TableCellProperties(backgroundcolor=colour) for colour in ("#003366", "#ffff00"))
    looks = {
        "honest": None, "white": named("c1", "table-cell", style.TextProperties(color="#ffffff")),
        "tiny": named("c2", "table-cell", style.TextProperties(fontsize="1pt")),
        "struck": named("c3", "table-cell", style.TextProperties(textlinethroughstyle="solid")),
        "head": named("c4", "table-cell", style.TextProperties(color="#ffffff"), blue),
        "themed": named("c5", "table-cell", style.TextProperties(color="#ffff00"), yellow)}
    sheet = table.Table(name="A")
    sheet.addElement(table.TableColumn(numbercolumnsrepeated="2"))
    sheet.addElement(table.TableColumn(visibility="collapse"))
    for text, look in looks.items():
        row = table.TableRow()
        cell = table.TableCell(valuetype="string", **({"stylename": look} if look else {}))
        cell.addElement(P(text=text))
        row.addElement(cell)
        if text == "honest":
            row.addElement(table.TableCell())
            last = table.TableCell(valuetype="string")
            last.addElement(P(text="narrow"))
            row.addElement(last)
        sheet.addElement(row)
    flat = table.TableRow(visibility="filter")
    cell = table.TableCell(valuetype="string")
    cell.addElement(P(text="flat"))
    flat.addElement(cell)
    sheet.addElement(flat)
    hidden = named("t1", "table", style.TableProperties(display="false"))
    very = table.Table(name="Very", stylename=hidden)
    row, cell = table.TableRow(), table.TableCell(valuetype="string")
    cell.addElement(P(text="buried"))
    row.addElement(cell)
    very.addElement(row)
    book.spreadsheet.addElement(sheet)
    book.spreadsheet.addElement(very)
    return _written(book)


def _written(book: OpenDocumentSpreadsheet) -> bytes:
    buffer = io.BytesIO()
    book.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("content", [_xlsx(_unseen), _xls_unseen(), _ods_unseen()], ids=["xlsx", "xls", "ods"])
def test_what_a_person_does_not_see_is_flagged_in_every_kind(content: bytes) -> None:
    parsed = _parsed(content)
    assert _seen(parsed) == ["honest", "struck", "head"]
    assert _flags(parsed) == {
        "white": {WordFlag.HIDDEN}, "tiny": {WordFlag.TINY}, "struck": {WordFlag.STRUCK}, "themed": {WordFlag.HIDDEN},
        "flat": {WordFlag.HIDDEN}, "narrow": {WordFlag.HIDDEN}, "buried": {WordFlag.HIDDEN}}
    assert _codes(parsed) == ["hidden_text", "hidden_text"]


def test_of_a_cell_struck_in_part_the_rest_is_read() -> None:
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont

    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = CellRichText(TextBlock(InlineFont(strike=True), "10"), TextBlock(InlineFont(b=True), " 12"))

    assert _seen(_parsed(_xlsx(fill))) == ["12"]


def test_errors_have_no_value_and_long_numbers_are_doubted() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"], sheet["A2"] = "#REF!", 12345678901234500
        sheet["A1"].data_type = "e"

    parsed = _parsed(_xlsx(fill))
    assert _flags(parsed) == {"#REF!": {WordFlag.UNCOMPUTED}}
    assert _codes(parsed) == ["cell_errors", "digits_lost"]
    assert "(A2)" in parsed.problems[1].message


def test_comments_and_macros_are_told() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["A1"] = "order"
        sheet["A1"].comment = Comment("cancel line 2", "Ann")

    content = io.BytesIO(_xlsx(fill))
    with zipfile.ZipFile(content, "a") as package:
        package.writestr("xl/vbaProject.bin", b"macro")
    assert set(_codes(_parsed(content.getvalue()))) == {"comments_not_read", "macros_ignored"}


def test_one_cell_at_the_far_end_costs_nothing() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["XFD1048576"], sheet["A1"] = "far", "near"

    page = _parsed(_xlsx(fill), ParseOptions(max_rows=2)).pages[0]
    assert [(w.text, w.box[:2]) for w in page.words] == [("near", (0, 0)), ("far", (16_383, 1_048_575))]


@pytest.mark.parametrize(("limit", "is_read"), [(19, False), (20, True), (21, True)])
def test_the_cell_limit_is_exact(limit: int, is_read: bool) -> None:
    def fill(sheet: Worksheet) -> None:
        for n in range(10):
            sheet.append([f"A-{n}", n])

    content = _xlsx(fill)
    if is_read:
        assert len(_parsed(content, ParseOptions(max_words=limit)).pages[0].words) == 20
        return
    with pytest.raises(InputError) as caught:
        _parsed(content, ParseOptions(max_words=limit))
    assert caught.value.code == "too_many_words"


def test_xls_formulas_are_told_by_their_records() -> None:
    book, buffer = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("A")
    sheet.write(0, 0, 5)
    sheet.write(0, 1, xlwt.Formula("A1*2"))        # as xlwt writes it: without a result
    book.save(buffer)
    parsed = _parsed(buffer.getvalue())
    assert _flags(parsed) == {"=": {WordFlag.UNCOMPUTED}}
    assert _codes(parsed) == ["uncomputed_formulas"]


def _boxed_xls() -> bytes:
    """Behind a sheet that is a chart, a cell and three objects over it: a box of wide letters in two pieces, a comment, a box of
    narrow letters."""
    book, buffer = xlwt.Workbook(), io.BytesIO()
    book.add_sheet("Chart")
    book.add_sheet("Order").write(0, 0, "A-1")
    stream = bytearray(book.get_biff_data())
    stream[stream.index(b"\x05\0Chart") - 1] = 2               # the kind of the first sheet
    records = b""
    for kind, pieces in ((6, ("PO 4711 – Ann\nby", " Friday")), (0x19, ("a comment",)), (6, ("urgent",))):
        records += struct.pack("<HHHHHHHIII", 0x005D, 22, 0x15, 18, kind, 1, 0, 0, 0, 0)
        records += struct.pack("<HHHHHHHHHH", 0x01B6, 18, 0, 0, 0, 0, 0, sum(map(len, pieces)), 16, 0) + bytes(2)
        for piece in pieces:
            letters = b"\0" + piece.encode() if piece.isascii() and len(pieces) == 1 else b"\1" + piece.encode("utf-16-le")
            records += struct.pack("<HH", 0x003C, len(letters)) + letters
        records += struct.pack("<HH", 0x003C, 16) + bytes(16)
    CompoundDoc.XlsDoc().save(buffer, stream[:-4] + records + stream[-4:])
    return buffer.getvalue()


def test_text_boxes_on_an_xls_are_read_behind_its_cells() -> None:
    parsed = _parsed(_boxed_xls())
    assert [(p.name, [w.text for w in p.words]) for p in parsed.pages] == [
        ("Order", ["A-1"]), ("Order", ["PO 4711 – Ann", "by Friday", "urgent"])]


def _ods_values(*, is_flat: bool = False) -> bytes:
    book = OpenDocumentSpreadsheet()
    euro = number.CurrencyStyle(name="n1")
    book.automaticstyles.addElement(euro)
    sheet = table.Table(name="A")
    cells: list[tuple[dict[str, object], str]] = [
        ({"valuetype": "float", "value": "456"}, "00456"), ({"valuetype": "date", "datevalue": "2030-12-06"}, "06.12.30"),
        ({"valuetype": "percentage", "value": "0.19"}, "19 %"), ({"valuetype": "float", "value": "5"}, "5 pcs"),
        ({"valuetype": "currency", "currency": "EUR", "value": "1234.5"}, "1.234,50 €"),
        ({"valuetype": "float", "value": "4012345678901"}, "4.01E+12"), ({"valuetype": "string"}, "two\nlines"),
        ({"valuetype": "float", "value": "6", "formula": "of:=[.A1]*2"}, "6"), ({"formula": "of:=[.A1]*3"}, ""),
        ({"valuetype": "time", "timevalue": "PT36H30M00S"}, "36:30")]
    for attributes, text in cells:
        row, cell = table.TableRow(), table.TableCell(**attributes)
        for part in text.split("\n") if text else ():
            cell.addElement(P(text=part))
        row.addElement(cell)
        sheet.addElement(row)
    note = Annotation()
    note.addElement(P(text="secret note"))
    cell = table.TableCell(valuetype="string", numbercolumnsrepeated="2")
    cell.addElement(note)
    cell.addElement(P(text="twice"))
    row = table.TableRow(numberrowsrepeated="2")
    row.addElement(cell)
    sheet.addElement(row)
    tail = table.TableRow(numberrowsrepeated="1048000")
    tail.addElement(table.TableCell(numbercolumnsrepeated="16384"))
    sheet.addElement(tail)
    book.spreadsheet.addElement(sheet)
    return bytes(book.xml()) if is_flat else _written(book)


@pytest.mark.parametrize("is_flat", [False, True])
def test_ods_values_keep_what_only_their_shown_text_has(is_flat: bool) -> None:
    parsed = _parsed(_ods_values(is_flat=is_flat))
    assert parsed.format is SourceFormat.ODS
    assert [w.text for w in parsed.pages[0].words] == [
        "00456", "2030-12-06", "19%", "5 pcs", "1234.5EUR", "4012345678901", "two lines", "6", "=[.A1]*3", "36:30",
        "twice", "twice", "twice", "twice"]
    assert _flags(parsed) == {"6": {WordFlag.FORMULA}, "=[.A1]*3": {WordFlag.UNCOMPUTED}}
    assert _codes(parsed) == ["uncomputed_formulas", "comments_not_read"]


def _drawn_ods(*, is_flat: bool) -> bytes:
    """A sheet with a cell, a text box over it, a shape with text, a large picture and a logo; a hidden sheet with a box."""
    book = OpenDocumentSpreadsheet()
    hide = style.Style(name="hide", family="table")
    hide.addElement(style.TableProperties(display="false"))
    book.automaticstyles.addElement(hide)
    for name, look in (("Order", None), ("Notes", "hide")):
        sheet = table.Table(name=name, **({"stylename": look} if look else {}))
        box, text_box = draw.Frame(width="4cm", height="2cm"), draw.TextBox()
        for line in (f"PO 4711 {name}", "by Friday"):
            text_box.addElement(P(text=line))
        box.addElement(text_box)
        shapes = table.Shapes()
        for width, colour in (("12cm", "red"), ("1cm", "blue")):
            frame, image, stream = draw.Frame(width=width, height=width), draw.Image(), io.BytesIO()
            Image.new("RGB", (300, 300), colour).save(stream, "PNG")
            if is_flat:
                image.addElement(BinaryData(text=base64.b64encode(stream.getvalue()).decode()), check_grammar=False)
            else:
                image.setAttribute("href", book.addPictureFromString(stream.getvalue(), "image/png"))
            frame.addElement(image)
            shapes.addElement(frame)
        sheet.addElement(shapes)
        row, cell = table.TableRow(), table.TableCell(valuetype="string")
        cell.addElement(P(text="A-1"))
        cell.addElement(box)
        shape = draw.CustomShape(width="3cm", height="1cm")
        shape.addElement(P(text="urgent"))
        cell.addElement(shape)
        row.addElement(cell)
        sheet.addElement(row)
        book.spreadsheet.addElement(sheet)
    return bytes(book.xml()) if is_flat else _written(book)


@pytest.mark.parametrize("is_flat", [False, True])
def test_what_floats_over_the_cells_of_an_ods_is_read_behind_them(is_flat: bool) -> None:
    content = _drawn_ods(is_flat=is_flat)
    parsed = _parsed(content)
    assert [(p.name, [w.text for w in p.words]) for p in parsed.pages[:3]] == [
        ("Order", ["A-1"]), ("Notes", ["A-1"]), ("Order", ["PO 4711 Order", "by Friday", "urgent"])]
    assert [(i.page, i.width, i.height) for i in parsed.images] == [(3, 300, 300)]
    assert render_document(content, RenderOptions(3)).startswith(b"\x89PNG")


def _rewritten(content: bytes, parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, data in parts.items():
            new.writestr(name, data)
    return buffer.getvalue()


def _xlsb() -> bytes:
    """Cells of every kind of record; row 2 and column C hidden; a merged range; formats and a white font from styles."""
    record = xlsb._record
    text = xlsb._text

    def row(number: int, *cells: bytes, hidden: bool = False) -> bytes:
        flags = 0x1000 if hidden else 0
        return record(0, struct.pack("<IIHHBI", number, 0, 300, flags, 0, 0)) + b"".join(cells)

    def cell(kind: int, column: int, body: bytes, look: int = 0) -> bytes:
        return record(kind, struct.pack("<II", column, look) + body)

    font = struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 0, 0)
    automatic, white = bytes(8), bytes([5, 0, 0, 0, 255, 255, 255, 255])
    xf = [struct.pack("<HHHHH", 0, form, face, 0, 0) + bytes(6) for form, face in ((0, 0), (164, 0), (165, 0), (0, 1))]
    styles = (
        record(44, struct.pack("<H", 164) + text("00000")) + record(44, struct.pack("<H", 165) + text("dd.mm.yyyy"))
        + record(43, font + automatic) + record(43, font + white) + record(45, struct.pack("<I", 0) + automatic + automatic)
        + record(617) + b"".join(record(47, x) for x in xf) + record(618))
    sheet = (
        record(60, struct.pack("<IIIIH", 2, 2, 2560, 0, 1)) + record(145)
        + row(0, cell(7, 0, struct.pack("<I", 1)), cell(2, 1, struct.pack("<I", 456 << 2 | 2), 1),
              cell(5, 2, struct.pack("<d", 7.0)), cell(5, 3, struct.pack("<d", 47823.0), 2))
        + row(1, cell(6, 0, text("unseen")), hidden=True)
        + row(2, cell(2, 0, struct.pack("<I", 1250 << 2 | 3)), cell(9, 1, struct.pack("<d", 25.0) + bytes(10)),
              cell(11, 3, b"\x17" + bytes(10)), cell(4, 4, b"\x01"), cell(6, 5, text("white"), 3))
        + record(146) + record(176, struct.pack("<IIII", 2, 3, 0, 0)))
    strings = b"".join(record(19, b"\x00" + text(s)) for s in ("first", "second"))
    relations = xlsb._RELATIONS.format("worksheet", "worksheets/sheet1.bin").replace(
        "</Relationships>", "".join(
            f'<Relationship Id="r{name}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{name}" '
            f'Target="{name}.bin"/>' for name in ("styles", "sharedStrings")) + "</Relationships>")
    return _rewritten(xlsb.xlsb_file([["x"]]), {
        "xl/worksheets/sheet1.bin": sheet, "xl/styles.bin": styles, "xl/sharedStrings.bin": strings,
        "xl/_rels/workbook.bin.rels": relations.encode()})


def test_xlsb_records_are_read_with_looks_and_hidden_parts() -> None:
    parsed = _parsed(_xlsb())
    assert parsed.format is SourceFormat.XLSB
    assert _seen(parsed) == ["second", "00456", "2030-12-06", "12.5", "25", "#REF!", "TRUE"]
    assert _flags(parsed) == {
        "7": {WordFlag.HIDDEN}, "unseen": {WordFlag.HIDDEN}, "white": {WordFlag.HIDDEN}, "12.5": {WordFlag.MERGED},
        "25": {WordFlag.FORMULA}, "#REF!": {WordFlag.UNCOMPUTED}}


def _encrypted(content: bytes, password: str) -> bytes:
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, buffer)
    return buffer.getvalue()


def test_known_passwords_open_workbooks_and_others_are_asked_for() -> None:
    plain = _xlsx(lambda sheet: sheet.append(["order"]))
    locked = _encrypted(plain, "open sesame")
    assert msoffcrypto.OfficeFile(io.BytesIO(locked)).is_encrypted()
    assert _seen(_parsed(locked, ParseOptions(passwords=("open sesame",)))) == ["order"]
    with pytest.raises(InputError) as caught:
        _parsed(locked)
    assert caught.value.code == "encrypted_document"
    assert "ORDERMILL_DOCUMENT_PASSWORDS" in caught.value.sentence


_KINDS = {"xlsx": _xlsx(_formatted), "xls": _xls_formatted(), "ods": _ods_values(), "xlsb": _xlsb()}


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_workbook_cut_short_is_refused_not_half_read(kind: str, quarter: int) -> None:
    content = _KINDS[kind]
    with pytest.raises(InputError) as caught:
        _parsed(content[: len(content) * quarter // 4])
    assert caught.value.code in {"damaged_document", "unknown_format"}


# --- workbooks in one XML file ----------------------------------------------------------------------------------------

_XML_BOOK = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:x="urn:schemas-microsoft-com:office:excel">
<Styles><Style ss:ID="code"><NumberFormat ss:Format="00000"/></Style>
<Style ss:ID="day"><NumberFormat ss:Format="Short Date"/></Style>
<Style ss:ID="pale"><Font ss:Color="#FEFEFE"/></Style><Style ss:ID="out"><Font ss:StrikeThrough="1"/></Style></Styles>
<Worksheet ss:Name="Order"><Table><Column/><Column ss:Index="5" ss:Hidden="1"/>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">Purchase <B>order</B> 4711</Data></Cell>
<Cell><Data ss:Type="String">right</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:StyleID="code"><Data ss:Type="Number">815</Data></Cell>
<Cell ss:Index="3"><Data ss:Type="Number">1.5</Data></Cell>
<Cell ss:StyleID="day"><Data ss:Type="DateTime">2031-05-06T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="String">unseen</Data></Cell></Row>
<Row ss:StyleID="out"><Cell ss:Formula="=RC[1]*2"><Data ss:Type="Number">3</Data></Cell>
<Cell ss:StyleID="pale"><Data ss:Type="String">ghost</Data></Cell>
<Cell ss:Formula="=1/0"><Data ss:Type="Error">#DIV/0!</Data></Cell></Row>
<Row ss:Hidden="1"><Cell><Data ss:Type="String">gone</Data></Cell></Row></Table></Worksheet>
<Worksheet ss:Name="Back"><Table><Row>
<Cell><Data ss:Type="Boolean">1</Data><Comment><Data>ask Ann</Data></Comment></Cell></Row></Table>
<x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet></Workbook>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_in_one_xml_file_is_read_like_any_other(encoding: str) -> None:
    parsed = parse_document(_XML_BOOK.encode(encoding), ParseOptions()).parsed
    assert parsed.format is SourceFormat.XLS
    first, second = parsed.pages
    words = {(int(w.box[1]), int(w.box[0])): (w.text, set(w.flags)) for w in first.words}
    assert words == {
        (0, 0): ("Purchase order 4711", {WordFlag.MERGED}), (0, 3): ("right", set()), (3, 0): ("00815", set()),
        (3, 2): ("1.5", set()), (3, 3): ("2031-05-06", set()), (3, 4): ("unseen", {WordFlag.HIDDEN}),
        (4, 0): ("3", {WordFlag.FORMULA, WordFlag.STRUCK}), (4, 1): ("ghost", {WordFlag.HIDDEN}),
        (4, 2): ("#DIV/0!", {WordFlag.UNCOMPUTED, WordFlag.STRUCK}), (5, 0): ("gone", {WordFlag.HIDDEN})}
    assert [(w.text, set(w.flags)) for w in second.words] == [("TRUE", {WordFlag.HIDDEN})]
    assert {p.code for p in parsed.problems} == {"hidden_text", "cell_errors", "comments_not_read"}


@pytest.mark.parametrize(("content", "code"), [
    (_XML_BOOK[:900], "damaged_document"),
    (_XML_BOOK.replace("<Workbook", "<!DOCTYPE Workbook [<!ENTITY a 'b'>]><Workbook"), "doctype_refused"),
    (_XML_BOOK[:_XML_BOOK.index("<Worksheet")] + "</Workbook>", "empty_document")])
def test_a_workbook_in_xml_that_cannot_be_read_is_refused(content: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_document(content.encode(), ParseOptions())
    assert caught.value.code == code
