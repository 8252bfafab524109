"""What every import shares: a watch over it, a tally of what became of the rows, and batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import Any, ClassVar, TypeVar

from sqlalchemy.orm import Session

from models.errors import InputError
from runtime import audit
from runtime.db import Database
from runtime.tabular import SURPLUS, Row, column_name, need_columns

T = TypeVar("T")
BATCH = 10_000
"""Rows written in one transaction: enough that indices are not written over and over, few enough to let others write between."""
KEPT = 1_000
"""Refusals that a report holds itself; all of them go to the watch."""


class Outcome(StrEnum):
    """What became of one thing of an import."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Refused:
    """A row, or a part of one, that was left out. `line` is 1-based in the file, the header being line 1."""

    COLUMNS: ClassVar = ("line", "code", "reason")

    line: int
    code: str
    sentence: str

    @property
    def cells(self) -> tuple[object, ...]:
        """A row of a report with these columns."""
        return self.line, self.code, self.sentence


@dataclass(frozen=True, slots=True)
class Change:
    """What an import did to one thing: `field` from `before` to `after`, as text; all empty for a thing added or removed."""

    COLUMNS: ClassVar = ("what", "key", "field", "before", "after")

    outcome: Outcome
    key: str
    field: str = ""
    before: str = ""
    after: str = ""

    @property
    def cells(self) -> tuple[object, ...]:
        """A row of a report with these columns."""
        return self.outcome.value, self.key, self.field, self.before, self.after


def _ignore(_: Any) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Watch:
    """Who looks on while an import runs, and what the audit says of it.

    `progress` is told the rows of the file that were finished since the last call; `refused` and `changed` each single case.
    `about` ("customer:C-1001"): a person edits this one thing, so that the audit keeps each change of it.
    """

    progress: Callable[[int], None] = _ignore
    refused: Callable[[Refused], None] = _ignore
    changed: Callable[[Change], None] = _ignore
    actor: str = "import"
    source: str | None = None
    about: str | None = None


UNWATCHED = Watch()


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, in things of the database; refusals in rows of the file, the first thousand of them in `refused`.

    `fields`: how many things changed in which field.
    """

    added: int
    changed: int
    unchanged: int
    refused: tuple[Refused, ...] = ()
    removed: int = 0
    refused_count: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)


class Tally:
    """Counts what becomes of the rows, and ends as report and audit entry."""

    def __init__(self, watch: Watch) -> None:
        self.counts: Counter[Outcome] = Counter()
        self.fields: Counter[str] = Counter()
        self.line = 1                                 # the last one that was looked at
        self.is_watched = watch.changed is not _ignore or watch.about is not None
        self._changes: list[Change] = []
        self._watch = watch
        self._refused: list[Refused] = []
        self.refused_count = 0
        self._told = 1

    def count(self, outcomes: Iterable[Outcome]) -> None:
        """Count what a batch came to."""
        self.counts.update(outcomes)

    def move(self, before: Outcome, after: Outcome) -> None:
        """Count a thing anew of which more came to light."""
        self.counts[before] -= 1
        self.counts[after] += 1

    def refuse(self, line: int, error: InputError) -> None:
        """Note that a line was left out."""
        refused = Refused(line, error.code, f"Line {line}: {error.sentence}")
        self.refused_count += 1
        if len(self._refused) < KEPT:
            self._refused.append(refused)
        self._watch.refused(refused)

    def note(self, outcome: Outcome, key: str, name: str = "", before: object = None, after: object = None) -> None:
        """Tell the watch what was done to one thing, and count its field."""
        if name:
            self.fields[name] += 1
        if self.is_watched:
            change = Change(outcome, key, name, shown(before), shown(after))
            self._watch.changed(change)
            if self._watch.about is not None:
                self._changes.append(change)

    def advance(self) -> None:
        """Tell the progress."""
        self._watch.progress(self.line - self._told)
        self._told = self.line

    def finish(self, db: Database, noun: str) -> ImportReport:
        """Write the audit entry, which also tells the catalogue index that something changed; give the report."""
        self.advance()
        counts = self.counts
        report = ImportReport(
            counts[Outcome.ADDED], counts[Outcome.CHANGED], counts[Outcome.UNCHANGED],
            tuple(sorted(self._refused, key=lambda r: r.line)), counts[Outcome.REMOVED], self.refused_count, dict(self.fields))
        is_same = not (report.added or report.changed or report.removed)
        if self._watch.about is not None:
            if not is_same:
                with db.write() as session:
                    record_edit(session, self._watch.actor, noun, self._watch.about, self._changes)
            return report
        did = "compared" if is_same else "imported"
        content = {
            "source": self._watch.source, "added": report.added, "changed": report.changed, "removed": report.removed,
            "unchanged": report.unchanged, "refused": report.refused_count, "fields": report.fields}
        with db.write() as session:
            audit.record(session, actor=self._watch.actor, action=f"{noun}.{did}", subject=noun, content=content)
        return report


def record_edit(db: Session, actor: str, noun: str, about: str, changes: Iterable[Change]) -> None:
    """Write down what a person changed of one thing, each value from what to what."""
    told = [c.cells for c in changes]
    audit.record(db, actor=actor, action=f"{noun}.edited", subject=about, content={"changes": told})


def shown(value: object) -> str:
    """A value in the words of an import file."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return f"{value:f}"
    return str(value)


def opened(rows: Iterable[Row], *needed: str) -> tuple[frozenset[str], Iterator[Row]]:
    """The columns of a table, and its rows; an empty table has the needed ones.

    Raises InputError when a needed column is missing, or when a row has a column that the first one has not: whether a column
    is there decides what becomes of the stored values.
    """
    rest = need_columns(rows, *needed)
    first = next(rest, None)
    if first is None:
        return frozenset(needed), iter(())
    columns = frozenset(first) - {SURPLUS}
    return columns, _even(chain([first], rest), columns | {SURPLUS})


def _even(rows: Iterable[Row], columns: frozenset[str]) -> Iterator[Row]:
    for row in rows:
        if not row.keys() <= columns:
            extra = ", ".join(sorted(row.keys() - columns))
            raise InputError(f"A row has a column that the first row has not: {extra}; give all the same.", code="uneven_rows")
        yield row


def parse_rows(rows: Iterable[Row], parse: Callable[[Row], T], tally: Tally) -> Iterator[tuple[int, T]]:
    """(line, parsed) of every row that can be used, one at a time; the others go to the tally with their reason."""
    for line, row in enumerate(rows, start=2):
        tally.line = line
        if not any(row.values()):
            continue
        try:
            _check_shape(row)
            yield line, parse(row)
        except InputError as e:
            tally.refuse(line, e)


def _check_shape(row: Row) -> None:
    if row.get(SURPLUS):
        raise InputError(
            "the row has more cells than there are columns; put cells that hold the delimiter into quotes.",
            code="too_many_cells")
    name, cell = next(iter(row.items()))
    if cell and column_name(cell) == name and all(column_name(text) == column for column, text in row.items()):
        raise InputError("the row names the columns once more; were two files joined? Nothing is lost.", code="header_again")


def in_batches(things: Iterable[T], tally: Tally, size: int = BATCH) -> Iterator[list[T]]:
    """Lists of at most `size`; when one is finished, its rows are told as progress."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
        tally.advance()
