"""What stands around each run of words on a page: the label left of it, the heading of its block, the title of its column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import COLUMN, Label, labels_in

BLOCK = 1.3
"""Ems of white between two lines of a block at most."""

_DEEPEST = 8              # lines of a block under its heading
_FAR = 34.0               # ems to a label on the left
_FEWEST_TITLES = 3        # columns that a line must name to be the head of a table
_ROWS_BELOW = 60          # lines for which a head keeps its meaning
_ASIDE = 4.0              # ems a value may stand beside its column's title


@dataclass(slots=True)
class Run:
    """A segment with its surroundings. `heading` names its block, `depth` lines above it; `over` and `under` are next to it."""

    part: Segment
    labels: tuple[Label, ...]
    columns: tuple[Label, ...]
    left: Label | None = None
    heading: Label | None = None
    depth: int = 0
    over: Run | None = None
    under: Run | None = None

    @property
    def whole(self) -> Label | None:
        """The label that this run is, when it is nothing else."""
        last = self.labels[-1] if self.labels else None
        if last is None or self.labels[0].start > 1:
            return None
        rest = self.part.tokens[last.end :]
        return self.labels[0] if all(not any(c.isalnum() for c in t.text) for t in rest) else None


@dataclass(slots=True)
class Row:
    """A text line: its runs, the first label on it, and the titles that hold for it (`since`: lines below them)."""

    line: Line
    runs: list[Run]
    titles: Sequence[Title] = ()
    since: int = 0
    is_head: bool = False
    first: str = field(default="")


@dataclass(frozen=True, slots=True)
class Title:
    """A column's title: what it may mean, from `left` to `right`."""

    fields: tuple[str, ...]
    left: float
    right: float


def surroundings(lines: Sequence[Line]) -> list[Row]:
    """One row a line, in the same order."""
    rows: list[Row] = []
    for line in lines:
        runs = [Run(part, labels_in(part.tokens), labels_in(part.tokens, columns=True)) for part in line.segments]
        row = Row(line, runs)
        row.first = next((label.fields[0] for run in runs for label in run.labels), "")
        _look_left(runs)
        _look_up(runs, rows)
        _look_for_titles(row, rows)
        rows.append(row)
    return rows


def title_over(titles: Sequence[Title], token: Token) -> tuple[Title, bool] | None:
    """The column title a word stands under, and whether right under it."""
    left, right = token.left, token.right
    best, most = None, -_ASIDE
    for title in titles:
        overlap = (right if right < title.right else title.right) - (left if left > title.left else title.left)
        if overlap > most:
            best, most = title, overlap
    return (best, most > 0) if best else None


def _look_left(runs: Sequence[Run]) -> None:
    """The label that ends left of a run on its line; runs of mere marks are passed over."""
    before: Run | None = None
    for run in runs:
        if before and (label := before.whole) and run.part.left - before.part.right < _FAR and not run.whole:
            run.left = label
        if any(c.isalnum() for c in run.part.text):
            before = run


def _look_up(runs: Sequence[Run], rows: Sequence[Row]) -> None:
    """The run over each run, and the heading it shares with it."""
    if not rows or not runs:
        return
    for run in runs:
        over = _above(run, rows)
        if over is None:
            continue
        run.over = over
        if over.under is None:
            over.under = run
        if run.whole:
            continue
        if (label := over.whole) is not None:
            run.heading, run.depth = label, 1
        elif abs(over.part.left - run.part.left) < 1.5 and over.depth < _DEEPEST:
            label = over.left or next((x for x in over.labels if x.start == 0 and x.colon), None) or over.heading
            run.heading, run.depth = label, over.depth + 1


def _above(run: Run, rows: Sequence[Row]) -> Run | None:
    for row in reversed(rows[-4:]):
        if row.line.page != run_page(run) or run.part.top - row.line.bottom > BLOCK:
            return None
        found = [x for x in row.runs if x.part.left < run.part.right and run.part.left < x.part.right]
        if found:
            return max(found, key=lambda x: min(x.part.right, run.part.right) - max(x.part.left, run.part.left))
    return None


def run_page(run: Run) -> int:
    """The page a run stands on."""
    return run.part.tokens[0].word.page


def _look_for_titles(row: Row, rows: Sequence[Row]) -> None:
    before = rows[-1] if rows else None
    named = {label.fields[0] for run in row.runs for label in run.columns}
    words = [t for run in row.runs for t in run.part.tokens]
    numbers = sum(any(c.isdigit() for c in t.text) for t in words)
    titles = [
        Title(label.fields[:3], run.part.tokens[label.start].left, run.part.tokens[label.end - 1].right)
        for run in row.runs for label in run.columns
    ]
    is_lower_half = before is not None and before.is_head and bool(titles) and numbers == 0 and before.line.page == row.line.page
    if (len(named) >= _FEWEST_TITLES and 4 * numbers <= len(words)) or is_lower_half:
        row.is_head = True
        row.titles = [*before.titles, *titles] if is_lower_half and before else titles
    elif before and before.titles and before.since < _ROWS_BELOW:
        row.titles, row.since = before.titles, before.since + 1


def field_name(name: str) -> str:
    """A lexicon field as features name it: shorter."""
    return "c:" + name[len(COLUMN) :] if name.startswith(COLUMN) else name
