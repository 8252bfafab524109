"""DOCX, ODT and RTF as pages of text: columns stay columns, what is hidden or deleted is flagged, pictures go to OCR."""

from __future__ import annotations

import base64
import io
import quopri
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.shared import Inches, RGBColor
from odf import draw, style, table, text
from odf.office import BinaryData
from odf.opendocument import OpenDocumentText
from PIL import Image

from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.parse import parse_document
from extraction.formats.render import render_document
from models.domain.evidence import PageKind
from models.domain.pages import Parsed, SourceFormat, WordFlag
from models.errors import InputError

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _parsed(content: bytes, options: ParseOptions | None = None) -> Parsed:
    return parse_document(content, options or ParseOptions()).parsed


def _lines(parsed: Parsed) -> list[str]:
    """Lines as a person sees them, words at their columns."""
    lines: dict[float, str] = {}
    for word in parsed.pages[0].words:
        if word.seen:
            lines[word.box[1]] = lines.get(word.box[1], "").ljust(int(word.box[0])) + word.text
    return [line.strip() for line in lines.values()]


def _flags(parsed: Parsed) -> dict[str, set[WordFlag]]:
    return {w.text: set(w.flags) for w in parsed.pages[0].words if w.flags}


def _saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _picture(size: tuple[int, int] = (1200, 800)) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("L", size, 255).save(buffer, "PNG")
    buffer.seek(0)
    return buffer


def _docx() -> bytes:
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Birchmoor Imaginary Goods"
    document.sections[0].footer.paragraphs[0].text = "Page foot"
    document.add_heading("Purchase order 4711", 0)
    document.add_paragraph("Qty\tItem\tPrice")
    document.add_paragraph("5\tA-1\t2.50")
    for name in ("5 x PUMP", "6 x VALVE"):
        document.add_paragraph(name, style="List Number")
    grid = document.add_table(3, 3)
    for r, row in enumerate([("Item", "Qty", "Price"), ("A-1 bolt\nzinc", "20", "1.50"), ("B-2", "5", "9.99")]):
        for c, value in enumerate(row):
            grid.cell(r, c).text = value
    grid.cell(2, 0).merge(grid.cell(2, 1)).text = "both"
    return _saved(document)


def test_a_docx_reads_from_top_to_bottom_with_columns_and_numbers() -> None:
    parsed = _parsed(_docx())
    assert (parsed.format, parsed.pages[0].kind, parsed.problems) == (SourceFormat.DOCX, PageKind.TEXT, ())
    assert _lines(parsed) == [
        "Birchmoor Imaginary Goods", "Purchase order 4711", "Qty    Item  Price", "5      A-1   2.50", "1. 5 x PUMP",
        "2. 6 x VALVE", "Item      Qty  Price", "A-1 bolt  20   1.50", "zinc", "both           9.99", "Page foot"]


def test_docx_text_that_was_hidden_or_taken_back_is_flagged() -> None:
    document = Document()
    paragraph = document.add_paragraph("kept ")
    paragraph.add_run("vanished ").font.hidden = True
    paragraph.add_run("white ").font.color.rgb = RGBColor(255, 255, 255)
    paragraph.add_run("struck ").font.strike = True
    changes: Any = paragraph._p
    changes.append(parse_xml(f"<w:del {_W}><w:r><w:delText>deleted</w:delText></w:r></w:del>"))
    changes.append(parse_xml(f'<w:ins {_W}><w:r><w:t xml:space="preserve"> inserted</w:t></w:r></w:ins>'))
    dark = parse_xml(
        f'<w:tbl {_W}><w:tr><w:tc><w:tcPr><w:shd w:val="clear" w:fill="003366"/></w:tcPr><w:p><w:r><w:rPr>'
        '<w:color w:val="FFFFFF"/></w:rPr><w:t>head</w:t></w:r></w:p></w:tc></w:tr></w:tbl>')
    document.element.body.insert(1, dark)
    parsed = _parsed(_saved(document))
    assert _lines(parsed) == ["kept struck deleted inserted", "head"]
    assert _flags(parsed) == {
        "vanished": {WordFlag.HIDDEN}, "white": {WordFlag.HIDDEN}, "struck": {WordFlag.STRUCK}, "deleted": {WordFlag.STRUCK}}
    assert [p.code for p in parsed.problems] == ["hidden_text"]


