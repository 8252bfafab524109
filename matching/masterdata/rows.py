"""What all imports share: rows parsed or refused, batches, a tally that ends as report and audit entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from models.domain.codes import gtin_is_valid
from models.errors import InputError
from models.tables import Base
from runtime import audit
from runtime.db import Database
from runtime.tabular import ImportReport, Refused, Row, numbered

T = TypeVar("T")
BATCH = 1_000


class Outcome(StrEnum):
    """What became of one thing of an import."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(slots=True)
class Tally:
    """Counts outcomes and keeps refusals until the import is done."""

    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    refused: list[Refused] = field(default_factory=list)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        """Count what a batch came to."""
        for outcome in outcomes:
            self.counts[outcome] += 1

    def refuse(self, line: int, error: InputError) -> None:
        """Note that a line was left out."""
        self.refused.append(Refused(line, error.code, f"Line {line}: {error.sentence}"))

    def finish(self, db: Database, noun: str) -> ImportReport:
        """Write the audit entry, which also tells the catalogue index that something may have changed; give the report."""
        report = ImportReport(
            self.counts[Outcome.ADDED], self.counts[Outcome.CHANGED], self.counts[Outcome.UNCHANGED],
            tuple(sorted(self.refused, key=lambda r: r.line)))
        content = {"added": report.added, "changed": report.changed, "refused": len(report.refused)}
        if report.added or report.changed or report.refused:
            with db.write() as session:
                audit.record(session, actor="import", action=f"{noun}.imported", subject=noun, content=content)
        return report


def parse_rows(rows: Iterable[Row], parse: Callable[[Row], T], tally: Tally) -> list[tuple[int, T]]:
    """(line, parsed) of every row that can be used; the others go to the tally with their reason."""
    parsed = []
    for line, row in numbered(rows):
        try:
            parsed.append((line, parse(row)))
        except InputError as e:
            tally.refuse(line, e)
    return parsed


def in_batches(things: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    return (things[start:start + size] for start in range(0, len(things), size))


def table(row: type[Base]) -> Table:
    """The Core table of a row class: bulk statements go past the ORM."""
    found = row.__table__
    assert isinstance(found, Table)
    return found


def insert_all(db: Session, row: type[Base], values: list[dict[str, Any]]) -> None:
    """Insert many rows; nothing happens for none."""
    if values:
        db.execute(insert(table(row)), values)


def one_of(row: Row, column: str, kind: type[StrEnum], default: StrEnum | None = None) -> Any:
    """A cell as member of an enum. Raises InputError naming the choices; an empty cell is `default`."""
    text = row.get(column, "").strip().lower()
    if not text:
        return default
    try:
        return kind(text)
    except ValueError:
        raise InputError(f"{column} is “{text}”; write one of {', '.join(kind)}.", code="unknown_value") from None


def letters(row: Row, column: str, count: int, *, upper: bool = True) -> str | None:
    """A code of exactly `count` letters, or None when empty. Raises InputError."""
    text = row.get(column, "").strip()
    if not text:
        return None
    if len(text) != count or not (text.isascii() and text.isalpha()):
        raise InputError(f"{column} is “{text}”; write {count} letters.", code="unknown_value")
    return text.upper() if upper else text.lower()


def gtin_of(row: Row, column: str) -> str | None:
    """A GTIN with a right check digit, or None when empty. Raises InputError."""
    text = row.get(column, "").strip().replace(" ", "")
    if text and not gtin_is_valid(text):
        raise InputError(f"{column} {text} is no GTIN: 8, 12, 13 or 14 digits with a right check digit.", code="bad_gtin")
    return text or None
