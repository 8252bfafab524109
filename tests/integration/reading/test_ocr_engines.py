"""The real OCR engines: both runtimes, the program, turned pages, two processes, and what happens when one does not start."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.bootstrap import Rooms
from extraction.ocr import pool as pools
from extraction.ocr import server
from extraction.ocr.engine import OcrEngine
from extraction.ocr.pool import OcrPool
from extraction.ocr.rapid import Rapid
from extraction.ocr.rapid_nets import load_nets
from extraction.ocr.server import load_engine
from extraction.ocr.tesseract import Tesseract
from extraction.ocr.tesseract_program import TesseractProgram
from extraction.pages import PRELOAD, PageReader
from models.domain.pages import InkKind, PageImage
from runtime.sandbox import Sandbox
from runtime.settings import OcrProfile, Settings

LINES = (
    "Purchase order 4711", "Pos  Item  Quantity  Price", "1  PUMP-20  12  45,90", "2  VALVE-7  100  3,25",
    "3  SEAL-204  1.250  0,18", "Total  1.100,80 EUR")
WORDS = " ".join(LINES).split()


def _image(turn: int = 0, page: int = 0, lines: tuple[str, ...] = LINES) -> PageImage:
    """Ten point type at 200 dpi, turned clockwise."""
    picture = Image.new("L", (1100, 1050), 255)
    draw = ImageDraw.Draw(picture)
    for n, line in enumerate(lines):
        draw.text((150, 250 + 70 * n), line, font=ImageFont.load_default(30), fill=0)
    grey = np.rot90(np.asarray(picture), -turn // 90)
    return PageImage(page, grey.shape[1], grey.shape[0], 200.0, np.ascontiguousarray(grey).tobytes())


@pytest.fixture(scope="module")
def rapid() -> Rapid:
    return Rapid(load_nets("openvino"))


@pytest.fixture(scope="module", params=["rapid", "tesseract"])
def engine(request: pytest.FixtureRequest, rapid: Rapid) -> OcrEngine:
    return rapid if request.param == "rapid" else Tesseract()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(preload=PRELOAD)
    yield made
    made.close()


def test_a_page_in_letters_the_networks_do_not_know_is_told(rapid: Rapid) -> None:
    known = ["ORDER 4711", "QUANTITY", "PRICE", "TOTAL", "DELIVERY", "ADDRESS", "SCREW", "WASHER", "NUT"]
    unknown = [
        "ЗАКАЗ 4711", "КОЛИЧЕСТВО", "ЦЕНА ТОВАРА", "ИТОГО К ОПЛАТЕ", "ДОСТАВКА ГРУЗА", "ЮРИДИЧЕСКИЙ АДРЕС", "БОЛТ ЖЕЛЕЗНЫЙ",
        "ШАЙБА ПРУЖИННАЯ", "ГАЙКА ШЕСТИГРАННАЯ"]
    with pymupdf.open() as document:
        for lines in (known, unknown):
            page = document.new_page(width=400, height=400)
            page.insert_htmlbox((40, 40, 380, 380), "".join(f"<p>{line}</p>" for line in lines))
        shown = [page.get_pixmap(dpi=200, colorspace=pymupdf.csGRAY, alpha=False) for page in document]
    told = [rapid.read(PageImage(0, picture.width, picture.height, 200.0, picture.samples)).inks for picture in shown]
    assert told[0] == ()
    assert len(told[1]) >= 6
    assert {ink.kind for ink in told[1]} == {InkKind.UNKNOWN_PRINT}


def test_words_have_their_places(rapid: Rapid) -> None:
    text = rapid.read(_image())
    assert [w.text for w in text.words] == WORDS
    picture = np.frombuffer(_image().pixels, np.uint8).reshape(1050, 1100)
    for word in text.words:
        left, top, right, bottom = (round(v * 200 / 72) for v in word.box)
        inked = np.flatnonzero((picture[top:bottom, left:right] < 128).any(axis=0))
        assert inked[0] <= 3
        assert inked[-1] >= right - left - 4
        assert picture[top:bottom, [left - 3, right + 3]].min() > 128          # no letter is cut


@pytest.mark.slow
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_turned_pages_are_read_and_their_boxes_are_those_of_the_upright_page(engine: OcrEngine, turn: int) -> None:
    upright, text = engine.read(_image()), engine.read(_image(turn))
    assert (upright.turn, text.turn) == (0, 360 - turn)
    assert [(w.text, w.box) for w in text.words] == [(w.text, w.box) for w in upright.words]


@pytest.mark.slow
def test_onnx_runtime_reads_what_openvino_reads(rapid: Rapid) -> None:
    other = Rapid(load_nets("onnxruntime"))
    mine, its = rapid.read(_image(lines=LINES[:3])), other.read(_image(lines=LINES[:3]))
    assert [(w.text, w.box) for w in mine.words] == [(w.text, w.box) for w in its.words]
    assert [w.confidence for w in mine.words] == pytest.approx([w.confidence for w in its.words], abs=0.01)


def test_loading_reports_to_nobody_and_loads_no_downloader() -> None:
    code = (
        "import sys; from extraction.ocr.rapid import Rapid; Rapid(); "
        "print(sorted({'rapidocr', 'requests', 'openvino_telemetry.main'} & set(sys.modules)))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600)
    assert done.stdout.strip() == "[]"
    assert done.stderr == ""


def test_without_tesserocr_the_program_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [w.text for w in TesseractProgram().read(_image()).words] == WORDS
    monkeypatch.setattr(server, "_has_tesserocr", lambda: False)
    assert load_engine("tesseract").read(_image()).read_by == "tesseract"


@pytest.mark.slow
def test_two_processes_answer_in_order() -> None:
    pool = OcrPool("rapid", workers=2)
    try:
        texts = pool.read([_image(page=n, lines=(f"order number {n}",)) for n in (11, 22, 33)])
    finally:
        pool.close()
    assert [[w.text for w in t.words] for t in texts] == [["order", "number", str(n)] for n in (11, 22, 33)]
    assert not pool.is_lesser


@pytest.mark.slow
def test_where_the_accurate_reader_does_not_start_the_light_one_reads_and_it_is_said(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    monkeypatch.setattr(pools, "_LESSER", {"accurate_but_missing": "tesseract"})
    pool = OcrPool("accurate_but_missing")
    try:
        picture = Image.frombytes("L", (1100, 1050), _image().pixels)
        parsed = PageReader(sandbox, pool).read(_png(picture))
    finally:
        pool.close()
    assert "4711" in [w.text for w in parsed.pages[0].words]
    assert [p.code for p in parsed.problems] == ["ocr_lesser_engine"]


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", dpi=(200, 200))
    return buffer.getvalue()


@pytest.mark.parametrize(("profile", "engine"), [
    (OcrProfile.ACCURATE, "accurate"), (OcrProfile.LIGHT, "tesseract"), (OcrProfile.NONE, None)])
def test_the_setting_chooses_the_reader(tmp_path: Path, profile: OcrProfile, engine: str | None) -> None:
    rooms = Rooms(Settings(data=tmp_path, ocr=profile))
    try:
        assert (rooms.ocr and rooms.ocr._engine) == engine
    finally:
        rooms.close()
