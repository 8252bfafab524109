"""Sentences of running text, over the ends of lines that were wrapped. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold
from models.domain.evidence import PageKind

Words = tuple[Token, ...]

_JOINING = (
    "de la le du des del della dell delle di d do da dos von van der den dem zum zur am im ob upon under sur sous les el los las "
    "y and of the et e i en und nad pod bei lez lès z o.o j k &"
)
JOINS = frozenset(_JOINING.split())
BEFORE_TOWN = JOINS | {"an", "in", "aan", "a", "op", "on"}
_SHORT = 4               # characters of the longest word with a full stop that ends no sentence
_BLANK = 0.5             # ems
_WIDEST = 35.0           # ems: mail programs wrap lines at 72 characters
_WRAPPED = 40.0          # ems: a line that is longer was ended by a person; hardly anything wraps lines later
_RAGGED = 0.93           # of the widest line of a letter: a line that reaches so far was wrapped
_SPACED = {PageKind.TEXT: 1.01}
_LEADING = 2.0           # ems from one line of a letter to the next at most
_FEWEST = 5              # words of a line of a letter
_MOST_WORDS = 90         # of a sentence that is looked at


def sentences(lines: Sequence[Line]) -> Iterable[Words]:
    """The sentences of running text, over the ends of lines that were wrapped."""
    edge = max((x.tokens[-1].right for x in lines if len(x.segments) == 1), default=0.0)
    held: list[Token] = []
    before: Line | None = None
    for line in lines:
        if before is not None and not (held and _goes_on(before, line, edge)):
            yield from _parted(held)
            held = []
        before = line
        if line.kind is PageKind.TEXT or (len(line.segments) == 1 and len(line.tokens) >= (1 if held else _FEWEST)):
            held += line.tokens
    yield from _parted(held)


def _parted(words: Sequence[Token]) -> Iterable[Words]:
    start = 0
    for n, word in enumerate(words):
        text = word.text
        ends = text[-1] in "!?" or (
            text.endswith(".") and (len(text) > _SHORT or any(c.isdigit() for c in text)) and "." not in text[:-1])
        if n + 1 == len(words) or (ends and words[n + 1].text[0].isupper()):
            yield tuple(words[start : n + 1])[:_MOST_WORDS]
            start = n + 1


def _goes_on(line: Line, after: Line, edge: float) -> bool:
    """Whether a line was wrapped into the next: it ends in the middle of something, or the next word had no room on it."""
    if after.page != line.page or len(after.segments) > 1 or after.top - line.top > _SPACED.get(line.kind, _LEADING):
        return False
    last, first = line.tokens[-1], after.tokens[0]
    if last.text[-1] in "!?:" or (last.text[-1] == "." and not first.text[0].islower()):
        return False
    if last.text.endswith(",") or first.text[0].islower() or (fold(last.text)[-1:] and fold(last.text)[-1] in BEFORE_TOWN):
        return True
    if line.kind is PageKind.TEXT and last.right > _WRAPPED:
        return False
    room = _WIDEST if line.kind is PageKind.TEXT else _RAGGED * edge
    return last.right + _BLANK + first.right - first.left > room
