"""What speaks for and against a value that was read: clues from the finished reading and the page around it. Pure.

Clues are numbers of about the size of one, so that one penalty fits all weights. They come in three layers that add up: of the
whole reading, of a line, of the value itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log1p
from typing import Any

from extraction.around import LINE_NAMES, Around, place_of, places
from extraction.layout.geometry import Token
from extraction.lines.build import multiplies_out
from extraction.lines.values import is_code, is_unit
from extraction.model.calibrate import FAMILIES, logit
from extraction.model.tagger import OTHER
from extraction.ocr.calibrate import evidence
from models.domain.codes import clean_code
from models.domain.evidence import Found, Origin, PageKind
from models.domain.reading import Reading, ReadingLine

_CODES = ("supplier_sku", "buyer_sku", "gtin", "mpn")
_CORE = ("po_number", "order_date", "buyer_name", "supplier_name", "ship_to", "total")
_SERIOUS = frozenset({"page_missing", "struck_text", "no_lines", "handwriting", "stamp", "data_differs_from_print"})
_COIN = Decimal("0.05")
_THOUSAND_OR_NOT = re.compile(r"^\d{1,3}[.,]\d{3}(?![\d.,])")
_SHAPES = (("9", re.compile(r"\d+")), ("A", re.compile(r"[^\W\d_]+")))


# --- the whole reading -------------------------------------------------------------------------------------------------


def reading_clues(around: Around) -> dict[str, float]:
    """Clues that all values of a reading share."""
    reading, lines = around.reading, around.reading.lines
    kinds = {line.kind for line in around.rows.values()}
    tagged = len({around.rows[p].index for p in around.tagged.get("line.quantity", ())})
    fits = [multiplies_out(line) for line in lines]
    sums = sums_follow(reading)
    codes = {p.code for p in reading.problems}
    many = max(len(lines), 1)
    return {
        "one": 1.0,
        "ocr": float(around.quality > 0),
        "poor_ocr": max(0.0, 1 - around.quality / 6) if around.quality else 0.0,
        "sheet": float(PageKind.SHEET in kinds),
        "body": float(PageKind.TEXT in kinds),
        "found": sum(getattr(reading.header, name) is not None for name in _CORE) / len(_CORE),
        "orders": float(reading.doc_type.value.opens_case),
        "kind": logit(reading.doc_type.confidence) / 4,
        "no_lines": float(not lines),
        "many": log1p(len(lines)) / 3,
        "agree": sum(f is True for f in fits) / many,
        "fail": sum(f is False for f in fits) / many,
        "sums_follow": float(sums is True),
        "sums_fail": float(sums is False or "total_mismatch" in codes),
        "tagged_more": max(0.0, min(tagged / many - 1, 1.0)),
        "tagged_less": max(0.0, 1 - tagged / many) if lines else 0.0,
        "serious": float(bool(codes & _SERIOUS)),
        "whole_rows": _share(lines, lambda line: line.quantity and (line.description or any(_codes(line)))),
    }


def sums_follow(reading: Reading) -> bool | None:
    """Whether a printed sum is that of all amounts, charges, discount and tax allowed for; None when that is open."""
    header, lines = reading.header, reading.lines
    sums = [f.value for f in (header.subtotal, header.total) if f]
    if not lines or not sums or any(line.amount is None for line in lines):
        return None
    worth = sum((line.amount.value for line in lines if line.amount), Decimal(0))
    tax, charges, cut = (f.value if f else Decimal(0) for f in (header.tax, header.charges, header.discount))
    net = worth + charges - abs(cut)
    return any(abs(s - due) <= _COIN for s in sums for due in (worth, net, net + tax, worth + tax))


def _share(lines: Sequence[ReadingLine], holds: Any) -> float:
    return sum(bool(holds(line)) for line in lines) / len(lines) if lines else 0.0


def _codes(line: ReadingLine) -> Iterator[Found[str]]:
    return (f for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f)


# --- a line ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Table:
    """What the lines of a reading have in common: which fields they fill, how each field's texts are shaped."""

    filled: Counter[str]
    patterns: Counter[frozenset[str]]
    shapes: dict[str, Counter[str]]
    count: int

    @classmethod
    def of(cls, lines: Sequence[ReadingLine]) -> Table:
        """The habits of these lines."""
        shapes = {name: Counter(shape(f.evidence.text) for line in lines if (f := getattr(line, name))) for name in LINE_NAMES}
        filled = [_filled(line) for line in lines]
        return cls(Counter(n for names in filled for n in names), Counter(filled), shapes, len(lines))


