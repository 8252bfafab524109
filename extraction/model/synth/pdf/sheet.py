"""A page being filled: words and shapes with places, top-left origin in points, written to PDF in a chosen order at the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from extraction.model.synth.form_table import Run
from extraction.model.synth.pdf.fonts import width
from extraction.model.synth.places import Placed

Color = tuple[float, float, float]
BLACK: Color = (0, 0, 0)
ORDERS = ("drawing", "labels_first", "values_first", "columns", "reverse")


@dataclass(frozen=True, slots=True)
class _Word:
    x: float
    y: float
    text: str
    font: str
    size: float
    color: Color
    tag: str | None
    spacing: float


@dataclass(frozen=True, slots=True)
class _Shape:
    x: float
    y: float
    w: float
    h: float
    fill: Color | None
    stroke: Color | None
    line_width: float


@dataclass(slots=True)
class Sheet:
    """One page. `y` of texts is the baseline, measured from the top."""

    number: int
    width: float
    height: float
    words: list[_Word] = field(default_factory=list)
    shapes: list[_Shape] = field(default_factory=list)
    turned: bool = False      # stored lying on its side, with a flag that shows it upright

    def text(
        self,
        x: float,
        y: float,
        text: str,
        font: str,
        size: float,
        *,
        tag: str | None = None,
        color: Color = BLACK,
        spacing: float = 0,
    ) -> None:
        """Print words starting at x."""
        if text:
            self.words.append(_Word(x, y, text, font, size, color, tag, spacing))

    def right(
        self, x: float, y: float, text: str, font: str, size: float, *, tag: str | None = None, color: Color = BLACK
    ) -> None:
        """Print words ending at x."""
        self.text(x - width(text, font, size), y, text, font, size, tag=tag, color=color)

    def runs(self, x: float, y: float, runs: Sequence[Run], font: str, size: float) -> None:
        """Print tagged runs one after the other."""
        for text, tag in runs:
            lead = len(text) - len(text.lstrip(" "))
            x += width(" " * lead, font, size)
            self.text(x, y, text.strip(" "), font, size, tag=tag)
            x += width(text[lead:], font, size)

    def rect(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        *,
        fill: Color | None = None,
        stroke: Color | None = BLACK,
        line_width: float = 0.5,
    ) -> None:
        """A box from its top-left corner; a line when w or h is 0."""
        self.shapes.append(_Shape(x, y, w, h, fill, stroke, line_width))

    def hline(self, x: float, y: float, w: float, *, line_width: float = 0.5) -> None:
        """A horizontal rule."""
        self.rect(x, y, w, 0, line_width=line_width)

    def places(self) -> list[Placed]:
        """Tagged words with their boxes."""
        return [
            Placed(w.tag, w.text, self.number, (
                round(w.x, 1), round(w.y - w.size * 0.8, 1),
                round(w.x + width(w.text, w.font, w.size) + w.spacing * len(w.text), 1), round(w.y + w.size * 0.22, 1),
            )) for w in self.words if w.tag
        ]

    def write(self, canvas: Canvas, order: str) -> None:
        """Put the page on the canvas: shapes, then words in one of `ORDERS`."""
        canvas.setPageSize((self.width, self.height))       # as it is shown; the writer swaps the sides of a turned page
        canvas.setPageRotation(90 if self.turned else 0)
        if self.turned:
            canvas.transform(0, 1, -1, 0, self.height, 0)
        for shape in self.shapes:
            self._write_shape(canvas, shape)
        for word in _in_order(self.words, order):
            text = canvas.beginText(word.x, self.height - word.y)
            text.setFont(word.font, word.size)
            text.setFillColorRGB(*word.color)
            text.setCharSpace(word.spacing)
            text.textOut(word.text)
            canvas.drawText(text)
        canvas.showPage()

    def _write_shape(self, canvas: Canvas, shape: _Shape) -> None:
        canvas.setLineWidth(shape.line_width)
        if shape.stroke:
            canvas.setStrokeColorRGB(*shape.stroke)
        if shape.fill:
            canvas.setFillColorRGB(*shape.fill)
        if shape.w and shape.h:
            canvas.rect(
                shape.x,
                self.height - shape.y - shape.h,
                shape.w,
                shape.h,
                stroke=int(bool(shape.stroke)),
                fill=int(bool(shape.fill)),
            )
        else:
            canvas.line(shape.x, self.height - shape.y, shape.x + shape.w, self.height - shape.y - shape.h)


def _in_order(words: list[_Word], order: str) -> list[_Word]:
    match order:
        case "labels_first":
            return sorted(words, key=lambda w: w.tag is not None)
        case "values_first":
            return sorted(words, key=lambda w: w.tag is None)
        case "columns":
            return sorted(words, key=lambda w: round(w.x / 40))
        case "reverse":
            return words[::-1]
        case _:
            return words


def wrap(cell: Sequence[Run], limit: float, font: str, size: float) -> list[list[Run]]:
    """Break runs into lines of at most `limit` points, at blanks, else after - or /, else anywhere."""
    if width("".join(text for text, _ in cell), font, size) <= limit:
        return [list(cell)]
    lines: list[list[Run]] = [[]]
    used = 0.0
    blank = width(" ", font, size)
    for word in (piece for whole in _split(cell) for piece in _fit(whole, limit, font, size)):
        need = width("".join(text for text, _ in word), font, size)
        if lines[-1] and used + blank + need > limit:
            lines.append([])
            used = 0.0
        elif lines[-1]:
            lines[-1].append((" ", None))
            used += blank
        lines[-1] += word
        used += need
    return lines


def _split(cell: Sequence[Run]) -> list[list[Run]]:
    """The cell as words; a word is one or more runs without a blank between them."""
    found: list[list[Run]] = [[]]
    for text, tag in cell:
        for n, part in enumerate(text.split(" ")):
            if n:
                found.append([])
            if part:
                found[-1].append((part, tag))
    return [word for word in found if word]


def _fit(word: list[Run], limit: float, font: str, size: float) -> list[list[Run]]:
    """A word that is too wide as several pieces, each filling its line."""
    text = "".join(part for part, _ in word)
    if width(text, font, size) <= limit or len(word) > 1:
        return [word]
    tag, pieces = word[0][1], [""]
    for char in text:
        if pieces[-1] and width(pieces[-1] + char, font, size) > limit:
            cut = max(pieces[-1].rfind("-"), pieces[-1].rfind("/")) + 1
            kept, rest = (pieces[-1][:cut], pieces[-1][cut:]) if cut > 1 else (pieces[-1], "")
            pieces[-1:] = [kept, rest]
        pieces[-1] += char
    return [[(piece, tag)] for piece in pieces if piece]
