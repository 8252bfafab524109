"""The engine that reads nothing: for installations without OCR, and for tests of everything around an engine."""

from __future__ import annotations

from extraction.ocr.engine import PictureText
from models.domain.pages import PageImage


class NullEngine:
    """Every picture is blank."""

    name = "null"

    def read(self, image: PageImage) -> PictureText:
        """No words, no rules."""
        return PictureText(read_by=self.name)
