"""Lines of an order as cards whose titles stand above their values, several rows of titles to a card, as procurement networks
print them: "Qty   Price   Total" over "20 EA   1.10   22.00", and "Supplier Part No.   Need By" over their values below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fields_of
from extraction.lines.build import Styles, build_line
from extraction.lines.codes import CODES
from extraction.lines.kinds import fit
from extraction.lines.rows import Row, RowLine
from extraction.lines.texts import ONE_LINE
from extraction.lines.titles import kinds_of
from extraction.lines.values import is_code
from models.domain.reading import ReadingLine

_CLOSE = 1.2           # ems between titles and the values below them
_NAME = 4.0            # ems between a card's name and its first titles,
_REMARKS = 2           # with so many lines about it between them
_LEFT = 0.6            # ems by which a value may begin before its title
_ROWS = 2              # rows of titles: with fewer it is a table
_LINE_NO = 3           # digits
_OTHER = ("other",)


@dataclass
class _Card:
    name: Line | None
    first: int
    last: int
    rows: int = 0
    values: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def read_titled_cards(lines: Sequence[Line], styles: Styles) -> tuple[tuple[int, int, ReadingLine], ...]:
    """The cards, each with the indexes of its first and last line; none unless all of them have several rows of titles, a
    quantity, and something to name the item."""
    cards = [card for card in _cards(lines) if "quantity" in card.values]
    if any(card.rows < _ROWS for card in cards):
        return ()
    read = [(card.first, card.last, _line(card, styles)) for card in cards]
    return tuple(read) if all(x.quantity and (x.description or x.buyer_sku or x.supplier_sku) for _, _, x in read) else ()


def _cards(lines: Sequence[Line]) -> Iterable[_Card]:
    card: _Card | None = None
    at = done = 0
    while at + 1 < len(lines):
        titles, under = lines[at], lines[at + 1]
        if not (_are_titles(titles) and _is_below(titles, under) and not _are_titles(under)):
            at += 1
            continue
        pairs = list(_pairs(titles, under))
        above = lines[max(0, at - _REMARKS - 1, done) : at]
        name = next((x for x in reversed(above) if _names(x, titles)), None)
        if card is None or name or any(_kind(kinds, value, card) is None for kinds, value in pairs):
            if card:
                yield card
            card = _Card(name, (name or titles).index, under.index)
        for kinds, value in pairs:
            if kind := _kind(kinds, value, card):
                card.values[kind] = value
        card.rows += 1
        card.last = under.index
        card.lines.append(under)
        at = done = at + 2
    if card:
        yield card


def _are_titles(line: Line) -> bool:
    """True for a line of titles, at least half of them of line fields, and none that belongs to the order as a whole."""
    if len(line.segments) < 2 or any(c.isdigit() for c in line.text) or ":" in line.text:
        return False
    kinds = [kinds_of(s.tokens) for s in line.segments]
    if any(k == _OTHER and not fields_of(s.text, columns=True) for k, s in zip(kinds, line.segments, strict=True)):
        return False
    return 2 * sum(map(bool, kinds)) >= len(kinds)


def _is_below(upper: Line, lower: Line) -> bool:
    return lower.page == upper.page and lower.top - upper.bottom < _CLOSE


def _names(line: Line, titles: Line) -> bool:
    """True for the line number and the name of the item, shortly above the first titles of a card."""
    first = line.tokens[0].text.rstrip(".")
    is_numbered = first.isdecimal() and len(first) <= _LINE_NO and any(c.isalpha() for c in line.text)
    return is_numbered and line.page == titles.page and titles.top - line.bottom < _NAME and len(line.segments) < _LINE_NO


def _pairs(titles: Line, under: Line) -> Iterable[tuple[tuple[str, ...], tuple[Token, ...]]]:
    """What each title of use may mean, and the words below it."""
    edges = [s.left - _LEFT for s in titles.segments]
    for n, part in enumerate(titles.segments):
        end = edges[n + 1] if n + 1 < len(edges) else float("inf")
        begin = edges[n] if n else -float("inf")
        kinds = kinds_of(part.tokens)
        value = tuple(t for t in under.tokens if begin <= t.left < end)
        if value and kinds and kinds != _OTHER:
            yield kinds, value


def _kind(kinds: Sequence[str], value: Sequence[Token], card: _Card) -> str | None:
    """The first field a title may mean here that fits its value; None when the card has it already."""
    text = " ".join(t.text for t in value)
    fitting = [k for k in kinds if (is_code(text) if k in CODES else k == "description" or fit(k, text))]
    return next((k for k in fitting or kinds if k not in card.values), None)


def _line(card: _Card, styles: Styles) -> ReadingLine:
    values = dict(card.values)
    if card.name:
        values.setdefault("line_no", card.name.tokens[:1])
        values.setdefault("description", card.name.tokens[1:])
    row = RowLine(card.lines[0], dict(enumerate(values.values())))
    return build_line(Row(row, (row,)), dict(enumerate(values)), styles, ONE_LINE)
