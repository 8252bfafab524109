"""Lines and segments of words, in one geometry for paper, sheets and text bodies.

Coordinates are in ems: 1.0 is the height of the page's usual text. A character of a text body is half an em wide and one
em high; a cell of a sheet is six ems wide, with a margin, so that neighbours never touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median

from models.domain.characters import without_marks
from models.domain.evidence import PageKind
from models.domain.lean import lean
from models.domain.pages import Page, Word

GAP = 0.75
"""Ems between two words from which on they stand apart, as two blanks or two columns do, where a page shows no narrower habit."""

CELL = 6.0
_BLANK = re.compile(r"^\s*(?:[-_=~*.·]{4,}(?:\s+|$))*$")  # nothing, or a rule typed as dashes; cut only at blanks: no search
_GLUED = re.compile(r"(?:(?<=[^\W\d_]:)|(?<=[^\W\d_]\.:))(?=[^\s/\\])")  # "Date:3/9", "No.:4711", but not "https://"
_MARGIN = 0.5
_TYPED = 3              # letters of two words at least, before they can be seen to be of a typewriter face,
_ALIKE = 0.03           # whose letters differ in width by less than this share,
_NEARLY = 0.2           # and a blank from a letter by less than this


@lean
class Token:
    """One printed word, or one word of a cell, without marks that take no room; `word` is what stands on the page. Box in ems."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    word: Word
    kind: PageKind = PageKind.PAPER

    @property
    def middle(self) -> float:
        """The vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def middle_x(self) -> float:
        """The horizontal centre."""
        return (self.left + self.right) / 2


@lean
class Segment:
    """Words of one line that belong together: no wide gap and no ruling between them. `line` is the line's index."""

    tokens: tuple[Token, ...]
    line: int
    text: str
    left: float
    right: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """Ems; above 1 for large type."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Line:
    """One text line of a page (one row of a sheet), left to right. `index` counts through the document. `tokens` are all its
    words; `text` is the line as read aloud."""

    index: int
    page: int
    kind: PageKind
    top: float
    bottom: float
    segments: tuple[Segment, ...]
    tokens: tuple[Token, ...] = field(init=False, repr=False, compare=False)
    text: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", tuple([t for s in self.segments for t in s.tokens]))
        object.__setattr__(self, "text", " ".join([s.text for s in self.segments]))

    @property
    def middle(self) -> float:
        """The vertical centre."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Rules:
    """Ruling lines of a page in ems: vertical as (x, top, bottom), horizontal as (y, left, right)."""

    vertical: tuple[tuple[float, float, float], ...] = ()
    horizontal: tuple[tuple[float, float, float], ...] = ()

    def crosses_x(self, left: float, right: float, y: float) -> bool:
        """True when a vertical rule stands between two places of one line."""
        return any(left <= x <= right and top <= y <= bottom for x, top, bottom in self.vertical)

    def crosses_y(self, top: float, bottom: float, x: float) -> bool:
        """True when a horizontal rule runs between two lines at this x."""
        return any(top <= y <= bottom and left <= x <= right for y, left, right in self.horizontal)


def page_rules(page: Page) -> Rules:
    """The page's ruling lines in ems."""
    sx, sy = units_of(page)
    vertical, horizontal = [], []
    for left, top, right, bottom in page.rules:
        if bottom - top > right - left:
            vertical.append(((left + right) / 2 * sx, top * sy, bottom * sy))
        else:
            horizontal.append(((top + bottom) / 2 * sy, left * sx, right * sx))
    return Rules(tuple(vertical), tuple(horizontal))


def units_of(page: Page) -> tuple[float, float]:
    """Ems in one unit of the page, across and down."""
    if page.kind is PageKind.SHEET:
        return CELL, 1.0
    if page.kind is not PageKind.PAPER:
        return 0.5, 1.0
    heights = [w.box[3] - w.box[1] for w in page.words if w.seen and len(w.text) > 1]
    em = median(heights) if heights else 10.0
    return 1 / max(em, 1.0), 1 / max(em, 1.0)


