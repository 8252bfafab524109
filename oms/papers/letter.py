"""A business letter with a table on A4: letterhead, facts, lines, sums; heads repeat and pages are counted. Pure."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Spacer,
    Table,
)

from oms.papers.fonts import REGULAR, register
from oms.papers.parts import MUTED, Column, line_table, padded, sum_table, text

LEFT, RIGHT, TOP, BOTTOM = 20 * mm, 15 * mm, 18 * mm, 22 * mm
WIDTH = A4[0] - LEFT - RIGHT


@dataclass(frozen=True, slots=True)
class Letter:
    """What stands on the paper. `sums` are (label, amount); the last one is the total. `notes` stand below them."""

    title: str
    number: str
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    sums: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = field(default=())
    page_words: str = "Page {page} of {pages}"
    language: str = "en"


def draw_letter(*letters: Letter) -> bytes:
    """The letters as one PDF; each begins on a page of its own and counts its own pages."""
    register()
    out, first = io.BytesIO(), letters[0]
    document = BaseDocTemplate(
        out, pagesize=A4, leftMargin=LEFT, rightMargin=RIGHT, topMargin=TOP, bottomMargin=BOTTOM, invariant=True,
        title=", ".join(f"{letter.title} {letter.number}" for letter in letters)[:250], author=first.sender[0],
        lang=first.language)
    document.addPageTemplates([
        PageTemplate(
            str(n), [Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)], onPage=partial(_Counting.begin, letter))
        for n, letter in enumerate(letters)])
    story = [part for n, letter in enumerate(letters) for part in (NextPageTemplate(str(n)), PageBreak(), *_story(letter))]
    document.build(story[2:], canvasmaker=_Counting)
    return out.getvalue()


def _story(letter: Letter) -> list[Flowable]:
    return [
        _head(letter), Spacer(0, 9 * mm), line_table(letter.columns, letter.rows, WIDTH), Spacer(0, 5 * mm),
        KeepTogether([sum_table(letter.sums, WIDTH)]),
        Spacer(0, 6 * mm), *(text(note) for note in letter.notes)]


def _head(letter: Letter) -> Table:
    """Sender above recipient on the left; title and facts on the right."""
    sender = [text(letter.sender[0], size=13, bold=True), *(text(line, size=8, color=MUTED) for line in letter.sender[1:])]
    recipient = [text(line, size=10) for line in letter.recipient]
    facts = Table(
        [[text(label, size=8.5, color=MUTED), text(value, size=9)] for label, value in letter.facts],
        colWidths=[0.17 * WIDTH, 0.27 * WIDTH],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), *padded(1.2)])
    title = [text(letter.title, size=17, bold=True), Spacer(0, 1.5 * mm), text(letter.number, size=11, color=MUTED)]
    return Table(
        [[sender, title], [recipient, facts]], colWidths=[0.56 * WIDTH, 0.44 * WIDTH],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (0, -1), 8 * mm), ("TOPPADDING", (0, 0), (-1, 0), 0),
            ("TOPPADDING", (0, 1), (-1, 1), 9 * mm)])


class _Counting(Canvas):
    """A canvas that knows at the end how many pages there are, and writes the foot then."""

    _letter: Letter

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._pages = list[dict[str, Any]]()

    @staticmethod
    def begin(letter: Letter, canvas: _Counting, _document: object) -> None:
        """A page of this letter begins."""
        canvas._letter = letter

    def showPage(self) -> None:                                                  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()                                                          # type: ignore[attr-defined]

    def save(self) -> None:
        counts, seen = Counter(id(page["_letter"]) for page in self._pages), Counter[int]()
        for page in self._pages:
            self.__dict__.update(page)
            seen[id(self._letter)] += 1
            number, pages = seen[id(self._letter)], counts[id(self._letter)]
            self.setFont(REGULAR, 8)
            self.setFillColor(MUTED)
            self.drawString(LEFT, 12 * mm, f"{self._letter.title} {self._letter.number}")
            self.drawRightString(
                A4[0] - RIGHT, 12 * mm,
                self._letter.page_words.replace("{page}", str(number)).replace("{pages}", str(pages)))
            super().showPage()
        super().save()
