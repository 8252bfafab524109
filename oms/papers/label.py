"""Shipping labels, 4 × 6 inch, one for each parcel: addresses, what it is, and its SSCC as GS1-128.

GS1-128 is Code 128 that begins with FNC1 (ISO/IEC 15417); the application identifier 00 says that an SSCC follows (GS1 General
Specifications, section 5.4 and 6.3: bars of 0.495 mm or wider, 32 mm high, quiet zones of ten modules).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch, mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepInFrame, Paragraph

from oms.papers.fonts import BOLD, REGULAR, markup, register
from oms.papers.words import sscc_text

SIZE = WIDTH, HEIGHT = 4 * inch, 6 * inch
EDGE = 4 * mm
MODULE, BARS = 0.5 * mm, 32 * mm
FNC1 = "\xf1"                          # reportlab's spelling
SSCC_SYMBOL = FNC1 + "00"


@dataclass(frozen=True, slots=True)
class Label:
    """One parcel's label. Addresses are lines; `facts` are (label, text)."""

    sender: str
    to: str
    carrier: str
    facts: Sequence[tuple[str, str]]
    sscc: str


def print_labels(labels: Sequence[Label]) -> bytes:
    """One PDF with a page for each label."""
    register()
    out = BytesIO()
    canvas = Canvas(out, pagesize=SIZE)
    canvas.setTitle(", ".join(label.sscc for label in labels)[:250])
    for label in labels:
        _draw(canvas, label)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def symbol(sscc: str) -> Code128:
    """The bars of a parcel."""
    return Code128(SSCC_SYMBOL + sscc, barWidth=MODULE, barHeight=BARS, quiet=False, humanReadable=False)


def _draw(canvas: Canvas, label: Label) -> None:
    inner = WIDTH - 2 * EDGE
    top, middle, low, bars = HEIGHT - EDGE, HEIGHT - 31 * mm, HEIGHT - 73 * mm, HEIGHT - 97 * mm
    _box(canvas, "From", label.sender, EDGE, top, inner * 0.58, 25 * mm, size=8.5)
    _box(canvas, "Carrier", label.carrier, EDGE + inner * 0.62, top, inner * 0.38, 25 * mm, size=12, bold=True)
    _rule(canvas, middle)
    _box(canvas, "Ship to", label.to, EDGE, middle - 2 * mm, inner, 38 * mm, size=14, bold=True)
    _rule(canvas, low)
    for at, (name, text) in enumerate(label.facts[:6]):
        left = EDGE + (at % 3) * inner / 3
        _box(canvas, name, text, left, low - 2 * mm - (at // 3) * 11 * mm, inner / 3 - 2 * mm, 10.5 * mm, size=10)
    _rule(canvas, bars)
    code = symbol(label.sscc)
    code.drawOn(canvas, (WIDTH - code.width) / 2, bars - 5 * mm - BARS)
    canvas.setFont(BOLD, 12)
    canvas.drawCentredString(WIDTH / 2, bars - 11 * mm - BARS, sscc_text(label.sscc))


def _rule(canvas: Canvas, height: float) -> None:
    canvas.setLineWidth(1)
    canvas.line(EDGE, height, WIDTH - EDGE, height)


def _box(
    canvas: Canvas, heading: str, text: str, left: float, top: float, width: float, height: float, *, size: float,
    bold: bool = False,
) -> None:
    """A small heading over text that shrinks until it fits."""
    small = ParagraphStyle("heading", fontName=REGULAR, fontSize=7, leading=8.5)
    style = ParagraphStyle("text", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.18, splitLongWords=True)
    kept = KeepInFrame(width, height, [Paragraph(markup(heading), small), Paragraph(markup(text or "–"), style)], mode="shrink")
    _, used = kept.wrapOn(canvas, width, height)
    kept.drawOn(canvas, left, top - used)
