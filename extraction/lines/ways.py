"""The ways in which the lines under a header may be read, and the one that explains most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial

from extraction.fields.numbers import parse_number
from extraction.layout.geometry import Line, Rules
from extraction.lines.aligned import aligned_columns
from extraction.lines.build import Styles
from extraction.lines.cells import Cells, spans
from extraction.lines.codes import CODES
from extraction.lines.columns import Column, Header
from extraction.lines.glued import unglued
from extraction.lines.grid import WAYS, Grid, grids
from extraction.lines.merit import explains_all, merit
from extraction.lines.placed import cells_of, under_titles
from extraction.lines.rows import RowLine
from extraction.lines.ruled import assign_ruled, ruled_columns
from extraction.lines.run_together import assign_in_order
from extraction.lines.table import Table, agreeing, table_of, table_with
from extraction.lines.tagged import COLUMNS, KINDS
from extraction.lines.tiers import side_by_side

_LONG = 100        # lines; of a longer table the best ways are found on its beginning
_BEGINNING = 60
_GOOD = 2          # ways that are best on the beginning read the whole, at most,
_LINE_NO = KINDS.index("line_no")
_BEHIND = 0.03     # and are no worse than the best by more than this share of it


@dataclass(frozen=True)
class Part:
    """The lines of a document that belong to one header: its own, those above it and those under it. What several ways to
    read them need is worked out once."""

    header: Header
    lines: Sequence[Line]
    rules: Mapping[int, Rules]
    styles: Styles

    @cached_property
    def body(self) -> tuple[Line, ...]:
        """The lines under the header."""
        return tuple(x for x in self.lines if x.index > self.header.last)

    @cached_property
    def uncut(self) -> tuple[Line, ...] | None:
        """The body with words that touch parted; None where there are none."""
        return unglued(self.body, self.header.columns)

    @cached_property
    def plain(self) -> Table | None:
        """The values under or beside their titles."""
        return _under_titles(self.header, self.body, self)

    @cached_property
    def grids(self) -> tuple[Grid | None, ...]:
        """The body as cells."""
        return tuple(grids(self.header, self.lines, self.rules))

    @cached_property
    def tiers(self) -> tuple[Header, Sequence[Line]] | None:
        """Header and body with two tiers laid side by side."""
        return side_by_side(self.header, self.lines)

    @cached_property
    def printed(self) -> frozenset[Decimal]:
        """The numbers of the body."""
        style = self.styles.number
        return frozenset(n for x in self.body for t in x.tokens if (n := parse_number(t.text, style)) is not None)


Way = Callable[[Part], Table | None]


def best_table(part: Part) -> Table | None:
    """The part read in every way that may fit; the way that explains most is kept, the plainer one in a tie."""
    ways = list(_WAYS)
    if len(part.body) > _LONG:
        above = len(part.lines) - len(part.body)
        begun = Part(part.header, part.lines[: above + _BEGINNING], part.rules, part.styles)
        ranked = sorted(_tried(begun, ways), key=lambda found: -found[2])[:_GOOD]
        least = ranked[0][2] - _BEHIND * abs(ranked[0][2]) if ranked else 0.0
        ways = [way for way, _, worth in ranked if worth >= least] or ways
    return max(_tried(part, sorted(ways, key=_WAYS.index)), key=lambda found: found[2], default=(None, None, 0.0))[1]


def _tried(part: Part, ways: Iterable[Way]) -> list[tuple[Way, Table, float]]:
    """The tables that these ways make, with what each is worth; no more of them once one leaves nothing to find."""
    judge = part.styles.judge
    out: list[tuple[Way, Table, float]] = []
    for way in ways:
        table = way(part)
        if table is None:
            continue
        worth = merit(table.lines, part.printed, table.unexplained, part.styles.witness)
        worth += judge(table.lines) if judge else 0.0
        is_best = all(worth > w for _, _, w in out)
        out.append((way, table, worth))
        if is_best and not judge and table.unexplained == 0 and explains_all(table.lines, part.printed):
            break                                                       # nothing is left to find
    return out


def _under_titles(header: Header, lines: Sequence[Line], part: Part) -> Table | None:
    """Columns where the titles stand, and the values under or beside them."""
    return table_of(header, *under_titles(header.columns, lines), part.rules, part.styles) if lines else None


def _aligned(header: Header, lines: Sequence[Line], part: Part) -> Table | None:
    """Columns where the values stand, each with the title nearest to it, if any."""
    columns = aligned_columns(header.columns, lines)
    return table_of(header, columns, cells_of(lines, spans(columns)), part.rules, part.styles) if columns else None


def _typed(header: Header, lines: Sequence[Line], part: Part, *, tagged: bool) -> Table | None:
    """The values by their order and looks alone, wherever they stand; or with the tagger's word for each."""
    witness = part.styles.witness if tagged else None
    if tagged and not witness:
        return None
    rows = [RowLine(line, assign_in_order(line, header.columns, part.styles.number, witness)) for line in lines]
    return table_of(header, header.columns, rows, part.rules, part.styles)


