"""The contract of an OCR engine, and what comes back for a picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from models.domain.evidence import Box
from models.domain.pages import Ink, PageImage, Word


@dataclass(frozen=True, slots=True)
class PictureText:
    """What stands on a picture: words in reading order and ruling lines, boxes in PDF points of the picture's page.

    `problem` is a sentence when the picture could not be read; then there are no words. `turn`: degrees clockwise
    (0, 90, 180, 270) by which the picture had to be turned before it could be read; boxes are those of the turned picture.
    """

    words: tuple[Word, ...] = ()
    rules: tuple[Box, ...] = ()
    read_by: str = "none"
    problem: str | None = None
    turn: int = 0
    inks: tuple[Ink, ...] = ()


class OcrEngine(Protocol):
    """Reads one picture at a time. An engine belongs to one process and one thread."""

    name: str

    def read(self, image: PageImage) -> PictureText:
        """Words with a confidence from 0.0 to 1.0. Raises nothing for a picture without text: it has no words."""
