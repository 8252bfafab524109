"""Rows of a table read by the learned places of its columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from extraction.fields.numbers import NumberStyle
from extraction.layout.evidence import found
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import label_at
from extraction.learned.columns import IGNORE
from extraction.learned.paper import Paper
from extraction.learned.rows import CODES
from extraction.learned.titles import Head
from extraction.lines.build import Styles, build_line
from extraction.lines.cells import NUMERIC, Cells, Prices, Span, assign
from extraction.lines.columns import Column
from extraction.lines.rows import Row, RowLine, is_aside
from extraction.lines.run_together import assign_in_order, strangeness
from extraction.lines.texts import ONE_LINE, is_sentence
from extraction.lines.values import number_of, price_of, quantity_of
from models.domain.evidence import Found, PageKind
from models.domain.learned import ColumnPlace, Fact
from models.domain.reading import ReadingLine

_ALWAYS = 0.97        # share of rows with a value from which on a row without one is none
_LOOSE = 1.0          # ems of white at most between text lines of one row
_MOST_TEXT = 6        # text lines of a row on either side
_ODD = 1.5            # times what a word's looks cost
_PARTING = 0.5        # … to part words that stand together: the columns are known to stand where they do
_LOOKS = {IGNORE: "other"}
_NUMBERED = 2         # words of a line number at most
_NUMBERS = frozenset({"line_no", *CODES})
_DUE = frozenset({"line_no", "description"})
_SUMS = frozenset({"total", "subtotal", "tax", "header_discount"})
_TOTALS = _SUMS | {"freight"}      # which may be a row as well


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row: its main line, its text lines, and the line of every step."""

    main: int
    texts: tuple[int, ...]


