"""Line tables of a document: header, columns, rows, reading lines."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from statistics import quantiles

from extraction.fields.numbers import currency_in, parse_number
from extraction.fields.repeated import Shared
from extraction.layout.geometry import CELL, Line, Rules, Segment, Token, segment
from extraction.layout.labels import fields_of, fold
from extraction.lines.aligned import aligned_columns, value_rows
from extraction.lines.build import Styles, build_line, multiplies_out
from extraction.lines.cards import read_cards
from extraction.lines.cells import NUMERIC, Cells, Span, assign, is_plain_number, spans
from extraction.lines.columns import Column, Header, find_headers
from extraction.lines.glued import unglued
from extraction.lines.grid import grids
from extraction.lines.kinds import decide_kinds
from extraction.lines.merit import explains_all, merit
from extraction.lines.number_style import table_style
from extraction.lines.rows import Kinds, Row, RowLine, find_rows
from extraction.lines.ruled import assign_ruled, ruled_columns
from extraction.lines.run_together import assign_in_order
from extraction.lines.tagged import COLUMNS, KINDS
from extraction.lines.texts import text_edge
from extraction.lines.tidy import tidied
from extraction.lines.tiers import side_by_side
from extraction.lines.untitled import untitled_header
from extraction.lines.values import is_unit
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.money import line_amount
from models.domain.reading import ReadingLine

_NEARLY = 0.8  # of the rows: a number beside a code in so many of them is a column of its own
_PARTED = 3   # pieces of a usual row, from which on a line of fewer may be running text
_LOOKED_AT = 200   # lines that say how a table writes its numbers
TEXTS = frozenset({"description", "buyer_sku", "supplier_sku"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table of order lines; `first` and `last` are the indexes of the document lines it covers (inclusive).

    `kinds` are the line fields its columns hold; `shared`, on sheets, what each row says about the order as a whole;
    `unexplained` the words of its rows that stand in columns of no known use.
    """

    first: int
    last: int
    lines: tuple[ReadingLine, ...]
    kinds: frozenset[str]
    shared: tuple[Shared, ...] = ()
    unexplained: int = 0


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
    tables = []
    for header, part in _parts(find_headers(lines), lines):
        table = _best(header, part, rules, styles)
        if table:
            tables.append(table)
    return tuple(tables)


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


