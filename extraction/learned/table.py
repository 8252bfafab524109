"""The line table of a form whose columns were learned: found by its titles, read by the places of its columns. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.layout.furniture import furniture
from extraction.layout.geometry import Rules
from extraction.learned.columns import IGNORE
from extraction.learned.grid import Grid
from extraction.learned.judge import Judge
from extraction.learned.paper import Paper
from extraction.learned.reader import found_rows, read_row
from extraction.learned.titles import Head, heads
from extraction.lines.build import Styles
from extraction.lines.columns import Column, Header
from extraction.lines.glued import unglued
from extraction.lines.merit import merit
from extraction.lines.table import worded
from extraction.lines.tables import read_under
from extraction.lines.ways import Part
from models.domain.evidence import Found, Origin
from models.domain.learned import ColumnPlace, Fact
from models.domain.reading import ReadingLine

_NO_RULES: Mapping[int, Rules] = {}


@dataclass(frozen=True, slots=True)
class LearnedTable:
    """Lines read by learned columns. `first` and `last` are indexes of document lines, as in a reader's own table; `worth` is
    how well the lines explain the page, by themselves and by where their values stand."""

    first: int
    last: int
    lines: tuple[ReadingLine, ...]
    kinds: frozenset[str]
    worth: float


def columns_of(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """One fact a column: the newest of each field; the places of older ones for the same column widen it."""
    out: list[Fact] = []
    for fact in facts:
        place = fact.lesson.column
        if place is None:
            continue
        known = next((n for n, f in enumerate(out) if _is_same(f, fact)), None)
        if known is not None:
            out[known] = _widened(out[known], place)
        elif fact.lesson.field == IGNORE or all(f.lesson.field != fact.lesson.field for f in out):
            out.append(fact)
    return tuple(out)


def _is_same(a: Fact, b: Fact) -> bool:
    ours, theirs = a.lesson.column, b.lesson.column
    return (
        ours is not None and theirs is not None and a.lesson.field == b.lesson.field and ours.title == theirs.title
        and ours.step == theirs.step and ours.left < theirs.right and theirs.left < ours.right)


def _widened(fact: Fact, other: ColumnPlace) -> Fact:
    own = fact.lesson.column
    assert own is not None
    wide = replace(
        own, left=min(own.left, other.left), right=max(own.right, other.right), filled=min(own.filled, other.filled),
        first=min(own.first, other.first), last=max(own.last, other.last),
        room=min(own.room, other.room))
    return replace(fact, lesson=replace(fact.lesson, column=wide))


def read_learned(
    paper: Paper, columns: Sequence[Fact], styles: Styles, rules: Mapping[int, Rules] = _NO_RULES,
) -> LearnedTable | None:
    """The table under the learned titles, read by the places of its columns, and as any other table whose titles are known to
    mean what was learned: the better one. None when the titles are not on the paper or nothing under them is a row."""
    if not any(f.lesson.field == "quantity" for f in columns):
        return None
    found = tuple(heads(paper, columns))
    titled = any(f.lesson.column and f.lesson.column.title for f in columns)
    if titled and not found:
        return None
    head = found[0] if found else None
    begin = found[0].last + 1 if found else 0
    titles = {n for head in found for n in range(head.first, head.last + 1)}
    body = [n for n in range(begin, len(paper.lines)) if n not in titles]
    parted = _parted(paper, columns, head)
    ways = ((paper, False), *([(parted, False)] if parted else ()), (paper, True))
    grids = (Grid(page, columns, styles, head, in_order=in_order) for page, in_order in ways)
    tables = [t for grid in grids if (t := _table(grid, body, found, columns))]
    named = _named(paper, columns, found, replace(styles, judge=Judge(paper, tuple(columns), head).worth), rules)
    return max((*tables, *([named] if named else ())), key=lambda t: t.worth, default=None)


def _named(
    paper: Paper, columns: Sequence[Fact], found: Sequence[Head], styles: Styles, rules: Mapping[int, Rules]
) -> LearnedTable | None:
    """The table as it is read when its titles are known to mean what was learned: with whatever stands under its rows."""
    if not found:
        return None
    head, page = found[0], paper.lines[found[0].first].page
    places = sorted(((c, f) for f in columns if (c := f.lesson.column) and c.step == 0 and not f.lesson.value), key=_left)
    titles = []
    for place, fact in places:
        left, right = (paper.ems(x + head.shift(place), page) for x in (place.left, place.right))
        kind = "other" if fact.lesson.field == IGNORE else fact.lesson.field
        titles.append(Column(fact.lesson.label, (kind,), left, right))
    again = {n for other in found[1:] for n in range(other.first, other.last + 1)}
    repeated = furniture(paper.lines)
    lines = [x for n, x in enumerate(paper.lines) if n not in again and x.index not in repeated]
    part = Part(Header(paper.lines[head.first].index, paper.lines[head.last].index, tuple(titles)), lines, rules, styles)
    table = read_under(part) if part.body else None
    if table is None:
        return None
    read = tuple(_marked(line, columns) for line in table.lines)
    return LearnedTable(table.first, table.last, read, table.kinds, _worth(read, styles))


def _left(column: tuple[ColumnPlace, Fact]) -> float:
    return column[0].left


def _worth(lines: Sequence[ReadingLine], styles: Styles) -> float:
    return merit(lines) + (styles.judge(lines) if styles.judge else 0.0)


def _parted(paper: Paper, columns: Sequence[Fact], head: Head | None) -> Paper | None:
    """The paper with words parted that reach over the edge of a learned column; None where there are none."""
    page = paper.lines[0].page
    places = sorted(
        (c for f in columns if (c := f.lesson.column) and c.step == 0 and not f.lesson.value), key=lambda c: c.left)
    moved = [(c, head.shift(c) if head else 0.0) for c in places]
    edges = [Column("", (), paper.ems(c.left + by, page), paper.ems(c.right + by, page), ()) for c, by in moved]
    lines = unglued(paper.lines, edges)
    return replace(paper, lines=lines) if lines else None


def _table(grid: Grid, body: Sequence[int], found: Sequence[Head], columns: Sequence[Fact]) -> LearnedTable | None:
    """The table as one grid has it; None where no row has the values every row must have."""
    rows, lines = found_rows(grid, body), grid.paper.lines
    if not rows:
        return None
    first = lines[found[0].first].index if found else lines[rows[0].main].index
    last = max(lines[n].index for row in rows for n in (row.main, *row.texts))
    kinds = frozenset(f.lesson.field for f in columns) - {IGNORE}
    read = tuple(_marked(read_row(grid, row), columns) for row in rows)
    worth = merit(read) + Judge(grid.paper, tuple(columns), grid.head).worth(read)
    return LearnedTable(first, last, read, kinds, worth)


def _marked(line: ReadingLine, columns: Sequence[Fact]) -> ReadingLine:
    """The line with what is said of every value that a learned column gave. Words of a charge may stand where others have their
    number."""
    changed: dict[str, Any] = {}
    if line.description is None and any(f.lesson.field == "description" for f in columns):
        line = worded(line)
    for fact in columns:
        field = fact.lesson.field
        value: Found[Any] | None = getattr(line, field, None) if field != IGNORE else None
        if value is not None:
            where = f"column “{fact.lesson.label}”" if fact.lesson.label else "known by its place"
            proof = value.evidence
            is_as_read = proof.origin is Origin.REPAIRED or fact.lesson.is_let_stand
            origin = proof.origin if is_as_read else Origin.LEARNED
            note = proof.note or f"{where} on forms like this one"
            changed[field] = replace(value, evidence=replace(proof, origin=origin, note=note, fact_id=fact.fact_id))
    return replace(line, **changed)