class RowReader:
    """Reads rows by learned columns, moved as their titles are (`head`, None for a table without); where values keep no places
    (`in_order`), by the order of the columns."""

    def __init__(
        self, paper: Paper, columns: Sequence[Fact], styles: Styles, head: Head | None, *, in_order: bool = False,
    ) -> None:
        self.paper, self.styles, self.in_order = paper, styles, in_order
        inside = [f for f in columns if f.lesson.value]
        self.inside = {f.lesson.field: f for f in inside}
        self.columns = [f for f in columns if f not in inside]
        self.kinds = {n: f.lesson.field for n, f in enumerate(self.columns)}
        self.head = head
        self.steps = sorted({self._place(n).step for n in self.kinds})
        self.cells: dict[tuple[int, int], Mapping[int, tuple[Token, ...]]] = {}
        self.widest = 0.0      # ems of the widest text on a row's own line

    def _place(self, n: int) -> ColumnPlace:
        place = self.columns[n].lesson.column
        assert place is not None
        return place

    def _spans(self, step: int, page: int) -> tuple[tuple[int, ...], tuple[Span, ...]]:
        """The columns that stand on a step, from left to right, and their places in ems; texts go on upon any."""
        here = (n for n, kind in self.kinds.items() if self._place(n).step == step or (step and kind == "description"))
        own = sorted(here, key=lambda n: self._place(n).left)
        out = []
        for i, n in enumerate(own):
            place, field = self._place(n), self.kinds[n]
            left, right = self._edges(place, page)
            before = self._edges(self._place(own[i - 1]), page)[1] if i else left - 8
            after = self._edges(self._place(own[i + 1]), page)[0] if i + 1 < len(own) else right + 12
            reach = (min(before + 0.2, left), max(after - 0.2, right))
            out.append(Span(left, right, *reach, field in NUMERIC, field == "description"))
        return tuple(own), tuple(out)

    def _edges(self, place: ColumnPlace, page: int) -> tuple[float, float]:
        """Where a column's values stand on this copy, in ems."""
        shift = self.head.shift(place) if self.head else 0.0
        return self.paper.ems(place.left + shift, page), self.paper.ems(place.right + shift, page)

    def at(self, n: int, step: int) -> Mapping[int, tuple[Token, ...]]:
        """The words of a line by column, read as the line of a row with this step."""
        if (n, step) not in self.cells:
            line = self.paper.lines[n]
            own, spans = self._spans(step, line.page)
            cells = self._cells(line, own, spans) if spans else {}
            self.cells[n, step] = {own[c]: tokens for c, tokens in cells.items()}
        return self.cells[n, step]

    def _cells(self, line: Line, own: Sequence[int], spans: Sequence[Span]) -> Cells:
        """The words of a line by column: by where they stand and what they look like, or by their order and looks alone."""
        kinds = [_LOOKS.get(self.kinds[n], self.kinds[n]) for n in own]
        if self.in_order:
            columns = [Column("", (kind,), span.left, span.right, ()) for kind, span in zip(kinds, spans, strict=True)]
            return assign_in_order(line, columns, self.styles.number)
        return assign(line, Prices(spans), lambda token, c: _ODD * strangeness(token.text, kinds[c]), _PARTING)

    def rows(self, body: Sequence[int]) -> tuple[FoundRow, ...]:
        """The rows among these lines, each with its lines of text."""
        mains = self._alike([n for n in body if self._is_main(n)])
        self.widest = max((_width(self._words(n + self._text_step, n)) for n in mains), default=0.0)
        out: list[FoundRow] = []
        for i, n in enumerate(mains):
            low = max((out[-1].main, *out[-1].texts)) if out else -1
            high = mains[i + 1] if i + 1 < len(mains) else len(self.paper.lines)
            out.append(FoundRow(n, tuple(self._texts(n, low, high, frozenset(body)))))
        return tuple(out)

    def _alike(self, mains: Sequence[int]) -> Sequence[int]:
        """The rows without those of another table below: all rows of the form have a unit, and these have none."""
        unit = next((c for c, k in self.kinds.items() if k == "uom" and self._place(c).filled >= _ALWAYS), None)
        if unit is None or self._place(unit).step != 0:
            return mains
        last = max((n for n in mains if unit in self.at(n, 0)), default=len(self.paper.lines))
        return [n for n in mains if n <= last]

    def _is_main(self, n: int) -> bool:
        label = label_at(self.paper.lines[n].tokens, 0)
        if label and set(label.fields) & _SUMS:
            return False
        own = self.at(n, 0)
        style = self.styles.number
        is_numbered = self._is_numbered(own)
        for c, field in self.kinds.items():
            place = self._place(c)
            tokens = own.get(c, ())
            is_usual = place.filled >= _ALWAYS
            if place.step:
                continue
            if field in _CHECKS and (field == "quantity" or (is_usual and not is_numbered)):
                if not tokens or not _CHECKS[field](tokens, style):
                    return False              # what costs nothing may have no price, if it is numbered as the others are
            elif is_usual and field in _DUE and not tokens:
                return False
            elif field == "line_no" and len(tokens) > _NUMBERED:
                return False                  # the date of an earlier order
            elif field == "description" and is_aside(tokens):
                return False                  # one of the deliveries of the row above
        quantity = self._quantity(own)
        return quantity is not None and (quantity != 0 or self.paper.lines[n].kind is not PageKind.SHEET)

    def _is_numbered(self, cells: Mapping[int, tuple[Token, ...]]) -> bool:
        """Whether a line bears the number that every row has, its own or its item's."""
        numbers = [
            c for c, kind in self.kinds.items()
            if kind in _NUMBERS and not self._place(c).step and self._place(c).filled >= _ALWAYS]
        return bool(numbers) and all(any(ch.isdigit() for t in cells.get(c, ()) for ch in t.text) for c in numbers)

    def _quantity(self, cells: Mapping[int, tuple[Token, ...]]) -> Any:
        tokens = next((cells[c] for c, k in self.kinds.items() if k == "quantity" and c in cells), ())
        amount = quantity_of(tokens, self.styles.number) if tokens else None
        return amount.value if amount else None

    def _texts(self, main: int, low: int, high: int, body: frozenset[int]) -> Iterator[int]:
        """The lines whose text belongs to the row, in printed order: those its form was seen to use, and those that a full line
        goes on upon."""
        text = next((self._place(c) for c, k in self.kinds.items() if k == "description"), None)
        if text is None:
            return
        taken = [n for n in range(main + text.first, main) if n > low and n in body and self._goes_on(n, main, text)]
        begins = min(taken, default=main + max(text.first, 0))
        while begins - 1 > low and begins - 1 in body and self._goes_on(begins - 1, main, text) and self._runs_over(begins, main):
            begins -= 1
            taken = [begins, *taken]
        yield from taken
        if text.last < 0:                    # the text of a row ends above its numbers; what follows is the next row's
            return
        for n in range(main + max(text.first, 1), min(high, main + max(text.last, 1) + _MOST_TEXT)):
            later = n - main > text.last
            if n not in body or not self._goes_on(n, main, text) or (later and not self._runs_over(n, main)):
                return
            if is_sentence(self._words(n, main)) or self._begins_anew(n):
                return
            if n + min(text.first, 0) * -1 >= high and text.first < 0:
                return
            yield n

    @cached_property
    def _text_step(self) -> int:
        """The line of a row, counted from its main line, on which its text begins; 0 without a column for it."""
        return next((max(self._place(c).first, 0) for c, k in self.kinds.items() if k == "description"), 0)

    def _begins_anew(self, n: int) -> bool:
        """True for a line that is no row but has a number as every row does: a remark among them."""
        return any(
            kind == "line_no" and not self._place(c).step and self._place(c).filled >= _ALWAYS
            and any(ch.isdigit() for t in self.at(n, 0).get(c, ()) for ch in t.text) for c, kind in self.kinds.items())

    def _goes_on(self, n: int, main: int, text: ColumnPlace) -> bool:
        lines = self.paper.lines
        near = lines[n + 1] if n < main else lines[n - 1]
        white = max(near.top - lines[n].bottom, lines[n].top - near.bottom)
        if lines[n].page != lines[main].page or white > _LOOSE:
            return False
        label = label_at(lines[n].tokens, 0)
        return bool(self._words(n, main)) and not (label and set(label.fields) & _TOTALS)

    def _words(self, n: int, main: int) -> tuple[Token, ...]:
        """The words of a line of a row that stand in the column of the texts."""
        step = n - main
        if not 0 <= n < len(self.paper.lines):
            return ()
        if step not in self.steps:
            step = next(self._place(c).step for c, k in self.kinds.items() if k == "description")
        cells = self.at(n, step)
        return next((cells[c] for c, k in self.kinds.items() if k == "description" and c in cells), ())

    def _runs_over(self, n: int, main: int) -> bool:
        """True when the first word of a line had no room on the line above, on whichever side the texts are even, beside texts as
        wide as any here and as the next column allows; a sentence is a remark."""
        before, after = self._words(n - 1, main), self._words(n, main)
        if not before or not after or is_sentence(after) or not any(c.isalnum() for c in after[0].text):
            return False
        place = next(self._place(c) for c, k in self.kinds.items() if k == "description")
        width = _width(before) + after[0].right - after[0].left + 0.3
        room, until = (self.paper.ems(x, self.paper.lines[n].page) for x in (place.right - place.left, place.room))
        return width >= max(room, self.widest, until) - 1.0

    def line(self, row: FoundRow) -> ReadingLine:
        """The reading line of a row, its values marked as learned."""
        cells: dict[int, tuple[Token, ...]] = {}
        for step in self.steps:
            at = row.main + step
            if 0 <= at < len(self.paper.lines) and self.paper.lines[at].page == self.paper.lines[row.main].page:
                mine = {c: ts for c, ts in self.at(at, step).items() if self._place(c).step == step}
                cells |= {c: ts for c, ts in mine.items() if step == 0 or self._fits(c, ts)}
        description = next((c for c, k in self.kinds.items() if k == "description"), None)
        codes: dict[str, Found[str]] = {}
        if description is not None:
            place = self._place(description)
            own = {row.main} if place.first <= 0 <= place.last else set()
            words = [self._words(n, row.main) for n in sorted({*row.texts, *own})]
            joined = tuple(t for part in words for t in part)
            if not joined:                    # "Freight charge" in the column of the codes
                wordy = [c for c in cells if self.kinds[c] in CODES and not self._fits(c, cells[c])]
                joined = tuple(t for c in wordy for t in cells.pop(c))
            if joined and self.inside:
                joined, codes = self._codes(joined)
            cells = {**cells, description: joined} if joined else {c: t for c, t in cells.items() if c != description}
        anchor = RowLine(self.paper.lines[row.main], {c: t for c, t in cells.items() if self.kinds[c] != IGNORE and t})
        line = build_line(Row(anchor, (anchor,)), self.kinds, self.styles, ONE_LINE)
        changed: dict[str, Any] = dict(codes)
        if description is not None and (joined := cells.get(description, ())):
            text = " ".join(t.text for t in joined)
            changed["description"] = found(text, joined, 0.9)
            named = {*self.kinds.values(), *codes}
            changed |= {c: None for c in CODES if c not in named and (code := getattr(line, c, None)) and code.value == text}
        return replace(line, **changed)

    def _fits(self, c: int, tokens: tuple[Token, ...]) -> bool:
        if self.kinds[c] in CODES:
            return any(ch.isdigit() for t in tokens for ch in t.text)
        check = _CHECKS.get(self.kinds[c])
        return check is None or check(tokens, self.styles.number)

    def _codes(self, tokens: tuple[Token, ...]) -> tuple[tuple[Token, ...], dict[str, Found[str]]]:
        """The description without the codes in its cell, and those."""
        out: dict[str, Found[str]] = {}
        for field, fact in self.inside.items():
            if len(tokens) < 2:
                break
            at = 0 if fact.lesson.value == "first" else -1
            text = tokens[at].text.strip("[]*():;,")
            if not any(c.isdigit() for c in text):
                continue
            out[field] = found(text, (tokens[at],), 0.9)
            tokens = tokens[1:] if at == 0 else tokens[:-1]
            while len(tokens) > 1 and tokens[at].text in {"-", "–", ":", "|"}:
                tokens = tokens[1:] if at == 0 else tokens[:-1]
        return tokens, out


def _width(tokens: Sequence[Token]) -> float:
    return tokens[-1].right - tokens[0].left if tokens else 0.0


def _is_quantity(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return quantity_of(tokens, style) is not None


def _is_price(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return price_of(tokens, style) is not None


def _is_number(tokens: Sequence[Token], style: NumberStyle) -> bool:
    return number_of(tokens, style) is not None or price_of(tokens, style) is not None


_CHECKS = {"quantity": _is_quantity, "unit_price": _is_price, "amount": _is_number}
