"""Which word of a row belongs to which column: for each line the cheapest way through its words from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extraction.fields.numbers import currency_in
from extraction.layout.geometry import Line, Token
from extraction.lines.columns import Column
from extraction.lines.units import is_unit
from models.domain.evidence import PageKind

Cells = Mapping[int, tuple[Token, ...]]
"""Column number to its words on one line."""

NUMERIC = frozenset({"line_no", "quantity", "unit_price", "amount", "discount", "pack", "tax", "price_unit"})
CUT = 1.3  # what it costs to part two words that stand together
EASY = 0.2  # ... where each stands under a title of its own
UNTHINKABLE = 6.0  # ... and the two halves of "1 865,60"
_THOUSANDS = re.compile(r"^\d{3}(?:[.,]\d*)?$")
_DIGIT = re.compile(r"\d")
_PLAIN = re.compile(r"^[-+(]?[\W\d]*\d[\d.,'\W]*$")


@dataclass(frozen=True, slots=True)
class Span:
    """Where a column's values stand (`left`..`right`) and how far they may reach before they cost more. Edges in ems."""

    left: float
    right: float
    reach_left: float
    reach_right: float
    numeric: bool
    text: bool


def spans(columns: Sequence[Column]) -> tuple[Span, ...]:
    """The spans of the columns: text runs on to the right, numbers may begin further left."""
    out = []
    for i, c in enumerate(columns):
        before = columns[i - 1].right if i else c.left - 8
        after = columns[i + 1].left if i + 1 < len(columns) else c.right + 12
        numeric = bool(c.kinds) and c.kinds[0] in NUMERIC
        text = not c.kinds or "description" in c.kinds
        out.append(Span(c.left, c.right, min(before + 0.2, c.left), max(after - 0.2, c.right), numeric, text))
    return tuple(out)


class Prices:
    """What a word costs in each column by where it stands. Worked out once for each place and look: the words of a column mostly
    stand under one another."""

    def __init__(self, columns: Sequence[Span]) -> None:
        self.columns = columns
        self._known: dict[tuple[float, float, float], tuple[list[float], list[bool]]] = {}

    def of(self, token: Token) -> tuple[list[float], list[bool]]:
        """The costs, and under which titles the word stands; both by column, for reading only."""
        key = token.left, token.right, _strangeness(token.text)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = _costs(*key, self.columns)
        return known


def assign(
    line: Line, prices: Prices, strangeness: Callable[[Token, int], float] | None = None, parting: float = CUT,
) -> Cells:
    """Give each word of the line a column, keeping their order; neighbours stay together unless it costs too much.
    `strangeness` is what a word's looks cost in a column besides, where it is known what that holds; `parting` what it costs
    to part two words that stand together."""
    tokens, columns = line.tokens, prices.columns
    first = {id(part.tokens[0]) for part in line.segments}
    costs, under = zip(*[prices.of(t) for t in tokens], strict=True)
    if strangeness:
        costs = tuple([cost + strangeness(t, c) for c, cost in enumerate(row)] for t, row in zip(tokens, costs, strict=True))
    best, came = [costs[0]], []
    for i in range(1, len(tokens)):
        cut = 0.0 if id(tokens[i]) in first else UNTHINKABLE if one_number(tokens[i - 1], tokens[i]) else parting
        row, back = _step(best[-1], costs[i], columns, cut, under[i - 1], under[i])
        best.append(row)
        came.append(back)
    at = min(range(len(columns)), key=lambda c: best[-1][c])
    path = [at]
    for back in reversed(came):
        at = back[at]
        path.append(at)
    cells: dict[int, tuple[Token, ...]] = {}
    for token, column in zip(tokens, reversed(path), strict=True):
        cells[column] = (*cells.get(column, ()), token)
    return cells


def one_number(a: Token, b: Token) -> bool:
    """True for two words that are one number with a blank between its thousands."""
    return (
        a.text.isdigit()
        and len(a.text) <= 3
        and bool(_THOUSANDS.match(b.text))
        and b.left - a.right < (0.6 if a.kind is PageKind.TEXT else 0.35)
    )


def _step(
    before: Sequence[float],
    costs: Sequence[float],
    columns: Sequence[Span],
    cut: float,
    left_under: Sequence[bool],
    under: Sequence[bool],
) -> tuple[list[float], list[int]]:
    """The next word: it stays in its neighbour's column or, for the price of a cut, moves to one further right. Where no cut
    is needed, it rather moves; where both words stand under titles of their own, a cut is cheap."""
    row, back = [], []
    easy = min(cut, EASY)
    cheapest, where = float("inf"), 0
    titled, titled_at = float("inf"), 0
    for c, cost in enumerate(costs):
        stay = before[c] + ((0.3 if columns[c].text else 1.5) if not cut else 0.0)
        move, source = cheapest + cut, where
        if under[c] and titled + easy < move:
            move, source = titled + easy, titled_at
        row.append(cost + (stay if stay <= move else move))
        back.append(c if stay <= move else source)
        if before[c] < cheapest:
            cheapest, where = before[c], c
        if left_under[c] and before[c] < titled:
            titled, titled_at = before[c], c
    return row, back


def _costs(left: float, right: float, strange: float, columns: Sequence[Span]) -> tuple[list[float], list[bool]]:
    """What a word from `left` to `right` costs in each column: its distance in ems and, among numbers, what its looks cost; and
    the titles it stands under."""
    wide = max(right - left, 0.1)
    costs, under = [], []
    for span in columns:
        begin, end = span.left, span.right
        overlap = (right if right < end else end) - (left if left > begin else begin)
        if overlap > 0:
            away = 0.5 * (1 - overlap / wide)
        elif left >= span.reach_left - 0.05 and right <= span.reach_right + 0.05:
            away = 0.3 + 0.12 * -overlap
        else:
            outside = max(span.reach_left - left, right - span.reach_right, 0.0)
            away = 0.6 + 0.12 * -overlap + 0.9 * outside
        costs.append(away + strange if span.numeric else away)
        under.append(overlap > 0)
    return costs, under


def is_plain_number(text: str) -> bool:
    """True for digits with marks, signs and currency signs around them, without letters."""
    return bool(_PLAIN.match(text))


@lru_cache(maxsize=16_384)
def _strangeness(text: str) -> float:
    """What a text costs in a column of numbers."""
    if _PLAIN.match(text) or currency_in(text) or text in {"-", "–", "—", "%", "/", "X"}:
        return 0.0
    if is_unit(text):
        return 0.4
    return 1.0 if _DIGIT.search(text) or len(text) <= 4 else 3.0
