"""What the right lines of an order teach about the columns of its table. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extraction.layout.geometry import Line, Segment
from extraction.layout.labels import fields_of, fold
from extraction.learned.header import around
from extraction.learned.paper import Paper
from extraction.learned.rows import CODES, Located, Place, Values, locate_rows, unstuck
from extraction.learned.search import Run, plain
from models.domain.evidence import Box
from models.domain.learned import ColumnPlace, Lesson, LessonKind

IGNORE = "ignore"
_ORDER = (
    "quantity", "unit_price", "amount", "description", "buyer_sku", "supplier_sku", "gtin", "uom", "requested_date", "line_no")
_TITLE_LINES = 3
_ABOVE = 8            # lines above the first row's numbers in which the titles are looked for
_STACKED = 0.7        # ems of white at most between the lines of one title
_NAMED = 0.6          # what a title that names the field counts, in rows
_READ = 0.5           # what a value counts that was read there, in rows
_TEXT_LINES = 6
_BLANK, _DASHED = 0.45, 0.7     # ems between two words of one cell, and where a dash stands between them

Spot = tuple[int, Box]
"""Page and box of a word."""
_NOWHERE: Mapping[str, Collection[Spot]] = {}


@dataclass(frozen=True, slots=True)
class _Column:
    left: float
    right: float
    step: int
    places: tuple[Place, ...]


def column_lessons(paper: Paper, rows: Sequence[Values], read: Mapping[str, Collection[Spot]] = _NOWHERE) -> tuple[Lesson, ...]:
    """One lesson for each column of the table, those of no use included; empty when the rows cannot be found on the page.

    `read` says where the values of a field were read: of two columns that say the same here, it is that one.
    """
    paper = unstuck(paper, rows)
    located = locate_rows(paper, rows)
    if not located:
        return ()
    titles = _title_lines(paper, located)
    columns: dict[str, _Column] = {}
    for field in _ORDER:
        column = _column(field, located, titles, columns, read.get(field, ()))
        if column:
            columns[field] = column
    if "quantity" not in columns:
        return ()
    known = tuple(_lesson(paper, field, c, columns, titles, located, rows) for field, c in columns.items())
    return (*known, *_ignored(paper, located, columns, titles))


def _column(
    field: str, located: Sequence[Located], titles: Sequence[Line], taken: dict[str, _Column], read: Collection[Spot],
) -> _Column | None:
    """The places, one above the other, at which most rows have the field's value and that no field before it holds."""
    best: tuple[float, _Column] | None = None
    for first in (p for row in located for p in row.places.get(field, ())):
        column = _through(field, first, located)
        if any(_overlap(column, other) for name, other in taken.items() if not _within(field, name)):
            continue
        title = _title(titles, column.left, column.right) if first.step == 0 else ""
        worth = len(column.places) + _NAMED * (f"lines.{field}" in fields_of(title, columns=True)) - 0.1 * abs(first.step)
        worth += _READ * sum((t.word.page, t.word.box) in read for p in column.places for t in p.run[:1])
        if best is None or worth > best[0]:
            best = (worth, column)
    return best[1] if best else None


def _through(field: str, first: Place, located: Sequence[Located]) -> _Column:
    left, right = first.run[0].left, first.run[-1].right
    kept: list[Place] = []
    for row in located:
        near = [p for p in row.places.get(field, ()) if p.step == first.step and p.run[0].left < right and p.run[-1].right > left]
        if near:
            kept.append(near[0])
            left, right = min(left, near[0].run[0].left), max(right, near[0].run[-1].right)
    return _Column(left, right, first.step, tuple(kept))


def _within(field: str, other: str) -> bool:
    """A code may stand in the description."""
    return field in CODES and other == "description"


def _overlap(a: _Column, b: _Column) -> bool:
    """True for columns that hold the same words."""
    held = {id(t) for p in b.places for t in p.run}
    return any(id(t) in held for p in a.places for t in p.run)


