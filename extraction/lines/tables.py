"""Line tables of a document: header, columns, rows, reading lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles

from extraction.layout.geometry import CELL, Line, Rules
from extraction.lines.build import Styles, build_line
from extraction.lines.cells import Span, assign, spans
from extraction.lines.columns import Column, Header, find_headers
from extraction.lines.kinds import decide_kinds
from extraction.lines.rows import Kinds, RowLine, find_rows
from extraction.lines.texts import text_edge
from models.domain.evidence import PageKind
from models.domain.reading import ReadingLine


@dataclass(frozen=True, slots=True)
class Table:
    """One table of order lines; `first` and `last` are the indexes of the document lines it covers (inclusive).

    `kinds` are the line fields its columns hold.
    """

    first: int
    last: int
    lines: tuple[ReadingLine, ...]
    kinds: frozenset[str]


def read_tables(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    """The tables with a header row. A header that comes again on the next page goes on with the same table."""
    headers = find_headers(lines)
    if not headers:
        return ()
    at = {line.index: n for n, line in enumerate(lines)}
    tables = []
    for n, header in enumerate(headers):
        end = at[headers[n + 1].first] if n + 1 < len(headers) else len(lines)
        table = _read(header, lines[at[header.last] + 1:end], rules, styles)
        if table:
            tables.append(table)
    return tuple(tables)


def _read(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    columns = _untitled_cells(header, lines) if lines and lines[0].kind is PageKind.SHEET else header.columns
    rows = _cells(lines, spans(columns))
    dense = _dense(rows)
    if lines and lines[0].kind is not PageKind.SHEET:
        rows = _cells(lines, _refined(spans(columns), columns, dense))
        dense = _dense(rows)
    kinds = decide_kinds(columns, [r.cells for r in dense], styles.number)
    if not _serves(kinds):
        return None
    found = find_rows(rows, kinds, styles.number, rules)
    edge = text_edge(found, kinds)
    read = tuple(build_line(row, kinds, styles, edge) for row in found)
    last = found[-1].lines[-1].line.index if found else header.last
    return Table(header.first, last, read, frozenset(kinds.values())) if read else None


def _serves(kinds: Kinds) -> bool:
    return "quantity" in kinds.values() or {"unit_price", "amount"} <= set(kinds.values())


def _cells(lines: Sequence[Line], columns: Sequence[Span]) -> list[RowLine]:
    return [RowLine(line, assign(line, columns)) for line in lines]


def _dense(rows: Sequence[RowLine]) -> list[RowLine]:
    """The lines that fill most columns: those with at least half as many cells as the fullest."""
    most = max((len(r.cells) for r in rows), default=0)
    return [r for r in rows if 2 * len(r.cells) >= most and len(r.cells) > 1 and any(c.isdigit() for c in r.line.text)]


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
        out.append(Span(left, right, min(left, span.reach_left), max(right, span.reach_right), span.numeric, span.wordy))
    return tuple(out)


def _untitled_cells(header: Header, lines: Sequence[Line]) -> tuple[Column, ...]:
    """On a sheet, the columns without a title that have values too."""
    titled = {round(c.left // CELL) for c in header.columns}
    covered = {n for c in header.columns for n in range(round(c.left // CELL), round(c.right // CELL) + 1)}
    used = {round(t.left // CELL) for line in lines[:60] for t in line.tokens}
    extra = [Column("", (), n * CELL + 0.5, (n + 1) * CELL - 0.5) for n in sorted(used - covered - titled)]
    return tuple(sorted([*header.columns, *extra], key=lambda c: c.left))
