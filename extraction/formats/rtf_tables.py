"""Where the text of an RTF document stands: paragraphs, and rows of cells told by the edges that each row declares."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from extraction.formats.text_flow import Flow, FlowLine, TableCell, table_lines
from models.domain.pages import WordFlag

_MOST_CELLS = 2_000            # of one row
_NEAR = 60                     # twips: edges of different rows that are closer are one


@dataclass(slots=True)
class _Row:
    edges: list[int]
    cells: list[list[FlowLine]]


@dataclass(slots=True)
class RtfTables:
    """Text as it comes, put into the cell under way or below what was written."""

    flow: Flow = field(default_factory=Flow)
    cell: Flow = field(default_factory=Flow)
    cells: list[list[FlowLine]] = field(default_factory=list)
    rows: list[_Row] = field(default_factory=list)
    edges: list[int] = field(default_factory=list)
    grounds: list[int] = field(default_factory=list)
    ground: int = 0
    is_in_row: bool = False        # between the row's definition and its end
    is_in_table: bool = False      # the paragraph says that it belongs to one

    def write(self, text: str, flags: frozenset[WordFlag]) -> None:
        """Text of the paragraph under way."""
        if self._is_cell:
            self.cell.write(text, flags)
        else:
            if text.strip():
                self._end_table()
            self.flow.write(text, flags)

    def tab(self, stops: Sequence[int]) -> None:
        """On to the next tab stop."""
        (self.cell if self._is_cell else self.flow).tab(stops)

    def break_line(self) -> None:
        """What follows stands on a line of its own."""
        (self.cell if self._is_cell else self.flow).break_line()

    def cell_ground(self) -> int:
        """The colour number behind the cell under way, 0 for none."""
        at = len(self.cells)
        return self.grounds[at] if self._is_cell and at < len(self.grounds) else 0

    @property
    def _is_cell(self) -> bool:
        return self.is_in_row or self.is_in_table

    def word(self, name: str, number: int | None) -> None:
        """A control word about tables or paragraphs; others say nothing here."""
        if name == "trowd":
            self.edges, self.grounds, self.ground, self.is_in_row = [], [], 0, True
        elif name == "clcbpat":
            self.ground = number or 0
        elif name == "cellx" and len(self.edges) < _MOST_CELLS:
            self.edges.append(number or 0)
            self.grounds.append(self.ground)
            self.ground = 0
        elif name == "intbl":
            self.is_in_table = True
        elif name == "pard":
            self.is_in_table = False
        elif name == "cell" and len(self.cells) < _MOST_CELLS:
            self.cells.append(self.cell.written())
            self.cell = Flow()
        elif name == "nestcell":
            self.cell.tab()
        elif name == "nestrow":
            self.cell.break_line()
        elif name == "row":
            if self.cells:
                self.rows.append(_Row(list(self.edges), self.cells))
            self.cells, self.is_in_row = [], False

    def lines(self) -> list[FlowLine]:
        """All that was written."""
        if self.cells:
            self.rows.append(_Row(list(self.edges), self.cells))
            self.cells = []
        self._end_table()
        self.flow.add(self.cell.written())
        return self.flow.written()

    def _end_table(self) -> None:
        if self.rows:
            edges = _grid([edge for row in self.rows for edge in row.edges])
            self.flow.add(table_lines([_laid_out(row, edges) for row in self.rows]))
            self.rows = []


def _grid(edges: Sequence[int]) -> list[int]:
    """The edges of the whole table, ascending; those that all but touch are one."""
    grid: list[int] = []
    for edge in sorted(set(edges)):
        if not grid or edge - grid[-1] > _NEAR:
            grid.append(edge)
    return grid


def _laid_out(row: _Row, grid: Sequence[int]) -> list[TableCell]:
    """Each cell in the columns of the table that it reaches over; cells without an edge follow one by one."""
    cells, column = [], 0
    for n, lines in enumerate(row.cells):
        end = column + 1
        if n < len(row.edges):
            end = max(bisect_left(grid, row.edges[n] - _NEAR) + 1, end)
        cells.append(TableCell(column, end - column, lines))
        column = end
    return cells