def _filled(line: ReadingLine) -> frozenset[str]:
    return frozenset(name for name in LINE_NAMES if getattr(line, name) is not None)


def shape(text: str) -> str:
    """A text with its runs of digits and of letters as one sign each: "KX-4471" is "A-9"."""
    for sign, run in _SHAPES:
        text = run.sub(sign, text)
    return text[:12]


def line_clues(number: int, around: Around, table: Table) -> dict[str, float]:
    """Clues that the values of one line share. `number` counts from 0."""
    line = around.reading.lines[number]
    fits = multiplies_out(line)
    filled = _filled(line)
    found = [f for name in LINE_NAMES if (f := getattr(line, name))]
    spots = [p for f in found for p in places(f)]
    rows = {row.index: row for p in spots if (row := around.rows.get(p))}
    left = [t for row in rows.values() for t in row.tokens if place_of(t) not in around.used]
    below = _unread_below(number, max(rows, default=0), around)
    numbers = sum(any(c.isdigit() for c in t.text) for t in left)
    told = Counter(around.tags.best(t) for t in left)
    seen = Counter(around.tags.best(t) for t in below)
    unit_left = line.uom is None and (told["line.uom"] + seen["line.uom"] > 0 or any(is_unit(t.text) for t in (*left, *below)))
    quantity = line.quantity.value if line.quantity else None
    sure = [evidence(t.word.confidence) for f in found for t in around.tokens(f) if t.word.confidence is not None]
    return {
        "agrees": float(fits is True),
        "fails": float(fits is False),
        "alike": table.patterns[filled] / max(table.count, 1),
        "alone": float(table.count == 1),
        "no_quantity": float(quantity is None),
        "no_unit": float(line.uom is None),
        "unit_missed": table.filled["uom"] / table.count if line.uom is None else 0.0,
        "no_price": float(line.unit_price is None),
        "price_missed": table.filled["unit_price"] / table.count if line.unit_price is None else 0.0,
        "no_text": float(line.description is None),
        "no_code": float(not any(_codes(line))),
        "left_numbers": min(numbers, 4) / 2,
        "left_tagged": min(sum(n for name, n in told.items() if name.startswith("line.")), 6) / 3,
        "unit_left": float(unit_left),
        "text_left": min(told["line.description"] + seen["line.description"], 6) / 3,
        **{f"under_{name}": float(_stands_under((*left, *below), found, around)) for name, found in _narrow(line).items()},
        "unprinted_base": float(_is_unprinted_base(line)),
        "three_decimals": float(any(f and _THOUSAND_OR_NOT.match(f.evidence.text) for f in (line.quantity, line.unit_price))),
        "left_words": min(len(left) - numbers, 8) / 4,
        "rows": min(len(rows), 6) / 3,
        "odd_quantity": float(quantity is not None and (quantity != quantity.to_integral_value() or not 0 < quantity < 20_000)),
        "used_twice": float(any(around.used[p] > 1 for p in set(spots)) and not _one_cell(line)),
        "least_ocr": max(0.0, 1 - min(sure) / 6) if sure else 0.0,
        "out_of_step": float(_out_of_step(number, around.reading.lines)),
        "bad_code": float(any(not is_code(f.value) for f in _codes(line))),
        "text_ends": float(line.description is not None and _ends_oddly(line.description.value)),
    }


