"""The rows of a table: one anchor line with the numbers, and the text lines above or below that belong to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from statistics import median

from extraction import lexicon
from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import Line, Rules, Token
from extraction.layout.labels import fold, heard, label_at
from extraction.lines.cells import Cells
from extraction.lines.values import is_code, is_unit, number_of, price_of, quantity_of
from models.domain.evidence import PageKind
from models.domain.lean import lean

_LOOSE = 1.3  # ems of white at most between a row and its text lines,
_ONE_CELL = 0.4  # between the lines of one cell
_MORE = 0.4  # and no more than this above what is usual between the lines of the table
CENTRED = 0.35
"""Ems by which a line and the numbers of its row overlap that are centred beside it."""

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
    bounds = _bounds(body, anchors, kinds, rules)
    return tuple(Row(body[a], tuple(body[start:end])) for a, (start, end) in zip(anchors, bounds, strict=True))


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
        not cell(lines[m].cells, kinds, "description") and _near(lines[m].line, lines[n].line, _LOOSE) for m in beside)


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


def _bounds(
    body: Sequence[RowLine],
    anchors: Sequence[int],
    kinds: Kinds,
    rules: Mapping[int, Rules],
) -> list[tuple[int, int]]:
    """For each anchor the first and last (exclusive) line of its row."""
    near = _row_gap(body)
    before = _text_comes_first(body, anchors, kinds, near)
    led = _reach(body, anchors[0], -1, near) < anchors[0]
    starts = [_reach(body, anchors[0], -1, near) if before else _beside(body, anchors[0], -1)]
    ends = []
    for a, b in pairwise(anchors):
        cut = _ruled_off(body, a, b, rules) if before or _touch(body, b) else None
        cut = cut or _cut(body, a, b, before=before, led=led)
        ends.append(_reach(body, a, 1, near, cut))
        starts.append(_reach(body, b, -1, near, cut))
    ends.append(_beside(body, anchors[-1], 1) + 1 if before else _reach(body, anchors[-1], 1, near))
    return list(zip(starts, ends, strict=True))


def _beside(body: Sequence[RowLine], at: int, step: int) -> int:
    """The last line that stands partly beside an anchor, up or down: the numbers of a row may be centred beside its text."""
    i = at
    while 0 <= i + step < len(body) and _overlap(body[i + step].line, body[at].line):
        i += step
    return i


def _overlap(a: Line, b: Line) -> bool:
    return a.page == b.page and min(a.bottom, b.bottom) - max(a.top, b.top) > CENTRED


def _row_gap(body: Sequence[RowLine]) -> float:
    """The white between lines that still belong together."""
    gaps = [b.line.top - a.line.bottom for a, b in pairwise(body) if a.line.page == b.line.page]
    return min(_LOOSE, max(0.45, median(gaps) + _MORE)) if gaps else _LOOSE


def _reach(body: Sequence[RowLine], at: int, step: int, near: float, cut: int | None = None) -> int:
    """How far text lines follow one another without a wide gap, from an anchor up (first line) or down (end, exclusive); not
    beyond the first line of the lower row, where that is known."""
    first, end = (0, len(body) if cut is None else cut) if step > 0 else (cut or 0, len(body))
    i = at
    while first <= i + step < end and _near(body[i].line, body[i + step].line, near):
        i += step
    return i if step < 0 else i + 1


def _near(a: Line, b: Line, near: float) -> bool:
    upper, lower = (a, b) if a.index < b.index else (b, a)
    return a.page == b.page and lower.top - upper.bottom <= near


def _text_comes_first(body: Sequence[RowLine], anchors: Sequence[int], kinds: Kinds, near: float) -> bool:
    """True when rows begin with text and end with their numbers."""
    lead = anchors[0] - _reach(body, anchors[0], -1, near)
    trail = _reach(body, anchors[-1], 1, near) - anchors[-1] - 1
    if not lead:
        return False
    bare = sum(not cell(body[a].cells, kinds, "description") for a in anchors)
    between = [b - a - 1 for a, b in pairwise(anchors)]
    if 2 * bare > len(anchors):
        return True
    return not trail and bool(between) and sum(n > 0 for n in between) * 3 >= 2 * len(between)


def _touch(body: Sequence[RowLine], b: int) -> bool:
    """True where the line above an anchor is set as close to it as lines of one cell are."""
    upper, lower = body[b - 1].line, body[b].line
    return upper.page == lower.page and lower.top - upper.bottom < _ONE_CELL


def _ruled_off(body: Sequence[RowLine], a: int, b: int, rules: Mapping[int, Rules]) -> int | None:
    """The first line below the last rule between two rows: a remark between two rules belongs to the goods above it."""
    for i in reversed(range(a, b)):
        upper, lower = body[i].line, body[i + 1].line
        page = rules.get(upper.page)
        if page and upper.page == lower.page and page.crosses_y(upper.middle, lower.middle, lower.segments[0].left + 0.2):
            return i + 1
    return None


def _cut(body: Sequence[RowLine], a: int, b: int, *, before: bool, led: bool) -> int:
    """The first line of the lower of two rows: one that stands partly beside it; where texts stand above the first row too,
    else at the widest gap, else as the table's habit is."""
    if (first := _beside(body, b, -1)) < b:
        return max(first, a + 1)
    if b - a == 1 or not led:
        return b
    gaps = [
        body[i + 1].line.top - body[i].line.bottom if body[i].line.page == body[i + 1].line.page else 9.0 for i in range(a, b)
    ]
    widest = max(range(len(gaps)), key=lambda n: gaps[n])
    if gaps[widest] > min(gaps) + 0.35:
        return a + widest + 1
    return a + 1 if before else b


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
