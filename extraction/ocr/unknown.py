"""Print in letters that the reader does not know: told by the ink of runs of text to which no letter answers. Pure.

A network drops what it does not know without a word, and a page in Cyrillic letters came back as its figures alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extraction.ocr.rapid_runs import Run
from extraction.ocr.rapid_words import Letter, inked_columns
from models.domain.evidence import Box
from models.domain.pages import Ink, InkKind

_BESIDE = 0.45                # of the run's height: ink no farther than this from a letter's middle is its own
_SURE = 0.5                   # certainty of a letter that was read
_UNREAD = 0.4                 # of a run's ink: then the run counts as not read
_PAGE, _RUNS = 0.25, 6        # share of the page's ink in such runs, and how many there must be: less is a logo, a photo or a
                              # smudge; a standard fax has at most one of 158


def unknown_print(spelt: Sequence[tuple[Run, Sequence[Letter]]], dpi: float) -> tuple[Ink, ...]:
    """The runs that could not be read, with boxes in PDF points, where they are a good part of the page; else nothing."""
    inked, unread = [], []
    for run, letters in spelt:
        ink = inked_columns(run.pixels)
        answered = np.zeros(len(ink), bool)
        reach = _BESIDE * run.pixels.shape[0]
        for letter in letters:
            if letter.certainty >= _SURE:
                answered[max(0, round(letter.at - reach)) : round(letter.at + reach) + 1] = True
        inked.append(int(np.count_nonzero(ink)))
        unread.append(int(np.count_nonzero(ink & ~answered)))
    found = [run for (run, _), whole, part in zip(spelt, inked, unread, strict=True) if part > _UNREAD * whole]
    share = sum(whole for whole, part in zip(inked, unread, strict=True) if part > _UNREAD * whole)
    if len(found) < _RUNS or share < _PAGE * sum(inked):
        return ()
    return tuple(Ink(InkKind.UNKNOWN_PRINT, _box(run, 72 / dpi)) for run in found)


def _box(run: Run, points: float) -> Box:
    return (
        (run.x - run.length / 2) * points, (run.y - run.height / 2) * points,
        (run.x + run.length / 2) * points, (run.y + run.height / 2) * points)