def _typed_where_titles_fail(part: Part, *, tagged: bool) -> Table | None:
    if part.plain and 2 * agreeing(part.plain) > len(part.plain.lines):
        return None
    return _typed(part.header, part.body, part, tagged=tagged)


def _ruled(part: Part) -> Table | None:
    """Columns between rules."""
    header = part.header
    columns = ruled_columns(header, [x for x in part.lines if header.first <= x.index <= header.last], part.body, part.rules)
    if not columns:
        return None
    rows = [RowLine(x, assign_ruled(x, columns)) for x in unglued(part.body, columns) or part.body]
    return table_of(header, columns, rows, part.rules, part.styles)


def _grid(n: int, part: Part) -> Table | None:
    grid = part.grids[n] if n < len(part.grids) else None
    return table_of(part.header, grid.columns, grid.rows, part.rules, part.styles) if grid else None


def _tagged(part: Part) -> Table | None:
    """The values by what the tagger calls them, whatever the titles say."""
    if not (witness := part.styles.witness):
        return None
    lines = part.uncut or part.body
    coded = [c for c in part.header.columns if c.kinds[:1] and c.kinds[0] in CODES]
    rows = [RowLine(line, _of_items(cells, coded)) for line, cells in zip(lines, witness.rows(lines), strict=True)]
    return table_with(part.header, COLUMNS, rows, dict(enumerate(KINDS)), part.rules, part.styles)


def _of_items(cells: Cells, coded: Sequence[Column]) -> Cells:
    """The tagged words of a row, those called the line's number that stand under the title of the items' numbers as such: the
    tagger sees "00471" and no titles."""
    numbers = cells.get(_LINE_NO, ())
    over = next((c for c in coded if numbers and all(t.left < c.right and c.left < t.right for t in numbers)), None)
    if over is None or any(KINDS.index(kind) in cells for kind in CODES):
        return cells
    return {KINDS.index(over.kinds[0]) if k == _LINE_NO else k: tokens for k, tokens in cells.items()}


_WAYS: Sequence[Way] = (
    lambda part: _under_titles(part.header, part.uncut, part) if part.uncut else None,
    lambda part: part.plain,
    lambda part: _aligned(part.header, part.uncut or part.body, part),
    _ruled,
    *(partial(_grid, n) for n in range(WAYS)),
    partial(_typed_where_titles_fail, tagged=False),
    partial(_typed_where_titles_fail, tagged=True),
    lambda part: _under_titles(*part.tiers, part) if part.tiers else None,
    lambda part: _aligned(*part.tiers, part) if part.tiers else None,
    lambda part: _typed(*part.tiers, part, tagged=False) if part.tiers else None,
    lambda part: _typed(*part.tiers, part, tagged=True) if part.tiers else None,
    _tagged,
)
"""The plainest first."""