def page_lines(page: Page, first: int) -> list[Line]:
    """The lines of one page from the top down, counted from `first`, without words that are never a value (`Word.counts`)."""
    sx, sy = units_of(page)
    tokens = [t for w in page.words if w.counts and not _BLANK.match(w.text) for t in _tokens(w, page.kind, sx, sy)]
    rules = page_rules(page) if page.kind is PageKind.PAPER else Rules()
    lines: list[Line] = []
    rows = _rows(tokens, exact=page.kind is not PageKind.PAPER)
    gap = _usual_gap(rows) if page.kind is PageKind.PAPER else GAP
    for row in rows:
        segments = tuple(_segments(row, first + len(lines), rules, gap))
        top, bottom = min(t.top for t in row), max(t.bottom for t in row)
        lines.append(Line(first + len(lines), page.number, page.kind, top, bottom, segments))
    return lines


def _tokens(word: Word, kind: PageKind, sx: float, sy: float) -> Iterable[Token]:
    left, top, right, bottom = word.box[0] * sx, word.box[1] * sy, word.box[2] * sx, word.box[3] * sy
    if kind is PageKind.SHEET:
        left, right = left + _MARGIN, right - _MARGIN
    parts = _GLUED.sub(" ", without_marks(word.text)).split()
    if len(parts) == 1:
        yield Token(parts[0], left, top, right, bottom, word, kind)
        return
    step, at = (right - left) / max(len(" ".join(parts)), 1), left
    for part in parts:
        yield Token(part, at, top, at + step * len(part), bottom, word, kind)
        at += step * (len(part) + 1)


def _rows(tokens: Sequence[Token], *, exact: bool) -> list[list[Token]]:
    """Words whose centres lie on one height, each row left to right."""
    rows: list[list[Token]] = []
    middle = height = 0.0
    for token in sorted(tokens, key=lambda t: (t.middle, t.left)):
        tall = token.bottom - token.top
        reach = 0.01 if exact else 0.4 * max(min(tall, height), 0.6)
        if rows and token.middle - middle <= reach:
            rows[-1].append(token)
            middle += (token.middle - middle) / len(rows[-1])
            height = max(height, tall)
        else:
            rows.append([token])
            middle, height = token.middle, tall
    return [sorted(row, key=lambda t: t.left) for row in rows]


def _usual_gap(rows: Sequence[Sequence[Token]]) -> float:
    """Twice the page's usual blank, which is wide in typewriter faces and narrow in condensed ones."""
    blanks = [
        b.left - a.right for row in rows for a, b in pairwise(row) if 0.05 < b.left - a.right < 0.9 and a.bottom - a.top < 1.4
    ]
    return min(1.0, max(0.42, 2 * median(blanks))) if len(blanks) > 4 else GAP


def _segments(row: Sequence[Token], line: int, rules: Rules, gap: float) -> Iterable[Segment]:
    start = 0
    for i, (a, b) in enumerate(pairwise(row), 1):
        tall = max(a.bottom - a.top, b.bottom - b.top, 0.6)
        same_cell = a.word is b.word
        ruled = rules.vertical and rules.crosses_x(a.right - 0.1, b.left + 0.1, a.middle)
        apart = ruled or (b.left - a.right > gap * min(tall, 4.0) and not _are_typed(a, b))
        if not same_cell and apart:
            yield segment(row[start:i], line)
            start = i
    yield segment(row[start:], line)


def _are_typed(a: Token, b: Token) -> bool:
    """True for two words of a typewriter face with one blank between them, as forms are filled in: all letters are as wide."""
    letter, other = (a.right - a.left) / len(a.text), (b.right - b.left) / len(b.text)
    if a.kind is not PageKind.PAPER or len(a.text) + len(b.text) < _TYPED or abs(letter - other) > _ALIKE * letter:
        return False
    return abs(b.left - a.right - letter) < _NEARLY * letter


def segment(tokens: Sequence[Token], line: int) -> Segment:
    """A segment of these words."""
    return Segment(
        tuple(tokens),
        line,
        " ".join([t.text for t in tokens]),
        tokens[0].left,
        max([t.right for t in tokens]),
        min([t.top for t in tokens]),
        max([t.bottom for t in tokens]),
    )


def piece(token: Token, start: int, end: int) -> Token:
    """The characters `start`..`end` of a word as a word of their own, with their share of its box."""
    if end - start == len(token.text):
        return token

    def share(left: float, right: float) -> tuple[float, float]:
        step = (right - left) / len(token.text)
        return left + step * start, left + step * end

    left, right = share(token.left, token.right)
    box = token.word.box
    first, last = share(box[0], box[2])
    word = replace(token.word, text=token.text[start:end], box=(first, box[1], last, box[3]), rivals=())
    return replace(token, text=token.text[start:end], left=left, right=right, word=word)
