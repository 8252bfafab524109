"""What all papers on A4 share: ink, text, the table whose head repeats, sums under a rule. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, Table

from oms.papers.fonts import BOLD, REGULAR, markup

INK, MUTED, RULE, TINT = HexColor("#1b2422"), HexColor("#5a6865"), HexColor("#bcc8c4"), HexColor("#eef1f0")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `share`: its part of the width, beside the others'; numbers are set to the right."""

    heading: str
    share: float
    is_number: bool = False


def text(words: str, *, size: float = 9, bold: bool = False, right: bool = False, color: Color = INK) -> Paragraph:
    """A paragraph that wraps, long words too."""
    style = ParagraphStyle(
        "text", fontName=BOLD if bold else REGULAR, fontSize=size, leading=size * 1.3, textColor=color,
        alignment=TA_RIGHT if right else 0, splitLongWords=1)
    return Paragraph(markup(words), style)


def padded(top: float, bottom: float | None = None, *, sides: float | None = None) -> list[tuple[Any, ...]]:
    """Room within the cells of a table, in points."""
    rooms = [("TOPPADDING", top), ("BOTTOMPADDING", top if bottom is None else bottom)]
    if sides is not None:
        rooms += [("LEFTPADDING", sides), ("RIGHTPADDING", sides)]
    return [(name, (0, 0), (-1, -1), room) for name, room in rooms]


def line_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: float) -> Table:
    """A head that repeats on every page, and rows that are never torn apart. A cell's first line is set in ink, further ones
    small and muted."""
    whole = sum(column.share for column in columns)
    head = [text(c.heading, size=8, bold=True, right=c.is_number) for c in columns]
    body = [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in rows]
    return Table(
        [head, *body], colWidths=[column.share / whole * width for column in columns], repeatRows=1,
        style=[
            ("BACKGROUND", (0, 0), (-1, 0), TINT), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE), *padded(3, 3.5, sides=4)])


def sum_table(sums: Sequence[tuple[str, str]], width: float) -> Table:
    """(label, amount) on the right half; the last one is the total, under a rule."""
    last = len(sums) - 1
    rows: list[list[Any]] = [
        ["", text(label, size=10 if at == last else 9, bold=at == last, right=True),
         text(amount, size=10 if at == last else 9, bold=at == last, right=True)]
        for at, (label, amount) in enumerate(sums)]
    return Table(
        rows, colWidths=[0.45 * width, 0.3 * width, 0.25 * width],
        style=[("LINEABOVE", (1, last), (-1, last), 0.8, INK), *padded(2, sides=4)])


def _cell(words: str, column: Column) -> list[Paragraph] | str:
    if not words:
        return ""
    first, *rest = words.split("\n")
    small = [text("\n".join(rest), size=8, color=MUTED, right=column.is_number)] if rest else []
    return [text(first, right=column.is_number), *small]