def test_docx_text_boxes_are_read_once_and_nested_tables_in_place() -> None:
    document = Document()
    box = (
        f'<w:p {_W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:v="urn:schemas-microsoft-com:vml">'
        "<w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r>"
        "<w:t>boxed</w:t></w:r></w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>"
        "<w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>")
    document.element.body.insert(0, parse_xml(box))
    grid = document.add_table(1, 2)
    grid.cell(0, 0).text = "left"
    inner = grid.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "in", "ner"
    assert _lines(_parsed(_saved(document))) == ["before", "boxed", "left  in  ner"]


_PAGE = "<html><body><table><tr><td>Item</td><td>Qty</td></tr><tr><td>KX-1 Größe</td><td>24</td></tr></table></body></html>"
_SAVED = ("MIME-Version: 1.0\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n"
          f"Content-Transfer-Encoding: quoted-printable\n\n{quopri.encodestring(_PAGE.encode()).decode()}\n--b--\n")
_RICH = r"{\rtf1\ansi\trowd\cellx1500\cellx3000\intbl Item\cell Qty\cell\row\intbl KX-1 Gr\'f6\'dfe\cell 24\cell\row}"


@pytest.mark.parametrize(("name", "content"), [("page.htm", _PAGE), ("page.mht", _SAVED), ("note.rtf", _RICH)])
def test_a_document_of_another_kind_inside_a_docx_is_read_in_its_place(name: str, content: str) -> None:
    parsed = _parsed(_with_chunk(name, content.encode()))
    assert _lines(parsed) == ["Order 4711", "Item        Qty", "KX-1 Größe  24", "Regards"]
    assert parsed.problems == ()


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02" * 50, _docx()])
def test_what_cannot_be_read_of_a_docx_is_told(content: bytes) -> None:
    parsed = _parsed(_with_chunk("part.bin", content))
    assert [p.code for p in parsed.problems] == ["part_not_read"]
    assert _lines(parsed) == ["Order 4711", "Regards"]


