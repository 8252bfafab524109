"""Cells of a table laid over the rows of a draft: from a spreadsheet, or from the page. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from matching.corrections import Lookups, Told, apply_correction
from matching.row_change import CODES, MOST_ROWS, PASTED, Paste, Take, TakenCell
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence
from models.domain.states import LineState
from models.errors import InputError, NotFound

Cells = Sequence[tuple[str, TakenCell]]
"""Column and cell."""


def paste_rows(draft: Draft, change: Paste, evidence: Evidence, lookups: Lookups) -> tuple[Draft, tuple[Told, ...]]:
    """(the draft with the cells in it, what changed). Raises InputError naming the pasted row that cannot be."""
    _check_columns(change.columns)
    rows = [row for row in change.rows if any(cell.strip() for cell in row)]
    _check_size(len(rows))
    below = _from(draft, change.at)
    told: list[Told] = []
    for number, row in enumerate(rows):
        texts = ((name, cell.strip()) for name, cell in zip(change.columns, row, strict=False))
        cells = [(name, TakenCell(text, replace(evidence, text=text))) for name, text in texts if name and text]
        try:
            draft, more = _paste_row(draft, below[number] if number < len(below) else None, cells, lookups)
        except InputError as e:
            raise InputError(f"Pasted row {number + 1}: {e.sentence}", code=e.code) from e
        told += more
    return draft, tuple(told)


def take_rows(draft: Draft, change: Take, evidence: Evidence, lookups: Lookups) -> tuple[Draft, tuple[Told, ...]]:
    """(the draft with the rows of the page behind its own, what changed). Raises InputError when there are none, or too many."""
    _check_columns(change.columns)
    rows = [
        [(name, replace(cell, proof=replace(cell.proof, origin=evidence.origin, person=evidence.person)))
         for name, cell in zip(change.columns, row, strict=False) if name and cell and cell.text]
        for row in change.rows]
    rows = [row for row in rows if row]
    if not rows:
        raise InputError("There are no rows in what was drawn. Draw the table again, with its values.", code="nothing_drawn")
    _check_size(len(rows))
    told: list[Told] = []
    for row in rows:
        draft, more = _paste_row(draft, None, row, lookups, is_strict=False)
        told += more
    return draft, tuple(told)


def _check_columns(columns: Sequence[str]) -> None:
    if not any(columns) or not {*columns, ""} <= {*PASTED, ""}:
        raise InputError("Say for each column what it is, or leave it out; at least one is needed.", code="unknown_column")


def _check_size(count: int) -> None:
    if count > MOST_ROWS:
        raise InputError(f"{count} rows are too many at once; take at most {MOST_ROWS:,}.", code="too_many_rows")


def _from(draft: Draft, at: str | None) -> list[str]:
    """Keys of the rows that are pasted over."""
    if at is None:
        return []
    place = next((n for n, line in enumerate(draft.lines) if line.key == at), None)
    if place is None:
        raise NotFound(f"There is no line {at} in this draft. Reload and look again.")
    return [line.key for line in draft.lines[place:] if line.state is not LineState.REJECTED]


def _paste_row(
    draft: Draft, key: str | None, cells: Cells, lookups: Lookups, *, is_strict: bool = True
) -> tuple[Draft, list[Told]]:
    """Set the cells of one row; without a key of a new one. Where it is not strict, a cell that cannot be stays empty."""
    told: list[Told] = []
    if key is None and cells:
        first = next((cell for name, cell in cells if name in {"item", *CODES}), cells[0][1])
        applied = apply_correction(draft, "lines.new", first.text, first.proof, lookups)
        draft, key = applied.draft, applied.path.split(".")[1]
        told.append(Told(applied.path, None, applied.after))
        cells = list(_left(cells, draft.lines[-1]))
    for name, cell in cells:
        try:
            applied = apply_correction(draft, f"lines.{key}.{name}", cell.text, cell.proof, lookups)
        except InputError:
            if is_strict:
                raise
            continue
        draft = applied.draft
        if applied.before != applied.after:
            told.append(Told(applied.path, applied.before, applied.after))
    return draft, told


def _left(cells: Cells, line: DraftLine) -> Iterator[tuple[str, TakenCell]]:
    """The cells still to set: an item number nobody knows is kept as our number as written, or is the description already."""
    is_described = any(name == "description" for name, _ in cells)
    for name, cell in cells:
        if name != "item" or line.item is not None:
            yield name, cell
        elif is_described:
            yield "supplier_sku", cell
