"""The line table of a form whose columns were learned: found by its titles, read by the places of its columns. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.learned.columns import IGNORE
from extraction.learned.judge import Judge
from extraction.learned.paper import Paper
from extraction.learned.reader import RowReader
from extraction.learned.titles import Head, heads
from extraction.lines.build import Styles
from extraction.lines.columns import Column
from extraction.lines.glued import unglued
from extraction.lines.merit import merit
from models.domain.evidence import Found, Origin
from models.domain.learned import ColumnPlace, Fact
from models.domain.reading import ReadingLine


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
        first=min(own.first, other.first), last=max(own.last, other.last))
    return replace(fact, lesson=replace(fact.lesson, column=wide))


def read_learned(paper: Paper, columns: Sequence[Fact], styles: Styles) -> LearnedTable | None:
    """The table under the learned titles; None when they are not on the paper or no row has the values every row must have."""
    if not any(f.lesson.field == "quantity" for f in columns):
        return None
    found = tuple(heads(paper, columns))
    titled = any(f.lesson.column and f.lesson.column.title for f in columns)
    if titled and not found:
        return None
    shift = found[0].shift if found else 0.0
    begin = found[0].last + 1 if found else 0
    titles = {n for head in found for n in range(head.first, head.last + 1)}
    body = [n for n in range(begin, len(paper.lines)) if n not in titles]
    parted = _parted(paper, columns, shift)
    ways = ((paper, False), *([(parted, False)] if parted else ()), (paper, True))
    readers = (RowReader(page, columns, styles, shift, in_order=in_order) for page, in_order in ways)
    tables = [t for reader in readers if (t := _table(reader, body, found, columns))]
    return max(tables, key=lambda t: t.worth, default=None)


def _parted(paper: Paper, columns: Sequence[Fact], shift: float) -> Paper | None:
    """The paper with words parted that reach over the edge of a learned column; None where there are none."""
    page = paper.lines[0].page
    places = sorted(
        (c for f in columns if (c := f.lesson.column) and c.step == 0 and not f.lesson.value), key=lambda c: c.left)
    edges = [Column("", (), paper.ems(c.left + shift, page), paper.ems(c.right + shift, page), ()) for c in places]
    lines = unglued(paper.lines, edges)
    return replace(paper, lines=lines) if lines else None


def _table(reader: RowReader, body: Sequence[int], found: Sequence[Head], columns: Sequence[Fact]) -> LearnedTable | None:
    """The table as one reader reads it; None where no row has the values every row must have."""
    rows, lines = reader.rows(body), reader.paper.lines
    if not rows:
        return None
    first = lines[found[0].first].index if found else lines[rows[0].main].index
    last = max(lines[n].index for row in rows for n in (row.main, *row.texts))
    kinds = frozenset(f.lesson.field for f in columns) - {IGNORE}
    read = tuple(_marked(reader.line(row), columns) for row in rows)
    worth = merit(read) + Judge(reader.paper, tuple(columns), reader.shift).worth(read)
    return LearnedTable(first, last, read, kinds, worth)


def _marked(line: ReadingLine, columns: Sequence[Fact]) -> ReadingLine:
    """The line with what is said of every value that a learned column gave."""
    changed: dict[str, Any] = {}
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
