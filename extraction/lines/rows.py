"""The rows of a table: one anchor line with the numbers, and the text lines above or below that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from extraction import lexicon
from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import Line, Rules, Token
from extraction.layout.labels import fold, heard, label_at
from extraction.lines.bounds import LOOSE, bounds, near_by
from extraction.lines.cells import Cells
from extraction.lines.units import is_unit
from extraction.lines.values import is_code, number_of, price_of, quantity_of
from models.domain.evidence import PageKind
from models.domain.lean import lean

_TOTALS = frozenset({"total", "subtotal", "tax", "freight", "header_discount"})
_SUMS = frozenset({"total", "subtotal"})
DELIVERIES = frozenset({"delivery", "lieferung", "teillieferung", "livraison", "entrega", "levering", "consegna", "dostawa"})
"""The words for a delivery, in small letters."""

_ANY_DATE = DateStyle(DateOrder.DAY)    # knows no day without its year
_DATE = 3  # words of a day with its year
_REMARKS = frozenset({"N.B.", "N.B.:", "N.B", "NB:", "NB.:"})
_WORDS = 4  # of a quantity with its unit at most; more are a sentence that begins with a number
_FEW = 3  # telling cells: with so few, a row must have nearly all of them
_STRONG = ("line_no", "buyer_sku", "supplier_sku", "gtin", "unit_price", "amount")

Kinds = Mapping[int, str]


@lean
class RowLine:
    """One line of the table with its words by column."""

    line: Line
    cells: Cells


@lean
class Row:
    """One table row: the anchor and its text lines, all in printed order."""

    anchor: RowLine
    lines: tuple[RowLine, ...]


def find_rows(lines: Sequence[RowLine], kinds: Kinds, style: NumberStyle, rules: Mapping[int, Rules]) -> tuple[Row, ...]:
    """The rows among the lines under a header, up to where the table ends."""
    body, anchors = _body(lines, kinds, style)
    if not anchors:
        return ()
    textless = sum(not cell(body[a].cells, kinds, "description") for a in anchors)
    reach = bounds([r.line for r in body], anchors, textless, rules)
    return tuple(Row(body[a], tuple(body[start:end])) for a, (start, end) in zip(anchors, reach, strict=True))


def cell(cells: Cells, kinds: Kinds, kind: str) -> tuple[Token, ...]:
    """The words in the first column of this kind; empty when there are none."""
    for c, k in kinds.items():
        if k == kind and c in cells:
            return cells[c]
    return ()


def _body(lines: Sequence[RowLine], kinds: Kinds, style: NumberStyle) -> tuple[list[RowLine], list[int]]:
    """The lines of the table without carry-overs and totals, and which of them are anchors."""
    strength = [_strength(r, kinds, style) for r in lines]
    unread = {n: s for n, r in enumerate(lines) if not strength[n] and (s := _unread_strength(r, kinds, style))}
    if 2 * len(unread) <= sum(s > 0 for s in strength):        # else this is not the column of the quantities
        strength = [unread.get(n, s) for n, s in enumerate(strength)]
    strength = _with_prices(lines, strength, kinds)
    strength = _without_torn(lines, strength, kinds)
    usual = sorted(s for s in strength if s)[sum(s > 0 for s in strength) * 3 // 4] if any(strength) else 0
    least = usual - (1 if usual <= _FEW else 2)
    body: list[RowLine] = []
    anchors: list[int] = []
    ended = is_section = False
    for n, (row, strong) in enumerate(zip(lines, strength, strict=True)):
        is_anchor = strong > 0 and strong >= least
        if is_anchor and ended:
            if strong < (usual if is_section and _has_code(row, kinds) else max(usual, 3)):
                continue
            ended = False
        if is_anchor and anchors and _begins_with_day(row.line) and not _begins_with_day(body[anchors[0]].line):
            ended = True                                # a list of earlier orders
            continue
        if is_anchor:
            anchors.append(len(body))
        elif _closes(row.line) and not _names_a_charge(lines, strength, n, kinds):
            ended, is_section = True, _is_bare_total(row.line)
        if not ended and not _is_carried(row.line):
            body.append(row)
    return body, anchors


def _begins_with_day(line: Line) -> bool:
    """True for a line that a day with its year begins."""
    first = next(iter(find_dates(" ".join(t.text for t in line.tokens[:_DATE]), _ANY_DATE)), None)
    return first is not None and first.start == 0


def _has_code(row: RowLine, kinds: Kinds) -> bool:
    return any(is_code(_text(words)) for k in _STRONG[1:4] if (words := cell(row.cells, kinds, k)))


def _is_bare_total(line: Line) -> bool:
    """True for the name of a sum alone, as below the goods of one section where nothing is priced."""
    return _is_total(line) and not any(c.isdigit() for c in line.text)


def _names_a_charge(lines: Sequence[RowLine], strength: Sequence[int], n: int, kinds: Kinds) -> bool:
    """True for the text of a charge that is a row ("Freight") right beside its numbers, which have no text of their own."""
    if any(c.isdigit() for c in lines[n].line.text) or len(lines[n].line.segments) > 1:
        return False
    beside = [m for m in (n - 1, n + 1) if 0 <= m < len(lines) and strength[m]]
    return any(
        not cell(lines[m].cells, kinds, "description") and near_by(lines[m].line, lines[n].line, LOOSE) for m in beside)


def _with_prices(lines: Sequence[RowLine], strength: Sequence[int], kinds: Kinds) -> list[int]:
    """The strengths; where a good part of the rows is priced, a number under "Quantity" beside empty price cells makes no row:
    it stands in a wrapped text, or counts the parts of a kit."""
    priced = [bool(cell(r.cells, kinds, "unit_price") or cell(r.cells, kinds, "amount")) for r in lines]
    full = sum(p for p, s in zip(priced, strength, strict=True) if s)
    if 3 * full < sum(s > 0 for s in strength):
        return list(strength)
    return [s if p else 0 for p, s in zip(priced, strength, strict=True)]


def _without_torn(lines: Sequence[RowLine], strength: Sequence[int], kinds: Kinds) -> list[int]:
    """The strengths; a number that ends a phrase ("with certificate 3.1"), far from where the other rows have theirs, makes no
    row by itself."""
    counted = [cell(r.cells, kinds, "quantity") if s else () for r, s in zip(lines, strength, strict=True)]
    own = [c for r, c in zip(lines, counted, strict=True) if c and not _ends_phrase(r.line, c[0])]
    if not own:
        return list(strength)
    left, right = min(c[0].left for c in own), max(c[-1].right for c in own)
    return [
        0 if s == 1 and c and _ends_phrase(r.line, c[0]) and (c[-1].right < left or c[0].left > right) else s
        for r, s, c in zip(lines, strength, counted, strict=True)]


def _ends_phrase(line: Line, number: Token) -> bool:
    """True for a word that stands behind others of its segment."""
    return any(number is t for s in line.segments for t in s.tokens[1:])


def _strength(row: RowLine, kinds: Kinds, style: NumberStyle) -> int:
    """0 for a line that is no row of its own; else 1 plus the telling cells that are filled."""
    if _is_carried(row.line):
        return 0
    counted = cell(row.cells, kinds, "quantity")
    quantity = quantity_of(counted, style) if len(counted) <= _WORDS else None
    priced = price_of(cell(row.cells, kinds, "unit_price"), style)
    worth = number_of(cell(row.cells, kinds, "amount"), style)
    if "quantity" in kinds.values():
        if quantity is None or (_is_total(row.line) and (priced is None or worth is None)):
            return 0
        if quantity.value == 0 and row.line.kind is PageKind.SHEET:
            return 0                               # a catalogue to order from: nothing wanted of this item
    elif (priced is None and worth is None) or _is_total(row.line):
        return 0
    if _sums_up(row, kinds) or (worth is None and _is_delivery(row.line)):
        return 0
    strong = _filled(row, kinds, style)
    return 0 if strong == 1 and is_aside(cell(row.cells, kinds, "description")) else strong


def _is_delivery(line: Line) -> bool:
    """True for the date of one of several deliveries of the goods above, beside how many come then: "Delivery 4 March | 200"."""
    first = line.segments[0].tokens
    return first[0].text.rstrip(":").casefold() in DELIVERIES and any(c.isdigit() for t in first[1:] for c in t.text)


def _sums_up(row: RowLine, kinds: Kinds) -> bool:
    """True where a sum is named in the place of goods, without a code: "31 | | TOTAL CASES", "Totals | 41 | 28"."""
    text = cell(row.cells, kinds, "description")
    label = label_at(text, 0) if text else None
    coded = [k for k in _STRONG[1:4] if k in kinds.values()]
    if coded and label and set(label.fields) & _SUMS and not any(
            c.isdigit() for k in coded for c in _text(cell(row.cells, kinds, k))):
        return True
    named = [part for part in row.line.segments if any(c.isalpha() for c in part.text)]
    return len(named) == 1 and fold(named[0].text) in _closing()


def _filled(row: RowLine, kinds: Kinds, style: NumberStyle) -> int:
    return 1 + sum(_is_telling(k, cell(row.cells, kinds, k), style) for k in _STRONG)


def _unread_strength(row: RowLine, kinds: Kinds, style: NumberStyle) -> int:
    """The strength of a row whose quantity cannot be read ("1O", "10²", "tbc") but is meant: a person must say how many."""
    words = cell(row.cells, kinds, "quantity")
    codes = (_text(cell(row.cells, kinds, k)) for k in ("buyer_sku", "supplier_sku", "gtin"))
    if not 0 < len(words) <= 3 or quantity_of(words, style) or not any(map(is_code, codes)):
        return 0
    if _is_carried(row.line) or _is_total(row.line):
        return 0
    counted = any(c.isnumeric() for c in _text(words)) or (len(words) == 1 and is_unit(_text(cell(row.cells, kinds, "uom"))))
    return _filled(row, kinds, style) if counted else 0


def _text(words: Sequence[Token]) -> str:
    return " ".join(t.text for t in words)


def _is_telling(kind: str, words: Sequence[Token], style: NumberStyle) -> bool:
    """True for a cell that holds what its column is for; words of a clause under "Code" or "Price" tell nothing."""
    if not words:
        return False
    if kind in {"unit_price", "amount"}:
        return price_of(words, style) is not None
    if kind == "line_no":
        return any(c.isdigit() for c in words[0].text) and len(words) == 1
    return any(is_code(w.text) for w in words)


def is_aside(words: Sequence[Token]) -> bool:
    """True for the text of a row that belongs to the one above: a part of a kit ("- filter"), one of several deliveries, a
    remark that calls itself one."""
    if not words:
        return False
    label = label_at(words, 0)
    dated = bool(label and "requested_date" in label.fields) or words[0].text.rstrip(":").casefold() in DELIVERIES
    first = words[0].text
    return first[0] in "-–•·" or first.startswith("**") or first.upper() in _REMARKS or dated


@cache
def _closing() -> frozenset[tuple[str, ...]]:
    words = {fold(w) for w in lexicon.labels("mark.table_end")}
    return frozenset(w for w in words if w)


def _closes(line: Line) -> bool:
    """True for a totals row or a heading of what comes after the table."""
    if _is_total(line):
        return True
    head = fold(line.segments[0].text)
    return head in _closing() or (line.segments[0].text.endswith(":") and fold(line.segments[0].text) in _closing())


def _is_total(line: Line) -> bool:
    """True when a segment begins with the name of a sum or a surcharge and nothing but names stands before it."""
    for part in line.segments:
        label = label_at(part.tokens, 0)
        if label and set(label.fields) & _TOTALS:
            return True
        if any(c.isdigit() for c in part.text) or len(part.tokens) > 3:
            return False
    return False


@cache
def _carrying() -> frozenset[tuple[str, ...]]:
    words = {fold(w) for w in lexicon.labels("mark.carried_forward")}
    return frozenset(w for w in words if w) - {("zwischensumme",), ("transport",), ("suite",), ("report",)}


def _is_carried(line: Line) -> bool:
    """True for "carried forward" and "continued" rows."""
    words = fold(line.text)[:8]
    return len(line.tokens) <= 9 and any(heard(words, _carrying()))