def _best(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    """The lines under a header read in every way that may fit; the way that explains most is kept, the plainer one in a tie.

    `lines` also hold the header's own and those above it.
    """
    body = [x for x in lines if x.index > header.last]
    if not body:
        return None
    if body[0].kind is PageKind.SHEET:
        return _read(header, body, rules, styles)
    printed = frozenset(n for line in body for t in line.tokens if (n := parse_number(t.text, styles.number)) is not None)
    best, most = None, float("-inf")
    for table in _ways(header, lines, body, rules, styles):
        worth = merit(table.lines, printed, table.unexplained) if table else most
        if table and worth > most:
            best, most = table, worth
            if table.unexplained == 0 and explains_all(table.lines, printed):
                break                                       # nothing is left to find
    return best


def _ways(
    header: Header, lines: Sequence[Line], body: Sequence[Line], rules: Mapping[int, Rules], styles: Styles,
) -> Iterator[Table | None]:
    """What the ways to read the lines under a header make of them, the plainest first."""
    cut = unglued(body, header.columns)
    if cut:
        yield _read(header, cut, rules, styles)
    table = _read(header, body, rules, styles)
    yield table
    yield _aligned(header, cut or body, rules, styles)
    cells = ruled_columns(header, [x for x in lines if header.first <= x.index <= header.last], body, rules)
    if cells:
        yield _table(header, cells, [RowLine(x, assign_ruled(x, cells)) for x in unglued(body, cells) or body], rules, styles)
    for grid in grids(header, lines, rules):
        yield _table(header, grid.columns, grid.rows, rules, styles)
    if not table or 2 * _agreeing(table) <= len(table.lines):
        yield from _typed(header, body, rules, styles)
    tiers = side_by_side(header, lines)
    if tiers:
        yield _read(*tiers, rules, styles)
        yield _aligned(*tiers, rules, styles)
        yield from _typed(*tiers, rules, styles)
    yield _tagged(header, cut or body, rules, styles)


def _aligned(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    """Columns where the values stand, each with the title nearest to it, if any."""
    columns = aligned_columns(header.columns, lines)
    return _table(header, columns, _cells(lines, spans(columns)), rules, styles) if columns else None


def _tagged(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    """The values by what the tagger calls them, whatever the titles say."""
    if not styles.witness:
        return None
    rows = [RowLine(line, styles.witness.cells(line)) for line in lines]
    return _built(header, COLUMNS, rows, dict(enumerate(KINDS)), rules, styles)


def _typed(
    header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles,
) -> Iterator[Table | None]:
    """The values by their order and looks alone, wherever they stand; and with the tagger's word for each."""
    for witness in (None, styles.witness) if styles.witness else (None,):
        rows = [RowLine(line, assign_in_order(line, header.columns, styles.number, witness)) for line in lines]
        yield _table(header, header.columns, rows, rules, styles)


def _read(header: Header, lines: Sequence[Line], rules: Mapping[int, Rules], styles: Styles) -> Table | None:
    """Columns where the titles stand, and the values under or beside them."""
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
    return _with_amounts(table, columns) if table and lines[0].kind is PageKind.SHEET else table


def _table(
    header: Header,
    columns: Sequence[Column],
    rows: Sequence[RowLine],
    rules: Mapping[int, Rules],
    styles: Styles,
) -> Table | None:
    kinds = decide_kinds(columns, [r.cells for r in _dense(rows, columns)], styles.number, styles.witness)
    return _built(header, columns, [tidied(r, kinds, styles.number) for r in rows], kinds, rules, styles)


def _built(
    header: Header,
    columns: Sequence[Column],
    tidy: Sequence[RowLine],
    kinds: Kinds,
    rules: Mapping[int, Rules],
    styles: Styles,
) -> Table | None:
    """The table when it is known what its columns hold."""
    styles = replace(styles, number=table_style([r.cells for r in tidy[:_LOOKED_AT]], kinds, styles.number))
    found = find_rows(tidy, kinds, styles.number, rules) if _serves(kinds) else ()
    if not found:
        return None
    edge = text_edge(found, kinds)
    unit = next((columns[c].unit for c, k in kinds.items() if k == "quantity"), ())
    read = tuple(build_line(row, kinds, styles, edge, unit=unit) for row in found)
    shared = tuple(_shared(row.anchor, columns, kinds) for row in found)
    idle = {c for c in range(len(columns)) if c not in kinds and not columns[c].kinds}
    unexplained = sum(_unexplained(row, line, idle) for row, line in zip(found, read, strict=True)) if idle else 0
    return Table(header.first, found[-1].lines[-1].line.index, read, frozenset(kinds.values()), shared, unexplained)


def _unexplained(row: Row, line: ReadingLine, idle: Container[int]) -> int:
    """The words of a row in columns of no known use that prove none of its values."""
    values = (getattr(line, field.name) for field in fields(line))
    places = {(p.page, p.box) for v in values if isinstance(v, Found) for p in v.evidence.places}
    words = [t.word for part in row.lines for c, tokens in part.cells.items() if c in idle for t in tokens]
    return sum((word.page, word.box) not in places for word in words)


def _shared(row: RowLine, columns: Sequence[Column], kinds: Kinds) -> Shared:
    """What a row's other columns say about the order as a whole, by header field."""
    out: dict[str, tuple[Token, ...]] = {}
    for c, tokens in row.cells.items():
        named = fields_of(columns[c].title)
        if named and len(columns[c].title) > 1 and kinds.get(c) in {None, "other", "requested_date"}:
            out.setdefault(named[0], tokens)
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
    """Each line with its words by column. Running text is not cut at the columns it happens to stand in."""
    parts = sorted(len(line.segments) for line in value_rows(lines))
    is_parted = bool(parts) and parts[len(parts) // 2] >= _PARTED
    return [RowLine(line, _uncut(line, columns) if is_parted and _is_text(line) else assign(line, columns)) for line in lines]


def _is_text(line: Line) -> bool:
    """True for a line of one or two pieces that are phrases, not values."""
    if len(line.segments) > 2 or line.kind is PageKind.SHEET:
        return False
    return all(len(s.tokens) > 2 and any(sum(c.isalpha() for c in t.text) > 2 for t in s.tokens) for s in line.segments)


def _uncut(line: Line, columns: Sequence[Span]) -> Cells:
    """Each piece of the line whole, in the column where it begins."""
    begin = [min(range(len(columns)), key=lambda c: abs(columns[c].left - s.left)) for s in line.segments]
    return {c: tuple(t for s, at in zip(line.segments, begin, strict=True) if at == c for t in s.tokens) for c in set(begin)}


def _dense(rows: Sequence[RowLine], columns: Sequence[Column]) -> list[RowLine]:
    """The lines that look like rows: at least half as many cells as the fullest, and numbers in at least half of the columns
    that are titled as numbers."""
    titled = [c for c, column in enumerate(columns) if column.kinds and column.kinds[0] in NUMERIC]
    numeric = titled or list(range(len(columns)))
    full = [(r, sum(c in r.cells and any(is_plain_number(t.text) for t in r.cells[c]) for c in numeric)) for r in rows]
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
    """The columns, and one more wherever most rows have a second value beside the titled one: it stands apart, or no title
    names the quantities and nearly every row has a number there."""
    extra = []
    wanted = not any("quantity" in c.kinds for c in columns)
    for c, column in enumerate(columns):
        cells = [r for r in rows if c in r.cells]
        strays = [s for r in cells for s in _strays(r, c, column)]
        apart = [part for part, is_apart in strays if is_apart]
        every = [part for part, _ in strays]
        if apart and 2 * len(apart) > len(cells):
            extra.append(Column("", (), min(s.left for s in apart), max(s.right for s in apart)))
        elif wanted and every and len(every) >= _NEARLY * len(cells):
            extra.append(Column("", (), min(s.left for s in every), max(s.right for s in every)))
    return tuple(sorted([*columns, *extra], key=lambda c: c.left))


def _strays(row: RowLine, c: int, column: Column) -> list[tuple[Segment, bool]]:
    """The number (with a unit, perhaps) that stands in a cell clear of the title, while another value stands under it; and
    whether it stands apart from that value."""
    tokens = row.cells[c]
    begins = {id(s.tokens[0]) for s in row.line.segments}
    under = [n for n, t in enumerate(tokens) if t.right > column.left and t.left < column.right]
    if not under:
        under = [min(range(len(tokens)), key=lambda n: abs(tokens[n].middle_x - (column.left + column.right) / 2))]
    texty = bool(TEXTS & set(column.kinds)) or not column.kinds
    ahead = next((n for n in range(1, under[0] + 1) if id(tokens[n]) in begins), under[0])     # what stands apart at the left
    for part, border in ((tokens[:ahead], tokens[ahead : ahead + 1]), (tail := tokens[under[-1] + 1 :], tail[:1])):
        if (
            part
            and all(is_plain_number(t.text) or currency_in(t.text) or is_unit(t.text) for t in part)
            and is_plain_number(part[0].text.lstrip("€$£"))
        ):
            return [(segment(part, row.line.index), not texty or id(border[0]) in begins)]
    return []


def _untitled_cells(header: Header, lines: Sequence[Line]) -> tuple[Column, ...]:
    """On a sheet, the columns without a title that have values too."""
    titled = {round(c.left // CELL) for c in header.columns}
    covered = {n for c in header.columns for n in range(round(c.left // CELL), round(c.right // CELL) + 1)}
    used = {round(t.left // CELL) for line in lines[:60] for t in line.tokens}
    extra = [Column("", (), n * CELL + 0.5, (n + 1) * CELL - 0.5) for n in sorted(used - covered - titled)]
    return tuple(sorted([*header.columns, *extra], key=lambda c: c.left))
