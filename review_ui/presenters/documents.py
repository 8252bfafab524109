"""Pages of documents as the viewer shows them: pictures with word boxes, tables with cells, lines of text, EDI segments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from models.domain.evidence import PageKind
from models.domain.pages import Page, Word, WordFlag

MOST_ROWS = 2_000
MOST_COLUMNS = 702         # A to ZZ
MOST_CELLS = 100_000
"""More than this a browser cannot scroll smoothly: the wider a sheet, the fewer rows are shown."""

_LIKELY = 0.05        # of another reading that is worth a look

FLAG_NOTES = {
    WordFlag.HIDDEN: "hidden in the document: people do not see it",
    WordFlag.TINY: "too small for people to see",
    WordFlag.UNCOMPUTED: "a formula without a stored result",
    WordFlag.FORMULA: "computed by the sheet",
    WordFlag.STRUCK: "struck through",
    WordFlag.QUOTED: "quoted from an earlier mail",
    WordFlag.SIGNATURE: "signature or disclaimer",
}


@dataclass(frozen=True, slots=True)
class ShownWord:
    """A word and its box as "left top right bottom"; `classes` are the flags' names, `note` says what is unusual."""

    text: str
    box: str
    left: float
    top: float
    width: float
    height: float
    classes: str
    note: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a sheet, or a piece of a text line: the word in it, if any, and how far it reaches."""

    word: ShownWord | None
    columns: int = 1
    rows: int = 1
    gap: str = ""


@dataclass(frozen=True, slots=True)
class ShownPage:
    """What the page's template prints; which parts are filled depends on `kind`."""

    kind: PageKind
    number: int
    width: float
    height: float
    name: str | None
    read_by: str
    words: tuple[ShownWord, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[int, tuple[Cell, ...]], ...] = ()
    cut: int = 0
    cut_columns: int = 0


def _word(word: Word) -> ShownWord:
    left, top, right, bottom = word.box
    notes = [FLAG_NOTES[flag] for flag in WordFlag if flag in word.flags and flag in FLAG_NOTES]
    rivals = [f"“{rival.text}”" for rival in word.rivals if rival.confidence >= _LIKELY]
    if rivals:
        notes.append(f"another reading: {', '.join(rivals)}")
    return ShownWord(
        text=word.text, box=" ".join(f"{edge:g}" for edge in word.box), left=left, top=top,
        width=max(right - left, 0), height=max(bottom - top, 0),
        classes=" ".join([*sorted(word.flags), *(["doubtful"] if rivals else [])]), note="; ".join(notes))


def column_name(column: int) -> str:
    """A 0-based column as spreadsheets call it: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _sheet_rows(words: Iterable[Word], width: int, height: int) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    at = {(int(w.box[1]), int(w.box[0])): w for w in words}
    covered: set[tuple[int, int]] = set()
    for row in range(height):
        cells: list[Cell] = []
        for column in range(width):
            if (row, column) in covered:
                continue
            word = at.get((row, column))
            cells.append(_sheet_cell(word, row, column, width, height, covered))
        yield row + 1, tuple(cells)


def _sheet_cell(word: Word | None, row: int, column: int, width: int, height: int, covered: set[tuple[int, int]]) -> Cell:
    if word is None:
        return Cell(None)
    right, bottom = min(int(word.box[2]), width), min(int(word.box[3]), height)
    covered |= {(r, c) for r in range(row, bottom) for c in range(column, right)}
    return Cell(_word(word), columns=max(right - column, 1), rows=max(bottom - row, 1))


def _sheet(page: Page) -> ShownPage:
    right = max((int(w.box[2]) for w in page.words), default=1)
    bottom = max((int(w.box[3]) for w in page.words), default=1)
    width = min(right, MOST_COLUMNS)
    height = min(bottom, MOST_ROWS, MOST_CELLS // width)
    return ShownPage(
        page.kind, page.number, page.width, page.height, page.name, page.read_by,
        heads=tuple(column_name(c) for c in range(width)), rows=tuple(_sheet_rows(page.words, width, height)),
        cut=bottom - height, cut_columns=right - width)


def _text_line(words: list[Word]) -> tuple[Cell, ...]:
    cells, column = [], 0
    for word in sorted(words, key=lambda w: w.box[0]):
        cells.append(Cell(_word(word), gap=" " * min(max(int(word.box[0]) - column, 0), 200)))
        column = int(word.box[2])
    return tuple(cells)


def _lines(page: Page) -> ShownPage:
    by_line: dict[int, list[Word]] = {}
    for word in page.words:
        by_line.setdefault(int(word.box[1]), []).append(word)
    count = max(by_line, default=-1) + 1
    rows = tuple((line + 1, _text_line(by_line.get(line, []))) for line in range(min(count, MOST_ROWS)))
    return ShownPage(
        page.kind, page.number, page.width, page.height, page.name, page.read_by, rows=rows, cut=max(count - MOST_ROWS, 0))


def show_page(page: Page) -> ShownPage:
    """A page for the viewer. Very large sheets and long texts are cut; `cut` and `cut_columns` say how much is missing."""
    if page.kind is PageKind.SHEET:
        return _sheet(page)
    if page.kind in {PageKind.TEXT, PageKind.SEGMENTS}:
        return _lines(page)
    return ShownPage(
        page.kind, page.number, page.width, page.height, page.name, page.read_by,
        words=tuple(_word(w) for w in page.words))
