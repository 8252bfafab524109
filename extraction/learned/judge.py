"""How well lines, however they were read, fit the columns that were learned on their form. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from extraction.layout.geometry import Token
from extraction.learned.columns import IGNORE
from extraction.learned.grid import is_numbering
from extraction.learned.paper import Paper
from extraction.learned.rows import CODES
from extraction.learned.titles import Head, heads
from models.domain.evidence import Box, Found, Place
from models.domain.learned import ColumnPlace, Fact
from models.domain.reading import ReadingLine

_INSIDE, _OUTSIDE = 0.5, -0.75       # a value that stands in its learned column, or elsewhere
_MISSING = -0.75                     # a value that every row had
_IGNORED = -0.75                     # a value out of a column that is no part of the order
_ALWAYS = 0.97                       # share of rows with a value from which on a row without one is odd
_HOMELESS = -0.75                    # a code where the form has no column for it
_WORDY = -1.5                        # words of a charge in the column of the codes
_STRAYS = -0.3                       # a text that goes on where none did
_LOOSE = 0.6                         # ems by which a value may stand beside its column


@dataclass(frozen=True)
class Judge:
    """The learned columns of a form on one copy of it, and its titles there (None: it has none)."""

    paper: Paper
    columns: tuple[Fact, ...]
    head: Head | None

    @cached_property
    def _tokens(self) -> dict[tuple[int, Box], tuple[int, Token]]:
        """By page and box: the index of the line in the paper, and the word."""
        return {(t.word.page, t.word.box): (n, t) for n, line in enumerate(self.paper.lines) for t in line.tokens}

    def worth(self, lines: Sequence[ReadingLine]) -> float:
        """In the measure of `merit`: how well these lines fit."""
        return sum(self._line(line) for line in lines)

    def _line(self, line: ReadingLine) -> float:
        main = next((n for n, _ in self._words(line.quantity)), None)
        if main is None:
            return _MISSING
        homeless = sum(self._is_homeless(line, code) for code in CODES if code not in self._fields)
        known = sum(self._value(line, fact, place, main) for fact in self.columns if (place := fact.lesson.column))
        return known + _HOMELESS * homeless

    @cached_property
    def _is_whole(self) -> bool:
        """Whether a person named every column; who lets lines stand may not have missed what was not read."""
        return not all(fact.lesson.is_let_stand for fact in self.columns)

    def _is_homeless(self, line: ReadingLine, field: str) -> bool:
        """Whether a code has no column: one in the texts, where lines were let stand, and any, where they were put right."""
        code = getattr(line, field)
        if code is None or self._is_whole:
            return code is not None
        texts = [place for f in self.columns if f.lesson.field == "description" and (place := f.lesson.column)]
        return any(self.holds(place, t) for place in texts for _, t in self._words(code))

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset(fact.lesson.field for fact in self.columns)

    def _value(self, line: ReadingLine, fact: Fact, place: ColumnPlace, main: int) -> float:
        if fact.lesson.field == IGNORE:
            values = (line.quantity, line.uom, line.unit_price, line.amount)
            return _IGNORED * any(self.holds(place, t) for value in values for _, t in self._words(value))
        value: Found[Any] | None = getattr(line, fact.lesson.field)
        if value is None:
            return _MISSING if place.filled >= _ALWAYS else 0.0
        words = self._words(value)
        if not words or fact.lesson.value:
            return 0.0
        step = words[0][0] - main
        if fact.lesson.field in CODES and not is_numbering(value.value):
            return _WORDY
        if fact.lesson.field != "description":
            return _INSIDE if step == place.step and self.holds(place, words[0][1]) else _OUTSIDE
        strays = not place.first <= step <= words[-1][0] - main <= place.last or not all(self.holds(place, t) for _, t in words)
        return (_INSIDE if self.holds(place, words[0][1]) else _OUTSIDE) + _STRAYS * strays

    def holds(self, place: ColumnPlace, token: Token) -> bool:
        """Whether a word stands in a column."""
        shift = self.head.shift(place) if self.head else 0.0
        left, right = (self.paper.ems(x + shift, token.word.page) for x in (place.left, place.right))
        return token.right > left - _LOOSE and token.left < right + _LOOSE

    def _words(self, value: Found[Any] | None) -> list[tuple[int, Token]]:
        places = value.evidence.places if value else ()
        return [hit for p in places if (hit := self._tokens.get((p.page, p.box)) or self._around(p))]

    def _around(self, place: Place) -> tuple[int, Token] | None:
        """The word of which a piece was read, which stands where the piece does; None where there is none."""
        for n, line in enumerate(self.paper.lines):
            for token in line.tokens if line.page == place.page and place.box else ():
                left, top, right, bottom = token.word.box
                if place.box and left - 0.1 <= place.box[0] and place.box[2] <= right + 0.1 and (top, bottom) == place.box[1::2]:
                    share = (token.right - token.left) / max(right - left, 0.01)
                    begins, ends = (token.left + (x - left) * share for x in (place.box[0], place.box[2]))
                    return n, replace(token, left=begins, right=ends)
        return None


def judge_of(paper: Paper, columns: Sequence[Fact]) -> Judge | None:
    """The judge of lines on a copy of the form on which these columns were learned; None where their titles do not stand."""
    if not columns:
        return None
    head = next(heads(paper, columns), None)
    if head is None and any(f.lesson.column and f.lesson.column.title for f in columns):
        return None
    return Judge(paper, tuple(columns), head)
