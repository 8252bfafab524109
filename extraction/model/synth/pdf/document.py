"""A form as PDF bytes, with the places of every tagged value."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence

from reportlab.pdfgen.canvas import Canvas

from extraction.model.synth import words
from extraction.model.synth.form_parts import Form
from extraction.model.synth.headers import Zone
from extraction.model.synth.pdf.look import Look, draw_look
from extraction.model.synth.pdf.sheet import Sheet, wrap
from extraction.model.synth.pdf.table import Table
from extraction.model.synth.pdf.zones import Zones, totals
from extraction.model.synth.places import Placed


class _Paper:
    """The sheets of one document and what stands on every one of them."""

    def __init__(self, form: Form, look: Look) -> None:
        self.form, self.look = form, look
        self.sheets: list[Sheet] = []

    def new_page(self) -> tuple[Sheet, float]:
        """A further sheet; from the second on with a short heading."""
        width, height = self.form.layout.page
        sheet = Sheet(len(self.sheets), width, height, turned=self.look.turned)
        self.sheets.append(sheet)
        y = self.look.margin
        if len(self.sheets) > 1:
            y += self.look.size
            number = self.form.po_beside_title
            sheet.text(self.look.margin, y, self.form.title, self.look.bold, self.look.size)
            if number:
                sheet.right(width - self.look.margin, y, number.text, self.look.font, self.look.size, tag=number.tag)
            y += self.look.size * 1.5
        return sheet, y


def write_pdf(rng: random.Random, forms: Sequence[Form], *, invisible: str = "") -> tuple[bytes, list[list[Placed]]]:
    """Print forms one after the other into one file. Returns its bytes and, per form, where each tagged value stands.

    `invisible` is printed in white on the first page: text that no person sees and no reader may take.
    """
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    places: list[list[Placed]] = []
    page = 0
    for form in forms:
        look = draw_look(rng, form)
        sheets = _print(rng, form, look)
        if invisible and page == 0:
            sheets[0].text(60, sheets[0].height / 2, invisible, look.font, 3, color=(1, 1, 1))
        for sheet in sheets:
            sheet.number = page
            sheet.write(canvas, look.word_order)
            page += 1
        places.append([placed for sheet in sheets for placed in sheet.places()])
    canvas.save()
    return buffer.getvalue(), places


def _print(rng: random.Random, form: Form, look: Look) -> list[Sheet]:
    paper, zones = _Paper(form, look), Zones(form, look)
    sheet, y = paper.new_page()
    x, w = look.margin, sheet.width - 2 * look.margin
    rows = [row for row in form.layout.zones if not row[0][0].startswith("foot:")]
    feet = [zone for row in form.layout.zones for zone in row if zone[0].startswith("foot:")]
    for row in rows:
        y = _zone_row(zones, sheet, row, x, y, w) + look.size * 0.8
    if not any(zone[0] == "notice" for row in rows for zone in row):
        y = zones.paragraphs(sheet, x, y, w, form.notices, bold=rng.random() < 0.5)
    bottom = sheet.height - look.margin - 26 - (75 if feet else 0)
    _foot_zones(zones, sheet, feet, x, bottom, w)
    if y > bottom - 60:
        sheet, y = paper.new_page()
    sheet, y = Table(form, look, rng, x, w, bottom, paper.new_page).draw(sheet, y + 4)
    if form.totals and form.layout.totals != "table_row":
        if y + _totals_height(form, look) > bottom:
            sheet, y = paper.new_page()
        y = totals(zones, sheet, form.totals, x, y, w)
    _closing(rng, zones, paper, sheet, x, y, w, bottom)
    if form.terms:
        _terms(zones, paper, x, w)
    _footers(form, look, paper.sheets)
    return paper.sheets


def _zone_row(zones: Zones, sheet: Sheet, row: Iterable[Zone], x: float, y: float, w: float) -> float:
    return max(zones.draw(sheet, name, x + left * w, y, (right - left) * w) for name, left, right in row)


def _foot_zones(zones: Zones, sheet: Sheet, feet: Sequence[Zone], x: float, y: float, w: float) -> None:
    for name, left, right in feet:
        zones.draw(sheet, name.removeprefix("foot:"), x + left * w, y, (right - left) * w)


def _totals_height(form: Form, look: Look) -> float:
    return (len(form.totals) + 3) * look.size * look.leading * 1.2 + (
        20 if form.layout.totals in {"horizontal", "boxes", "words"} else 0
    )


def _closing(rng: random.Random, zones: Zones, paper: _Paper, sheet: Sheet, x: float, y: float, w: float, bottom: float) -> None:
    """Notes, boilerplate, signature and stamp below the totals; a page more when they do not fit."""
    form, look = zones.form, zones.look
    texts = (*form.notes, *form.boilerplate)
    lines = sum(len(wrap(((text, None),), w, look.font, look.size)) for text in texts)
    signing = 7 if form.signed_by else 5 if form.signature else 0
    if y + lines * look.size * 1.3 + look.size * signing > bottom:
        sheet, y = paper.new_page()
    y = zones.paragraphs(sheet, x, y, w, texts)
    if y + len(form.appendix) * look.size * 2 < bottom - look.size * 6:
        y = zones.appendix(sheet, x, y, w)
    if form.signature or form.signed_by:
        at = x + w * rng.choice((0, 0.55))
        sheet.hline(at, y + look.size * 3, w * 0.35)
        sheet.text(at, y + look.size * 4.2, form.signature, look.font, look.size * 0.9)
    if form.signed_by:
        sheet.runs(at, y + look.size * 5.6, form.signed_by.runs, look.font, look.size)
    if form.stamp:
        sheet.text(sheet.width * 0.3, sheet.height * 0.42, form.stamp, look.bold, 34, color=(0.8, 0.3, 0.3), spacing=4)


def _terms(zones: Zones, paper: _Paper, x: float, w: float) -> None:
    """A page of small print in two columns."""
    sheet, y = paper.new_page()
    heading, *clauses = zones.form.terms
    y = zones.paragraphs(sheet, x, y, w, (heading,), bold=True)
    half = (len(clauses) + 1) // 2
    size = max(zones.look.size - 2, 5)
    zones.paragraphs(sheet, x, y, w * 0.47, clauses[:half], size=size)
    zones.paragraphs(sheet, x + w * 0.53, y, w * 0.47, clauses[half:], size=size)


def _footers(form: Form, look: Look, sheets: Sequence[Sheet]) -> None:
    """Registration lines and page numbers at the foot of every page."""
    pattern = words.phrases(form.language, "page")[0]
    small = max(look.size * 0.75, 5)
    for n, sheet in enumerate(sheets, 1):
        y = sheet.height - max(look.margin * 0.55, 14)
        for line in form.footer:
            sheet.text(look.margin, y, line, look.font, small, color=(0.35, 0.35, 0.35))
            y -= small * 1.3
        if len(sheets) > 1 or look.carry_forward:
            sheet.right(sheet.width - look.margin, sheet.height - 14, pattern.format(a=n, b=len(sheets)), look.font, small)
