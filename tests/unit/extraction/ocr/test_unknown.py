"""Print in letters that no reader knows is told, not passed over."""

from __future__ import annotations

import numpy as np
import pytest

from extraction.ocr.rapid_runs import Run
from extraction.ocr.rapid_words import Letter
from extraction.ocr.unknown import unknown_print
from models.domain.pages import InkKind

HEIGHT, ADVANCE, DPI = 40, 24, 72.0
Spelt = tuple[Run, list[Letter]]


def _run(printed: int, row: int) -> Run:
    """A run of so many letters, each an upright bar."""
    pixels = np.full((HEIGHT, printed * ADVANCE), 255, np.uint8)
    for n in range(printed):
        pixels[8:32, n * ADVANCE + 6 : n * ADVANCE + 16] = 0
    return Run(printed * ADVANCE / 2, 100.0 * row, printed * ADVANCE, HEIGHT, 0.0, pixels)


def _spelt(printed: int, answered: int, row: int = 0, certainty: float = 0.9) -> Spelt:
    """A run of which the reader answered only the first letters."""
    return _run(printed, row), [Letter("H", certainty, n * ADVANCE + 11.0) for n in range(answered)]


def _read(rows: int) -> list[Spelt]:
    return [_spelt(10, 10, row) for row in range(rows)]


def test_runs_without_an_answer_are_told_where_they_lie() -> None:
    found = unknown_print([*_read(3), *(_spelt(10, 2, row) for row in range(3, 9))], DPI)
    assert [(ink.kind, ink.box) for ink in found] == [
        (InkKind.UNKNOWN_PRINT, (0.0, 100.0 * row - HEIGHT / 2, 10.0 * ADVANCE, 100.0 * row + HEIGHT / 2)) for row in range(3, 9)]


def test_guesses_are_no_answers() -> None:
    assert len(unknown_print([_spelt(10, 10, row, certainty=0.4) for row in range(7)], DPI)) == 7


@pytest.mark.parametrize("page", [
    pytest.param([], id="a blank page"),
    pytest.param(_read(6), id="a page that was read"),
    pytest.param([_spelt(10, 0, row) for row in range(5)], id="a logo of five runs"),
    pytest.param([*_read(40), *(_spelt(10, 2, row) for row in range(40, 48))], id="a few smudges on a long page"),
    pytest.param([_spelt(10, 8, row) for row in range(6)], id="letters missed here and there"),
])
def test_what_is_no_good_part_of_the_page_is_left_alone(page: list[Spelt]) -> None:
    assert unknown_print(page, DPI) == ()
