"""Forms, notes, attachments, locks and damage of PDFs: what shows is read, the rest is told."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from extraction.formats.embedded import carried_files, decode_embedded
from extraction.formats.mupdf import pymupdf
from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.pdf import parse_pdf, render_pdf
from models.domain.evidence import PageKind
from models.domain.pages import Parsed
from models.errors import InputError
from tests.support.cii import CiiLine, cross_industry_order

_HIDDEN = 2                # the annotation flag of ISO 32000, table 167
_AES_256 = 5               # MuPDF's number


def _pdf(draw: Callable[[Canvas], None], pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for _ in range(pages):
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _plain(c: Canvas) -> None:
    c.drawString(50, 700, "Order 4711")


def _form(c: Canvas, **options: Any) -> None:
    _plain(c)
    c.acroForm.textfield(name="quantity", value="12", x=50, y=600, width=120, height=20, **options)


def _changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    with pymupdf.open(stream=content, filetype="pdf") as document:
        change(document)
        return bytes(document.tobytes())


def _read(content: bytes, **options: Any) -> Parsed:
    return parse_pdf(content, ParseOptions(**options)).parsed


def _seen(parsed: Parsed) -> list[str]:
    return [w.text for w in parsed.pages[0].words if w.seen]


def _codes(parsed: Parsed) -> list[str]:
    return [p.code for p in parsed.problems]


def test_a_form_field_is_read_where_it_stands() -> None:
    parsed = _read(_pdf(_form))
    assert _seen(parsed) == ["Order", "4711", "12"]
    (value,) = (w for w in parsed.pages[0].words if w.text == "12")
    assert 50 <= value.box[0] < value.box[2] <= 170
    assert 842 - 620 <= value.box[1] < value.box[3] <= 842 - 600 + 3
    assert not parsed.problems


def test_a_field_without_a_drawing_of_its_own_is_drawn_and_read() -> None:
    def strip(document: Any) -> None:
        (field,) = document[0].widgets()
        document.xref_set_key(field.xref, "AP", "null")

    assert _seen(_read(_changed(_pdf(_form), strip))) == ["Order", "4711", "12"]


def test_a_field_that_shows_another_value_than_it_holds_is_told() -> None:
    def lie(document: Any) -> None:
        (field,) = document[0].widgets()
        document.xref_set_key(field.xref, "V", "(900)")

    parsed = _read(_changed(_pdf(_form), lie))
    assert _seen(parsed) == ["Order", "4711", "12"]
    (problem,) = parsed.problems
    assert (problem.code, problem.page) == ("form_value_differs", 0)
    assert "“12”" in problem.message
    assert "“900”" in problem.message
    assert problem.box == pytest.approx((50, 221.9, 170, 241.9), abs=1)


def test_a_hidden_field_is_no_value_and_told() -> None:
    parsed = _read(_pdf(lambda c: _form(c, annotationFlags="hidden")))
    assert _seen(parsed) == ["Order", "4711"]
    assert _codes(parsed) == ["hidden_text"]


def test_an_xfa_form_says_what_to_do() -> None:
    def make_xfa(document: Any) -> None:
        xref = document.get_new_xref()
        document.update_object(xref, "<<>>")
        document.update_stream(xref, b"<xdp/>")
        document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<</Fields[]/XFA {xref} 0 R>>")
        document.xref_set_key(document.pdf_catalog(), "NeedsRendering", "true")

    parsed = _read(_changed(_pdf(lambda c: c.drawString(50, 700, "Please wait")), make_xfa))
    assert _codes(parsed) == ["xfa_form"]


def test_typed_notes_are_read_and_comments_are_told() -> None:
    def annotate(document: Any) -> None:
        document[0].add_freetext_annot((300, 100, 450, 120), "Qty 25", fontsize=11)
        document[0].add_text_annot((500, 100), "please call before delivery")
        document[0].add_highlight_annot((50, 130, 100, 145))

    parsed = _read(_changed(_pdf(_plain), annotate))
    assert _seen(parsed) == ["Qty", "25", "Order", "4711"]
    (problem,) = parsed.problems
    assert problem.code == "comments_unread"
    assert "please call before delivery" in problem.message
    assert problem.box is not None


def test_a_note_that_is_never_shown_is_told_as_hidden() -> None:
    def annotate(document: Any) -> None:
        note = document[0].add_freetext_annot((300, 100, 450, 120), "Qty 900", fontsize=11)
        note.set_flags(_HIDDEN)

    parsed = _read(_changed(_pdf(_plain), annotate))
    assert _seen(parsed) == ["Order", "4711"]
    assert _codes(parsed) == ["hidden_text"]


@pytest.mark.parametrize("known", [("wrong", "user"), ("owner",)])
def test_a_locked_pdf_is_opened_and_drawn_by_a_known_password(known: tuple[str, ...]) -> None:
    with pymupdf.open(stream=_pdf(_plain), filetype="pdf") as document:
        locked = document.tobytes(encryption=_AES_256, user_pw="user", owner_pw="owner")
    assert _seen(_read(locked, passwords=known)) == ["Order", "4711"]
    assert render_pdf(locked, RenderOptions(0, passwords=known)).startswith(b"\x89PNG")
    with pytest.raises(InputError, match="ORDERMILL_DOCUMENT_PASSWORDS"):
        _read(locked, passwords=("wrong",))


_ORDER = cross_industry_order("P-1", date(2030, 1, 5), [CiiLine(Decimal(12), Decimal(3), "B-1", "Widget")])


def test_order_data_inside_is_a_page_behind_the_print_and_other_files_stand_beside() -> None:
    def attach(document: Any) -> None:
        document.embfile_add("order-x.xml", _ORDER)
        document.embfile_add("drawing.dxf", b"0\nEOF")

    content = _changed(_pdf(_plain, pages=2), attach)
    parsed = _read(content)
    assert [(p.number, p.kind) for p in parsed.pages] == [(0, PageKind.PAPER), (1, PageKind.PAPER), (2, PageKind.SEGMENTS)]
    assert {w.page for w in parsed.pages[2].words} == {2}
    assert parsed.pages[2].name == "order-x.xml"
    assert _codes(parsed) == []
    assert carried_files(content) == (("drawing.dxf", b"0\nEOF"),)
    (reading,) = decode_embedded(content, ())
    assert reading.header.po_number is not None
    assert reading.header.po_number.value == "P-1"


def test_a_file_pinned_to_a_page_is_carried_and_what_is_written_beside_it_is_told() -> None:
    def pin(document: Any) -> None:
        document[1].add_file_annot((100, 100), b"item,qty", "lines.csv")
        document[1].add_file_annot((150, 100), b"item,qty", "more.csv").set_info(content="instead of page 1")

    content = _changed(_pdf(_plain, pages=2), pin)
    assert carried_files(content) == (("lines.csv", b"item,qty"), ("more.csv", b"item,qty"))
    (problem,) = _read(content).problems
    assert problem.code == "comments_unread"
    assert "instead of page 1" in problem.message
    assert "lines.csv" not in problem.message


def test_broken_order_data_leaves_the_print_and_is_told() -> None:
    parsed = _read(_changed(_pdf(_plain), lambda d: d.embfile_add("order-x.xml", _ORDER[:-20])))
    assert _seen(parsed) == ["Order", "4711"]
    assert [p.kind for p in parsed.pages] == [PageKind.PAPER]
    assert _codes(parsed) == ["data_unreadable"]


def test_a_broken_table_of_objects_is_mended_and_told() -> None:
    content = _pdf(_plain)
    at = content.rindex(b"startxref")
    parsed = _read(content[:at] + b"startxref\n99999999\n%%EOF\n")
    assert _seen(parsed) == ["Order", "4711"]
    assert _codes(parsed) == ["damaged_document_mended"]


def test_a_page_that_is_missing_leaves_the_others() -> None:
    def break_second(document: Any) -> None:
        document.update_object(document[1].xref, "<</Type/Page/MediaBox[0 0 a b]/Contents 99999 0 R/Resources 5>>")

    parsed = _read(_changed(_pdf(_plain, pages=3), break_second))
    assert [[w.text for w in p.words] for p in parsed.pages if p.number != 1] == [["Order", "4711"]] * 2
    assert len(parsed.pages) == 3


def _numbered(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first being the catalog."""
    content, places = b"%PDF-1.7\n", []
    for n, source in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj%sendobj\n" % (n, source)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return content + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(content))


def test_ten_thousand_pages_are_refused_at_once() -> None:
    kids = b" ".join(b"%d 0 R" % n for n in range(3, 10_003))
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    content = _numbered([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 10000/Kids[%s]>>" % kids, *[page] * 10_000])
    begun = time.process_time()
    with pytest.raises(InputError) as caught:
        _read(content)
    assert caught.value.code == "too_many_pages"
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("count", [-3, 0, 99_999_999_999])
def test_a_page_tree_that_lies_is_refused_or_read_by_its_real_pages(count: int) -> None:
    content = _numbered([
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count %d/Kids[3 0 R]>>" % count,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"])
    try:
        assert len(_read(content).pages) == 1
    except InputError as e:
        assert e.code in {"damaged_document", "empty_document", "too_many_pages"}
