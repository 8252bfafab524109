"""RapidOCR's networks as an engine: the accurate reader. It reads crooked, grey and faxed pages as they are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from extraction.formats.lines import reading_order
from extraction.ocr.bars import without_bars
from extraction.ocr.engine import PictureText
from extraction.ocr.overlooked import SURE, overlooked
from extraction.ocr.picture import grey_of, is_coarse, lines_of, softened
from extraction.ocr.rapid_nets import Nets, load_nets
from extraction.ocr.rapid_runs import Floats, Run, as_input, find_runs
from extraction.ocr.rapid_words import Letter, cut_words, spelled
from extraction.ocr.turning import any_way_up
from extraction.ocr.unknown import unknown_print
from models.domain.pages import PageImage, Word

_READ_HEIGHT = 48             # pixels the recogniser was trained with
_STEP = 8                     # pixels of width for one answer
_BATCH_WIDTH = 2_400          # pixels read at once, all runs of a batch together
_DOUBT = 0.72                 # mean certainty of letters: measured at least 0.86 on upright faxes, at most 0.62 on their heads
_WORTH_SAYING = 0.5           # a run whose letters are less certain than this on average is a smudge


class Rapid:
    """One warm reader of Latin and Greek letters. Raises ImportError when no runtime or model is installed."""

    name = "rapid"

    def __init__(self, nets: Nets | None = None) -> None:
        self._nets = nets or load_nets()

    def read(self, image: PageImage) -> PictureText:
        """Words in reading order, each with the probability of its least certain letter, and the ruling lines."""
        return any_way_up(image, self._upright, _DOUBT)

    def _upright(self, image: PageImage) -> PictureText:
        grey = grey_of(image)
        if is_coarse(grey):               # on standard faxes for training this took a seventh off the character errors
            grey = softened(grey, image.dpi)
        points = 72 / image.dpi
        runs = find_runs(grey, self._nets.detect)
        spelt = list(zip(runs, self.spell(runs), strict=True))
        clean, lines = lines_of(grey, image.dpi)
        inks = unknown_print(spelt, image.dpi)
        left = overlooked(grey, clean, image.dpi, runs)
        spelt += [(run, x) for run, x in zip(left, self.spell(left), strict=True) if x and min(c.certainty for c in x) >= SURE]
        rules = tuple((a * points, b * points, c * points, d * points) for a, b, c, d in lines)
        words = [without_bars(word, rules) for run, letters in spelt for word in _words(run, letters, image.page, points)]
        return PictureText(tuple(w for line in reading_order(words) for w in line), rules, self.name, inks=inks)

    def spell(self, runs: Sequence[Run]) -> list[list[Letter]]:
        """The letters of each run; batches hold runs of about the same length, because all are as wide as the widest."""
        inputs = [_input(run) for run in runs]
        order = sorted(range(len(runs)), key=lambda n: inputs[n].shape[1])
        found: list[list[Letter]] = [[] for _ in runs]
        for batch in _batches(order, [x.shape[1] for x in inputs]):
            widest = -(-max(inputs[n].shape[1] for n in batch) // 32) * 32
            stack = np.zeros((len(batch), 3, _READ_HEIGHT, widest), np.float32)
            for row, n in enumerate(batch):
                stack[row, :, :, : inputs[n].shape[1]] = inputs[n]
            for row, n in zip(self._nets.recognise(stack), batch, strict=True):
                scale = runs[n].pixels.shape[1] / inputs[n].shape[1]
                found[n] = spelled(row, self._nets.letters, widest * scale)
        return found


def _input(run: Run) -> Floats:
    height, width = run.pixels.shape
    wide = max(_STEP, math.ceil(width * _READ_HEIGHT / height))
    return as_input(np.asarray(cv2.resize(run.pixels, (wide, _READ_HEIGHT)), np.uint8))


def _batches(order: Sequence[int], widths: Sequence[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for n in order:
        if batch and widths[n] * (len(batch) + 1) > _BATCH_WIDTH:
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch


def _words(run: Run, letters: Sequence[Letter], page: int, points: float) -> Iterator[Word]:
    if not letters or sum(x.certainty for x in letters) / len(letters) < _WORTH_SAYING:
        return
    rise = math.tan(math.radians(run.slope))
    left_edge = run.x - run.length / 2
    for piece in cut_words(letters, run.pixels):
        left, right = left_edge + piece.left, left_edge + piece.right
        middle = run.y + ((left + right) / 2 - run.x) * rise
        top, bottom = middle - run.height / 2, middle + run.height / 2
        yield Word(piece.text, page, (left * points, top * points, right * points, bottom * points), round(piece.confidence, 4))
