"""Line tables of a document: header, columns, rows, reading lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from extraction.fields.numbers import currency_in
from extraction.fields.repeated import Shared
from extraction.layout.geometry import CELL, Line, Rules, Segment, Token, segment
from extraction.layout.labels import fields_of
from extraction.lines.build import Styles, build_line, multiplies_out
from extraction.lines.cards import read_cards
from extraction.lines.cells import NUMERIC, Span, assign, is_plain_number, spans
from extraction.lines.columns import Column, Header, find_headers
from extraction.lines.kinds import decide_kinds
from extraction.lines.rows import Kinds, RowLine, find_rows
from extraction.lines.run_together import assign_in_order
from extraction.lines.texts import text_edge
from extraction.lines.untitled import untitled_header
from extraction.lines.values import is_unit
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.money import line_amount
from models.domain.reading import ReadingLine

TEXTS = frozenset({"description", "buyer_sku", "supplier_sku"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table of order lines; `first` and `last` are the indexes of the document lines it covers (inclusive).

    `kinds` are the line fields its columns hold; `shared`, on sheets, what each row says about the order as a whole.
    """

    first: int
    last: int
    lines: tuple[ReadingLine, ...]
    kinds: frozenset[str]
    shared: tuple[Shared, ...] = ()


def read_tables(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    """The tables with a header row, which may come again on the next page; where there are none, cards of labelled values."""
    tables = _titled(lines, rules, styles)
    cards = read_cards(lines, styles)
    if len(cards) > sum(len(t.lines) for t in tables) and (len(cards) > 1 or not tables):
        kinds = frozenset({"quantity"} | ({"unit_price"} if cards[0][2].unit_price else set()))
        return (Table(cards[0][0], cards[-1][1], tuple(line for _, _, line in cards), kinds),)
    return tables or _untitled(lines, rules, styles)


def _untitled(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    """A table without titles, which only arithmetic can prove."""
    header = untitled_header(lines)
    table = _read(header, [x for x in lines if x.index > header.last], rules, styles) if header else None
    return (table,) if table and 2 * _agreeing(table) > len(table.lines) else ()


def _titled(lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> tuple[Table, ...]:
    headers = find_headers(lines)
    at = {line.index: n for n, line in enumerate(lines)}
    tables = []
    for n, header in enumerate(headers):
        end = at[headers[n + 1].first] if n + 1 < len(headers) else len(lines)
        table = _read(header, lines[at[header.last] + 1 : end], rules, styles)
        if table:
            tables.append(table)
    return tuple(tables)


def _read(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    if not lines:
        return None
    if lines[0].kind is PageKind.SHEET:
        columns = _untitled_cells(header, lines)
        rows = _cells(lines, spans(columns))
    else:
        columns = _with_untitled(header.columns, _dense(_cells(lines, spans(header.columns)), header.columns))
        rough = spans(columns)
        rows = _cells(lines, _refined(rough, columns, _dense(_cells(lines, rough), columns)))
    table = _table(header, columns, rows, rules, styles)
    if lines[0].kind is PageKind.SHEET:
        return _with_amounts(table, columns) if table else None
    if table and 2 * _agreeing(table) > len(table.lines):
        return table
    typed = [RowLine(line, assign_in_order(line, header.columns)) for line in lines]
    other = _table(header, header.columns, typed, rules, styles)
    return other if other and _agreeing(other) > (_agreeing(table) if table else -1) else table


def _table(
    header: Header,
    columns: Sequence[Column],
    rows: Sequence[RowLine],
    rules: Mapping[int, Rules],
    styles: Styles,
) -> Table | None:
    kinds = decide_kinds(columns, [r.cells for r in _dense(rows, columns)], styles.number)
    found = find_rows(rows, kinds, styles.number, rules) if _serves(kinds) else ()
    if not found:
        return None
    edge = text_edge(found, kinds)
    unit = next((columns[c].unit for c, k in kinds.items() if k == "quantity"), ())
    read = tuple(build_line(row, kinds, styles, edge, unit=unit) for row in found)
    shared = tuple(_shared(row.anchor, columns, kinds) for row in found)
    return Table(header.first, found[-1].lines[-1].line.index, read, frozenset(kinds.values()), shared)


def _shared(row: RowLine, columns: Sequence[Column], kinds: Kinds) -> Shared:
    """What a row's other columns say about the order as a whole, by header field."""
    out: dict[str, tuple[Token, ...]] = {}
    for c, tokens in row.cells.items():
        fields = fields_of(columns[c].title)
        if fields and len(columns[c].title) > 1 and kinds.get(c) in {None, "other", "requested_date"}:
            out.setdefault(fields[0], tokens)
    return out


def _with_amounts(table: Table, columns: Sequence[Column]) -> Table:
    """Amounts that the sheet computes by formulas without stored results, worked out; where amounts stand, they stay."""
    if "amount" in table.kinds or not any("amount" in c.kinds for c in columns):
        return table
    return replace(table, lines=tuple(_with_amount(line) for line in table.lines))


def _with_amount(line: ReadingLine) -> ReadingLine:
    if not (line.quantity and line.unit_price):
        return line
    worth = line_amount(line.quantity.value, line.unit_price.value, line.discount.value if line.discount else None, None)
    proof = Evidence(Origin.COMPUTED, note="quantity × unit price, as the sheet's formula")
    return replace(line, amount=Found(worth, 0.85, proof))


def _agreeing(table: Table) -> int:
    """How many lines multiply out."""
    return sum(multiplies_out(line) is True for line in table.lines)


def _serves(kinds: Kinds) -> bool:
    return "quantity" in kinds.values() or {"unit_price", "amount"} <= set(kinds.values())


def _cells(lines: Sequence[Line], columns: Sequence[Span]) -> list[RowLine]:
    return [RowLine(line, assign(line, columns)) for line in lines]


def _dense(rows: Sequence[RowLine], columns: Sequence[Column]) -> list[RowLine]:
    """The lines that look like rows: at least half as many cells as the fullest, and numbers in at least half of the columns
    that are titled as numbers."""
    titled = [c for c, column in enumerate(columns) if column.kinds and column.kinds[0] in NUMERIC]
    numeric = titled or list(range(len(columns)))
    full = [(r, sum(c in r.cells and is_plain_number(r.cells[c][-1].text) for c in numeric)) for r in rows]
    most = max((len(r.cells) for r, n in full if n), default=0)
    enough = max((n for _, n in full), default=0)
    return [r for r, n in full if n and 2 * n >= enough and 2 * len(r.cells) >= most]


def _refined(rough: Sequence[Span], columns: Sequence[Column], rows: Sequence[RowLine]) -> tuple[Span, ...]:
    """Spans where the values really stand, which need not be under their titles."""
    out = []
    for c, span in enumerate(rough):
        cells = [r.cells[c] for r in rows if c in r.cells]
        if len(cells) < 3:
            out.append(span)
            continue
        left = quantiles([ts[0].left for ts in cells], n=10)[0]
        right = quantiles([ts[-1].right for ts in cells], n=10)[-1]
        out.append(Span(left, right, min(left, span.reach_left), max(right, span.reach_right), span.numeric, span.text))
    return tuple(out)


def _with_untitled(columns: Sequence[Column], rows: Sequence[RowLine]) -> tuple[Column, ...]:
    """The columns, and one more wherever most rows have a second value that stands apart from the titled one."""
    extra = []
    for c, column in enumerate(columns):
        cells = [r for r in rows if c in r.cells]
        strays = [part for r in cells for part in _strays(r, c, column)]
        if strays and 2 * len(strays) > len(cells):
            extra.append(Column("", (), min(s.left for s in strays), max(s.right for s in strays)))
    return tuple(sorted([*columns, *extra], key=lambda c: c.left))


def _strays(row: RowLine, c: int, column: Column) -> list[Segment]:
    """The number (with a unit, perhaps) that stands in a cell clear of the title, while another value stands under it."""
    tokens = row.cells[c]
    apart = {id(s.tokens[0]) for s in row.line.segments}
    under = [n for n, t in enumerate(tokens) if t.right > column.left and t.left < column.right]
    if not under:
        return []
    texty = bool(TEXTS & set(column.kinds)) or not column.kinds
    for part in (tokens[: under[0]], tokens[under[-1] + 1 :]):
        parted = bool(part) and (not texty or id((part if part is not tokens[: under[0]] else tokens[under[0] :])[0]) in apart)
        if (
            part
            and parted
            and all(is_plain_number(t.text) or currency_in(t.text) or is_unit(t.text) for t in part)
            and is_plain_number(part[0].text.lstrip("€$£"))
        ):
            return [segment(part, row.line.index)]
    return []


def _untitled_cells(header: Header, lines: Sequence[Line]) -> tuple[Column, ...]:
    """On a sheet, the columns without a title that have values too."""
    titled = {round(c.left // CELL) for c in header.columns}
    covered = {n for c in header.columns for n in range(round(c.left // CELL), round(c.right // CELL) + 1)}
    used = {round(t.left // CELL) for line in lines[:60] for t in line.tokens}
    extra = [Column("", (), n * CELL + 0.5, (n + 1) * CELL - 0.5) for n in sorted(used - covered - titled)]
    return tuple(sorted([*header.columns, *extra], key=lambda c: c.left))
