"""A business letter with a table on A4: letterhead, facts, lines, sums; heads repeat and pages are counted. Pure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table

from oms.papers.fonts import BOLD, REGULAR, markup, register

INK, MUTED, RULE, TINT = HexColor("#1b2422"), HexColor("#5a6865"), HexColor("#bcc8c4"), HexColor("#eef1f0")
LEFT, RIGHT, TOP, BOTTOM = 20 * mm, 15 * mm, 18 * mm, 22 * mm
WIDTH = A4[0] - LEFT - RIGHT


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table: its head, its share of the width, and whether it is set to the right."""

    head: str
    share: float
    is_number: bool = False


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


def draw_letter(letter: Letter) -> bytes:
    """The letter as PDF."""
    register()
    out = io.BytesIO()
    document = BaseDocTemplate(
        out, pagesize=A4, leftMargin=LEFT, rightMargin=RIGHT, topMargin=TOP, bottomMargin=BOTTOM, invariant=True,
        title=f"{letter.title} {letter.number}", author=letter.sender[0], lang=letter.language)
    frame = Frame(LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    document.build(_story(letter), canvasmaker=lambda *args, **more: _Counting(letter, *args, **more))
    return out.getvalue()


def _style(size: float = 9, *, bold: bool = False, right: bool = False, muted: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        "text", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.35, textColor=MUTED if muted else INK,
        alignment=TA_RIGHT if right else 0, splitLongWords=1)


def _text(text: str, **look: Any) -> Paragraph:
    return Paragraph(markup(text), _style(**look))


def _story(letter: Letter) -> list[Flowable]:
    return [
        _head(letter), Spacer(0, 9 * mm), _lines(letter), Spacer(0, 5 * mm), KeepTogether([_sums(letter)]),
        Spacer(0, 6 * mm), *(_text(note) for note in letter.notes)]


def _head(letter: Letter) -> Table:
    """Sender above recipient on the left; title and facts on the right."""
    sender = [_text(letter.sender[0], size=13, bold=True), *(_text(line, size=8, muted=True) for line in letter.sender[1:])]
    recipient = [_text(line, size=10) for line in letter.recipient]
    facts = Table(
        [[_text(label, size=8.5, muted=True), _text(value, size=9)] for label, value in letter.facts],
        colWidths=[0.17 * WIDTH, 0.27 * WIDTH],
        style=[("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), *_tight(1.2)])
    title = [_text(letter.title, size=17, bold=True), Spacer(0, 1.5 * mm), _text(letter.number, size=11, muted=True)]
    return Table(
        [[sender, title], [recipient, facts]], colWidths=[0.56 * WIDTH, 0.44 * WIDTH],
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (0, -1), 8 * mm), ("TOPPADDING", (0, 0), (-1, 0), 0),
            ("TOPPADDING", (0, 1), (-1, 1), 9 * mm)])


def _tight(padding: float) -> list[tuple[Any, ...]]:
    return [("TOPPADDING", (0, 0), (-1, -1), padding), ("BOTTOMPADDING", (0, 0), (-1, -1), padding)]


def _lines(letter: Letter) -> Table:
    whole = sum(c.share for c in letter.columns)
    head = [_text(c.head, size=8, bold=True, right=c.is_number) for c in letter.columns]
    body = [
        [_text(cell, size=8.5, right=c.is_number) for c, cell in zip(letter.columns, row, strict=True)] for row in letter.rows]
    return Table(
        [head, *body], colWidths=[c.share / whole * WIDTH for c in letter.columns], repeatRows=1,
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), TINT), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4), *_tight(3)])


def _sums(letter: Letter) -> Table:
    last = len(letter.sums) - 1
    rows: Sequence[list[Any]] = [
        ["", _text(label, size=10 if n == last else 9, bold=n == last),
         _text(amount, size=10 if n == last else 9, bold=n == last, right=True)]
        for n, (label, amount) in enumerate(letter.sums)]
    return Table(
        list(rows), colWidths=[0.5 * WIDTH, 0.27 * WIDTH, 0.23 * WIDTH],
        style=[("LINEABOVE", (1, last), (-1, last), 0.8, INK), ("RIGHTPADDING", (0, 0), (-1, -1), 4), *_tight(2)])


class _Counting(Canvas):
    """A canvas that knows at the end how many pages there are, and writes the foot then."""

    def __init__(self, letter: Letter, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._letter, self._pages = letter, list[dict[str, Any]]()

    def showPage(self) -> None:                                                  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()                                                          # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8)
            self.setFillColor(MUTED)
            self.drawString(LEFT, 12 * mm, f"{self._letter.title} {self._letter.number}")
            self.drawRightString(
                A4[0] - RIGHT, 12 * mm,
                self._letter.page_words.replace("{page}", str(number)).replace("{pages}", str(len(self._pages))))
            super().showPage()
        super().save()
