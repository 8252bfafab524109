"""How the accurate reader prepares a page for its two networks; the networks here only take note of what they are given."""

from __future__ import annotations

import cv2
import numpy as np
import pymupdf
import pytest

from extraction.ocr.rapid import Rapid
from extraction.ocr.rapid_nets import Nets
from extraction.ocr.rapid_runs import Floats
from models.domain.pages import PageImage

DPI = 204


class Watching:
    """Networks that find one run in the upper left and read nothing, and keep their pictures."""

    def __init__(self) -> None:
        self.seen: list[Floats] = []
        self.read: list[Floats] = []

    def detect(self, batch: Floats) -> Floats:
        self.seen.append(batch[0, 0])
        certainty = np.zeros(batch.shape[2:], np.float32)
        certainty[40:70, 40:300] = 1.0
        return certainty

    def recognise(self, batch: Floats) -> Floats:
        self.read.append(batch[0, 0])
        answers = np.zeros((len(batch), batch.shape[3] // 8, 2), np.float32)
        answers[:, :, 0] = 1.0
        return answers

    def nets(self) -> Nets:
        return Nets(self.detect, self.recognise, ("", "A"), "onnxruntime")


def _page(rows: int) -> PageImage:
    """A fax of so many rows an inch, its dots made square."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=200)
        for y in range(20, 190, 12):
            page.insert_text((15, y), "Purchase order 4711 EBHF 100 pieces", fontsize=9)
        paper = page.get_pixmap(dpi=2 * DPI, colorspace=pymupdf.csGRAY, alpha=False)
    grey = np.frombuffer(paper.samples, np.uint8).reshape(paper.height, paper.stride)[:, : paper.width]
    dots = cv2.resize(grey, (round(300 / 72 * DPI), round(200 / 72 * rows)), interpolation=cv2.INTER_AREA)
    faxed = np.where(dots < 160, 0, 255).astype(np.uint8)
    square = cv2.resize(faxed, (faxed.shape[1], round(200 / 72 * DPI)), interpolation=cv2.INTER_CUBIC)
    return PageImage(0, square.shape[1], square.shape[0], float(DPI), square.tobytes())


def _edges(picture: Floats) -> float:
    """The steepest step from one dot to the one beside it."""
    return float(np.abs(np.diff(picture, axis=1)).max())


@pytest.mark.parametrize(("rows", "is_softened"), [(98, True), (196, False)])
def test_a_standard_fax_is_read_from_a_sharper_picture_than_its_runs_are_found_in(rows: int, is_softened: bool) -> None:
    watching = Watching()
    Rapid(watching.nets()).read(_page(rows))
    found_in, read_from = _edges(watching.seen[0]), _edges(watching.read[0])
    assert (found_in < 0.8 * read_from) == is_softened
