"""Text that is not what a person sees: how hidden text is reported, and letters that stand for nothing. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extraction.formats.lines import union
from models.domain.pages import Problem, Word

_SAMPLE = 80              # characters

NO_TEXT = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x7f-\x9f]")
"""What a font without a map to Unicode, or with a made-up one, gives in the place of a letter."""


def without_echoes(words: Sequence[Word]) -> list[Word]:
    """The words without unseen ones that a seen one repeats on their place: the shadows of print hide nothing."""
    unseen = {word.text for word in words if not word.seen}
    shown: dict[str, list[Word]] = {}
    for word in words if unseen else ():
        if word.seen and word.text in unseen:
            shown.setdefault(word.text, []).append(word)
    return [word for word in words if word.seen or not any(_covers(twin, word) for twin in shown.get(word.text, ()))]


def _covers(word: Word, other: Word) -> bool:
    """True when the middle of the other lies on the word."""
    left, top, right, bottom = word.box
    return left <= (other.box[0] + other.box[2]) / 2 <= right and top <= (other.box[1] + other.box[3]) / 2 <= bottom


def hidden_problem(words: Sequence[Word], page: int, *, what: str = "Page") -> Problem | None:
    """The problem hidden_text for unseen words of one page, with the box around them; None when there are none."""
    if not words:
        return None
    box = words[0].box
    for word in words[1:]:
        box = union(box, word.box)
    sample = " ".join(word.text for word in words)
    shown = sample if len(sample) <= _SAMPLE else f"{sample[:_SAMPLE]}…"
    count = "a word" if len(words) == 1 else f"{len(words)} words"
    return Problem(
        "hidden_text",
        f"{what} {page + 1} holds text that a person cannot see ({count}: “{shown}”). It was not read: check whether it counts.",
        page, box)
