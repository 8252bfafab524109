"""The light reader: one engine reads the page, and what its words' ink, the page's type and habits say is voted on with it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from extraction.ocr.calibrate import weights_of
from extraction.ocr.engine import OcrEngine, PictureText
from extraction.ocr.picture import grey_of
from extraction.ocr.shapes import holds_unknown_sign, shape_claims
from extraction.ocr.typeface import read_type
from extraction.ocr.vote import habits_of, vote
from models.domain.pages import PageImage, Rival, Word


class Alone:
    """An engine without another beside it, its confidences probabilities."""

    def __init__(self, engine: OcrEngine) -> None:
        self._engine = engine
        self.name = engine.name
        self._weights = weights_of(engine.name)

    def read(self, image: PageImage) -> PictureText:
        """Words with the probability that they are right, and what else they may be."""
        text, claims = self.readings(image)
        habits = habits_of(text.words, claims, image.dpi)
        words = zip(text.words, claims, strict=True)
        return replace(text, words=tuple(vote(word, said, habits, self._weights, self.name) for word, said in words))

    def readings(self, image: PageImage) -> tuple[PictureText, list[list[Rival]]]:
        """What the engine reads, numbers parted that it wrote as one, and for each word what its ink says; undecided.

        A sign that the network cannot write is what its ink says: nothing is held against it.
        """
        text = self._engine.read(image)
        grey = np.ascontiguousarray(np.rot90(grey_of(image), -text.turn // 90))
        shapes = shape_claims(grey, image.dpi, text.words)
        words = [
            replace(word, text=claim.text) if claim and holds_unknown_sign(word.text) else word
            for word, claim in zip(text.words, shapes, strict=True)]
        found: list[Word] = []
        claims: list[list[Rival]] = []
        for shape, parts in zip(shapes, read_type(grey, image.dpi, words), strict=True):
            for part, said in parts:
                found.append(part)
                claims.append([claim for claim in (shape if len(parts) == 1 else None, said) if claim])
        return replace(text, words=tuple(found)), claims
