"""Rows and columns as a typesetter makes them: cells first, then the lines in a cell.

A cell whose text is wrapped, or stands in the middle of a taller row, has lines that match no line of its neighbours. So the
page's text lines say little here: corridors of white part the columns, rules or bands of white part the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, pairwise

from extraction.layout.geometry import Line, Rules, Segment, Token, segment
from extraction.lines.columns import Column, Header, header_score, titled
from extraction.lines.rows import RowLine
from extraction.lines.ruled import edges_through

_STEP = 0.1                    # ems between the places a corridor is tried at
_TIGHT = 0.6                   # of a word: what it costs to part two words at a blank
_STACKED = 2                   # lines that may complete a header on either side
_MORE = 0.02                   # of two equal headers the one of more lines: "Price" over "excl. VAT" is one title
_LED = 0.4                     # ems of white at most between the lines of a header
_SPANS = 0.7                   # of the table's width: a rule so long parts its rows
_TOUCH = 0.1                   # ems two cells of a row overlap at least
_JUMP = 0.06                   # ems by which the white between rows exceeds that between the lines of a cell, at least
_WIDEST = 1.0                  # ems of white between the lines of a cell, at most
_HEIGHTS = 3                   # heights of white that are tried
WAYS = _HEIGHTS + 1            # … and the rules between rows
_RULED = 6                     # lines that a rule between columns runs through
_LOOKED_AT = 60                # text lines that say where the corridors are


_Parting = Callable[[int, Sequence[Token]], list[list[Token]] | None]
"""Page number and its words to the words of each row; None where the page has no such rows."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as cells: `rows` hold the words of every column, each cell's from top to bottom; their lines are made up."""

    columns: tuple[Column, ...]
    rows: tuple[RowLine, ...]


def grids(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules]) -> Iterator[Grid | None]:
    """The ways to see the lines under a header as cells, at most `WAYS`: rows between rules, and rows between bands of white
    of several heights; None for one that does not differ from the printed lines. `lines` are all lines of the document part,
    the header's own included."""
    under = [line for line in lines if line.index > header.last]
    page = next((rules.get(line.page) for line in under), None)
    columns = _columns(header, under[:_LOOKED_AT], page)
    if not columns:
        return
    columns, last = _retitled(header, columns, lines)
    body = [line for line in under if line.index > last]
    left, right = columns[0].left, columns[-1].right
    ways: list[_Parting] = [lambda page, tokens: _between_rules(rules.get(page), tokens, left, right)]
    ways += [partial(_banded, columns, leading) for leading in _leadings(body[:_LOOKED_AT], columns)]
    yield from (_grid(columns, body, way) for way in ways)


def _grid(columns: tuple[Column, ...], body: Sequence[Line], parted: _Parting) -> Grid | None:
    rows: list[RowLine] = []
    index = {id(t): line.index for line in body for t in line.tokens}
    for page, lines in groupby(body, key=lambda line: line.page):
        part = list(lines)
        bands = parted(page, [t for line in part for t in line.tokens])
        if bands is None:
            return None
        rows += (_row(tokens, columns, part[0], index) for tokens in bands)
    return Grid(columns, tuple(rows)) if rows and len(rows) < len(body) else None


def _row(tokens: Sequence[Token], columns: Sequence[Column], like: Line, index: Mapping[int, int]) -> RowLine:
    """The words of one row as one line, cell by cell. The line's index is that of its last printed line."""
    cells: dict[int, tuple[Token, ...]] = {}
    for token in sorted(tokens, key=lambda t: (index[id(t)], t.left)):
        at = next((n for n, c in enumerate(columns[:-1]) if token.middle_x < c.right), len(columns) - 1)
        cells[at] = (*cells.get(at, ()), token)
    last = max(index[id(t)] for t in tokens)
    parts: tuple[Segment, ...] = tuple(segment(cells[c], last) for c in sorted(cells))
    line = Line(last, like.page, like.kind, min(t.top for t in tokens), max(t.bottom for t in tokens), parts)
    return RowLine(line, dict(sorted(cells.items())))


def _between_rules(rules: Rules | None, tokens: Sequence[Token], left: float, right: float) -> list[list[Token]] | None:
    """The words between each two rules that run across the table; None when there are none among them."""
    if rules is None or not tokens:
        return None
    top = min(t.middle for t in tokens)
    long = sorted(y for y, a, b in rules.horizontal if min(b, right) - max(a, left) > _SPANS * (right - left))
    edges = [y for y in long if y > top]
    if len(edges) < 2 or all(t.middle < edges[0] for t in tokens):
        return None
    bands = [[t for t in tokens if a <= t.middle < b] for a, b in pairwise([-1.0, *edges, float("inf")])]
    # beneath the last rule come notes and totals, line by line
    return [band for band in bands[:-1] if band] + _by_line(bands[-1])


def _by_line(tokens: Iterable[Token]) -> list[list[Token]]:
    rows: list[list[Token]] = []
    for token in tokens:                                # still in the order of their lines
        if rows and abs(token.middle - rows[-1][-1].middle) < 0.3 and token.left > rows[-1][-1].left:
            rows[-1].append(token)
        else:
            rows.append([token])
    return rows


def _banded(columns: Sequence[Column], leading: float, page: int, tokens: Sequence[Token]) -> list[list[Token]]:
    """Rows as what hangs together: the lines of a cell by at most `leading` ems of white, cells by standing beside each other."""
    blocks: list[list[Token]] = []
    for own in _by_column(tokens, columns):
        under: list[Token] = []
        for token in own:
            if under and token.top - max(t.bottom for t in under) > leading:
                blocks.append(under)
                under = []
            under.append(token)
        if under:
            blocks.append(under)
    rows: list[list[Token]] = []
    reach = float("-inf")
    for block in sorted(blocks, key=lambda b: min(t.top for t in b)):
        if rows and min(t.top for t in block) < reach - _TOUCH:
            rows[-1] += block
        else:
            rows.append(list(block))
            reach = float("-inf")
        reach = max(reach, *(t.bottom for t in block))
    return rows


