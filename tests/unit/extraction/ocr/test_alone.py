"""The light reader asks the ink of its words."""

from __future__ import annotations

import numpy as np
import pymupdf

from extraction.ocr.alone import Alone
from extraction.ocr.engine import PictureText
from models.domain.pages import PageImage, Word

DPI = 300


class Misreading:
    """Reads what stands on a page, and every Ø as @."""

    name = "tesseract"

    def __init__(self, words: list[Word]) -> None:
        self.words = words

    def read(self, image: PageImage) -> PictureText:
        return PictureText(tuple(self.words), read_by=self.name)


def test_a_sign_the_network_cannot_write_is_what_its_ink_shows() -> None:
    printed = ["Ø7.0", "100", "4030", "20", "ORDER", "COLOUR", "ROHR"]
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        for n, text in enumerate(printed):
            page.insert_text((20, 30 + 20 * n), text, fontname="helv", fontsize=9)
        places = [word[:4] for word in page.get_text("words")]
        shown = page.get_pixmap(dpi=DPI, colorspace=pymupdf.csGRAY, alpha=False)
    grey = np.frombuffer(shown.samples, np.uint8).reshape(shown.height, shown.stride)[:, : shown.width]
    image = PageImage(0, shown.width, shown.height, float(DPI), grey.tobytes())
    read = [Word(text.replace("Ø", "@"), 0, box, 0.95) for text, box in zip(printed, places, strict=True)]

    found = Alone(Misreading(read)).read(image)

    assert [word.text for word in found.words] == printed
    assert all(word.confidence is not None and 0 < word.confidence < 1 for word in found.words)
