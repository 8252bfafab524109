"""The lines of text that belong to a row of a learned table. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extraction.layout.geometry import Token
from extraction.layout.labels import label_at
from extraction.learned.grid import Grid
from extraction.learned.mains import SUMS
from extraction.lines.texts import is_sentence

_LOOSE = 1.0          # ems of white at most between text lines of one row
_NEARER = 0.4         # ems of white less on one side of a line
_MOST_TEXT = 6        # text lines of a row on either side
_TOTALS = SUMS | {"freight"}       # which may be a row as well


class RowTexts:
    """The texts in a column of their own of the rows with these main lines (indexes in the paper)."""

    def __init__(self, grid: Grid, column: int, mains: Sequence[int]) -> None:
        self.grid, self.column, self.place = grid, column, grid.place(column)
        begins = max(self.place.first, 0)           # the line of a row, counted from its main line, on which its text begins
        self.widest = max((_width(self.words(n + begins, n)) for n in mains), default=0.0)

    def lines(self, main: int, low: int, high: int, body: frozenset[int]) -> Iterator[int]:
        """The lines between `low` and `high` whose text belongs to the row, in printed order: those its form was seen to use, and
        those that a full line goes on upon."""
        text = self.place
        taken = [n for n in range(main + text.first, main) if n > low and n in body and self._goes_on(n, main)]
        begins = min(taken, default=main + max(text.first, 0))
        while begins - 1 > low and begins - 1 in body and self._goes_on(begins - 1, main) and self._runs_over(begins, main):
            begins -= 1
            taken = [begins, *taken]
        yield from taken
        if text.last < 0:                    # the text of a row ends above its numbers; what follows is the next row's
            return
        for n in range(main + max(text.first, 1), min(high, main + max(text.last, 1) + _MOST_TEXT)):
            later = n - main > text.last
            if n not in body or not self._goes_on(n, main) or (later and not self._runs_over(n, main)):
                return
            if is_sentence(self.words(n, main)) or self._begins_anew(n):
                return
            if n + min(text.first, 0) * -1 >= high and text.first < 0 and not self._is_nearer(n):
                return
            yield n

    def words(self, n: int, main: int) -> tuple[Token, ...]:
        """The words of a line of a row that stand in the column of the texts."""
        if not 0 <= n < len(self.grid.paper.lines):
            return ()
        step = n - main if n - main in self.grid.steps else self.place.step
        cells, kinds = self.grid.at(n, step), self.grid.kinds
        return next((cells[c] for c, k in kinds.items() if k == "description" and c in cells), ())

    def _begins_anew(self, n: int) -> bool:
        """True for a line that is no row but has a number as every row does: a remark among them."""
        column = self.grid.column("line_no")
        if column is None or not self.grid.is_usual(column):
            return False
        return any(ch.isdigit() for t in self.grid.at(n, 0).get(column, ()) for ch in t.text)

    def _is_nearer(self, n: int) -> bool:
        """Whether a line stands clearly nearer to the one above it than to the one below, of the same page."""
        lines = self.grid.paper.lines
        above, below = lines[n].top - lines[n - 1].bottom, lines[n + 1].top - lines[n].bottom
        return lines[n + 1].page == lines[n].page and below - above > _NEARER

    def _goes_on(self, n: int, main: int) -> bool:
        lines = self.grid.paper.lines
        near = lines[n + 1] if n < main else lines[n - 1]
        white = max(near.top - lines[n].bottom, lines[n].top - near.bottom)
        if lines[n].page != lines[main].page or white > _LOOSE:
            return False
        label = label_at(lines[n].tokens, 0)
        return bool(self.words(n, main)) and not (label and set(label.fields) & _TOTALS)

    def _runs_over(self, n: int, main: int) -> bool:
        """True when the first word of a line had no room on the line above, on whichever side the texts are even, beside texts as
        wide as any here and as the next column allows; a sentence is a remark."""
        before, after = self.words(n - 1, main), self.words(n, main)
        if not before or not after or is_sentence(after) or not any(c.isalnum() for c in after[0].text):
            return False
        width = _width(before) + after[0].right - after[0].left + 0.3
        paper, place = self.grid.paper, self.place
        room, until = (paper.ems(x, paper.lines[n].page) for x in (place.right - place.left, place.room))
        return width >= max(room, self.widest, until) - 1.0


def _width(tokens: Sequence[Token]) -> float:
    return tokens[-1].right - tokens[0].left if tokens else 0.0
