"""The line table: column widths, headings, rows in any shape, rules, and page breaks with repeated headings and carry-over."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from extraction.lexicon import labels
from extraction.model.synth import words
from extraction.model.synth.form_parts import Form
from extraction.model.synth.form_table import Cell, Column, Row, Run
from extraction.model.synth.pdf.fonts import width
from extraction.model.synth.pdf.look import Look
from extraction.model.synth.pdf.sheet import Sheet, wrap

SHADES = ((0.9, 0.9, 0.9), (0.85, 0.9, 0.95), (0.82, 0.82, 0.82))
TEXT_COLUMNS = frozenset({"description", "code", "supplier_sku", "buyer_sku"})

RUNNING = frozenset({"cards", "run_together", "two_rows", "sap_lower", "four_tier", "text_first"})
"""Shapes with rows that run across the columns, so no column rules are drawn."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """A column with its left edge and width in points; a tight one has no room between its longest value and the next column."""

    column: Column
    x: float
    w: float
    tight: bool = False


class Table:
    """Draws one form's table. `new_page` gives the next sheet and the y to start at; `bottom` is the last usable y."""

    def __init__(self, form: Form, look: Look, rng: random.Random, x: float, w: float, bottom: float,
                 new_page: Callable[[], tuple[Sheet, float]]) -> None:
        self.form, self.look, self.rng, self.x, self.w = form, look, rng, x, w
        self.bottom, self.new_page = bottom, new_page
        self.rules, self.shape = form.layout.rules, form.layout.row_shape
        self.size = look.size
        self.pad = look.padding
        self.tiers = self._lay_out()
        self.shade = rng.choice(SHADES)
        self.tops: list[float] = []
        self.printed = 0.0          # sum of the amounts so far

    def draw(self, sheet: Sheet, y: float) -> tuple[Sheet, float]:
        """All lines; returns the sheet and y where the table ends."""
        top = y
        if not self.form.lines or self.form.lines[0].kind != "heading":
            y = self._heading(sheet, y)
        self.tops = [y]
        for n, line in enumerate(self.form.lines):
            self.printed += sum(value for tag, value in line.values.items() if tag.endswith(".amount"))
            rows = [self._wrapped(row) for row in line.rows]
            need = sum(self._height(row) for row in rows)
            if y + min(need, self.size * 30 if self.look.keep_rows else self.size * 2) > self.bottom:
                self._finish(sheet, top, y, last=False)
                sheet, y = self.new_page()
                top = y
                y = self._heading(sheet, y) if self.look.repeat_header else y
                y = self._brought_forward(sheet, y, line.values)
                self.tops = [y]
            start = y
            for row in rows:
                if y + self._height(row) > self.bottom:
                    self._finish(sheet, top, y, last=False)
                    sheet, y = self.new_page()
                    top = start = y
                    self.tops = [y]
                y = self._row(sheet, row, y, zebra=n % 2 == 1)
            if line.kind == "heading":
                y = self._heading(sheet, y)
            if self.shape == "cards":
                sheet.rect(self.x, start - 1, self.w, y - start + 1)
                y += 5
            self.tops.append(y)
        y = self._last_row_total(sheet, y)
        return sheet, self._finish(sheet, top, y, last=True)

    def _lay_out(self) -> list[list[_Laid]]:
        """Columns of each tier with places; type shrinks when the columns do not fit."""
        tiers = [[c for c in self.form.columns if c.tier == tier] for tier in sorted({c.tier for c in self.form.columns})]
        while True:
            found = [self._widths(tier) for tier in tiers]
            if all(found) or self.size <= 5.5:
                return [row or self._widths(tier, squeeze=True) for row, tier in zip(found, tiers, strict=True)]
            self.size -= 0.5

    def _widths(self, columns: Sequence[Column], *, squeeze: bool = False) -> list[_Laid]:
        """Natural widths, the text column takes the rest; empty when that leaves too little."""
        tight = self._tight(columns)
        natural = {c.key: self._natural(c, tight=c.key == tight) for c in columns}
        if "description" in natural:
            natural["description"] = min(natural["description"], self.w * 0.3)
        left = self.w - sum(natural.values())
        if left < 0 and not squeeze:
            return []
        if left < 0:
            natural = {key: w * self.w / (self.w - left) for key, w in natural.items()}
        elif "description" in natural:
            natural["description"] += left
        else:
            natural = {key: w + left / len(natural) for key, w in natural.items()}
        laid, x = [], self.x
        for column in columns:
            laid.append(_Laid(column, x, natural[column.key], column.key == tight))
            x += natural[column.key]
        return laid

    def _tight(self, columns: Sequence[Column]) -> str:
        """The key of the column whose values touch the next: on some forms the one before the text, else the first of two."""
        if self.shape != "touching" or len(columns) < 2:
            return ""
        keys = [column.key for column in columns]
        at = keys.index("description") - 1 if "description" in keys[1:] else 0
        return keys[at]

    def _natural(self, column: Column, *, tight: bool = False) -> float:
        texts = [
            "".join(t for t, _ in row.cells[column.key])
            for line in self.form.lines
            for row in line.rows
            if column.key in row.cells
        ]
        widest = max((width(text, self.look.font, self.size) for text in texts), default=0.0)
        if column.key in {"code", "supplier_sku", "buyer_sku"} and self.shape == "broken_code":
            widest *= 0.62
        titles = max((width(title, self.look.bold, self.size) for title in column.titles), default=0.0)
        least = 14.0 if column.key != "blank" else 34.0
        if tight:
            return max(widest, least) + 0.4
        return max(widest, titles, least) + 2 * self.pad

    def _wrapped(self, row: Row) -> tuple[Row, list[tuple[_Laid, list[list[Run]]]]]:
        laid = self.tiers[row.tier] if row.tier < len(self.tiers) else []
        return row, [
            (place, self._wrap(row.cells[place.column.key], place.w + 2 * self.pad * place.tight))
            for place in laid if row.cells.get(place.column.key)
        ]

    def _wrap(self, cell: Cell, w: float) -> list[list[Run]]:
        return wrap(cell, max(w - 2 * self.pad + 0.01, 10), self.look.font, self.size)

    def _text_lines(self, row: Row) -> list[list[Run]]:
        indent = row.indent * self.size * 2.2
        return wrap(row.text, self.w - indent - 2 * self.pad, self.look.font, self.size) if row.text else []

    def _height(self, wrapped: tuple[Row, list[tuple[_Laid, list[list[Run]]]]]) -> float:
        row, cells = wrapped
        lines = max((len(lines) for _, lines in cells), default=0)
        return max(lines + len(self._text_lines(row)), 1) * self.size * self.look.leading + self._gap()

    def _gap(self) -> float:
        return self.size * (0.15 if self.rules in {"none", "dashes"} else 0.5)

    def _row(self, sheet: Sheet, wrapped: tuple[Row, list[tuple[_Laid, list[list[Run]]]]], y: float, *, zebra: bool) -> float:
        row, cells = wrapped
        height = self._height(wrapped)
        if zebra and self.rules == "zebra":
            sheet.rect(self.x, y, self.w, height, fill=(0.94, 0.94, 0.94), stroke=None)
        step = self.size * self.look.leading
        base = y + self.size + self._gap() / 2
        for n, runs in enumerate(self._text_lines(row)):
            sheet.runs(self.x + self.pad + row.indent * self.size * 2.2, base + n * step, runs, self.look.font, self.size)
        most = max((len(lines) for _, lines in cells), default=1)
        drift = self.rng.uniform(-self.look.drift, self.look.drift)
        if row.struck:
            sheet.hline(self.x + self.pad, base - self.size * 0.28, self.w - 2 * self.pad)
        for place, lines in cells:
            for n, runs in enumerate(lines):
                start = base + (n + self._offset(most, len(lines))) * step
                self._cell_line(sheet, place, runs, start, drift)
        return y + height

    def _offset(self, most: int, lines: int) -> float:
        """How many text lines a lower cell starts below the top of its row."""
        return {"wrap_last": float(most - lines), "wrap_centre": (most - lines) / 2}.get(self.shape, 0.0)

    def _cell_line(self, sheet: Sheet, place: _Laid, runs: list[Run], y: float, drift: float) -> None:
        used = width("".join(t for t, _ in runs), self.look.font, self.size)
        x = _start(place.column.align, place.x, place.w, used, self.pad)
        sheet.runs(x + drift if place.column.key != "line_no" else x, y, runs, self.look.font, self.size)

    def _heading(self, sheet: Sheet, y: float) -> float:
        """Headings of all tiers, stacked words on lines, with the shade or rule of this table."""
        if self.shape == "cards":
            return y
        top = y
        step = self.size * 1.15
        dark = self.rules == "dark_header"
        for tier in self.tiers:
            y = self._group_titles(sheet, tier, y, dark=dark)
            lines = max((len(place.column.titles) for place in tier), default=0)
            for place in tier:
                for n, title in enumerate(place.column.titles):
                    used = width(title, self.look.bold, self.size)
                    x = (
                        place.x + self.pad
                        if self.shape == "run_together"
                        else _start(place.column.title_align, place.x, place.w, used, self.pad)
                    )
                    base = y + self.size + n * step + 1
                    sheet.text(x, base, title, self.look.bold, self.size, color=(1, 1, 1) if dark else (0, 0, 0))
                    if self.rules == "header_only":
                        sheet.hline(x, base + 2, used)
            y += lines * step + self.size * 0.4
        self._heading_rules(sheet, top, y)
        return y + 1

    def _group_titles(self, sheet: Sheet, tier: Sequence[_Laid], y: float, *, dark: bool) -> float:
        """Titles over several columns, centred above a rule."""
        grouped = [(name, list(places)) for name, places in groupby(tier, lambda place: place.column.group) if name]
        for name, places in grouped:
            left, right = places[0].x, places[-1].x + places[-1].w
            used = width(name, self.look.bold, self.size)
            at = max((left + right - used) / 2, self.x)
            sheet.text(at, y + self.size + 1, name, self.look.bold, self.size, color=(1, 1, 1) if dark else (0, 0, 0))
            sheet.hline(left + 2, y + self.size + 3, right - left - 4, line_width=0.4)
        return y + self.size * 1.4 if grouped else y

    def _heading_rules(self, sheet: Sheet, top: float, y: float) -> None:
        match self.rules:
            case "dark_header":
                sheet.rect(self.x, top, self.w, y - top, fill=(0.2, 0.25, 0.35), stroke=None)
            case "box" | "zebra":
                sheet.rect(self.x, top, self.w, y - top, fill=self.shade, stroke=None)
            case "grid" | "columns" | "full_columns":
                sheet.rect(self.x, top, self.w, y - top, fill=self.shade if self.look.repeat_header else None)
            case "rows":
                sheet.hline(self.x, y, self.w, line_width=1)
            case "dashes":
                count = int(self.w / max(width("-", self.look.font, self.size), 1))
                sheet.text(self.x, y + self.size * 0.5, "-" * count, self.look.font, self.size)

    def _finish(self, sheet: Sheet, top: float, y: float, *, last: bool) -> float:
        """The rules of the part of the table that stands on one page; returns where they end. Some forms run on to the foot."""
        foot = max(y, self.bottom - 150) if self.rules == "full_columns" and last else y
        if self.rules in {"grid", "rows"}:
            for edge in self.tops:
                sheet.hline(self.x, edge, self.w, line_width=0.4)
        if self.rules in {"grid", "columns", "full_columns"} and self.shape not in RUNNING:
            for place in self.tiers[0][1:]:
                sheet.rect(place.x, top, 0, foot - top)
        if self.rules in {"grid", "box", "columns", "full_columns"}:
            sheet.rect(self.x, top, self.w, foot - top)
        if not last and self.look.carry_forward:
            self._carried(sheet, labels("mark.carried_forward", self.form.language)[0], self.printed, y)
        return foot

    def _brought_forward(self, sheet: Sheet, y: float, following: Mapping[str, Any]) -> float:
        """The sum of the pages before as the first row of a page; the line that follows is not in it yet."""
        if not (self.look.carry_forward and self.printed):
            return y
        before = self.printed - sum(value for tag, value in following.items() if tag.endswith(".amount"))
        self._carried(sheet, words.phrases(self.form.language, "brought")[0], before, y)
        return y + self.size * self.look.leading + self._gap()

    def _carried(self, sheet: Sheet, label: str, value: float, y: float) -> None:
        """A label and the sum so far, where the form has amounts."""
        amount = next((p for tier in self.tiers for p in tier if p.column.key == "amount"), None)
        edge = self.x + self.w - self.pad
        if amount:
            edge = amount.x + amount.w - self.pad
            text = self.form.conventions.money(Decimal(str(round(value, 2))))
            sheet.right(edge, y + self.size + 2, text, self.look.font, self.size)
            edge = max(amount.x - 4, self.x + width(label, self.look.font, self.size))
        sheet.right(edge, y + self.size + 2, label, self.look.font, self.size)

    def _last_row_total(self, sheet: Sheet, y: float) -> float:
        """The total as the last row of the table, on forms that have it there."""
        if self.form.layout.totals != "table_row" or not self.form.totals:
            return y
        pair = self.form.totals[-1]
        amount = next((p for tier in self.tiers for p in tier if p.column.key in {"amount", "unit_price"}), None)
        step = self.size * self.look.leading + self._gap()
        edge = amount.x + amount.w - self.pad if amount else self.x + self.w
        sheet.right(edge, y + self.size + 2, pair.value.text, self.look.bold, self.size, tag=pair.value.tag)
        sheet.text(self.x + self.pad, y + self.size + 2, pair.label, self.look.bold, self.size)
        sheet.hline(self.x, y, self.w)
        self.tops.append(y + step)
        return y + step


def _start(align: str, x: float, w: float, used: float, pad: float) -> float:
    """Left edge of a text in a column."""
    if align == "right":
        return x + w - pad - used
    return x + (w - used) / 2 if align == "centre" else x + pad
