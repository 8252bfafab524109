"""Tesseract in-process (tesserocr), with our own line removal: the light reader and the independent witness."""

from __future__ import annotations

from collections.abc import Iterator

import tesserocr

from extraction.formats.lines import reading_order
from extraction.ocr.engine import PictureText
from extraction.ocr.picture import Pixels, cared_for, grey_of
from extraction.ocr.tessdata import DOUBT, best_network, is_smudge
from extraction.ocr.turning import any_way_up
from models.domain.pages import PageImage, Word


class Tesseract:
    """One warm recogniser. `upright`: pictures are known to stand upright. Raises ImportError without language data."""

    name = "tesseract"

    def __init__(self, *, upright: bool = False) -> None:
        folder, network = best_network()
        self._doubt = 0.0 if upright else DOUBT
        self._api = tesserocr.PyTessBaseAPI(
            path=str(folder), lang=network, psm=tesserocr.PSM.SINGLE_BLOCK, oem=tesserocr.OEM.LSTM_ONLY)

    def read(self, image: PageImage) -> PictureText:
        """Words in reading order with Tesseract's own confidence, and the ruling lines."""
        return any_way_up(image, self._upright, self._doubt)

    def _upright(self, image: PageImage) -> PictureText:
        clean, dpi, rules = cared_for(grey_of(image), image.dpi)
        words = [word for line in reading_order(self._words(clean, dpi, image.page)) for word in line]
        return PictureText(tuple(words), rules, self.name)

    def _words(self, grey: Pixels, dpi: float, page: int) -> Iterator[Word]:
        height, width = grey.shape
        self._api.SetImageBytes(grey.tobytes(), width, height, 1, width)
        self._api.SetSourceResolution(round(dpi))
        self._api.Recognize()
        level = tesserocr.RIL.WORD
        for part in tesserocr.iterate_level(self._api.GetIterator(), level):
            box = part.BoundingBox(level)
            text = (part.GetUTF8Text(level) or "").strip() if box else ""
            confidence = max(0.0, min(1.0, part.Confidence(level) / 100)) if text else 0.0
            if not is_smudge(text, confidence):
                left, top, right, bottom = (v * 72 / dpi for v in box)
                yield Word(text, page, (left, top, right, bottom), round(confidence, 4))
