"""Lines from a table that a person drew on a page of paper: the words inside it, parted into columns and rows. Pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from extraction.fields.dates import DateOrder, DateStyle, parse_date
from extraction.fields.numbers import NumberStyle, settle_style
from extraction.layout.geometry import Line, Rules, Token, page_rules, units_of
from extraction.layout.reading_order import document_lines
from extraction.lines.aligned import aligned_columns
from extraction.lines.cells import Cells, is_plain_number
from extraction.lines.columns import Column, Header, find_headers, titled
from extraction.lines.kinds import decide_kinds
from extraction.lines.number_style import table_style
from extraction.lines.ruled import edges_through
from extraction.lines.values import Amount, percent_of, price_of, quantity_of
from models.domain.evidence import Box
from models.domain.pages import Page

KINDS = (
    "buyer_sku", "supplier_sku", "description", "quantity", "uom", "unit_price", "discount", "requested_date", "gtin", "mpn")
"""The line fields that a column of a drawn table may hold."""
_ANY_ORDER = DateStyle(DateOrder.DAY, sure=False)
_EXACT = Decimal("0.000001")
_LEADING = 0.9        # ems of white at most between the lines of one row


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a person drew on a page, in points.

    `cuts` are the x between the columns, from left to right; None: where rules or white part the values. `kinds` says for each
    column which of `KINDS` it holds, or nothing; None: what its title and its values look like.
    """

    box: Box
    cuts: tuple[float, ...] | None = None
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """What stands in one cell, and where. `value` is the text as the column's kind has it (plain decimals, ISO dates), empty
    where it cannot be such a value; `unit` the unit that stands beside a quantity."""

    text: str = ""
    value: str = ""
    boxes: tuple[Box, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A drawn table as read: the cuts between its columns, and for each column its title, its kind and a cell in every row."""

    cuts: tuple[float, ...]
    titles: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[tuple[DrawnCell, ...], ...]


def read_drawn(page: Page, drawn: Drawn) -> DrawnTable:
    """The rows of the words whose middle lies in the drawn box; a header row in it names the columns and is no row."""
    inside = replace(page, words=tuple(w for w in page.words if _is_inside(w.box, drawn.box)))
    lines = document_lines([inside])
    if not lines:
        return DrawnTable((), (), (), ())
    ems, _ = units_of(inside)
    header = next(iter(find_headers(lines)), None)
    body = [line for line in lines if header is None or line.index > header.last] or list(lines)
    cuts = _found(header, body, page_rules(inside)) if drawn.cuts is None else [x * ems for x in sorted(drawn.cuts)]
    columns = _columns(cuts, [t for c in (header.columns if header else ()) for t in c.tokens], drawn.box, ems)
    rows = _rows(body, cuts)
    style = settle_style((t.text for line in body for t in line.tokens), page.language)
    guessed = decide_kinds(columns, rows, style)
    held = [guessed.get(n, "") for n in range(len(columns))] if drawn.kinds is None else drawn.kinds
    kinds = _each_once(held, len(columns))
    style = table_style(rows, dict(enumerate(kinds)), style)
    return DrawnTable(
        tuple(round(x / ems, 2) for x in cuts), tuple(c.title for c in columns), kinds,
        tuple(tuple(_cell(kind, row.get(n, ()), style) for n, kind in enumerate(kinds)) for row in rows))


def _is_inside(box: Box, around: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return around[0] <= x <= around[2] and around[1] <= y <= around[3]


def _found(header: Header | None, body: Sequence[Line], rules: Rules) -> list[float]:
    """Where the columns part: at the rules between them, else where the values of the rows leave white."""
    left, right = min(t.left for line in body for t in line.tokens), max(t.right for line in body for t in line.tokens)
    ruled = [x for x in edges_through(rules, body) if left < x < right]
    if ruled:
        return ruled
    columns = aligned_columns(header.columns if header else (), body)
    spans = [(c.left, c.right) for c in columns]
    if not spans:
        fullest = max(body, key=lambda line: len(line.segments))
        spans = [(s.left, s.right) for s in fullest.segments]
    return [(a[1] + b[0]) / 2 for a, b in pairwise(spans)]


def _columns(cuts: Sequence[float], titles: Sequence[Token], box: Box, ems: float) -> tuple[Column, ...]:
    outer = [box[0] * ems, box[2] * ems, *cuts, *(x for t in titles for x in (t.left, t.right))]
    edges = (min(outer), *cuts, max(outer))
    named = sorted(titles, key=lambda t: (t.middle, t.left))
    over = [[t for t in named if bisect(cuts, t.middle_x) == n] for n in range(len(cuts) + 1)]
    return tuple(titled(tokens, left, right) for tokens, (left, right) in zip(over, pairwise(edges), strict=True))


def _each_once(kinds: Sequence[str], count: int) -> tuple[str, ...]:
    """A kind for each of so many columns; of two that would hold the same the first does."""
    known = [kind if kind in KINDS and kind not in kinds[:n] else "" for n, kind in enumerate(kinds)]
    return tuple(known[n] if n < len(known) else "" for n in range(count))


def _rows(body: Sequence[Line], cuts: Sequence[float]) -> list[Cells]:
    """The rows: a line that is much shorter than the fullest, stands close under the row above it and brings no second number to
    a column, goes on with that row."""
    lines = [(line, _by_column(line, cuts)) for line in body]
    most = max(len(cells) for _, cells in lines)
    rows: list[dict[int, tuple[Token, ...]]] = []
    bottom = float("-inf")
    for line, cells in lines:
        has_numbers = any(_is_number(tokens) and c in rows[-1] for c, tokens in cells.items()) if rows else False
        if rows and 2 * len(cells) < most and 0 <= line.top - bottom < _LEADING and not has_numbers:
            rows[-1] |= {c: (*rows[-1].get(c, ()), *tokens) for c, tokens in cells.items()}
        else:
            rows.append(dict(cells))
        bottom = line.bottom
    return list(rows)


def _by_column(line: Line, cuts: Sequence[float]) -> Mapping[int, tuple[Token, ...]]:
    cells: dict[int, tuple[Token, ...]] = {}
    for token in line.tokens:
        at = bisect(cuts, token.middle_x)
        cells[at] = (*cells.get(at, ()), token)
    return cells


def _is_number(tokens: Sequence[Token]) -> bool:
    return all(is_plain_number(t.text) for t in tokens)


def _cell(kind: str, tokens: Sequence[Token], style: NumberStyle) -> DrawnCell:
    if not tokens:
        return DrawnCell()
    text = " ".join(t.text for t in tokens)
    words = {id(t.word): t.word for t in tokens}
    value, unit = _value(kind, text, tokens, style)
    return DrawnCell(text, value, tuple(w.box for w in words.values()), unit)


def _value(kind: str, text: str, tokens: Sequence[Token], style: NumberStyle) -> tuple[str, str]:
    """(the value as its kind has it, the unit beside a quantity)."""
    match kind:
        case "quantity":
            counted = quantity_of(tokens, style)
            return _plain(counted), counted.unit or "" if counted else ""
        case "unit_price":
            return _plain(price_of(tokens, style)), ""
        case "discount":
            percent = percent_of(text)
            return f"{percent:f}" if percent is not None else "", ""
        case "requested_date":
            day = parse_date(text, _ANY_ORDER)
            return day.value.isoformat() if day and not day.open else "", ""
        case _:
            return text, ""


def _plain(amount: Amount | None) -> str:
    """A number above zero with at most six decimals, for one unit; empty for any other."""
    if amount is None or amount.value <= 0:
        return ""
    value = amount.value / amount.base if amount.base else amount.value
    rounded = value.quantize(_EXACT)
    return f"{value:f}" if value == rounded and not amount.base else f"{rounded.normalize():f}" if rounded > 0 else ""
