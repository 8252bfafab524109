"""Sheets of A4: head, facts, addresses, one table whose head repeats on every page, totals, notes, page x of y.

Long names wrap, lines of the table are never torn apart, and a sheet without lines is still a sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, KeepTogether, PageTemplate, Paragraph, Spacer, Table, TableStyle

from oms.papers.fonts import REGULAR, register
from oms.papers.parts import INK, MUTED, RULE, TINT, Column, line_table, sum_table, text

MARGIN, TOP, BOTTOM = 16 * mm, 34 * mm, 18 * mm
WIDTH = A4[0] - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed. `facts` and `totals` are (label, text); `parties` are (heading, lines of an address).
    `barcode`: the number as Code 128, for a scanner."""

    title: str
    number: str
    company: str
    facts: Sequence[tuple[str, str]] = ()
    parties: Sequence[tuple[str, str]] = ()
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[str]] = ()
    totals: Sequence[tuple[str, str]] = ()
    notes: Sequence[tuple[str, str]] = ()
    signatures: Sequence[str] = ()
    barcode: bool = True


def print_sheets(sheets: Sequence[Sheet]) -> bytes:
    """One PDF of several sheets; each begins on a page of its own and counts its own pages."""
    register()
    out = BytesIO()
    frame = Frame(MARGIN, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM, 0, 0, 0, 0)
    document = _Papers(out, pagesize=A4, title=", ".join(f"{s.title} {s.number}" for s in sheets)[:250], author=sheets[0].company)
    document.addPageTemplates([PageTemplate("page", [frame])])
    story: list[Flowable] = []
    for sheet in sheets:
        story += [_Begin(sheet), *_body(sheet)]
    document.build(story, canvasmaker=_Counting)
    return out.getvalue()


class _Begin(Flowable):
    """Takes no room; what follows belongs to this sheet, on a page of its own."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__()
        self.sheet = sheet
        self.width = self.height = 0

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """No room."""
        return 0, 0

    def draw(self) -> None:
        """Tell the canvas."""
        canvas: Any = self.canv
        canvas.begin(self.sheet)


class _Papers(BaseDocTemplate):
    """Breaks the page before every sheet but the first."""

    _has_begun = False

    def handle_flowable(self, flowables: list[Any]) -> None:
        """Place the next part."""
        if flowables and isinstance(flowables[0], _Begin):
            if self._has_begun:
                self.handle_pageBreak()
            self._has_begun = True
        super().handle_flowable(flowables)


class _Counting(Canvas):
    """Draws head and foot when all pages are known, so that "page 2 of 3" can be said."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: list[dict[str, Any]] = []
        self.sheet: Sheet | None = None
        self.page_of_sheet = 0

    def begin(self, sheet: Sheet) -> None:
        """The page being drawn is the first of this sheet."""
        self.sheet, self.page_of_sheet = sheet, 1

    def showPage(self) -> None:                    # noqa: N802 - reportlab's name
        """Keep the page until all are known."""
        self._kept.append(dict(self.__dict__))
        self.page_of_sheet += 1
        start: Any = super()
        start._startPage()

    def save(self) -> None:
        """Draw head and foot of every page, and write the file."""
        pages = self._kept
        for at, state in enumerate(pages):
            self.__dict__.update(state)
            last = next((i for i in range(at + 1, len(pages)) if pages[i]["page_of_sheet"] == 1), len(pages)) - 1
            if self.sheet is not None:
                _draw_frame(self, self.sheet, self.page_of_sheet, pages[last]["page_of_sheet"])
            super().showPage()
        super().save()


def _draw_frame(canvas: Canvas, sheet: Sheet, page: int, pages: int) -> None:
    """Head and foot of one page."""
    width, height = A4
    head = text(sheet.company, size=9, color=MUTED)
    _place(canvas, head, MARGIN, height - 12 * mm, WIDTH * 0.6)
    title = text(f"{sheet.title} {sheet.number}", size=17, bold=True)
    _place(canvas, title, MARGIN, height - 18 * mm, WIDTH * 0.62)
    if sheet.barcode:
        code = Code128(sheet.number, barHeight=9 * mm, barWidth=0.9, humanReadable=False, quiet=False)
        code.drawOn(canvas, width - MARGIN - code.width, height - 22 * mm)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.6)
    canvas.line(MARGIN, height - TOP + 4 * mm, width - MARGIN, height - TOP + 4 * mm)
    canvas.line(MARGIN, BOTTOM - 4 * mm, width - MARGIN, BOTTOM - 4 * mm)
    canvas.setFont(REGULAR, 8)
    canvas.setFillColor(MUTED)
    canvas.drawString(MARGIN, BOTTOM - 9 * mm, f"{sheet.title} {sheet.number}")
    canvas.drawRightString(width - MARGIN, BOTTOM - 9 * mm, f"Page {page} of {pages}")


def _place(canvas: Canvas, paragraph: Paragraph, left: float, top: float, width: float) -> None:
    _, height = paragraph.wrap(width, A4[1])
    paragraph.drawOn(canvas, left, top - height + 4)


def _body(sheet: Sheet) -> list[Flowable]:
    parts: list[Flowable] = []
    if sheet.parties:
        parts += [_parties(sheet), Spacer(0, 5 * mm)]
    if sheet.facts:
        parts += [_facts(sheet), Spacer(0, 5 * mm)]
    if sheet.columns:
        parts.append(line_table(sheet.columns, sheet.rows, WIDTH))
    ends: list[Flowable] = []
    if sheet.totals:
        ends += [Spacer(0, 2 * mm), sum_table(sheet.totals, WIDTH)]
    for heading, note in sheet.notes:
        ends += [Spacer(0, 5 * mm), text(heading, size=8, color=MUTED), text(note)]
    if sheet.signatures:
        ends += [Spacer(0, 18 * mm), _signatures(sheet)]
    return [*parts, KeepTogether(ends)] if ends else parts


def _parties(sheet: Sheet) -> Table:
    cells = [[text(heading, size=8, color=MUTED), text(lines, size=10)] for heading, lines in sheet.parties]
    table = Table([cells], colWidths=[WIDTH / len(cells)] * len(cells))
    table.setStyle(TableStyle([
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 8)]))
    return table


def _facts(sheet: Sheet) -> Table:
    """Label over text, four in a row."""
    cells: list[Any] = [[text(label, size=8, color=MUTED), text(fact or "–")] for label, fact in sheet.facts]
    rows = [cells[at:at + 4] for at in range(0, len(cells), 4)]
    rows[-1] += [""] * (4 - len(rows[-1]))
    table = Table(rows, colWidths=[WIDTH / 4] * 4)
    table.setStyle(TableStyle([
        ("BACKGROUND", (0, 0), (-1, -1), TINT), ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 6),
        ("RIGHTPADDING", (0, 0), (-1, -1), 6), ("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)]))
    return table


def _signatures(sheet: Sheet) -> Table:
    gap, many = 8 * mm, len(sheet.signatures)
    cells: list[Any] = []
    for label in sheet.signatures:
        cells += [text(label, size=8, color=MUTED), ""]
    table = Table([cells], colWidths=[WIDTH / many - gap, gap] * many)
    table.setStyle(TableStyle([
        *(("LINEABOVE", (at, 0), (at, 0), 0.6, INK) for at in range(0, 2 * many, 2)), ("LEFTPADDING", (0, 0), (-1, -1), 0)]))
    return table
