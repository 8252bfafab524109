"""Native PDFs: words, sizes, rulings, turned pages; and what a person cannot see is never passed off as seen."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extraction.formats.mupdf import pymupdf
from extraction.formats.options import ParseOptions, Portion, RenderOptions
from extraction.formats.pdf import parse_pdf, render_pdf
from models.domain.pages import Page, Word, WordFlag
from models.errors import InputError


def _pdf(draw: Callable[[Canvas], None], pages: int = 1) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    for _ in range(pages):
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _read(draw: Callable[[Canvas], None]) -> Page:
    return parse_pdf(_pdf(draw), ParseOptions()).parsed.pages[0]


def _seen(page: Page) -> list[str]:
    return [w.text for w in page.words if w.seen]


def _only(page: Page, text: str) -> Word:
    (word,) = (w for w in page.words if w.text == text)
    return word


def test_words_carry_place_size_and_weight() -> None:
    def draw(c: Canvas) -> None:
        c.setFont("Helvetica-Bold", 14)
        c.drawString(100, 700, "ORDER")
        c.setFont("Helvetica", 9)
        c.drawString(100, 680, "4711")

    page = _read(draw)
    title, number = _only(page, "ORDER"), _only(page, "4711")
    assert (title.size, title.bold, number.size, number.bold) == (14, True, 9, False)
    assert title.box[0] == pytest.approx(100, abs=1)
    assert 841.9 - 700 - 20 < title.box[1] < 841.9 - 700 < title.box[3]
    assert (page.width, page.height) == pytest.approx((595.3, 841.9), abs=0.1)
    assert title.confidence is None


def test_reading_order_ignores_drawing_order() -> None:
    def draw(c: Canvas) -> None:
        for x, y, text in ((300, 600, "d"), (50, 600, "c"), (300, 700, "b"), (50, 700, "a")):
            c.drawString(x, y, text)

    assert _seen(_read(draw)) == ["a", "b", "c", "d"]


def test_ligatures_and_split_numbers_are_whole_words() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 700, "office first")
        c.drawRightString(300, 650, "16608")
        c.drawString(300, 650, ".")
        c.drawString(302.8, 650, "25")
        c.drawString(330, 650, "-1,250.00")

    assert _seen(_read(draw)) == ["office", "first", "16608.25", "-1,250.00"]


def test_letter_spaced_headings_are_words() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 760, "plain")
        text = c.beginText(50, 700)
        text.setCharSpace(6)
        text.textLine("PURCHASE ORDER")
        c.drawText(text)

    assert _seen(_read(draw)) == ["plain", "PURCHASE", "ORDER"]


def _invisible(c: Canvas) -> None:
    text = c.beginText(50, 600)
    text.setTextRenderMode(3)
    text.textLine("TRAP")
    text.setTextRenderMode(0)
    c.drawText(text)


def _white(c: Canvas) -> None:
    c.setFillColorRGB(1, 1, 1)
    c.drawString(50, 600, "TRAP")


def _nearly_white(c: Canvas) -> None:
    c.setFillColorRGB(0.95, 0.96, 0.95)
    c.drawString(50, 600, "TRAP")


def _colour_on_colour(c: Canvas) -> None:
    c.setFillColorRGB(0, 0, 0.5)
    c.rect(40, 590, 200, 20, fill=1, stroke=0)
    c.drawString(50, 600, "TRAP")


def _covered_by_box(c: Canvas) -> None:
    c.drawString(50, 600, "TRAP")
    c.setFillColorRGB(1, 1, 1)
    c.rect(40, 590, 200, 20, fill=1, stroke=0)


def _covered_by_picture(c: Canvas) -> None:
    c.drawString(50, 600, "TRAP")
    c.drawImage(ImageReader(Image.new("RGB", (20, 20), "green")), 40, 590, 200, 20)


def _off_page(c: Canvas) -> None:
    c.drawString(50, -60, "TRAP")


def _beside_page(c: Canvas) -> None:
    c.drawString(700, 600, "TRAP")


def _transparent(c: Canvas) -> None:
    c.setFillAlpha(0.02)
    c.drawString(50, 600, "TRAP")


def _tiny(c: Canvas) -> None:
    c.setFont("Helvetica", 0.5)
    c.drawString(50, 600, "TRAP")


@pytest.mark.parametrize("trick", [
    _invisible, _white, _nearly_white, _colour_on_colour, _covered_by_box, _covered_by_picture, _off_page, _beside_page,
    _transparent, _tiny])
def test_text_nobody_sees_is_flagged_and_reported(trick: Callable[[Canvas], None]) -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 700, "honest")
        trick(c)

    parsed = parse_pdf(_pdf(draw), ParseOptions()).parsed
    assert _seen(parsed.pages[0]) == ["honest"]
    assert _only(parsed.pages[0], "TRAP").flags & {WordFlag.HIDDEN, WordFlag.TINY}
    assert [(p.code, p.page) for p in parsed.problems] == [("hidden_text", 0)]


def test_white_text_on_a_dark_band_is_seen() -> None:
    def draw(c: Canvas) -> None:
        c.setFillColorRGB(0.1, 0.1, 0.4)
        c.rect(40, 690, 300, 20, fill=1)
        c.setFillColorRGB(1, 1, 1)
        c.drawString(50, 696, "Item Quantity")

    assert _seen(_read(draw)) == ["Item", "Quantity"]


def test_a_signature_stroke_near_a_word_does_not_hide_it() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 700, "before")
        path = c.beginPath()
        path.moveTo(40, 690)
        for n in range(40):
            path.lineTo(40 + 2 * n, 690 + 30 * (n % 2))
        c.drawPath(path, fill=1)

    assert _seen(_read(draw)) == ["before"]


def test_struck_words_are_flagged() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 700, "gone")
        c.line(48, 703, 75, 703)
        c.drawString(50, 650, "kept")
        c.line(48, 648, 75, 648)

    page = _read(draw)
    assert WordFlag.STRUCK in _only(page, "gone").flags
    assert not _only(page, "kept").flags


def test_rulings_come_from_lines_boxes_and_thin_fills() -> None:
    def draw(c: Canvas) -> None:
        c.drawString(60, 705, "x")
        c.line(50, 720, 250, 720)
        c.line(250, 720, 450, 720)
        c.rect(50, 600, 400, 1, fill=1, stroke=0)
        c.rect(50, 500, 400, 50)

    rules = _read(draw).rules
    level = [r for r in rules if r[2] - r[0] > r[3] - r[1]]
    upright = [r for r in rules if r not in level]
    assert [(round(r[0]), round(r[2])) for r in level] == [(50, 450)] * 4
    assert [round((r[1] + r[3]) / 2) for r in level] == pytest.approx([122, 241, 292, 342], abs=1)
    assert [round(r[0]) for r in upright] == pytest.approx([50, 450], abs=1)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_are_read_upright_whatever_their_rotation(turn: int) -> None:
    def draw(c: Canvas) -> None:
        c.drawString(50, 700, "first second")
        c.drawString(50, 680, "third")

    with pymupdf.open(stream=_pdf(draw), filetype="pdf") as document:
        document[0].set_rotation(turn)
        content = document.tobytes()
    page = parse_pdf(content, ParseOptions()).parsed.pages[0]
    assert _seen(page) == ["first", "second", "third"]
    assert _only(page, "first").box[2] < _only(page, "second").box[0]


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_text_drawn_sideways_is_turned_upright(angle: int) -> None:
    def draw(c: Canvas) -> None:
        c.translate(300, 400)
        c.rotate(angle)
        c.drawString(0, 0, "first second")
        c.drawString(0, -20, "third")

    page = _read(draw)
    assert _seen(page) == ["first", "second", "third"]
    assert all(0 <= w.box[0] < w.box[2] <= page.width and 0 <= w.box[1] < w.box[3] <= page.height for w in page.words)


def _scan(c: Canvas) -> None:
    c.drawImage(ImageReader(Image.new("L", (600, 800), 200)), 0, 0, *A4)


def test_a_page_without_text_becomes_a_bounded_picture() -> None:
    parsed = parse_pdf(_pdf(_scan), ParseOptions()).parsed
    (image,) = parsed.images
    assert image.dpi == pytest.approx(300)
    assert len(image.pixels) == image.width * image.height
    assert (image.width, image.height) == pytest.approx((2480, 3508), abs=2)


def test_an_invisible_text_layer_over_a_scan_is_not_trusted() -> None:
    def draw(c: Canvas) -> None:
        _scan(c)
        _invisible(c)

    parsed = parse_pdf(_pdf(draw), ParseOptions()).parsed
    assert len(parsed.images) == 1
    assert not _seen(parsed.pages[0])


def test_long_scans_come_in_portions_that_make_up_the_whole() -> None:
    content, seen = _pdf(_scan, pages=5), []
    options = ParseOptions(image_budget=10_000_000)
    portion: Portion = parse_pdf(content, options)
    seen += [p.number for p in portion.parsed.pages]
    while portion.next_page is not None:
        assert len(portion.parsed.images) == 2
        portion = parse_pdf(content, ParseOptions(image_budget=10_000_000, first_page=portion.next_page))
        seen += [p.number for p in portion.parsed.pages]
    assert seen == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(("pages", "is_read"), [(2, True), (3, True), (4, False)])
def test_the_page_limit_is_exact(pages: int, is_read: bool) -> None:
    content = _pdf(lambda c: c.drawString(50, 700, "x"), pages)
    if is_read:
        assert len(parse_pdf(content, ParseOptions(max_pages=3)).parsed.pages) == pages
        return
    with pytest.raises(InputError) as caught:
        parse_pdf(content, ParseOptions(max_pages=3))
    assert caught.value.code == "too_many_pages"


def test_a_locked_pdf_is_refused_with_the_reason() -> None:
    with pymupdf.open(stream=_pdf(lambda c: c.drawString(50, 700, "x")), filetype="pdf") as document:
        locked = document.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="u", owner_pw="o")
    with pytest.raises(InputError) as caught:
        parse_pdf(locked, ParseOptions())
    assert caught.value.code == "encrypted_document"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj", b"%PDF-" + bytes(range(256)) * 20])
def test_broken_pdfs_are_refused_with_a_reason(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse_pdf(content, ParseOptions())
    assert caught.value.code in {"damaged_document", "empty_document"}


def test_a_page_renders_as_png_and_a_missing_one_is_refused() -> None:
    content = _pdf(lambda c: c.drawString(50, 700, "x"))
    with Image.open(io.BytesIO(render_pdf(content, RenderOptions(0, dpi=72)))) as picture:
        assert picture.size == pytest.approx((595, 842), abs=1)
        assert picture.convert("L").getextrema()[0] < 100
    with pytest.raises(InputError):
        render_pdf(content, RenderOptions(1))
