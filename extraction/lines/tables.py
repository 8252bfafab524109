"""Line tables of a document: their headers, the lines that belong to each, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

from extraction import lexicon
from extraction.layout.geometry import Line, Rules
from extraction.layout.labels import fold
from extraction.lines.build import Styles
from extraction.lines.cards import read_cards
from extraction.lines.columns import Header, find_headers
from extraction.lines.entries import read_entries
from extraction.lines.named_above import names_above, with_names
from extraction.lines.sheet_table import sheet_table
from extraction.lines.sizes import read_sizes
from extraction.lines.stacks import in_one_stack
from extraction.lines.table import Table, agreeing
from extraction.lines.titled_cards import read_titled_cards
from extraction.lines.units import is_unit
from extraction.lines.untitled import untitled_header
from extraction.lines.ways import Part, best_table
from models.domain.evidence import PageKind
from models.domain.reading import ReadingLine


def read_tables(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    """The tables with a header row, which may come again on the next page; where there are none, cards of labelled values, or
    entries that begin with how many."""
    tables = _titled(lines, rules, styles)
    cards = read_titled_cards(lines, styles)
    if cards and len(cards) >= sum(len(t.lines) for t in tables):
        return (_of_cards(cards),)
    cards = read_cards(lines, styles)
    if len(cards) > sum(len(t.lines) for t in tables) and (len(cards) > 1 or not tables):
        return (_of_cards(cards),)
    if not tables and (sizes := read_sizes(lines, styles)):
        return (sizes,)
    if tables := tables or _untitled(lines, rules, styles):
        return tables
    entries = read_entries(lines, styles)
    return (_of_cards(entries),) if entries else ()


def _of_cards(cards: Sequence[tuple[int, int, ReadingLine]]) -> Table:
    kinds = frozenset({"quantity"} | ({"unit_price"} if cards[0][2].unit_price else set()))
    return Table(cards[0][0], cards[-1][1], tuple(line for _, _, line in cards), kinds)


def _untitled(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    """A table without titles, which arithmetic proves; on a sheet, codes and units beside whole numbers do so too, on paper
    units in rows that are numbered."""
    header = untitled_header(lines)
    table = _plain(Part(header, lines, rules, styles)) if header else None
    if table is None or not (2 * agreeing(table) > len(table.lines) or _is_counted_out(table, lines) or _is_numbered(table)):
        return ()
    return (table,)


def _is_numbered(table: Table) -> bool:
    """True for rows without prices that count up and each say how many of what: "1.  10 pcs  Hinge"."""
    if len(table.lines) < 2 or table.kinds & {"unit_price", "amount"}:
        return False
    counted = [x.line_no.value.strip(".)") if x.line_no else "" for x in table.lines]
    if not all(n.isdecimal() for n in counted) or any(int(b) - int(a) != 1 for a, b in pairwise(counted)):
        return False
    if all(x.uom and fold(x.uom.value) in _times() for x in table.lines):
        return False                                                        # clauses: "30 days", "2 years"
    return all(x.description and x.quantity and x.uom and is_unit(x.uom.value) for x in table.lines)


@cache
def _times() -> frozenset[tuple[str, ...]]:
    return frozenset(fold(text) for code in ("HUR", "DAY", "WEE", "MON", "ANN") for text in lexicon.units()[code])


def _is_counted_out(table: Table, lines: Sequence[Line]) -> bool:
    """True for rows of a sheet that all have a code, a text, and a whole number, counted in a unit and without prices."""
    if lines[0].kind is not PageKind.SHEET or len(table.lines) < 2 or table.kinds & {"unit_price", "amount"}:
        return False
    return all(
        (x.buyer_sku or x.supplier_sku or x.gtin) and x.description and x.uom
        and x.quantity and x.quantity.value == x.quantity.value.to_integral_value() for x in table.lines)


def _titled(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    headers = find_headers(lines)
    names = names_above(headers)
    parts = ((names.get(h.first), Part(*in_one_stack(h, part), rules, styles)) for h, part in _parts(headers, lines))
    return with_names([(table, name) for name, part in parts if part.body and (table := read_under(part))])


def read_under(part: Part) -> Table | None:
    """The table under a header; `part` holds lines under it. None when nothing there is an order line."""
    return _plain(part) if part.body[0].kind is PageKind.SHEET else best_table(part)


def _plain(part: Part) -> Table | None:
    if part.body and part.body[0].kind is PageKind.SHEET:
        return sheet_table(part.header, part.body, part.styles)
    return part.plain


def _parts(headers: Sequence[Header], lines: Sequence[Line]) -> Iterator[tuple[Header, list[Line]]]:
    """Each header with the lines from the one before it to the next. A header that comes again, as on the next page, begins
    nothing new: its own lines are left out."""
    at = {line.index: n for n, line in enumerate(lines)}
    begin = 0
    for n, header in enumerate(headers):
        if n and _is_same(headers[n - 1], header):
            continue
        again = n + 1
        part = list(lines[begin : at[header.last] + 1])
        begin = at[header.last] + 1
        while again < len(headers) and _is_same(header, headers[again]):
            part += lines[begin : at[headers[again].first]]
            begin = at[headers[again].last] + 1
            again += 1
        yield header, part + list(lines[begin : at[headers[again].first] if again < len(headers) else len(lines)])


def _is_same(a: Header, b: Header) -> bool:
    """True for the same titles at the same places."""
    return len(a.columns) == len(b.columns) and all(
        fold(x.title) == fold(y.title) and abs(x.left - y.left) < 1 for x, y in zip(a.columns, b.columns, strict=True))
