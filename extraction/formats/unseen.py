"""How text that a person cannot see is reported, whatever the format. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.formats.lines import union
from models.domain.pages import Problem, Word

_SAMPLE = 80              # characters


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
