"""Pictures through the real sandbox and OCR: a phone's format, and ink on a scan, as picture, in a PDF and drawn into one."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import numpy as np
import pillow_heif
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from extraction.model.synth.ink import PENS, mark_page
from extraction.ocr.pool import OcrPool
from extraction.pages import PRELOAD, PageReader
from models.domain.pages import InkKind, SourceFormat
from runtime.sandbox import Sandbox

DPI = 150
LINES = ("Purchase order 4711", "PUMP-20  12  45.90", "VALVE-7  100  3.25", "Total  875.80 EUR")


@pytest.fixture(scope="module")
def reader() -> Iterator[PageReader]:
    sandbox, pool = Sandbox(preload=PRELOAD), OcrPool("tesseract", workers=1)
    yield PageReader(sandbox, pool)
    pool.close()
    sandbox.close()


def _page() -> np.ndarray:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for n, line in enumerate(LINES):
        draw.text((120, 160 + 60 * n), line, font=ImageFont.load_default(30), fill=(10, 10, 10))
    return np.asarray(image).copy()


def _saved(page: np.ndarray, kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(page).save(buffer, kind, dpi=(DPI, DPI))
    return buffer.getvalue()


def test_a_phones_picture_passes_the_wall(reader: PageReader) -> None:
    pillow_heif.register_heif_opener()
    parsed = reader.read(_saved(_page(), "HEIF"))
    assert parsed.format is SourceFormat.IMAGE
    assert {"4711", "PUMP-20", "875.80"} <= {w.text for w in parsed.pages[0].words}


@pytest.mark.parametrize("as_pdf", [False, True])
def test_a_note_on_a_scan_is_reported_with_its_place_and_the_print_still_read(reader: PageReader, as_pdf: bool) -> None:
    page = _page()
    drawn = mark_page(page, "note", PENS["blue"], DPI, random.Random(3))
    content = _saved(page, "PNG")
    if as_pdf:
        with pymupdf.open() as document:
            sheet = document.new_page(width=595.2, height=841.92)
            sheet.insert_image(sheet.rect, stream=content)
            content = bytes(document.tobytes())
    parsed = reader.read(content)
    (problem,) = (p for p in parsed.problems if p.code in {"handwriting", "signature"})
    assert problem.page == 0 and problem.box is not None
    left, top, right, bottom = (v * 72 / DPI for v in drawn.box)
    assert problem.box[0] < right and left < problem.box[2] and problem.box[1] < bottom and top < problem.box[3]
    assert {ink.kind for ink in parsed.pages[0].inks} == {InkKind.HANDWRITING}
    assert {"4711", "PUMP-20", "875.80"} <= {w.text for w in parsed.pages[0].words}


def test_ink_drawn_into_a_pdf_is_handwriting(reader: PageReader) -> None:
    with pymupdf.open() as document:
        sheet = document.new_page()
        for n, line in enumerate(LINES):
            sheet.insert_text((60, 80 + 30 * n), line)
        sheet.add_ink_annot([[(100, 300), (120, 280), (140, 310), (160, 285)]])
        content = bytes(document.tobytes())
    parsed = reader.read(content)
    found = {p.code: p.box for p in parsed.problems}
    assert found.get("handwriting") == pytest.approx((100, 280, 160, 310), abs=8)
    assert "4711" in {w.text for w in parsed.pages[0].words}