def _unread_below(number: int, last: int, around: Around) -> list[Token]:
    """Words right below a line's last row, above the next line's first, that nobody read."""
    after = around.reading.lines[number + 1] if number + 1 < len(around.reading.lines) else None
    told = [f for f in (after.quantity, after.description) if f] if after else []
    starts = (around.rows[p].index for f in told for p in places(f) if p in around.rows)
    end = min(min(starts, default=last + 2), last + 4)
    rows = (around.lines[n] for n in range(last + 1, end) if n in around.lines)
    return [t for row in rows for t in row.tokens if place_of(t) not in around.used]


def _narrow(line: ReadingLine) -> dict[str, list[Found[Any]]]:
    """The values of a line that fill narrow columns, under which nothing else should stand."""
    numbers = [f for f in (line.quantity, line.unit_price, line.amount) if f]
    return {"code": list(_codes(line)), "unit": [line.uom] if line.uom else [], "number": numbers}


def _stands_under(unread: Sequence[Token], values: Sequence[Found[Any]], around: Around) -> bool:
    """True when a word nobody read stands right under one of these values: the rest of a broken cell, perhaps."""
    own = [t for f in values for t in around.tokens(f)]
    return any(
        0.3 < low.top - high.top < 3 and low.left < high.right and high.left < low.right and low.word.page == high.word.page
        for low in unread for high in own)


def _is_unprinted_base(line: ReadingLine) -> bool:
    """True when the price was divided by a basis that no word says: it only makes the amount come out."""
    price, base = line.unit_price, line.price_unit
    if price is None or base is None or set(places(base)) - set(places(price)):
        return False
    return not any(c.isalpha() or c in "/%‰" for c in price.evidence.text)


def _one_cell(line: ReadingLine) -> bool:
    """True when quantity and unit, or price and its unit, rightly share a word ("12pcs")."""
    unit = set(places(line.uom)) if line.uom else set()
    return any(f is not None and unit & set(places(f)) for f in (line.quantity, line.unit_price))


def _out_of_step(number: int, lines: Sequence[ReadingLine]) -> bool:
    """True when the line numbers do not rise here."""
    before, here = (lines[n].line_no if n >= 0 else None for n in (number - 1, number))
    if not (before and here and before.value.isdecimal() and here.value.isdecimal()):
        return False
    return int(here.value) <= int(before.value)


def _ends_oddly(text: str) -> bool:
    """True for a description with a lone number or unit at an end, or that is no word at all."""
    words = text.split()
    ends = {words[0], words[-1]} if len(words) > 1 else set()
    return any(not any(c.isalpha() for c in w) or is_unit(w) for w in ends) or not any(c.isalpha() for c in text)


# --- a value -----------------------------------------------------------------------------------------------------------


def value_clues(name: str, found: Found[Any], around: Around, table: Table | None = None) -> dict[str, float]:
    """Clues of the value itself. `name` as in `FAMILIES`; with the table for the values of lines."""
    words = around.tokens(found)
    text = found.evidence.text
    said = str(found.value)
    letters = max(sum(c.isalnum() for c in said), 1)
    sure = [evidence(t.word.confidence) for t in words if t.word.confidence is not None]
    rivals = [c.probability for c in found.candidates]
    clues = {
        f"is_{name}": 1.0,
        "raw": logit(found.confidence) / 3,
        "raw_high": float(found.confidence >= 0.95),
        "raw_low": float(found.confidence < 0.7),
        "not_read": float(found.evidence.origin is not Origin.READ),
        "nowhere": float(not found.evidence.places),
        "own_ocr": max(0.0, 1 - min(sure) / 6) if sure else 0.0,
        "doubtful": float(any(t.word.rivals for t in words)),
        "rivals": min(len(rivals), 3) / 3,
        "best_rival": max(rivals, default=0.0),
        "words": log1p(len(words)) / 2,
        "own_rows": float(len({row.index for p in places(found) if (row := around.rows.get(p))})) / 3,
        "digits": sum(c.isdigit() for c in said) / letters,
        "short": float(letters <= 2),
        "long": min(letters, 120) / 60,
        "again": min(around.texts[clean_code(said)] - 1, 3) / 3 if len(words) == 1 else 0.0,
        **_tag_clues(name, found, words, around),
        "shared": float(any(around.used[p] > 1 for p in places(found))),
    }
    if name in _EXTRA:
        clues |= _EXTRA[name](found, around)
    if table is not None:
        field = name.removeprefix("lines.")
        clues["shaped_alike"] = table.shapes[field][shape(text)] / max(table.filled[field], 1)
        clues["usual"] = table.filled[field] / table.count
        if field in _CODES:
            clues |= _code_clues(found, around)
    return clues


