"""Which pages of a PDF must be compared with their picture, and which pictures on a page are read."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extraction.formats.mupdf import pymupdf
from extraction.formats.options import ParseOptions
from extraction.formats.pdf import parse_pdf
from models.domain.pages import Parsed
from tests.support.pdf_truth import FONT, drawn, lying, text_picture

_LONG = "Purchase order 4711 of 12 March, please deliver 900 pieces at 12.50 each to the address below"


def _read(content: bytes) -> Parsed:
    return parse_pdf(content, ParseOptions()).parsed


def _embedded(c: Canvas) -> None:
    c.setFont(FONT, 10)
    c.drawString(50, 700, _LONG)


def test_honest_embedded_fonts_are_believed() -> None:
    assert _read(drawn(_embedded)).images == ()


@pytest.mark.parametrize(("says", "shows"), [("9", "1"), ("0", "4"), ("A", "P"), ("2", "7")])
def test_a_font_that_says_another_letter_than_it_draws_is_checked(says: str, shows: str) -> None:
    def draw(c: Canvas) -> None:
        _embedded(c)
        c.drawString(50, 600, "APAP")

    honest = _read(drawn(draw))
    parsed = _read(lying(drawn(draw), says=says, shows=shows))
    assert [w.text for w in parsed.pages[0].words] != [w.text for w in honest.pages[0].words]
    assert [(i.verify, i.box) for i in parsed.images] == [(True, None)]


def test_every_page_that_uses_a_lying_letter_is_checked_and_only_those() -> None:
    def draw(c: Canvas) -> None:
        for text in ("Total 25 EUR, and some more words", "Total 19 EUR, and some more words", "nothing here", "Again 9 pieces"):
            c.setFont(FONT, 10)
            c.drawString(50, 700, text)
            c.showPage()

    parsed = _read(lying(drawn(draw), says="9", shows="1"))
    assert [image.page for image in parsed.images if image.verify] == [1, 3]


def test_a_lying_font_that_stands_in_the_page_itself_is_checked() -> None:
    with pymupdf.open(stream=lying(drawn(_embedded)), filetype="pdf") as document:
        page = document[0]
        xref, name = next((font[0], font[4]) for font in page.get_fonts() if font[1] != "n/a")
        kind, fonts = document.xref_get_key(page.xref, "Resources/Font")
        holder, key = (int(fonts.split()[0]), name) if kind == "xref" else (page.xref, f"Resources/Font/{name}")
        document.xref_set_key(holder, key, document.xref_object(xref, compressed=True))
        content = bytes(document.tobytes())
    assert [image.verify for image in _read(content).images] == [True]


def test_letters_without_meaning_are_checked() -> None:
    content = drawn(_embedded)
    with pymupdf.open(stream=content, filetype="pdf") as document:
        for xref in range(1, document.xref_length()):
            kind, value = document.xref_get_key(xref, "ToUnicode")
            if kind == "xref":
                stream = int(value.split()[0])
                document.update_stream(stream, re.sub(rb"<00([0-9A-F]{2})>", rb"<E0\1>", document.xref_stream(stream)))
        content = document.tobytes()
    assert [i.verify for i in _read(content).images] == [True]


def test_text_over_a_picture_of_the_whole_page_is_checked() -> None:
    def draw(c: Canvas) -> None:
        c.drawImage(ImageReader(Image.new("L", (600, 800), 250)), 0, 0, *A4)
        c.drawString(50, 700, _LONG)
        c.drawString(50, 680, _LONG)

    parsed = _read(drawn(draw))
    assert [i.verify for i in parsed.images] == [True]
    assert not parsed.problems


def _letter(c: Canvas) -> None:
    for n in range(3):
        c.drawString(50, 780 - 14 * n, _LONG)


def test_a_picture_of_a_table_beside_text_is_read_alone() -> None:
    def draw(c: Canvas) -> None:
        _letter(c)
        c.drawImage(ImageReader(text_picture()), 60, 400, 450, 170)

    parsed = _read(drawn(draw))
    (image,) = parsed.images
    assert image.box == pytest.approx((60, 841.9 - 570, 510, 841.9 - 400), abs=1)
    assert (image.width, image.height) == pytest.approx((450 * 300 / 72, 170 * 300 / 72), abs=3)
    assert not image.verify


def _photo() -> Image.Image:
    return Image.radial_gradient("L").resize((600, 400))


def _logo() -> Image.Image:
    picture = Image.new("L", (600, 200), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 180, 180), fill=90)
    pen.text((200, 60), "ACME", font=ImageFont.load_default(90), fill=0)
    return picture


@pytest.mark.parametrize("picture", [_photo, _logo])
def test_logos_and_photos_cost_no_ocr(picture: Callable[[], Image.Image]) -> None:
    def draw(c: Canvas) -> None:
        _letter(c)
        c.drawImage(ImageReader(picture()), 60, 400, 300, 150)

    assert _read(drawn(draw)).images == ()


def test_text_drawn_as_outlines_beside_text_is_read() -> None:
    def draw(c: Canvas) -> None:
        _letter(c)

    with pymupdf.open(stream=drawn(draw), filetype="pdf") as document:
        page = document[0]
        font = pymupdf.Font("helv")
        writer = pymupdf.TextWriter(page.rect)
        for n in range(5):
            writer.append((60, 300 + 20 * n), f"{n} WIDGET-{n} 12 45.90 sample part", font=font, fontsize=11)
        with pymupdf.open() as other:
            source = other.new_page(width=page.rect.width, height=page.rect.height)
            writer.write_text(source)
            outlines = pymupdf.open("pdf", pymupdf.open("svg", source.get_svg_image(text_as_path=True).encode()).convert_to_pdf())
        page.show_pdf_page(page.rect, outlines, 0)
        content = document.tobytes()
    (image,) = _read(content).images
    assert image.box is not None
    assert image.box[1] == pytest.approx(300 - 9, abs=8)
    assert image.box[3] == pytest.approx(380 + 3, abs=8)
