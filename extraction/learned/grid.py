"""The words of a form's lines by learned column: where its values stand on this copy. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import Line, Token
from extraction.learned.columns import IGNORE
from extraction.learned.paper import Paper
from extraction.learned.rows import CODES
from extraction.learned.titles import Head
from extraction.lines.build import Styles
from extraction.lines.cells import NUMERIC, Cells, Prices, Span, assign
from extraction.lines.columns import Column
from extraction.lines.run_together import assign_in_order, strangeness
from extraction.lines.values import number_of, price_of, quantity_of
from models.domain.learned import ColumnPlace, Fact

_ALWAYS = 0.97        # share of rows with a value from which on a row without one is none
_ODD = 1.5            # times what a word's looks cost
_PARTING = 0.5        # … to part words that stand together: the columns are known to stand where they do
_LETTERS = re.compile(r"[^\W\d_]+(?:[-/.][^\W\d_]+)+")
_LOOKS = {IGNORE: "other"}


class Grid:
    """Learned columns on one copy of their form, moved as their titles are (`head`, None for a table without); where values keep
    no places (`in_order`), words go to columns by order and looks.

    `kinds` is the line field of each column by its number, `inside` the codes that stand in the description's cell, `steps` the
    text lines of a row on which columns stand.
    """

    def __init__(
        self, paper: Paper, columns: Sequence[Fact], styles: Styles, head: Head | None, *, in_order: bool = False,
    ) -> None:
        self.paper, self.styles, self.in_order, self.head = paper, styles, in_order, head
        inside = [f for f in columns if f.lesson.value]
        self.inside = {f.lesson.field: f for f in inside}
        self.columns = [f for f in columns if f not in inside]
        self.kinds = {n: f.lesson.field for n, f in enumerate(self.columns)}
        self.steps = sorted({self.place(n).step for n in self.kinds})
        self._found: dict[tuple[int, int], Mapping[int, tuple[Token, ...]]] = {}

    def place(self, n: int) -> ColumnPlace:
        """Where column `n` was learned to stand."""
        place = self.columns[n].lesson.column
        assert place is not None
        return place

    def column(self, kind: str) -> int | None:
        """The first column of a line field; None when none was learned."""
        return next((c for c, k in self.kinds.items() if k == kind), None)

    def is_usual(self, n: int) -> bool:
        """Whether every row was seen to have a value in column `n`, on its own line."""
        return self.place(n).filled >= _ALWAYS and not self.place(n).step

    def at(self, n: int, step: int) -> Mapping[int, tuple[Token, ...]]:
        """The words of a line by column, read as the line of a row with this step."""
        if (n, step) not in self._found:
            line = self.paper.lines[n]
            own, spans = self._spans(step, line.page)
            cells = self._cells(line, own, spans) if spans else {}
            self._found[n, step] = {own[c]: tokens for c, tokens in cells.items()}
        return self._found[n, step]

    def _spans(self, step: int, page: int) -> tuple[tuple[int, ...], tuple[Span, ...]]:
        """The columns that stand on a step, from left to right, and their places in ems; texts go on upon any."""
        texts = {n for n, kind in self.kinds.items() if kind == "description" and self._on(n, step)}
        here = (n for n in self.kinds if self.place(n).step == step or n in texts)
        own = sorted(here, key=lambda n: self.place(n).left)
        out = []
        for i, n in enumerate(own):
            place, field = self.place(n), self.kinds[n]
            left, right = self._edges(place, page)
            before = self._edges(self.place(own[i - 1]), page)[1] if i else left - 8
            after = self._edges(self.place(own[i + 1]), page)[0] if i + 1 < len(own) else right + 12
            reach = (min(before + 0.2, left), max(after - 0.2, right))
            out.append(Span(left, right, *reach, field in NUMERIC, field == "description"))
        return tuple(own), tuple(out)

    def _on(self, n: int, step: int) -> bool:
        """Whether words of a text may stand on a step: on all but the line of the numbers, there where they stood around it."""
        return step != 0 or self.place(n).first <= 0 <= self.place(n).last

    def _edges(self, place: ColumnPlace, page: int) -> tuple[float, float]:
        """Where a column's values stand on this copy, in ems."""
        shift = self.head.shift(place) if self.head else 0.0
        return self.paper.ems(place.left + shift, page), self.paper.ems(place.right + shift, page)

    def _cells(self, line: Line, own: Sequence[int], spans: Sequence[Span]) -> Cells:
        """The words of a line by column: by where they stand and what they look like, or by their order and looks alone."""
        kinds = [_LOOKS.get(self.kinds[n], self.kinds[n]) for n in own]
        if self.in_order:
            columns = [Column("", (kind,), span.left, span.right, ()) for kind, span in zip(kinds, spans, strict=True)]
            return assign_in_order(line, columns, self.styles.number)
        return assign(line, Prices(spans), lambda token, c: _ODD * strangeness(token.text, kinds[c]), _PARTING)

    def fits(self, c: int, tokens: tuple[Token, ...]) -> bool:
        """Whether words look like what column `c` holds."""
        if self.kinds[c] in CODES:
            return is_numbering(" ".join(t.text for t in tokens))
        check = CHECKS.get(self.kinds[c])
        return check is None or check(tokens, self.styles.number)


def is_numbering(text: str) -> bool:
    """Whether words in a column of codes are one, and not what a charge is called there: with a digit, or "AB-CD"."""
    return any(c.isdigit() for c in text) or (text.isupper() and bool(_LETTERS.fullmatch(text)))


def _is_quantity(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return quantity_of(tokens, style) is not None


def _is_price(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return price_of(tokens, style) is not None


def _is_number(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return number_of(tokens, style) is not None or price_of(tokens, style) is not None


CHECKS = {"quantity": _is_quantity, "unit_price": _is_price, "amount": _is_number}