def _retitled(header: Header, columns: tuple[Column, ...], lines: Sequence[Line]) -> tuple[tuple[Column, ...], int]:
    """The columns with the titles that the lines right above and below the header complete ("Supplier" over "Product"), and
    the index of the last such line."""
    at = [n for n, line in enumerate(lines) if header.first <= line.index <= header.last]
    best, most, end = columns, header_score(columns), header.last
    for above in range(_STACKED + 1):
        for below in range(_STACKED + 1):
            part = lines[max(0, at[0] - above) : at[-1] + 1 + below]
            if not above + below or not _hangs_together(part, len(part) - below):
                continue
            titles = [titled(sorted(ts, key=lambda t: (t.middle, t.left)), c.left, c.right)
                      for c, ts in zip(columns, _by_column([t for x in part for t in x.tokens], columns), strict=True)]
            score = header_score(titles) + _MORE * (above + below)
            if score > most:
                best, most, end = tuple(titles), score, part[-1].index
    return best, end


def _hangs_together(lines: Sequence[Line], own: int) -> bool:
    """True for lines of one page without much white between them; those behind the first `own` hold no digits."""
    near = all(a.page == b.page and b.top - a.bottom < _LED for a, b in pairwise(lines))
    return near and not any(c.isdigit() for line in lines[own:] for c in line.text)


def _by_column(tokens: Sequence[Token], columns: Sequence[Column]) -> Iterator[list[Token]]:
    """The words of each column from top to bottom."""
    for c, column in enumerate(columns):
        low = column.left if c else float("-inf")
        high = column.right if c + 1 < len(columns) else float("inf")
        yield sorted((t for t in tokens if low <= t.middle_x < high), key=lambda t: t.top)


def _leadings(body: Sequence[Line], columns: Sequence[Column]) -> list[float]:
    """Heights of white that may part the rows from the lines of a cell: where the heights that occur jump, least first."""
    heights = {0.0, _WIDEST}
    for _, lines in groupby(body, key=lambda line: line.page):
        for own in _by_column([t for line in lines for t in line.tokens], columns):
            bottom = float("inf")
            for token in own:
                if token.top > bottom:
                    heights.add(round(token.top - bottom, 2))
                bottom = token.bottom if bottom == float("inf") else max(bottom, token.bottom)
    known = sorted(h for h in heights if h <= _WIDEST)
    return [(a + b) / 2 for a, b in pairwise(known) if b - a > _JUMP][:_HEIGHTS]


def _columns(header: Header, body: Sequence[Line], rules: Rules | None) -> tuple[Column, ...]:
    """The header's columns, their edges moved to the rules that part them, or to where the values leave white; empty when
    titles stand over one another."""
    titles = header.columns
    if len(titles) < 3 or any(b.left < a.right - _TOUCH for a, b in pairwise(titles)):
        return ()
    half = (titles[-1].right - titles[0].left) / 2
    telling = [x for x in body if len(x.segments) >= 2 or x.segments[-1].right - x.segments[0].left < half]
    ruled = edges_through(rules, body[:_RULED]) if rules else []
    cuts = [_rule_between(a, b, ruled) or _cut(a, b, telling) for a, b in pairwise(titles)]
    edges = [min(titles[0].left, *(x.segments[0].left for x in telling)) if telling else titles[0].left, *cuts]
    ends = [*cuts, max(titles[-1].right, *(x.segments[-1].right for x in telling)) if telling else titles[-1].right]
    return tuple(Column(c.title, c.kinds, left, right, c.tokens) for c, left, right in zip(titles, edges, ends, strict=True))


def _rule_between(a: Column, b: Column, ruled: Sequence[float]) -> float | None:
    """The only rule between two titles, if there is one."""
    between = [x for x in ruled if a.right - _TOUCH < x < b.left + _TOUCH]
    return between[0] if len(between) == 1 else None


def _cut(a: Column, b: Column, lines: Sequence[Line]) -> float:
    """Where between two titles the fewest words are cut, in the middle of the widest such place.

    Values may reach beyond their titles: to the right under a text's, to the left under a number's.
    """
    first, last = a.left + 0.3, b.right - 0.3
    places = [first + _STEP * n for n in range(max(1, int((last - first) / _STEP)))]
    costs = [round(sum(_crossing(x, line) for line in lines) + 4 * _in_title(x, (a, b)), 3) for x in places]
    least = min(costs, default=0.0)
    runs: list[list[float]] = []
    for n, (x, cost) in enumerate(zip(places, costs, strict=True)):
        if cost > least + 1e-9:
            continue
        if runs and costs[n - 1] <= least + 1e-9:
            runs[-1].append(x)
        else:
            runs.append([x])
    widest = max(runs, key=len, default=[(a.right + b.left) / 2])
    return (widest[0] + widest[-1]) / 2


def _in_title(x: float, titles: Sequence[Column]) -> bool:
    return any(t.left + 0.1 < x < t.right - 0.1 for c in titles for t in c.tokens)


def _crossing(x: float, line: Line) -> float:
    """What a cut at x costs in one line: 1 through a word, less between words of one segment, nothing in white."""
    for part in line.segments:
        if part.left < x < part.right:
            return 1.0 if any(t.left < x < t.right for t in part.tokens) else _TIGHT
        if part.left >= x:
            break
    return 0.0