def _with_chunk(name: str, content: bytes) -> bytes:
    """A DOCX with a file of another kind between its two paragraphs, as programs do that turn web pages into Word files."""
    document = Document()
    document.add_paragraph("Order 4711")
    document.add_paragraph("Regards")
    part = Part(PackURI(f"/word/{name}"), "application/octet-stream", content, document.part.package)
    relation = document.part.relate_to(
        part, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/aFChunk")
    document.paragraphs[0]._p.addnext(parse_xml(
        f'<w:altChunk {_W} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="{relation}"/>'))
    return _saved(document)


def test_large_pictures_become_pages_and_logos_do_not() -> None:
    document = Document()
    document.add_paragraph("see picture")
    document.add_picture(_picture(), width=Inches(1))
    document.add_picture(_picture((1200, 900)), width=Inches(5))
    content = _saved(document)
    parsed = _parsed(content)
    assert [(p.number, p.kind) for p in parsed.pages] == [(0, PageKind.TEXT), (1, PageKind.PAPER)]
    assert [(i.page, i.width, i.height) for i in parsed.images] == [(1, 1200, 900)]
    assert render_document(content, RenderOptions(1)).startswith(b"\x89PNG")
    with pytest.raises(InputError) as caught:
        render_document(content, RenderOptions(2))
    assert caught.value.code == "page_not_found"


def _odt() -> bytes:
    buffer = io.BytesIO()
    _opendocument().write(buffer)
    return buffer.getvalue()


def _flat_odt(picture: bytes = b"") -> bytes:
    """The same in one XML file, a large picture stored in it."""
    document = _opendocument()
    if picture:
        frame = draw.Frame(width="12cm", height="9cm", anchortype="as-char")
        image = draw.Image()
        image.addElement(BinaryData(text=base64.b64encode(picture).decode()), check_grammar=False)
        frame.addElement(image)
        paragraph = text.P()
        paragraph.addElement(frame)
        document.text.addElement(paragraph)
    return bytes(document.xml())


def _opendocument() -> Any:
    document = OpenDocumentText()
    looks = {"hid": {"display": "none"}, "white": {"color": "#ffffff"}, "gone": {"textlinethroughstyle": "solid"}}
    for name, properties in looks.items():
        look = style.Style(name=name, family="text")
        look.addElement(style.TextProperties(**properties))
        document.automaticstyles.addElement(look)
    numbers = text.ListStyle(name="L1")
    numbers.addElement(text.ListLevelStyleNumber(level=1, numformat="1", numsuffix=")"))
    document.automaticstyles.addElement(numbers)
    document.text.addElement(text.H(outlinelevel=1, text="Purchase order 4711"))
    paragraph = text.P(text="kept ")
    for name in ("hid", "white", "gone"):
        paragraph.addElement(text.Span(stylename=name, text=name))
        paragraph.addText(" ")
    document.text.addElement(paragraph)
    items = text.List(stylename="L1")
    for name in ("5 x PUMP", "6 x VALVE"):
        item = text.ListItem()
        item.addElement(text.P(text=name))
        items.addElement(item)
    document.text.addElement(items)
    grid = table.Table(name="T")
    for row in (("Item", "Qty"), ("A-1 bolt", "20")):
        line = table.TableRow()
        for value in row:
            cell = table.TableCell()
            cell.addElement(text.P(text=value))
            line.addElement(cell)
        grid.addElement(line)
    document.text.addElement(grid)
    return document


@pytest.mark.parametrize("content", [_odt(), _flat_odt()])
def test_an_odt_reads_with_lists_tables_and_hidden_text_flagged(content: bytes) -> None:
    parsed = _parsed(content)
    assert parsed.format is SourceFormat.ODT
    assert _lines(parsed) == ["Purchase order 4711", "kept gone", "1) 5 x PUMP", "2) 6 x VALVE", "Item      Qty", "A-1 bolt  20"]
    assert _flags(parsed) == {"hid": {WordFlag.HIDDEN}, "white": {WordFlag.HIDDEN}, "gone": {WordFlag.STRUCK}}


def test_a_picture_stored_in_a_flat_odt_becomes_a_page() -> None:
    content = _flat_odt(_picture().getvalue())
    parsed = _parsed(content)
    assert [(i.page, i.width, i.height) for i in parsed.images] == [(1, 1200, 800)]
    assert render_document(content, RenderOptions(1)).startswith(b"\x89PNG")


_RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Arial;}{\f1\fnil\fcharset238 Arial CE;}}
{\colortbl;\red255\green255\blue255;\red0\green0\blue128;}{\*\generator Unseen 1.0;}{\info{\title unseen title}}
{\header \pard Birchmoor Imaginary Goods\par}\pard\plain\f0 Purchase order \b 4711\b0\par
Gr\'f6\'dfe \u8364?5 \f1 \'e8erpadlo\f0  \u-10179?\u-8704? \par kept {\v vanished }{\cf1 white} {\deleted gone}{\revised new}\par
Qty\tab Item\tab Price\par 5\tab A-1\tab 2.50\par
\trowd\clcbpat2\cellx2000\clcbpat2\cellx4000\clcbpat2\cellx6000\pard\intbl\cf1 Item\cell Qty\cell Price\cell\row
\trowd\cellx2000\cellx4000\cellx6000\pard\plain\intbl A-1 bolt\line zinc\cell 20\cell 1,50\cell\row
\trowd\cellx4010\cellx6000\pard\intbl both\cell 9,99\cell\row
\pard After {\field{\*\fldinst HYPERLINK "unseen"}{\fldrslt link}}\par
{\shp{\*\shpinst{\sp{\sn shapeType}{\sv 1}}{\shptxt \pard boxed\par}}}{\pict\wmetafile8\picwgoal100\pichgoal100 0011}}"""


def test_an_rtf_reads_with_its_code_pages_cells_and_boxes() -> None:
    parsed = _parsed(_RTF)
    assert parsed.format is SourceFormat.RTF
    assert _lines(parsed) == [
        "Birchmoor Imaginary Goods", "Purchase order 4711", "Größe €5 čerpadlo \U0001f600", "kept gone new",
        "Qty    Item  Price", "5      A-1   2.50", "Item      Qty  Price", "A-1 bolt  20   1,50", "zinc", "both           9,99",
        "After link", "boxed"]
    assert _flags(parsed) == {"vanished": {WordFlag.HIDDEN}, "white": {WordFlag.HIDDEN}, "gone": {WordFlag.STRUCK}}


def test_an_old_word_document_is_refused_with_advice() -> None:
    with pytest.raises(InputError) as caught:
        _parsed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le") + bytes(600))
    assert caught.value.code == "unsupported_format"
    assert "DOCX" in caught.value.sentence


@pytest.mark.parametrize(("content", "advice"), [
    (b'<?xml version="1.0"?>\n<!-- by hand -->\n<svg xmlns="http://www.w3.org/2000/svg"><text>PO 1</text></svg>', r"\(SVG\)"),
    (b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">\n<svg width="9"/>', r"\(SVG\)"),
    (b"%!PS-Adobe-3.0 EPSF-3.0\n(PO 1) show\n", "PostScript"),
    (b"\xc5\xd0\xd3\xc6" + bytes(26) + b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
    (b"Rar!\x1a\x07\x01\x00" + bytes(40), "RAR"),
])
def test_kinds_that_are_known_and_not_read_are_refused_with_advice(content: bytes, advice: str) -> None:
    with pytest.raises(InputError, match=advice) as caught:
        _parsed(content)
    assert caught.value.code == "unsupported_format"


@pytest.mark.parametrize(("make", "part"), [(_docx, "word/document.xml"), (_odt, "content.xml")])
def test_a_document_type_declaration_is_refused_wherever_it_hides(make: Any, part: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(make())) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == part:
                start = data.index(b"?>") + 2
                data = data[:start] + b"<!--" + b"x" * 9_000 + b"--><!DOCTYPE x [<!ENTITY a 'b'>]>" + data[start:]
            new.writestr(name, data)
    with pytest.raises(InputError) as caught:
        _parsed(buffer.getvalue())
    assert caught.value.code == "doctype_refused"


@pytest.mark.parametrize("content", [_docx(), _odt()], ids=["docx", "odt"])
@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_a_document_cut_short_is_refused(content: bytes, quarter: int) -> None:
    with pytest.raises(InputError) as caught:
        _parsed(content[: len(content) * quarter // 4])
    assert caught.value.code in {"damaged_document", "unknown_format"}


@pytest.mark.parametrize(("make", "limit"), [(_docx, {"max_words": 20}), (_odt, {"max_rows": 5})])
def test_limits_hold_for_office_texts(make: Any, limit: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        _parsed(make(), ParseOptions(**limit))
    assert caught.value.code in {"too_many_words", "too_many_rows"}


_ODD = (b'<?xml version="1.0" encoding="cp037"?>', b'<?xml version="1.0" encoding="xTF-8"?>', b"no xml ")


@pytest.mark.parametrize("head", _ODD)
def test_parts_in_other_encodings_than_office_uses_are_refused(head: bytes) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_docx())) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, head + data[data.index(b"?>") + 2:] if name == "word/document.xml" else data)
    with pytest.raises(InputError) as caught:
        _parsed(buffer.getvalue())
    assert caught.value.code == "damaged_document"
