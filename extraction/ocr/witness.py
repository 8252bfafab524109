"""The combined reader: one engine reads the page, looks again where it was unsure, and another bears witness; then they vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from extraction.formats.lines import reading_order
from extraction.ocr.align import align
from extraction.ocr.calibrate import weights_of
from extraction.ocr.cuttings import cut_out, sheets
from extraction.ocr.engine import OcrEngine, PictureText
from extraction.ocr.paper import Pixels
from extraction.ocr.picture import grey_of, is_coarse, softened
from extraction.ocr.policy import WITNESSED, wants_closer_look, wants_witness
from extraction.ocr.rapid_runs import Run
from extraction.ocr.rapid_words import Letter
from extraction.ocr.shapes import shape_claims
from extraction.ocr.vote import CLOSER, habits_of, vote
from models.domain.pages import PageImage, Rival, Word


class Speller(OcrEngine, Protocol):
    """An engine that also reads single runs of text, cut out and level."""

    def spell(self, runs: Sequence[Run]) -> list[list[Letter]]:
        """The letters of each run."""


class Witnessed:
    """`first` reads the page; `second` reads numbers and doubtful words, or all words where the picture asks for it."""

    name = WITNESSED

    def __init__(self, first: Speller, second: OcrEngine) -> None:
        self._first = first
        self._second = second
        self._weights = weights_of("vote")

    def read(self, image: PageImage) -> PictureText:
        """Words with the probability that they are right, and what else was read in their place."""
        text, claims = self.readings(image)
        habits = habits_of(text.words, claims, image.dpi)
        voted = [vote(word, said, habits, self._weights, self._first.name) for word, said in zip(text.words, claims, strict=True)]
        return replace(text, words=tuple(w for line in reading_order(voted) for w in line), read_by=self.name)

    def readings(self, image: PageImage) -> tuple[PictureText, list[list[Rival]]]:
        """What the first engine reads, and for each word what a closer look, its ink and the second engine say; undecided."""
        text = self._first.read(image)
        grey = np.ascontiguousarray(np.rot90(grey_of(image), -text.turn // 90))
        claims = [[claim] if claim else [] for claim in shape_claims(grey, image.dpi, text.words)]
        self._look_closer(grey, image, text.words, claims)
        self._ask_witness(grey, image, text.words, claims)
        return text, claims

    def _look_closer(self, grey: Pixels, image: PageImage, words: Sequence[Word], claims: Sequence[list[Rival]]) -> None:
        doubtful = [n for n, word in enumerate(words) if wants_closer_look(word, thorough=image.thorough)]
        cuts = [cut_out(grey, image.dpi, words[n].box)[0] for n in doubtful]
        if not is_coarse(grey):           # else the first look was softened: another look must be another
            cuts = [softened(cut, image.dpi) for cut in cuts]
        runs = [Run(0, 0, cut.shape[1], cut.shape[0], 0.0, cut) for cut in cuts]
        for n, letters in zip(doubtful, self._first.spell(runs), strict=True):
            if text := "".join(x.text for x in letters).replace(" ", ""):
                claims[n].append(Rival(text, round(min(x.certainty for x in letters), 4), CLOSER))

    def _ask_witness(self, grey: Pixels, image: PageImage, words: Sequence[Word], claims: Sequence[list[Rival]]) -> None:
        asked = [n for n, word in enumerate(words) if wants_witness(word, thorough=image.thorough)]
        found = [
            word for sheet in sheets(grey, image.dpi, [words[n].box for n in asked])
            for word in sheet.back(self._second.read(sheet.image).words, image.page)]
        for n, group in zip(asked, align([words[n] for n in asked], found)[0], strict=True):
            if group:
                confidence = min(w.confidence or 0.0 for w in group)
                claims[n].append(Rival("".join(w.text for w in group), confidence, self._second.name))
