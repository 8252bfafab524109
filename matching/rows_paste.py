"""Cells from a spreadsheet laid over the rows of a draft. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matching.corrections import Lookups, Told, apply_correction
from matching.row_change import CODES, MOST_ROWS, PASTED, Paste
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence
from models.domain.states import LineState
from models.errors import InputError, NotFound

Cells = Sequence[tuple[str, str]]


def paste_rows(draft: Draft, change: Paste, evidence: Evidence, lookups: Lookups) -> tuple[Draft, tuple[Told, ...]]:
    """(the draft with the cells in it, what changed). Raises InputError naming the pasted row that cannot be."""
    unknown = next((name for name in change.columns if name and name not in PASTED), None)
    if unknown or not any(change.columns):
        raise InputError("Say for each column what it is, or leave it out; at least one is needed.", code="unknown_column")
    rows = [row for row in change.rows if any(cell.strip() for cell in row)]
    if len(rows) > MOST_ROWS:
        raise InputError(f"{len(rows)} rows are too many at once; paste at most {MOST_ROWS:,}.", code="too_many_rows")
    below = _from(draft, change.at)
    told: list[Told] = []
    for number, row in enumerate(rows):
        cells = [(name, cell.strip()) for name, cell in zip(change.columns, row, strict=False) if name and cell.strip()]
        try:
            draft, more = _paste_row(draft, below[number] if number < len(below) else None, cells, evidence, lookups)
        except InputError as e:
            raise InputError(f"Pasted row {number + 1}: {e.sentence}", code=e.code) from e
        told += more
    return draft, tuple(told)


def _from(draft: Draft, at: str | None) -> list[str]:
    """Keys of the rows that are pasted over."""
    if at is None:
        return []
    place = next((n for n, line in enumerate(draft.lines) if line.key == at), None)
    if place is None:
        raise NotFound(f"There is no line {at} in this draft. Reload and look again.")
    return [line.key for line in draft.lines[place:] if line.state is not LineState.REJECTED]


def _paste_row(
    draft: Draft, key: str | None, cells: Cells, evidence: Evidence, lookups: Lookups
) -> tuple[Draft, list[Told]]:
    told: list[Told] = []
    if key is None and cells:
        first = next((text for name, text in cells if name in {"item", *CODES}), cells[0][1])
        applied = apply_correction(draft, "lines.new", first, evidence, lookups)
        draft, key = applied.draft, applied.path.split(".")[1]
        told.append(Told(applied.path, None, applied.after))
        cells = list(_left(cells, draft.lines[-1]))
    for name, text in cells:
        applied = apply_correction(draft, f"lines.{key}.{name}", text, replace(evidence, text=text), lookups)
        draft = applied.draft
        if applied.before != applied.after:
            told.append(Told(applied.path, applied.before, applied.after))
    return draft, told


def _left(cells: Cells, line: DraftLine) -> Iterator[tuple[str, str]]:
    """The cells still to set: an item number nobody knows is kept as our number as written, or is the description already."""
    is_described = any(name == "description" for name, _ in cells)
    for name, text in cells:
        if name != "item" or line.item is not None:
            yield name, text
        elif is_described:
            yield "supplier_sku", text
