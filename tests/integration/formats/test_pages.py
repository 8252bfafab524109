"""From bytes to pages of words through the real sandbox and the real OCR processes."""

from __future__ import annotations

import io
import os
import signal
from collections.abc import Iterator

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extraction.ocr.pool import OcrPool, OcrUnavailable
from extraction.pages import PRELOAD, PageReader
from models.domain.pages import PageImage, Parsed, SourceFormat
from models.errors import InputError
from runtime.sandbox import Sandbox

LINES = (
    "Purchase order 4711", "Pos  Item  Quantity  Price", "1  PUMP-20  12  45.90", "2  VALVE-7  100  3.25", "Total  875.80 EUR")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(preload=PRELOAD)
    yield made
    made.close()


@pytest.fixture(scope="module")
def pool() -> Iterator[OcrPool]:
    made = OcrPool("tesseract", workers=1)
    yield made
    made.close()


def _picture(lines: tuple[str, ...] = LINES, *, ruled: bool = False, turn: float = 0.0) -> Image.Image:
    """Lines of 10 point type on A5 at 200 dpi."""
    image = Image.new("L", (1654, 1165), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(32)
    for n, line in enumerate(lines):
        draw.text((150, 200 + 70 * n), line, font=font, fill=0)
        if ruled:
            draw.line((120, 250 + 70 * n, 1500, 250 + 70 * n), fill=0, width=3)
    return image.rotate(turn, fillcolor=255, resample=Image.Resampling.BICUBIC)


def _bytes(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", dpi=(200, 200), **options)
    return buffer.getvalue()


def _text(parsed: Parsed) -> str:
    return " ".join(w.text for page in parsed.pages for w in page.words)


EXPECTED = " ".join(" ".join(LINES).split())


@pytest.mark.parametrize(("ruled", "turn"), [(False, 0.0), (True, 0.0), (True, 1.5)])
def test_a_scan_is_read_with_places_confidence_and_rulings(sandbox: Sandbox, pool: OcrPool, ruled: bool, turn: float) -> None:
    parsed = PageReader(sandbox, pool).read(_bytes(_picture(ruled=ruled, turn=turn)))
    (page,) = parsed.pages
    assert (parsed.format, page.read_by, parsed.images, parsed.problems) == (SourceFormat.IMAGE, "tesseract", (), ())
    assert _text(parsed) == EXPECTED
    assert all(w.confidence is not None and 0.5 < w.confidence <= 1 for w in page.words)
    number = next(w for w in page.words if w.text == "4711")
    assert 100 < number.box[0] < 300
    assert number.box[3] - number.box[1] == pytest.approx(10, abs=5)
    assert len([r for r in page.rules if r[2] - r[0] > 300]) == (len(LINES) if ruled else 0)


def test_a_pdf_of_scan_and_text_pages_is_completed_in_order(sandbox: Sandbox, pool: OcrPool) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.drawString(50, 700, "native page")
    canvas.showPage()
    canvas.drawImage(ImageReader(_picture()), 0, 400, 595, 420)
    canvas.showPage()
    canvas.drawString(50, 700, "last page")
    canvas.save()
    parsed = PageReader(sandbox, pool).read(buffer.getvalue())
    assert [p.read_by for p in parsed.pages] == ["text", "tesseract", "text"]
    assert _text(parsed) == f"native page {EXPECTED} last page"


def test_words_beside_a_scan_stay_and_are_not_doubled(sandbox: Sandbox, pool: OcrPool) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    canvas.drawImage(ImageReader(_picture()), 0, 400, 595, 419)
    canvas.setFont("Helvetica", 12)
    canvas.drawString(50, 100, "Received by fax")
    canvas.save()
    parsed = PageReader(sandbox, pool).read(buffer.getvalue())
    assert _text(parsed) == f"{EXPECTED} Received by fax"
    assert {w.confidence is None for w in parsed.pages[0].words if w.text == "Received"} == {True}


def test_without_an_engine_pictures_are_reported_unread(sandbox: Sandbox) -> None:
    parsed = PageReader(sandbox).read(_bytes(_picture()))
    assert [(p.code, p.page) for p in parsed.problems] == [("ocr_unavailable", 0)]
    assert parsed.pages[0].words == ()


def test_refusals_pass_the_wall_with_code_and_sentence(sandbox: Sandbox) -> None:
    reader = PageReader(sandbox)
    refused = ((b"", "empty_file"), (b"%PDF-1.7 rubbish", "damaged_document"), (bytes(range(256)) * 9, "unknown_format"))
    for content, code in refused:
        with pytest.raises(InputError) as caught:
            reader.read(content, file_name="order.pdf")
        assert caught.value.code == code
        assert caught.value.sentence.endswith(".")


def test_a_page_is_rendered_for_the_screen(sandbox: Sandbox) -> None:
    png = PageReader(sandbox).render(_bytes(_picture()), 0, dpi=100)
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == pytest.approx((827, 582), abs=1)


def _image(lines: tuple[str, ...] = LINES, page: int = 0) -> PageImage:
    picture = _picture(lines)
    return PageImage(page, picture.width, picture.height, 200.0, picture.tobytes())


def test_a_killed_ocr_process_is_replaced(pool: OcrPool) -> None:
    assert " ".join(w.text for w in pool.read([_image()])[0].words) == EXPECTED
    worker = pool._slots.get()
    assert worker is not None
    os.kill(worker.process.pid, signal.SIGKILL)
    pool._slots.put(worker)
    assert " ".join(w.text for w in pool.read([_image()])[0].words) == EXPECTED


def test_a_stalled_ocr_process_is_cut_off_and_the_page_reported() -> None:
    pool = OcrPool("tesseract", timeout_s=0.01)
    try:
        (answer,) = pool.read([_image(page=2)])
    finally:
        pool.close()
    assert answer.problem is not None
    assert "Page 3" in answer.problem
    assert answer.words == ()


def test_pictures_come_back_in_order_from_two_workers() -> None:
    pool = OcrPool("tesseract", workers=2)
    try:
        answers = pool.read([_image((f"number {n}",), n) for n in (11, 22, 33, 44)])
    finally:
        pool.close()
    assert [" ".join(w.text for w in a.words) for a in answers] == ["number 11", "number 22", "number 33", "number 44"]
    assert [{w.page for w in a.words} for a in answers] == [{11}, {22}, {33}, {44}]


def test_the_null_engine_reads_nothing_and_an_unknown_one_is_refused() -> None:
    nothing, unknown = OcrPool("null"), OcrPool("crystal_ball")
    try:
        assert nothing.read([_image()])[0].words == ()
        with pytest.raises(OcrUnavailable, match="crystal_ball"):
            unknown.read([_image()])
    finally:
        nothing.close()
        unknown.close()