def _lesson(
    paper: Paper, field: str, column: _Column, columns: dict[str, _Column], titles: Sequence[Line], located: Sequence[Located],
    rows: Sequence[Values],
) -> Lesson:
    page = column.places[0].run[0].word.page
    others = [c for name, c in columns.items() if name != field and c.step == 0]
    title = _title_part(titles, column.left, column.right, field, others) if column.step == 0 else ()
    text = " ".join(s.text for s in title)
    begins = min((s.left for s in title), default=0.0)
    inside = _inside(field, column, columns, paper.lines)
    first, last = _text_lines(paper, located, rows, column.step) if field == "description" else (0, 0)
    room = _room(column, columns, titles) if field == "description" else 0.0
    due = sum(row.get(field) is not None for row in rows[: len(located)]) or 1
    place = ColumnPlace(
        " ".join(fold(text)), paper.x(begins, page), paper.x(column.left, page), paper.x(column.right, page), column.step,
        round(min(1.0, len(column.places) / max(due, len(located))), 2), first, last, paper.x(room, page))
    return Lesson(LessonKind.COLUMN, field, text, inside, column=place, seen=around(column.places[0].run))


def _inside(field: str, column: _Column, columns: dict[str, _Column], lines: Sequence[Line]) -> str:
    """"first" or "last" when a code stands in the description's cell, and which word it is."""
    text = columns.get("description")
    if field not in CODES or text is None or text.step != column.step or _touch(column, text):
        return ""
    if column.right < text.left - 2 or column.left > text.right + 2 or column.left > text.right or column.right < text.left:
        return _stuck(column, text, lines)
    return "first" if column.left <= text.left else "last"


def _touch(column: _Column, text: _Column) -> bool:
    """True where both came out of one word: two columns without white between them."""
    return any(ours.run[-1].right == theirs.run[0].left for ours in column.places for theirs in text.places
               if ours.run[-1].top == theirs.run[0].top)


def _stuck(column: _Column, text: _Column, lines: Sequence[Line]) -> str:
    """A code right before or behind the description, in the same cell; a dash may stand between them."""
    for ours in column.places:
        for theirs in text.places:
            if abs(ours.run[0].middle - theirs.run[0].middle) < 0.1:
                if _is_next(ours.run, theirs.run, lines):
                    return "first"
                if _is_next(theirs.run, ours.run, lines):
                    return "last"
    return ""


def _is_next(run: Run, other: Run, lines: Sequence[Line]) -> bool:
    """Whether only blanks and marks stand between two runs of words on one line."""
    words = next((line.tokens for line in lines if any(t is run[-1] for t in line.tokens)), ())
    between = [t for t in words if run[-1].right <= t.left and t.right <= other[0].left]
    most = _DASHED if between else _BLANK
    return run[-1].right <= other[0].left and not any(plain(t.text) for t in between) and all(
        b.left - a.right < most for a, b in pairwise((run[-1], *between, other[0])))


def _title_lines(paper: Paper, located: Sequence[Located]) -> tuple[Line, ...]:
    """The lines right above the first row that may hold titles: words without digits, several of them apart."""
    at = located[0].at
    above = [x for x in paper.lines[max(0, at - _ABOVE) : at] if x.page == paper.lines[located[0].at].page]
    known = [sum(bool(fields_of(s.text, columns=True)) for s in x.segments) for x in above]
    if not any(known):
        return ()
    main = max(range(len(above)), key=lambda n: (known[n], n))
    first = last = main
    while first and main - first < _TITLE_LINES - 1 and _is_stacked(above[first - 1], above[first]):
        first -= 1
    while last + 1 < len(above) and last - first < _TITLE_LINES - 1 and _is_stacked(above[last], above[last + 1]):
        last += 1
    return tuple(above[first : last + 1])


