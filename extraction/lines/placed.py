"""Which words of a body stand in which column, by where the titles and the values stand."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import quantiles

from extraction.fields.numbers import currency_in
from extraction.layout.geometry import Line, Segment, segment
from extraction.lines.aligned import value_rows
from extraction.lines.cells import NUMERIC, Cells, Prices, Span, assign, is_plain_number, spans
from extraction.lines.columns import Column
from extraction.lines.rows import RowLine
from extraction.lines.units import is_unit
from models.domain.evidence import PageKind

_NEARLY = 0.8  # of the rows: a number beside a code in so many of them is a column of its own
_PARTED = 3   # pieces of a usual row, from which on a line of fewer may be running text
_LOOKED_AT = 60   # lines that say where columns stand
_TEXTS = frozenset({"description", "buyer_sku", "supplier_sku"})


def under_titles(titles: Sequence[Column], lines: Sequence[Line]) -> tuple[tuple[Column, ...], list[RowLine]]:
    """The columns where the titles stand, with those that have none, and the lines with the values under or beside them."""
    columns = _with_untitled(titles, dense(cells_of(lines, spans(titles)), titles))
    rough = spans(columns)
    return columns, cells_of(lines, _refined(rough, columns, dense(cells_of(lines, rough), columns)))


def cells_of(lines: Sequence[Line], columns: Sequence[Span]) -> list[RowLine]:
    """Each line with its words by column. Running text is not cut at the columns it happens to stand in."""
    parts = sorted(len(line.segments) for line in value_rows(lines))
    is_parted = bool(parts) and parts[len(parts) // 2] >= _PARTED
    prices = Prices(columns)
    return [RowLine(line, _uncut(line, columns) if is_parted and _is_text(line) else assign(line, prices)) for line in lines]


def _is_text(line: Line) -> bool:
    """True for a line of one or two pieces that are phrases, not values."""
    if len(line.segments) > 2 or line.kind is PageKind.SHEET:
        return False
    return all(len(s.tokens) > 2 and any(sum(c.isalpha() for c in t.text) > 2 for t in s.tokens) for s in line.segments)


def _uncut(line: Line, columns: Sequence[Span]) -> Cells:
    """Each piece of the line whole, in the column where it begins."""
    begin = [min(range(len(columns)), key=lambda c: abs(columns[c].left - s.left)) for s in line.segments]
    return {c: tuple(t for s, at in zip(line.segments, begin, strict=True) if at == c for t in s.tokens) for c in set(begin)}


def dense(rows: Sequence[RowLine], columns: Sequence[Column]) -> list[RowLine]:
    """The lines that look like rows: at least half as many cells as the fullest, and numbers in at least half of the columns
    that are titled as numbers."""
    titled = [c for c, column in enumerate(columns) if column.kinds and column.kinds[0] in NUMERIC]
    numeric = titled or list(range(len(columns)))
    full = [(r, sum(c in r.cells and any(is_plain_number(t.text) for t in r.cells[c]) for c in numeric)) for r in rows]
    most = max((len(r.cells) for r, n in full if n), default=0)
    enough = max((n for _, n in full), default=0)
    return [r for r, n in full if n and 2 * n >= enough and 2 * len(r.cells) >= most]


def _refined(rough: Sequence[Span], columns: Sequence[Column], rows: Sequence[RowLine]) -> tuple[Span, ...]:
    """Spans where the values really stand, which need not be under their titles."""
    out = []
    for c, span in enumerate(rough):
        cells = [r.cells[c] for r in rows if c in r.cells]
        if len(cells) < 3:
            out.append(span)
            continue
        left = quantiles([ts[0].left for ts in cells], n=10)[0]
        right = quantiles([ts[-1].right for ts in cells], n=10)[-1]
        out.append(Span(left, right, min(left, span.reach_left), max(right, span.reach_right), span.numeric, span.text))
    return tuple(out)


def _with_untitled(columns: Sequence[Column], rows: Sequence[RowLine]) -> tuple[Column, ...]:
    """The columns, and one more wherever most rows have a second value beside the titled one: it stands apart, or no title
    names the quantities and nearly every row has a number there."""
    extra = []
    wanted = not any("quantity" in c.kinds for c in columns)
    for c, column in enumerate(columns):
        cells = [r for r in rows if c in r.cells]
        strays = [s for r in cells for s in _strays(r, c, column)]
        apart = [part for part, is_apart in strays if is_apart]
        every = [part for part, _ in strays]
        if apart and 2 * len(apart) > len(cells):
            extra.append(Column("", (), min(s.left for s in apart), max(s.right for s in apart)))
        elif wanted and every and len(every) >= _NEARLY * len(cells):
            extra.append(Column("", (), min(s.left for s in every), max(s.right for s in every)))
    return tuple(sorted([*columns, *extra], key=lambda c: c.left))


def _strays(row: RowLine, c: int, column: Column) -> list[tuple[Segment, bool]]:
    """The number (with a unit, perhaps) that stands in a cell clear of the title, while another value stands under it; and
    whether it stands apart from that value."""
    tokens = row.cells[c]
    begins = {id(s.tokens[0]) for s in row.line.segments}
    under = [n for n, t in enumerate(tokens) if t.right > column.left and t.left < column.right]
    if not under:
        under = [min(range(len(tokens)), key=lambda n: abs(tokens[n].middle_x - (column.left + column.right) / 2))]
    texty = bool(_TEXTS & set(column.kinds)) or not column.kinds
    ahead = next((n for n in range(1, under[0] + 1) if id(tokens[n]) in begins), under[0])     # what stands apart at the left
    for part, border in ((tokens[:ahead], tokens[ahead : ahead + 1]), (tail := tokens[under[-1] + 1 :], tail[:1])):
        if (
            part
            and all(is_plain_number(t.text) or currency_in(t.text) or is_unit(t.text) for t in part)
            and is_plain_number(part[0].text.lstrip("€$£"))
        ):
            return [(segment(part, row.line.index), not texty or id(border[0]) in begins)]
    return []
