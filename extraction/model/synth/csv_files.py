"""Forms as a delimited file: the fields of the header on every row, sometimes two orders in one file."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

from extraction.model.synth.form_parts import Form, Pair
from extraction.model.synth.form_table import Cell, Column, FormLine, Row
from extraction.model.synth.grid import Grid, joined

REPEATED = frozenset({"po_number", "order_date", "requested_date", "currency"})


def write_csv(rng: random.Random, forms: Sequence[Form]) -> tuple[bytes, list[Grid]]:
    """A flat file: header row (few have none), a row per line with header fields on every row, total rows at the end of some.

    Columns and titles are those of the first form. Returns the bytes and a grid for each form, which share their cells.
    """
    grids = [Grid()]
    first = forms[0]
    if rng.random() > 0.03:
        repeated = _repeated(first)
        for n, title in enumerate([*(pair.label for pair in repeated), *(" ".join(c.titles) or c.key for c in first.columns)]):
            grids[0].put(0, n, title)
    row = grids[0].rows - 1
    for form in forms:
        grid = grids[0] if form is first else Grid(cells=grids[0].cells)
        if form is not first:
            grids.append(grid)
        row = _lines(grid, form, first.columns, row)
        if len(forms) == 1:
            _totals(grid, form, row)
    delimiter, line_end = rng.choice((",", ";", ";", "\t", "|")), rng.choice(("\r\n", "\n"))
    empty = rng.choice((0, 0, 0, 3))
    encoding = rng.choice(("utf-8", "utf-8-sig", "cp1250" if first.language == "pl" else "cp1252"))
    return _delimited(grids[0], delimiter, line_end, empty).encode(encoding, errors="replace"), grids


def carries_number(form: Form) -> bool:
    """Whether every row of this form's file names the order, so that two orders can share a file."""
    return any(pair.value.tag == "po_number" for pair in _repeated(form))


def _repeated(form: Form) -> list[Pair]:
    return [pair for pair in form.info if pair.value.tag in REPEATED]


def _lines(grid: Grid, form: Form, columns: Sequence[Column], row: int) -> int:
    """The lines below a row; returns the last row."""
    repeated = _repeated(form)
    for line in form.lines:
        if line.kind != "line":
            continue
        for cells in _flat(line, columns):
            row += 1
            for n, pair in enumerate(repeated):
                grid.put(row, n, pair.value.text, pair.value.tag)
            for n, column in enumerate(columns, len(repeated)):
                cell = cells.get(column.key, ())
                grid.put(row, n, joined(cell))
                for text, tag in cell:
                    if tag and text.strip():
                        grid.note(row, n, text, tag)
        grid.implied.update(tag for tag in line.values if tag.endswith(".uom"))
    return row


def _flat(line: FormLine, columns: Sequence[Column]) -> list[dict[str, Cell]]:
    """The rows of a line as they go into a flat file: texts below join the text above, rows with numbers of their own stay."""
    first, *lower = (row for row in line.rows if not row.struck)
    main: dict[str, Cell] = dict(first.cells)
    further: list[dict[str, Cell]] = []
    for row in lower:
        if any(column.is_number and row.cells.get(column.key) for column in columns):
            missing = {key: cell for key, cell in row.cells.items() if key not in main}
            if row.tier or missing:
                main |= missing
            else:
                further.append(dict(row.cells))
        else:
            _join(main, row, columns)
    return [main, *further]


def _join(main: dict[str, Cell], row: Row, columns: Sequence[Column]) -> None:
    """Append the values of a lower row to the cells of the row above; remarks have no place in a flat file."""
    texts = dict(row.cells)
    if row.text and any(column.key == "description" for column in columns):
        texts["description"] = row.text
    for key, cell in texts.items():
        if any(tag for _, tag in cell):
            main[key] = (*main[key], (" ", None), *cell) if main.get(key) else cell


def _totals(grid: Grid, form: Form, row: int) -> None:
    at = len(_repeated(form)) + max(len(form.columns) - 2, 0)
    for n, pair in enumerate(form.totals, row + 1):
        grid.put(n, at, pair.label)
        grid.put(n, at + 1, pair.value.text, pair.value.tag)


def _delimited(grid: Grid, delimiter: str, line_end: str, empty: int) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=line_end)
    for row in range(grid.rows + empty):
        writer.writerow([grid.cells.get((row, column), "") for column in range(grid.columns)])
    return buffer.getvalue()
