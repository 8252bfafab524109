"""The lines of one reading's pages as a model gets to see them: numbered, bounded, nothing that a person does not see. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from extraction.fields.dates import DateStyle, settle_order
from extraction.fields.language import detect_language
from extraction.fields.numbers import NumberStyle, currency_in, settle_style
from extraction.layout.geometry import Line
from extraction.layout.reading_order import document_lines
from models.domain.characters import without_marks
from models.domain.evidence import Box, Found, PageKind
from models.domain.pages import Parsed
from models.domain.reading import Reading, ReadingLine

_ANCHORS = ("quantity", "line_no", "unit_price", "amount", "buyer_sku", "supplier_sku", "gtin", "description")
_REACH = 6                    # lines that a row may go on below its first

Place = tuple[int, Box]


@dataclass(frozen=True)
class Paper:
    """`lines` are those that are shown, `Line.index` + 1 being the mark a model names them by; `is_cut` when there are more."""

    lines: tuple[Line, ...]
    numbers: NumberStyle
    dates: DateStyle
    is_cut: bool

    @property
    def text(self) -> str:
        """The document as data: page headings, then "12| cell | cell"."""
        return "\n".join(_shown(self.lines))

    @cached_property
    def index(self) -> dict[Place, int]:
        """The line (0-based) on which each printed word stands."""
        return {(t.word.page, t.word.box): line.index for line in self.lines for t in line.tokens}

    def line_of(self, found: Found[object] | None) -> int | None:
        """The first line a value stands on; None when it is not on the lines shown."""
        places = found.evidence.places if found else ()
        at = [self.index[p.page, p.box] for p in places if (p.page, p.box) in self.index]
        return min(at, default=None)

    def bands(self, rows: Sequence[ReadingLine]) -> tuple[range, ...]:
        """The lines each order line may reach over: from its first value to where the next one begins. Empty when unknown."""
        starts = [self._start(row) for row in rows]
        known = sorted({s for s in starts if s is not None})
        return tuple(self.band(s, known) if s is not None else range(0) for s in starts)

    def band(self, start: int, starts: Sequence[int]) -> range:
        """The lines from `start` to the next of `starts`, a few at most, on one page."""
        end = min((s for s in starts if s > start), default=len(self.lines))
        page = self.lines[start].page
        return range(start, next((n for n in range(start, min(end, start + _REACH)) if self.lines[n].page != page),
                                 min(end, start + _REACH)))

    def _start(self, row: ReadingLine) -> int | None:
        at = (self.line_of(getattr(row, name)) for name in _ANCHORS)
        return min((n for n in at if n is not None), default=None)


def paper_of(parsed: Parsed, reading: Reading, most: int) -> Paper:
    """The lines of the reading's pages, as many whole ones as fit into `most` characters."""
    pages = [p for p in parsed.pages if p.number in reading.pages and p.kind is not PageKind.SEGMENTS]
    lines = document_lines(pages)
    language = reading.language or detect_language(lines)
    texts = [t.text for line in lines for t in line.tokens]
    coin = next((code for text in texts if (code := currency_in(text))), None)
    kept, size = 0, 0
    for kept, line in enumerate(lines, 1):
        size += len(line.text) + 3 * len(line.segments) + 6
        if size > most:
            kept -= 1
            break
    return Paper(
        lines[:kept], settle_style(texts, language), settle_order((x.text for x in lines), language, coin, None),
        is_cut=kept < len(lines))


def _shown(lines: Sequence[Line]) -> Iterator[str]:
    page = None
    for line in lines:
        if line.page != page:
            page = line.page
            yield f"--- page {page + 1} ---"
        # Control characters have no business in a text; all else is the sender's, and stays between the fences.
        cells = " | ".join("".join(c if c.isprintable() else " " for c in without_marks(s.text)) for s in line.segments)
        yield f"{line.index + 1}| {cells}"


def places_of(holder: object) -> Iterator[tuple[str, Found[object]]]:
    """The values of a header or line by name."""
    for f in fields(holder):  # type: ignore[arg-type]
        value = getattr(holder, f.name)
        if isinstance(value, Found):
            yield f.name, value