def _is_stacked(upper: Line, lower: Line) -> bool:
    """Whether two lines are one row of titles: close, without digits, of few words each."""
    parts = (*upper.segments, *lower.segments)
    return lower.top - upper.bottom < _STACKED and not any(c.isdigit() for s in parts for c in s.text) and all(
        len(s.tokens) <= 4 and not s.text.endswith((".", ":")) for s in parts if s.line == upper.index)


def _title_part(
    titles: Sequence[Line], left: float, right: float, field: str = "", others: Sequence[_Column] = (),
) -> tuple[Segment, ...]:
    """What stands over a column; where that reaches under two titles, the one that names the field, else all that do not
    rather stand over one of the `others`."""
    over = tuple(s for line in titles for s in line.segments if s.left < right + 0.2 and s.right > left - 0.2)
    named = tuple(s for s in over if f"lines.{field}" in fields_of(s.text, columns=True))
    own = tuple(s for s in over if all(_shared(s, left, right) >= _shared(s, c.left, c.right) for c in others))
    return named[:1] or own or over


def _shared(title: Segment, left: float, right: float) -> float:
    """How much of a title stands over a column."""
    return min(title.right, right) - max(title.left, left)


def _title(titles: Sequence[Line], left: float, right: float) -> str:
    return " ".join(s.text for s in _title_part(titles, left, right))


def _text_lines(paper: Paper, located: Sequence[Located], rows: Sequence[Values], step: int) -> tuple[int, int]:
    """The first and last text line of a row on which words of its description stand, counted from the main line."""
    steps = [step]
    for n, row in enumerate(located):
        before = located[n - 1].at if n else -1
        after = located[n + 1].at if n + 1 < len(located) else len(paper.lines)
        wanted = plain(str(rows[row.row].get("description") or ""))
        for at in range(max(before + 1, row.at - _TEXT_LINES), min(after, row.at + _TEXT_LINES + 1)):
            said = [text for s in paper.lines[at].segments if len(text := plain(s.text)) > 3]
            if at != row.at and any(text in wanted for text in said):
                steps.append(at - row.at)
    return min(steps), max(steps)


def _room(text: _Column, columns: Mapping[str, _Column], titles: Sequence[Line]) -> float:
    """Ems from where the texts begin up to the next column; 0 where none follows."""
    edges = [c.left for c in columns.values() if c.step == text.step and c.left > text.right]
    edges += [s.left for line in titles for s in line.segments if s.left > text.right]
    return min(edges) - text.left - _BLANK if edges else 0.0


def _ignored(
    paper: Paper, located: Sequence[Located], columns: dict[str, _Column], titles: Sequence[Line]
) -> Iterator[Lesson]:
    """Columns of the rows that hold nothing of the order: a tax rate, a weight, a second price."""
    used = {id(t) for c in columns.values() for p in c.places for t in p.run}
    spans = [(c.left, c.right) for c in columns.values() if c.step == 0]
    groups: list[tuple[float, float, int]] = []
    for row in located:
        for part in paper.lines[row.at].segments:
            if any(id(t) in used for t in part.tokens) or any(part.left < r and part.right > left for left, r in spans):
                continue
            same = next((n for n, g in enumerate(groups) if part.left < g[1] and part.right > g[0]), None)
            if same is None:
                groups.append((part.left, part.right, 1))
            else:
                left, right, count = groups[same]
                groups[same] = (min(left, part.left), max(right, part.right), count + 1)
    page = paper.lines[located[0].at].page
    for left, right, count in groups:
        if 2 * count >= len(located):
            title = _title_part(titles, left, right)
            text = " ".join(s.text for s in title)
            begins = min((s.left for s in title), default=0.0)
            place = ColumnPlace(
                " ".join(fold(text)), paper.x(begins, page), paper.x(left, page), paper.x(right, page), 0,
                round(count / len(located), 2))
            yield Lesson(LessonKind.COLUMN, IGNORE, text, column=place)
