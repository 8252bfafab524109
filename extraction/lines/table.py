"""One table: the words of its columns to order lines."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from extraction.fields.numbers import NumberStyle
from extraction.fields.repeated import Shared
from extraction.layout.geometry import Rules, Token
from extraction.layout.labels import COLUMN, fields_of
from extraction.lines.build import Styles, build_line, multiplies_out
from extraction.lines.codes import CODES
from extraction.lines.columns import Column, Header
from extraction.lines.kinds import decide_kinds
from extraction.lines.number_style import table_style
from extraction.lines.placed import dense
from extraction.lines.rows import Kinds, Row, RowLine, find_rows
from extraction.lines.texts import leading_numbers, text_reach
from extraction.lines.tidy import tidied, without_revision
from extraction.lines.values import number_of
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

_LOOKED_AT = 200   # lines that say how a table writes its numbers
_NUMBERS = frozenset({"quantity", "unit_price", "amount"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table of order lines; `first` and `last` are the indexes of the document lines it covers (inclusive).

    `kinds` are the line fields its columns hold; `shared`, on sheets, what each row says about the order as a whole;
    `unexplained` the words of its rows that stand in columns of no known use, or under a number's title and are none.
    """

    first: int
    last: int
    lines: tuple[ReadingLine, ...]
    kinds: frozenset[str]
    shared: tuple[Shared, ...] = ()
    unexplained: int = 0


def table_of(
    header: Header,
    columns: Sequence[Column],
    rows: Sequence[RowLine],
    rules: Mapping[int, Rules],
    styles: Styles,
) -> Table | None:
    """The table whose columns are known but not yet what they hold; None when nothing in it is an order line."""
    kinds = decide_kinds(columns, [r.cells for r in dense(rows, columns)], styles.number, styles.witness)
    return table_with(header, columns, [tidied(r, kinds, styles.number) for r in rows], kinds, rules, styles)


def table_with(
    header: Header,
    columns: Sequence[Column],
    tidy: Sequence[RowLine],
    kinds: Kinds,
    rules: Mapping[int, Rules],
    styles: Styles,
) -> Table | None:
    """The table when it is known what its columns hold."""
    if revised := [c for c, kind in kinds.items() if kind in CODES and _says_revision(columns, c)]:
        tidy = [without_revision(row, revised) for row in tidy]
    if not styles.is_shown:
        styles = replace(styles, number=table_style([r.cells for r in tidy[:_LOOKED_AT]], kinds, styles.number))
    found = find_rows(tidy, kinds, styles.number, rules) if _serves(kinds) else ()
    if not found:
        return None
    reach = text_reach(found, kinds)
    unit = next((columns[c].unit for c, k in kinds.items() if k == "quantity"), ())
    numbers = leading_numbers(found, kinds)
    built = [
        (row, build_line(row, kinds, styles, reach, unit=unit, number=number))
        for row, number in zip(found, numbers, strict=True)]
    found, read = zip(*_ordering(built), strict=True)
    read = _with_words(read)
    has_no_amount = "unit_price" in kinds.values() and "amount" not in kinds.values()
    if has_no_amount and (worth := _sums(read, _printed_below(tidy, found, styles.number))):
        read, kinds = worth, {c: "amount" if k == "unit_price" else k for c, k in kinds.items()}
    shared = tuple(_shared(row.anchor, columns, kinds) for row in found)
    idle = {c for c in range(len(columns)) if c not in kinds and not columns[c].kinds}
    unexplained = sum(_unexplained(row, line, idle | _unread(row, kinds, line)) for row, line in zip(found, read, strict=True))
    return Table(header.first, found[-1].lines[-1].line.index, read, frozenset(kinds.values()), shared, unexplained)


def _with_words(lines: Sequence[ReadingLine]) -> tuple[ReadingLine, ...]:
    """The lines, and where most have a description, the words that a line without one has in place of its item's number as its
    description: a charge."""
    if 2 * sum(line.description is not None for line in lines) <= len(lines):
        return tuple(lines)
    return tuple(line if line.description else worded(line) for line in lines)


def worded(line: ReadingLine) -> ReadingLine:
    """A line without a description with what is no number of an item as its description."""
    codes = ((name, value) for name in ("buyer_sku", "supplier_sku") if (value := getattr(line, name)))
    words = next(((name, value) for name, value in codes if not any(c.isdigit() for c in value.value)), None)
    return replace(line, description=words[1], **{words[0]: None}) if words else line


def _says_revision(columns: Sequence[Column], at: int) -> bool:
    """True for a title like "Part Number / Rev", in one piece or in two."""
    _, slash, last = columns[at].title.rpartition("/")
    following = columns[at + 1].title if at + 1 < len(columns) else ""
    return bool(slash) and f"{COLUMN}revision" in fields_of(last.strip() or following, columns=True)


def _ordering(built: Sequence[tuple[Row, ReadingLine]]) -> Sequence[tuple[Row, ReadingLine]]:
    """The rows without a last one that has no name and counts as many as the others together: the sum of their column."""
    *others, (_, last) = built
    counted = sum(line.quantity.value for _, line in others if line.quantity)
    is_sum = len(others) > 1 and last.quantity and last.quantity.value == counted and not _is_named(last)
    return others if is_sum else built


def _printed_below(lines: Sequence[RowLine], rows: Sequence[Row], style: NumberStyle) -> Container[Decimal]:
    """The numbers printed below the rows."""
    last = rows[-1].lines[-1].line.index
    read = (number_of([t], style) for row in lines if row.line.index > last for t in row.line.tokens)
    return {number.value for number in read if number}


def _sums(lines: Sequence[ReadingLine], below: Container[Decimal]) -> tuple[ReadingLine, ...] | None:
    """The lines with their prices as amounts, where the prices add up to what is printed below them, and quantity × price does
    not: under "Price" may stand what all the pieces cost."""
    factors = [(x.quantity.value, x.unit_price.value) for x in lines if x.quantity and x.unit_price and not x.amount]
    if not 1 < len(factors) == len(lines) or not all(price > 0 for _, price in factors):
        return None
    exact = sum((quantity * price for quantity, price in factors), Decimal(0))
    asked = sum((price for _, price in factors), Decimal(0))
    if asked not in below or exact in below or asked == exact:
        return None
    return tuple(replace(x, amount=x.unit_price, unit_price=None, price_unit=None) for x in lines)


def _is_named(line: ReadingLine) -> bool:
    return any((line.supplier_sku, line.buyer_sku, line.gtin, line.description))


def _unread(row: Row, kinds: Kinds, line: ReadingLine) -> set[int]:
    """The columns of numbers from which the line has none, but words. One odd word is a number that nobody can read, which a
    person must see: a way that leaves such a row out is no better."""
    missing = (c for c, kind in kinds.items() if kind in _NUMBERS and getattr(line, kind) is None)
    return {c for c in missing if len(words := row.anchor.cells.get(c, ())) > 1 and any(t.text.isalpha() for t in words)}


def _unexplained(row: Row, line: ReadingLine, idle: Collection[int]) -> int:
    """The words of a row in these columns that prove none of its values."""
    if not idle:
        return 0
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


def _serves(kinds: Kinds) -> bool:
    return "quantity" in kinds.values() or {"unit_price", "amount"} <= set(kinds.values())


def agreeing(table: Table) -> int:
    """How many lines multiply out."""
    return sum(multiplies_out(line) is True for line in table.lines)
