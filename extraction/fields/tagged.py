"""Where the tagger sees a field: runs of words of one line, and blocks of such runs under one another."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import mean

from extraction.fields.view import View, text_of
from extraction.layout.geometry import Segment, Token

SEEN = 0.35
"""Probability that at least one word of a run has."""

_EDGE = 0.12             # probability of the words next to such a one that still belong to the run
_LEADING = 1.6           # ems of white between two lines of a block
_ASIDE = 1.5             # ems by which the lines of a block may begin apart


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words of one segment that print the same field; `chance` is the mean probability of the surer ones."""

    tokens: tuple[Token, ...]
    chance: float
    line: int


@dataclass(frozen=True, slots=True)
class Span:
    """Runs under one another, one a line, from top to bottom."""

    runs: tuple[Run, ...]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """All words in reading order."""
        return tuple(t for run in self.runs for t in run.tokens)

    @property
    def chance(self) -> float:
        """The mean probability of its runs."""
        return mean(run.chance for run in self.runs)


def runs(view: View, field: str) -> tuple[Run, ...]:
    """The runs of a field in reading order: inside the tables too, which may reach too far down the page."""
    found: list[Run] = []
    for line in view.all_lines:
        if view.tags.any_of(line.tokens, field):
            for part in line.segments:
                found += _runs(view, field, part)
    return tuple(found)


def spans(view: View, field: str) -> tuple[Span, ...]:
    """The blocks of a field, in the order of their first lines: runs that begin at one height of the line, close together."""
    open_: list[list[Run]] = []
    for run in runs(view, field):
        mine = next((block for block in reversed(open_) if _continues(block[-1], run)), None)
        if mine is None:
            open_.append([run])
        else:
            mine.append(run)
    return tuple(Span(tuple(block)) for block in open_)


def _continues(above: Run, run: Run) -> bool:
    first, here = above.tokens[0], run.tokens[0]
    return (
        first.word.page == here.word.page and above.line < run.line
        and abs(first.left - here.left) < _ASIDE and here.top - first.bottom < _LEADING
        and text_of(above.tokens) != text_of(run.tokens)          # the rows of a sheet say the same again
    )


def _runs(view: View, field: str, part: Segment) -> list[Run]:
    found: list[Run] = []
    mine: list[tuple[Token, float]] = []
    for token in (*part.tokens, None):
        chance = view.tags.of(token).get(field, 0.0) if token is not None else 0.0
        if token is not None and chance >= _EDGE:
            mine.append((token, chance))
        elif mine:
            core = [c for _, c in mine if c >= SEEN]
            if core:
                found.append(Run(tuple(t for t, _ in mine), mean(core), part.line))
            mine = []
    return found
