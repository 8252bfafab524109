"""The words of one PDF page with the style of the text run they stand in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from extraction.formats.lines import centre
from extraction.formats.mupdf import pymupdf
from models.domain.evidence import Box
from models.domain.pages import Word, WordFlag

TINY_POINTS = 3.0
_BOLD_FONT, _BOLD_CHARACTER = 16, 8           # bits of MuPDF's span flags and character flags
_DRAWN = 16 | 32                              # filled or stroked; neither: render mode 3, invisible
_TURNS = {(1, 0): 0, (0, -1): 90, (-1, 0): 180, (0, 1): 270}


@dataclass(frozen=True, slots=True)
class Run:
    """A word as it was drawn: `colour` 0xRRGGBB, `drawn` False for invisible text; `raw_box` before the page was turned."""

    word: Word
    raw_box: Box
    colour: int
    drawn: bool


def text_lines(page: Any, textpage: Any) -> dict[tuple[int, int], Any]:
    """MuPDF's text lines by (block, line)."""
    blocks = page.get_text("dict", textpage=textpage)["blocks"]
    return {(b, n): line for b, block in enumerate(blocks) for n, line in enumerate(block.get("lines", ()))}


def turn_upright(page: Any, lines: dict[tuple[int, int], Any]) -> None:
    """Set the page's rotation so that most of its text runs from left to right; pages without text stay as they are."""
    votes: Counter[int] = Counter()
    for line in lines.values():
        turn = _TURNS.get((round(line["dir"][0]), round(line["dir"][1])))
        if turn is not None:
            votes[turn] += sum(len(span["text"].strip()) for span in line["spans"])
    if votes.total():
        page.set_rotation(votes.most_common(1)[0][0])


def words_of(page: Any, textpage: Any, lines: dict[tuple[int, int], Any], number: int) -> list[Run]:
    """Every word of the text layer, seen or not, in drawing order. Boxes are in points of the upright page."""
    turn = page.rotation_matrix if page.rotation else None
    return [
        _run(number, tuple(raw[:4]), raw[4], _span(lines.get((raw[5], raw[6]), {}).get("spans", ()), raw), turn)
        for raw in page.get_text("words", textpage=textpage)
    ]


def _span(spans: Sequence[Any], raw: tuple[Any, ...]) -> Any:
    if len(spans) == 1:
        return spans[0]
    x, y = centre(raw[:4])
    for span in spans:
        left, top, right, bottom = span["bbox"]
        if left <= x <= right and top <= y <= bottom:
            return span
    return spans[0] if spans else {}


def _run(number: int, raw_box: Box, text: str, span: Any, turn: Any) -> Run:
    box = raw_box if turn is None else tuple((pymupdf.Rect(raw_box) * turn).normalize())
    size = float(span.get("size", raw_box[3] - raw_box[1]))
    bold = bool(span.get("flags", 0) & _BOLD_FONT or span.get("char_flags", 0) & _BOLD_CHARACTER)
    drawn = span.get("alpha", 255) > 25 and bool(span.get("char_flags", _DRAWN) & _DRAWN)
    flags = frozenset({WordFlag.TINY}) if size < TINY_POINTS else frozenset()
    return Run(Word(text, number, box, None, flags, round(size, 2), bold), raw_box, span.get("color", 0), drawn)
