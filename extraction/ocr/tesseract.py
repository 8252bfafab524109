"""Tesseract in-process (tesserocr), with our own line removal: the light reader and the independent witness."""

from __future__ import annotations

from collections.abc import Iterator

import tesserocr

from extraction.ocr.engine import PictureText
from extraction.ocr.paper import Pixels
from extraction.ocr.runs import read_page
from extraction.ocr.tessdata import best_network, is_smudge, spelled
from models.domain.pages import PageImage, Word


class Tesseract:
    """One warm recogniser. `mounted`: pictures are sheets with a run of words on each row, upright.

    Raises ImportError without language data.
    """

    name = "tesseract"

    def __init__(self, *, mounted: bool = False) -> None:
        folder, network = best_network()
        self._mounted = mounted
        self._api = tesserocr.PyTessBaseAPI(
            path=str(folder), lang=network, psm=tesserocr.PSM.SINGLE_BLOCK, oem=tesserocr.OEM.LSTM_ONLY)

    def read(self, image: PageImage) -> PictureText:
        """Words in reading order with Tesseract's own confidence, and the ruling lines."""
        return read_page(image, self._words, self.name, mounted=self._mounted)

    def _words(self, grey: Pixels, dpi: float, page: int) -> Iterator[Word]:
        height, width = grey.shape
        self._api.SetImageBytes(grey.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(round(dpi))
        self._api.Recognize()
        level = tesserocr.RIL.WORD
        for part in tesserocr.iterate_level(self._api.GetIterator(), level):
            box = part.BoundingBox(level)
            text = spelled(part.GetUTF8Text(level) or "") if box else ""
            confidence = max(0.0, min(1.0, part.Confidence(level) / 100)) if text else 0.0
            if not is_smudge(text, confidence):
                left, top, right, bottom = (v * 72 / dpi for v in box)
                yield Word(text, page, (left, top, right, bottom), round(confidence, 4))
