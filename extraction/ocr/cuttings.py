"""Pieces cut out of a page and mounted one under another on a white sheet, for an engine that reads pages. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from extraction.formats.lines import centre, contains
from extraction.ocr.paper import Pixels
from models.domain.evidence import Box
from models.domain.pages import PageImage, Word

_AROUND = 3                    # dots left and right of a word that are cut out with it
_MARGIN = 20                   # dots of white around the sheet
_MOST_HEIGHT = 12_000          # dots of one sheet; Tesseract refuses 32,768
_PAPER = 90                    # percentile of a cutting's grey values that is its paper


@dataclass(frozen=True, slots=True)
class Sheet:
    """A mounted sheet and where its cuttings come from: (box on the sheet, left and top on the page), all in dots."""

    image: PageImage
    cuttings: tuple[tuple[Box, float, float], ...]

    def back(self, words: Sequence[Word], page: int) -> list[Word]:
        """Words read on the sheet, with their places on the page; what lies on no cutting is dropped."""
        points = 72 / self.image.dpi
        found = []
        for word in words:
            x, y = (v / points for v in centre(word.box))
            for box, left, top in self.cuttings:
                if contains(box, x, y):
                    right, down = (left - box[0]) * points, (top - box[1]) * points
                    moved = word.box[0] + right, word.box[1] + down, word.box[2] + right, word.box[3] + down
                    found.append(replace(word, page=page, box=moved))
                    break
        return found


def cut_out(grey: Pixels, dpi: float, box: Box) -> tuple[Pixels, int, int]:
    """The pixels of a place (box in PDF points), and their left and top on the page in dots. At least one dot."""
    left, top, right, bottom = (round(v * dpi / 72) for v in box)
    left, top = min(max(0, left - _AROUND), grey.shape[1] - 1), min(max(0, top), grey.shape[0] - 1)
    return grey[top : max(bottom, top + 1), left : max(right + _AROUND, left + 1)], left, top


def sheets(grey: Pixels, dpi: float, boxes: Sequence[Box]) -> Iterator[Sheet]:
    """What stands in the boxes (PDF points) on as few sheets as needed, each on a row of its own, its paper white."""
    batch: list[tuple[Pixels, int, int]] = []
    height = 0
    for cut in (cut_out(grey, dpi, box) for box in boxes):
        if batch and height + 2 * cut[0].shape[0] > _MOST_HEIGHT:
            yield _mounted(batch, dpi)
            batch, height = [], 0
        batch.append(cut)
        height += round(1.3 * cut[0].shape[0]) + 1
    if batch:
        yield _mounted(batch, dpi)


def _mounted(batch: Sequence[tuple[Pixels, int, int]], dpi: float) -> Sheet:
    heights = [pixels.shape[0] for pixels, _, _ in batch]
    width = max(pixels.shape[1] for pixels, _, _ in batch) + 2 * _MARGIN
    sheet = np.full((sum(round(1.3 * h) + 1 for h in heights) + 2 * _MARGIN, width), 255, np.uint8)
    y, places = _MARGIN, []
    for (pixels, left, top), height in zip(batch, heights, strict=True):
        wide = pixels.shape[1]
        sheet[y : y + height, _MARGIN : _MARGIN + wide] = _on_white(pixels)
        places.append(((float(_MARGIN), float(y), float(_MARGIN + wide), float(y + height)), float(left), float(top)))
        y += round(1.3 * height) + 1
    return Sheet(PageImage(0, sheet.shape[1], sheet.shape[0], dpi, sheet.tobytes()), tuple(places))


def _on_white(cut: Pixels) -> Pixels:
    paper = max(1.0, float(np.percentile(cut, _PAPER)))
    return np.asarray(np.clip(cut * (255.0 / paper), 0, 255), np.uint8)