def _tag_clues(name: str, found: Found[Any], words: Sequence[Token], around: Around) -> dict[str, float]:
    """What the tagger thinks of the words; of a header value also what it would add."""
    if not words or name == "doc_type":
        return {}
    own = "line." + name.removeprefix("lines.") if "." in name else name
    names = [f"line.{n}" for n in _CODES] if own.removeprefix("line.") in _CODES else [own]
    chance = min(1.0, sum(around.tags.chance(words, n) for n in names))
    clues = {"tag": logit(min(0.99, max(0.01, chance))) / 3, "tag_other": around.tags.chance(words, OTHER)}
    if "." not in name:
        missed = len(around.tagged.get(own, set()) - set(places(found)))
        clues["tag_missed"] = missed / (missed + len(words))
    return clues


def _code_clues(found: Found[str], around: Around) -> dict[str, float]:
    known = around.context.known_codes
    return {
        "known": float(clean_code(found.value) in known) if known else 0.0,
        "unknown": float(clean_code(found.value) not in known) if known else 0.0,
        "odd_code": float(not is_code(found.value)),
    }


def _name_clues(found: Found[str], around: Around) -> dict[str, float]:
    header = around.reading.header
    others = [f.value for f in (header.buyer_name, header.supplier_name) if f and f is not found]
    own = {n.casefold() for n in around.context.own_names}
    first = next(iter(around.tokens(found)), None)
    return {
        "same_as_other": float(found.value in others),
        "ours": float(found.value.casefold() in own),
        "large": min(max(first.bottom - first.top - 1.0, 0.0), 2.0) if first else 0.0,
        "colon": float(":" in found.value),
    }


def _address_clues(found: Found[str], around: Around) -> dict[str, float]:
    parts = found.value.split(", ")
    header = around.reading.header
    others = [f.value for f in (header.ship_to, header.bill_to) if f and f is not found]
    return {
        "parts": min(len(parts), 7) / 4,
        "numbered": sum(any(c.isdigit() for c in p) for p in parts) / 2,
        "colon": float(any(sign in found.value for sign in (":", "@", "+"))),
        "same_as_other": float(found.value in others),
        "bare_end": float(parts[-1].isupper() or not any(c.isdigit() for c in "".join(parts[-2:]))),
    }


def _date_clues(found: Found[Any], around: Around) -> dict[str, float]:
    header, sent = around.reading.header, around.context.sent_on
    placed, due = (f.value if f else None for f in (header.order_date, header.requested_date))
    near = sent or placed
    return {
        "far": float(near is not None and abs((found.value - near).days) > 400),
        "crossed": float(placed is not None and due is not None and due < placed),
        "same": float(placed is not None and placed == due),
    }


def _total_clues(found: Found[Decimal], around: Around) -> dict[str, float]:
    lines = around.reading.lines
    worth = sum((line.amount.value for line in lines if line.amount), Decimal(0))
    return {
        "is_worth": float(bool(worth) and abs(worth - found.value) <= _COIN),
        "under_worth": float(worth > found.value + _COIN),
        "no_worth": float(not worth),
    }


_EXTRA: dict[str, Any] = {
    "buyer_name": _name_clues, "supplier_name": _name_clues, "ship_to": _address_clues, "bill_to": _address_clues,
    "order_date": _date_clues, "requested_date": _date_clues, "total": _total_clues,
}
assert set(_EXTRA) <= set(FAMILIES)
