"""The zones above and below the line table. Each takes a place and a width and returns the y where it ends."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from extraction.model.synth import words
from extraction.model.synth.form_parts import Block, Form, Pair, Text
from extraction.model.synth.pdf.fonts import width
from extraction.model.synth.pdf.look import Look
from extraction.model.synth.pdf.sheet import Sheet, wrap

BOX = (0.88, 0.93, 0.78)      # the shade behind a PO number that stands in a box


class Zones:
    """Draws the zones of one form in one look."""

    def __init__(self, form: Form, look: Look) -> None:
        self.form, self.look = form, look
        self.label_form = form.layout.label_form
        self.step = look.size * look.leading

    def draw(self, sheet: Sheet, zone: str, x: float, y: float, w: float) -> float:
        """One zone by its name ("title:centre", "info:wide", "ship_to"); returns the y below it."""
        name, _, option = zone.partition(":")
        match name:
            case "title":
                return self.title(sheet, x, y, w, option)
            case "letterhead":
                return self.letterhead(sheet, x, y, w, option)
            case "logo":
                return self.logo(sheet, x, y)
            case "letter_line":
                return self.letter_line(sheet, x, y, w)
            case "info":
                return self.info(sheet, x, y, w)
            case "notice":
                return self.paragraphs(sheet, x, y, w, self.form.notices, bold=True)
            case "imprint":
                return self.imprint(sheet, self.form.parties[name], x, y, w)
            case _:
                return self.block(sheet, self.form.parties[name], x, y, w)

    def title(self, sheet: Sheet, x: float, y: float, w: float, align: str) -> float:
        """The title, shrunk to its width, and the bare PO number below it on forms that print it there."""
        look = self.look
        size = look.title_size
        while width(self.form.title, look.bold, size) + look.title_spacing * len(self.form.title) > w and size > 8:
            size -= 1
        y += size
        start = self._aligned(self.form.title, look.bold, size, x, w, align)
        sheet.text(
            start,
            y,
            self.form.title,
            look.bold,
            size,
            color=look.accent,
            spacing=look.title_spacing if align != "right" else 0,
        )
        if number := self.form.po_beside_title:
            y += look.size * 1.8
            size = look.size + 2
            at = self._aligned(number.text, look.bold, size, x, w, align)
            boxed = self.form.layout.po_place == "box"
            if boxed:
                sheet.rect(at - 5, y - size - 1, width(number.text, look.bold, size) + 10, size * 1.6, fill=BOX, stroke=None)
            sheet.text(at, y, number.text, look.bold, size, tag=number.tag)
        return y + look.size

    def letter_line(self, sheet: Sheet, x: float, y: float, w: float) -> float:
        """The sender in one small line, as above the window of an envelope, underlined."""
        head, *rest = self.form.letterhead.lines
        size = max(self.look.size * 0.75, 5)
        texts = [(head.text, head.tag), *((f" · {line.text}", None) for line in rest[:2])]
        for runs in wrap(texts, w, self.look.font, size):
            y += size * 1.3
            sheet.runs(x, y, runs, self.look.font, size)
        sheet.hline(x, y + 2, w)
        return y + self.look.size

    def letterhead(self, sheet: Sheet, x: float, y: float, w: float, align: str) -> float:
        """The sender's own name, large, and address lines."""
        head, *rest = self.form.letterhead.lines
        size = self.look.name_size
        while width(head.text, self.look.bold, size) > w and size > 7:
            size -= 0.5
        y += size
        sheet.text(self._aligned(head.text, self.look.bold, size, x, w, align), y, head.text, self.look.bold, size,
                   tag=head.tag, color=self.look.accent)
        for line in rest:
            y += self.step
            tag = line.tag if line.tag != "vat_id" else None          # its label tells it
            at = self._aligned(line.text, self.look.font, self.look.size, x, w, align)
            sheet.text(at, y, line.text, self.look.font, self.look.size, tag=tag)
        return y + self.look.size

    def logo(self, sheet: Sheet, x: float, y: float) -> float:
        """A wordmark without words: a bar, a square and a smaller square."""
        for n, (dx, side) in enumerate(((0, 34), (38, 22), (64, 12))):
            sheet.rect(
                x + dx, y + 34 - side, side, side, fill=self.look.accent if n % 2 == 0 else (0.75, 0.75, 0.75), stroke=None
            )
        return y + 40

    def block(self, sheet: Sheet, block: Block, x: float, y: float, w: float) -> float:
        """A party under its label; boxed on forms that box."""
        look, top = self.look, y
        inset = 4.0 if look.boxed_parties else 0.0
        if block.label:
            y = self._label(sheet, block.label, x + inset, y + look.size, w)
        for line in block.lines:
            for runs in wrap(line.runs, w - 2 * inset, look.font, look.size):
                y += self.step
                sheet.runs(x + inset, y, runs, look.font, look.size)
        if block.pairs:
            y = self.pair_list(sheet, block.pairs, x + inset, y, w - 2 * inset) - look.size
        if look.boxed_parties:
            sheet.rect(x, top - 1, w, y - top + look.size * 0.7)
        return y + look.size

    def imprint(self, sheet: Sheet, block: Block, x: float, y: float, w: float) -> float:
        """The small print of the foot below a rule."""
        size = max(self.look.size * 0.75, 5)
        sheet.hline(x, y, w)
        for line in block.lines:
            for runs in wrap(line.runs, w, self.look.font, size):
                y += size * 1.3
                sheet.runs(x, y, runs, self.look.font, size)
        return y + size

    def paragraphs(
        self, sheet: Sheet, x: float, y: float, w: float, texts: Sequence[str], *, bold: bool = False, size: float = 0
    ) -> float:
        """Running text."""
        font, size = (self.look.bold if bold else self.look.font), size or self.look.size
        for text in texts:
            for runs in wrap(((text, None),), w, font, size):
                y += size * 1.3
                sheet.runs(x, y, runs, font, size)
        return y + (size if texts else 0)

    def appendix(self, sheet: Sheet, x: float, y: float, w: float) -> float:
        """The table of earlier orders, in four columns under its heading."""
        look, edges = self.look, (0.0, 0.16, 0.34, 0.72)
        for n, row in enumerate(self.form.appendix):
            y += self.step * 1.1
            for edge, text in zip(edges, row, strict=False):
                sheet.text(x + edge * w, y, text, look.font if n else look.bold, look.size)
        return y + (look.size if self.form.appendix else 0)

    def info(self, sheet: Sheet, x: float, y: float, w: float) -> float:
        """The block of labelled values in the shape the layout asks for."""
        pairs, look = self.form.info, self.look
        match self.form.layout.info:
            case "list":
                return self.pair_list(sheet, pairs, x, y, w)
            case "colon_column":
                return self.pair_list(sheet, pairs, x, y, w, colon=True)
            case "boxed":
                return self.cells(sheet, pairs, x, y, w, columns=1, ruled=True)
            case "above":
                return self.cells(sheet, pairs, x, y, w, columns=2, ruled=False)
            case "grid":
                return self.cells(sheet, pairs, x, y, w, columns=3, ruled=False)
            case "strip":
                return self.cells(sheet, pairs, x, y, w, columns=3, ruled=True)
            case "band":
                return self.band(sheet, pairs, x, y, w)
            case "labels_right":
                return self.labels_right(sheet, pairs, x, y, w)
            case "in_rows":
                return self.in_rows(sheet, pairs, x, y, w)
            case "prose":
                return self.prose(sheet, pairs, x, y, w)
            case _:
                half = (len(pairs) + 1) // 2
                left = self.pair_list(sheet, pairs[:half], x, y, w * 0.46)
                right = self.pair_list(sheet, pairs[half:], x + w * 0.54, y, w * 0.46)
                return max(left, right) + look.size * 0.5

    def pair_list(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float, *, colon: bool = False) -> float:
        """Label left, value in a column of its own; a glued label has its value stuck behind it."""
        look = self.look
        columns = [self._label_width(pair) for pair in pairs]
        gap = min(max(columns, default=0) + look.size * 1.4, w * 0.6)
        for pair in pairs:
            start = y
            y = self._label(sheet, pair.label, x, y + self.step, gap - 4, other=pair.other, colon=not colon)
            at = x + (min(self._label_width(pair), gap) if self.label_form == "glued" else gap)
            if colon:
                sheet.text(x + gap - 4, start + self.step, ":", look.font, look.size)
            y = max(y, self._value(sheet, pair.value, at + (3 if colon else 0), start + self.step, x + w - at))
        return y + look.size

    def labels_right(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
        """Labels flush right against their values."""
        look = self.look
        middle = x + min(max((self._label_width(pair) for pair in pairs), default=0), w * 0.55)
        for pair in pairs:
            start = y + self.step
            label = x if self._label_width(pair) > w * 0.55 else middle - self._label_width(pair)
            y = self._label(sheet, pair.label, label, start, w * 0.55, other=pair.other)
            y = max(y, self._value(sheet, pair.value, middle + look.size * 0.7, start, x + w - middle - look.size * 0.7))
        return y + look.size

    def in_rows(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
        """Several pairs on each text line, one after the other with a gap."""
        look, at = self.look, x
        y += self.step
        for pair in pairs:
            label, value = self._label_width(pair), width(pair.value.text, look.font, look.size)
            need = label + value + look.size * 0.5
            if at > x and at + need > x + w:
                at, y = x, y + self.step * 1.15
            y = max(y, self._label(sheet, pair.label, at, y, max(label + 2, w), other=pair.other))
            self._value(sheet, pair.value, at + label + look.size * 0.5, y, w)
            at += need + look.size * 2.5
        return y + look.size * 1.5

    def cells(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float, *, columns: int, ruled: bool) -> float:
        """Pairs in a grid: label above its value, or in small type inside the ruled cell, or beside it in wide cells."""
        look = self.look
        cell_w = w / columns
        inline = columns == 1 or (self.form.layout.info == "strip" and self.label_form not in {"small_inside", "stacked"})
        for row in (pairs[n : n + columns] for n in range(0, len(pairs), columns)):
            bottoms = [self._cell(sheet, pair, x + n * cell_w + 3, y, cell_w - 8, inline=inline) for n, pair in enumerate(row)]
            bottom = max(bottoms) + look.size * 0.5
            if ruled:
                for n in range(len(row)):
                    sheet.rect(x + n * cell_w, y, cell_w, bottom - y)
            y = bottom
        return y + look.size * 0.7

    def _cell(self, sheet: Sheet, pair: Pair, x: float, y: float, w: float, *, inline: bool) -> float:
        look = self.look
        if self.label_form == "small_inside":
            small = max(look.size * 0.65, 4.5)
            sheet.text(x, y + small + 1, pair.label, look.font, small, color=look.label_color)
            return self._value(sheet, pair.value, x, y + small + self.step + 1, w)
        if not inline:
            bottom = self._label(sheet, pair.label, x, y + self.step, w, other=pair.other)
            return self._value(sheet, pair.value, x, bottom + self.step, w)
        bottom = self._label(sheet, pair.label, x, y + self.step, w * 0.52, other=pair.other)
        used = min(self._label_width(pair) + (0 if self.label_form == "glued" else 5), w * 0.56)
        if self.form.layout.info == "boxed":
            used = w * 0.56
        return max(bottom, self._value(sheet, pair.value, x + used, y + self.step, w - used))

    def band(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
        """One row of labels over one row of values, ruled; more than six pairs make a second band."""
        for part in (pairs[n : n + 6] for n in range(0, len(pairs), 6)):
            y = self.cells(sheet, part, x, y, w, columns=len(part), ruled=True) if len(part) > 1 else (
                self.cells(sheet, part, x, y, w / 4, columns=1, ruled=True))
        return y

    def prose(self, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
        """The values in running text: number and date in a sentence, the rest as clauses."""
        look = self.look
        by_tag = {pair.value.tag: pair.value for pair in pairs}
        number, day = (by_tag.get("po_number"), by_tag.get("order_date")) if self.form.orders else (None, None)
        rest = [pair for pair in pairs if not (number and day and pair.value in (number, day))]
        runs: list[tuple[str, str | None]] = []
        if number and day:
            pattern = words.phrases(self.form.language, "prose_number")[0]
            before, _, after = pattern.partition("{po}")
            middle, _, end = after.partition("{date}")
            runs += [(before, None), (number.text, number.tag), (middle, None), (day.text, day.tag), (f"{end}. ", None)]
        for pair in rest:
            runs += [(f"{self.label_text(pair.label)} ", None), (pair.value.text, pair.value.tag), ("; ", None)]
        for line in wrap(runs, w, look.font, look.size):
            y += self.step
            sheet.runs(x, y, line, look.font, look.size)
        return y + look.size * 1.5

    def label_text(self, label: str) -> str:
        """A label in the form this layout uses."""
        match self.label_form:
            case "colon" | "glued":
                return f"{label.rstrip(':')}:"
            case "capitals" | "spaced":
                return label.upper()
            case "blank_colon":
                return f"{label.rstrip(':')} :"
            case "dotted":
                return f"{label.rstrip(':')} ......"
            case _:
                return label

    def _label_width(self, pair: Pair) -> float:
        """Width of the label as printed on one line, with its second language after a slash."""
        text = (
            f"{self.label_text(pair.label)} / {pair.other}"
            if self.label_form == "slash" and pair.other
            else self.label_text(pair.label)
        )
        return width(text, self._label_font(), self.look.size) + (1.2 * len(text) if self.label_form == "spaced" else 0)

    def _label_font(self) -> str:
        return self.look.bold if self.label_form in {"bold", "capitals"} else self.look.font

    def _label(self, sheet: Sheet, label: str, x: float, y: float, w: float, *, other: str = "", colon: bool = True) -> float:
        """Print a label, wrapped to its width; returns its last baseline. A second language follows with a slash or below."""
        look, font = self.look, self._label_font()
        text = self.label_text(label) if colon else self.label_text(label).rstrip(":")
        if other and self.label_form == "slash":
            text = f"{text} / {other}"
        spacing = 1.2 if self.label_form == "spaced" else 0.0
        lines = wrap(((text, None),), max(w, 24), font, look.size)
        for n, runs in enumerate(lines):
            sheet.text(x, y + n * self.step, "".join(t for t, _ in runs), font, look.size, color=look.label_color,
                       spacing=spacing if width(text, font, look.size) + len(text) * 1.2 < w else 0.0)
        y += (len(lines) - 1) * self.step
        if other and self.label_form == "stacked":
            y += look.size * 0.95
            sheet.text(x, y, other, look.font, look.size * 0.8, color=look.label_color)
        return y

    def _value(self, sheet: Sheet, value: Text, x: float, y: float, w: float) -> float:
        look = self.look
        font = look.bold if self.label_form == "plain" and value.tag == "po_number" else look.font
        lines = wrap(((value.text, value.tag),), max(w, 30), font, look.size)
        for n, runs in enumerate(lines):
            sheet.runs(x, y + n * self.step, runs, font, look.size)
        return y + (len(lines) - 1) * self.step

    def _aligned(self, text: str, font: str, size: float, x: float, w: float, align: str) -> float:
        used = width(text, font, size)
        return x + (w - used if align == "right" else (w - used) / 2 if align == "centre" else 0)


def totals(zones: Zones, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
    """The totals in the layout's style; returns the y below them."""
    look, style = zones.look, zones.form.layout.totals
    y += look.size
    match style:
        case "ladder" | "single" | "words":
            y = _ladder(
                zones,
                sheet,
                pairs,
                x + w * (0.45 if style == "single" else 0.58),
                y,
                w * (0.55 if style == "single" else 0.42),
            )
        case "far_labels":
            y = _ladder(zones, sheet, pairs, x + w * 0.2, y, w * 0.8)
        case "ladder_left":
            y = _ladder(zones, sheet, pairs, x, y, w * 0.42)
        case "horizontal":
            y = zones.cells(sheet, pairs, x, y, w, columns=len(pairs), ruled=True)
        case "boxes":
            for n, pair in enumerate(pairs):
                zones.cells(sheet, (pair,), x + n * w / len(pairs), y, w / len(pairs) * 0.9, columns=1, ruled=True)
            y += zones.step * 2.5
        case "sentence":
            before, _, after = words.phrases(zones.form.language, "total_sentence")[0].partition("{total}")
            y += zones.step
            sheet.runs(x, y, ((before, None), (pairs[-1].value.text, pairs[-1].value.tag), (after, None)), look.font, look.size)
    if style == "words":
        spelled = words.spell_digits(pairs[-1].value.text, zones.form.language)
        y = zones.paragraphs(sheet, x, y, w, (words.phrases(zones.form.language, "words_total")[0].format(text=spelled),))
    return y + look.size


def _ladder(zones: Zones, sheet: Sheet, pairs: Sequence[Pair], x: float, y: float, w: float) -> float:
    """One rung per row, values flush right, the last one in bold under a rule."""
    look = zones.look
    for n, (pair, following) in enumerate(zip_longest(pairs, pairs[1:])):
        font = look.font if following else look.bold
        y += zones.step * 1.15
        if following is None and n:
            sheet.hline(x, y - look.size - 1, w)
        sheet.text(x, y, zones.label_text(pair.label), font, look.size)
        sheet.right(x + w, y, pair.value.text, font, look.size, tag=pair.value.tag)
    return y + look.size * 0.6
