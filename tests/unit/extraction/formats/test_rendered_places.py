"""Where a word was read, there the reviewer sees it: the drawn page holds the ink of every box, however the picture came."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from extraction.formats.image import parse_image, render_image
from extraction.formats.options import ParseOptions, RenderOptions
from extraction.formats.scan import quarter_turned, turned
from extraction.model.synth.photo import draw_photo, photographed

WIDTH, HEIGHT = 827, 1169


def _page() -> np.ndarray:
    """Words as bars, more of them to the left, on A4 at 100 dpi."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    draw = ImageDraw.Draw(image)
    for row, y in enumerate(range(90, HEIGHT - 90, 34)):
        for column in range(3 + row % 5):
            draw.rectangle((80 + 95 * column, y, 150 + 95 * column, y + 11), fill=(20, 20, 20))
    return np.asarray(image).copy()


def _saved(pixels: np.ndarray, kind: str = "PNG", mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, kind, **options)
    return buffer.getvalue()


@cache
def _by_phone() -> bytes:
    usual = draw_photo(random.Random(1))
    seen = replace(usual, margin=0.08, lean=0.06, roll=2.0, light=0.8, shadow=0.25, fall=0.2, table=50, noise=2.0)
    return photographed(cv2.resize(_page(), None, fx=2, fy=2), replace(seen, scale=0.8), 4)[0]


def _sideways_by_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return _saved(np.rot90(_page()), "JPEG", exif=exif, dpi=(100, 100))


PICTURES = {
    "straight": lambda: _saved(_page(), dpi=(100, 100)),
    "crooked": lambda: _saved(turned(_page(), 2.3), dpi=(100, 100)),
    "exif": _sideways_by_exif,
    "fax": lambda: _saved(cv2.resize(_page(), (1728, 1143)), "TIFF", "1", compression="group4", dpi=(204, 98)),
    "photo": _by_phone,
}


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize(("turn", "dpi"), [(0, 110), (90, 80), (180, 110), (270, 60)])
def test_the_box_of_a_word_on_the_drawn_page_holds_its_ink(kind: str, turn: int, dpi: int) -> None:
    content = PICTURES[kind]()
    (read,) = parse_image(content, ParseOptions()).parsed.images
    picture = quarter_turned(np.frombuffer(read.pixels, np.uint8).reshape(read.height, read.width), turn)
    with Image.open(io.BytesIO(render_image(content, RenderOptions(0, dpi=dpi, turn=turn)))) as opened:
        shown = np.asarray(opened.convert("L"), dtype=float)
    _, _, stats, _ = cv2.connectedComponentsWithStats((picture < 110).astype(np.uint8))
    words = [s for s in stats[1:].tolist() if s[2] * s[3] > 0.0002 * picture.size and s[4] > 0.6 * s[2] * s[3]]
    assert len(words) > 100
    scale = shown.shape[1] / picture.shape[1]
    assert shown.shape[0] / picture.shape[0] == pytest.approx(scale, rel=0.01)
    paper = float(np.median(shown))
    for x, y, w, h, _ in words:
        rows = slice(round((y + 0.2 * h) * scale), round((y + 0.8 * h) * scale) + 1)
        columns = slice(round((x + 0.1 * w) * scale), round((x + 0.9 * w) * scale) + 1)
        assert shown[rows, columns].mean() < 0.65 * paper
