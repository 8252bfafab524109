"""Lines of an order as cards of labelled values ("Item: KX-4   Qty: 20"), one under another, without a header row; label and
value may stand apart too ("Quantity   20   Unit   Box")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import COLUMN, Label, fold, label_at, labels_in
from extraction.lines.build import Styles, build_line
from extraction.lines.kinds import fit
from extraction.lines.rows import Row, RowLine
from extraction.lines.texts import ONE_LINE
from extraction.lines.units import is_unit
from extraction.lines.values import is_code, price_of
from models.domain.evidence import PageKind
from models.domain.reading import ReadingLine

Words = tuple[Token, ...]
_CODES = ("buyer_sku", "supplier_sku")
_FACTORS = ("quantity", "unit_price", "amount")
_CENT = Decimal("0.011")
_SHORT = 3             # words of a value without a label, figures of a line number
_LABELLED = 3          # segments of a line that begin with a label without a colon
_TIMES = frozenset({"×", "x", "X", "@", "*", "à"})
_COUNTED = re.compile(r"^\(?\d{1,5}(?:[./-]\d{1,3})?[.)]?$")                  # numbers of lines; "Item: KX-4" is none
_LABELS = 2            # of a card that stands alone in a text
_NUMBERED = re.compile(r"^[#(]?\d{1,2}\)?:$")
_APART = 2             # labels of a line that stand apart from their values
_SURE = 0.8            # of a word that may be a label too, to be a value
_NONE = frozenset({"none", "keine", "aucun", "aucune", "ninguno", "geen", "nessuno", "brak"})


@dataclass
class _Card:
    first: int
    last: int
    values: dict[str, tuple[Token, ...]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    loose: list[tuple[Token, ...]] = field(default_factory=list)      # values beside the others that no label names
    labels: list[tuple[str, ...]] = field(default_factory=list)       # what each label may mean


def read_cards(lines: Sequence[Line], styles: Styles) -> tuple[tuple[int, int, ReadingLine], ...]:
    """The cards with a quantity and something to name the item, each with the indexes of its first and last line."""
    out = []
    for card in _cards(lines):
        _place_loose(card, styles)
        if card.lines and "quantity" in card.values and set(card.values) & {"description", "gtin", *_CODES}:
            kinds = dict(enumerate(card.values))
            row = RowLine(card.lines[0], dict(enumerate(card.values.values())))
            line = build_line(Row(row, (row,)), kinds, styles, ONE_LINE)
            if line.quantity:
                out.append((card, line))
    if len(out) == 1 and lines[0].kind is PageKind.TEXT and len(out[0][0].labels) < _LABELS:
        return ()                                          # "qty: 2 of the long hinges" among other lines of a mail
    return tuple((card.first, card.last, line) for card, line in out)


def _cards(lines: Sequence[Line]) -> Iterable[_Card]:
    """Labelled values in printed order; a label that comes again begins the next card. Text between them describes."""
    card: _Card | None = None
    above: Line | None = None
    for line in lines:
        apart, rest = _pairs_apart(line, card)
        bare = _bare_pairs(line) or apart
        pairs = [p for s in line.segments for p in _pairs_of(s)] or bare
        above, name = line, above
        if not pairs:
            if card and "description" not in card.values and line.index == card.last + 1 and len(line.segments) == 1:
                card.values["description"] = line.tokens
                card.last = line.index
            continue
        loose = rest if apart else [s.tokens for s in line.segments if not bare and not _pairs_of(s) and len(s.tokens) <= _SHORT]
        for kinds, value in pairs:
            kind = _kind(kinds, value, card)
            if kind is None or card is None or line.index > card.last + 3 or kinds in card.labels:
                if card:
                    yield card
                card = _named(name, line) if bare and name else _Card(line.index, line.index)
                kind = _kind(kinds, value, card)
            if kind:
                card.values[kind] = value
                card.labels.append(kinds)
                card.lines.append(line)
                card.last = line.index
        if card:
            card.loose += loose
    if card:
        yield card


def _place_loose(card: _Card, styles: Styles) -> None:
    """Give the values without a label the fields that are missing: a unit, and the number that makes the card multiply out;
    nothing else proves what a number without a label is. "20 boxes × 31.20" says the price of a card that counts 20."""
    for value in card.loose:
        at = next((n for n, t in enumerate(value) if t.text in _TIMES), 0)
        if 0 < at < len(value) - 1 and value[0].text == " ".join(t.text for t in card.values.get("quantity", ())):
            card.values.setdefault("unit_price", value[at + 1 :])
    for value in card.loose:
        missing = [k for k in _FACTORS if k not in card.values]
        if is_unit(" ".join(t.text for t in value)):
            card.values.setdefault("uom", value)
        elif len(missing) == 1 and _multiplies_out({**card.values, missing[0]: value}, styles):
            card.values[missing[0]] = value


def _multiplies_out(values: Mapping[str, tuple[Token, ...]], styles: Styles) -> bool:
    quantity, price, amount = (price_of(values[k], styles.number) for k in _FACTORS)
    if not (quantity and price and amount):
        return False
    return abs(quantity.value * price.value / (price.base or 1) - amount.value) <= _CENT


def _pairs_of(part: Segment) -> list[tuple[tuple[str, ...], tuple[Token, ...]]]:
    """The labels with a colon in a segment, each with the words up to the next."""
    if ":" not in part.text:
        return []
    labels = [(x, begin) for x in labels_in(part.tokens, columns=True) if (begin := _begin(x, part.tokens))]
    out = []
    for n, (label, begin) in enumerate(labels):
        end = labels[n + 1][0].start if n + 1 < len(labels) else len(part.tokens)
        value = tuple(t for t in part.tokens[begin : end] if t.text != ":")
        if value:
            out.append((tuple(f.removeprefix(COLUMN) for f in label.fields), value))
    return out


def _begin(label: Label, words: Words) -> int:
    """Where the value of a label with a colon begins, 0 without a colon; the label may count: "SKU 2: KX-4"."""
    if label.colon:
        return label.end
    return label.end + 1 if label.end < len(words) and _NUMBERED.match(words[label.end].text) else 0


def _bare_pairs(line: Line) -> list[tuple[tuple[str, ...], tuple[Token, ...]]]:
    """The labels without a colon that begin most segments of a line, each with the words behind it: "Qty 10   Unit Case"."""
    out = []
    for part in line.segments:
        label = label_at(part.tokens, 0, columns=True)
        if label and label.end < len(part.tokens):
            out.append((tuple(f.removeprefix(COLUMN) for f in label.fields), part.tokens[label.end :]))
    is_card = len(out) >= _LABELLED and 3 * len(out) >= 2 * len(line.segments) and any("quantity" in kinds for kinds, _ in out)
    return [(kinds, value) for kinds, value in out if not set(fold(value[0].text)) & _NONE] if is_card else []


def _pairs_apart(line: Line, card: _Card | None) -> tuple[list[tuple[tuple[str, ...], Words]], list[Words]]:
    """The labels that stand apart from the values at their right, each with its value, and the pieces that are neither. Several
    to a line; one alone only right below the others of its card."""
    pairs: list[tuple[tuple[str, ...], Words]] = []
    loose: list[Words] = []
    at = 0
    while at < len(line.segments):
        part = line.segments[at].tokens
        value = line.segments[at + 1].tokens if at + 1 < len(line.segments) else ()
        kinds = _titled(part)
        if kinds and value and (not _titled(value) or fit(kinds[0], _text(value)) >= _SURE):
            pairs.append((kinds, value))
            at += 2
        else:
            loose.append(part)
            at += 1
    is_below = card is not None and line.index == card.last + 1 and len(line.segments) == _APART
    return (pairs, loose) if len(pairs) >= _APART or (pairs and is_below) else ([], [])


def _titled(part: Words) -> tuple[str, ...]:
    """What a piece may mean as a label that is all of it."""
    label = label_at(part, 0, columns=True)
    return tuple(f.removeprefix(COLUMN) for f in label.fields) if label and label.end == len(part) else ()


def _text(words: Words) -> str:
    return " ".join(t.text for t in words)


def _named(name: Line, line: Line) -> _Card:
    """A card whose line above may name it: a number, a text, and what all of it costs."""
    label = label_at(name.tokens, 0, columns=True)
    at = label.end if label and f"{COLUMN}line_no" in label.fields and label.end + 1 < len(name.tokens) else 0
    first = name.tokens[at].text.rstrip(".):")
    if not (first.isdecimal() and len(first) <= _SHORT and any(c.isalpha() for c in name.text)):
        return _Card(line.index, line.index)
    named = {id(t) for t in name.tokens[: at + 1]}
    texts = [words for s in name.segments if (words := tuple(t for t in s.tokens if id(t) not in named))]
    card = _Card(name.index, line.index, {"line_no": name.tokens[at : at + 1], "description": texts[0]}, [line])
    card.loose += [words for words in texts[1:] if len(words) <= _SHORT]
    return card


def _kind(kinds: Sequence[str], value: Sequence[Token], card: _Card | None) -> str | None:
    """The field a label means here, None when the card has it already."""
    text = " ".join(t.text for t in value)
    free = [k for k in kinds if card is None or k not in card.values]
    if free[:1] == ["price_unit"] and not fit("price_unit", text) and (card is None or "unit_price" not in card.values):
        return "unit_price"                                # "Price/Unit: 5.47"
    fitting = [k for k in free if (k not in _CODES or is_code(text)) and (k != "line_no" or _COUNTED.match(text))]
    return next(iter(fitting), None)
