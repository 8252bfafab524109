"""From the recogniser's answers for one run to words with places: which letter stands where, and where a word ends. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extraction.ocr.paper import Pixels

Floats = NDArray[np.float32]
_NEW_WORD = 0.3               # of the run's height: white this wide parts words that the recogniser wrote together
_HALF_LETTER = 0.8            # of the run's height: ink farther than this from a letter's middle is not its own
_STRAY = 0.04                 # of the run's height: so little ink in a column is a speck
_UNDERLINE = 0.12             # of the run's height: ink in every column up to this is a line under or over the text


@dataclass(frozen=True, slots=True)
class Letter:
    """A recognised character: its probability and its middle, in pixels from the left of the cut-out."""

    text: str
    certainty: float
    at: float


@dataclass(frozen=True, slots=True)
class Piece:
    """A word of a run: left and right edge in pixels of the cut-out, and the probability of its least certain letter."""

    text: str
    left: float
    right: float
    confidence: float


def spelled(answers: Floats, letters: Sequence[str], width: float) -> list[Letter]:
    """The likeliest letters, from probabilities (steps, letters) over `width` pixels.

    Equal neighbours are one letter, pauses part two of the same (connectionist temporal classification, Graves 2006).
    """
    best = answers.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    found = []
    for start, end in zip(starts, [*starts[1:], len(best)], strict=True):
        if text := letters[best[start]]:
            found.append(Letter(text, float(answers[start:end, best[start]].max()), float(start + end) / 2 / len(best) * width))
    return found


def cut_words(run: Sequence[Letter], pixels: Pixels) -> list[Piece]:
    """The run's words. A word ends at a space, and where the paper is white for longer than between letters."""
    height = pixels.shape[0]
    ink = inked_columns(pixels)
    words: list[list[Letter]] = []
    edges: list[tuple[float, float]] = []          # of the white before each word but the first
    space = True
    for letter in run:
        if letter.text == " ":
            space = True
            continue
        gap = widest_white(ink, words[-1][-1].at, letter.at) if words else (0.0, 0.0)
        if space or gap[1] - gap[0] > _NEW_WORD * height:
            if words:
                edges.append(gap)
            words.append([])
        words[-1].append(letter)
        space = False
    if not words:
        return []
    first, last = _outer(ink, words[0][0].at - _HALF_LETTER * height, words[-1][-1].at + _HALF_LETTER * height)
    lefts = [first, *(end for _, end in edges)]
    rights = [*(start for start, _ in edges), last]
    return [
        Piece("".join(x.text for x in word), left, max(right, left + 1), min(x.certainty for x in word))
        for word, left, right in zip(words, lefts, rights, strict=True)
    ]


def inked_columns(pixels: Pixels) -> NDArray[np.bool_]:
    """For each column whether a letter's ink is in it; specks and a line under or over the whole text do not count."""
    height = pixels.shape[0]
    dark = cv2.threshold(pixels, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1].sum(axis=0, dtype=np.int64)
    line = min(float(np.percentile(dark, 5)), _UNDERLINE * height)
    return np.asarray(dark > line + _STRAY * height)


def widest_white(ink: NDArray[np.bool_], start: float, end: float) -> tuple[float, float]:
    """The widest stretch of columns without ink between two places; an empty one in the middle where there is none."""
    best = ((start + end) / 2,) * 2
    white_since: int | None = None
    for column in range(max(0, round(start)), min(len(ink), round(end) + 1)):
        if ink[column]:
            white_since = None
            continue
        white_since = column if white_since is None else white_since
        if column + 1 - white_since > best[1] - best[0]:
            best = float(white_since), float(column + 1)
    return best


def _outer(ink: NDArray[np.bool_], start: float, end: float) -> tuple[float, float]:
    """The first and last column with ink between two places, or the places themselves."""
    low, high = max(0, round(start)), min(len(ink), round(end) + 1)
    found = np.flatnonzero(ink[low:high])
    return (float(low + found[0]), float(low + found[-1] + 1)) if len(found) else (float(low), float(high))
