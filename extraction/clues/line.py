"""Clues that the values of one line share. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from extraction.around import LINE_NAMES, Around, places
from extraction.clues.table import Table, codes, filled_fields
from extraction.layout.geometry import Token
from extraction.lines.build import multiplies_out
from extraction.lines.units import is_unit
from extraction.lines.values import is_code
from extraction.ocr.calibrate import evidence
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

_THOUSAND_OR_NOT = re.compile(r"^\d{1,3}[.,]\d{3}(?![\d.,])")


def line_clues(number: int, around: Around, table: Table) -> dict[str, float]:
    """Clues that the values of one line share. `number` counts from 0."""
    line = around.reading.lines[number]
    fits = multiplies_out(line)
    filled = filled_fields(line)
    found = [f for name in LINE_NAMES if (f := getattr(line, name))]
    spots = [around.spot(f) for f in found]
    rows = {n for spot in spots for n in spot.rows}
    left = [t for n in rows for t in around.unread[n]]
    below = _unread_below(number, max(rows, default=0), around)
    numbers = sum(any(map(str.isdigit, t.text)) for t in left)
    told = Counter(map(around.tags.best, left))
    seen = Counter(map(around.tags.best, below))
    unit_left = line.uom is None and (told["line.uom"] + seen["line.uom"] > 0 or any(is_unit(t.text) for t in (*left, *below)))
    quantity = line.quantity.value if line.quantity else None
    sure = [evidence(t.word.confidence) for spot in spots for t in spot.words if t.word.confidence is not None]
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
        "no_code": float(not any(codes(line))),
        "left_numbers": min(numbers, 4) / 2,
        "left_tagged": min(sum(n for name, n in told.items() if name.startswith("line.")), 6) / 3,
        "unit_left": float(unit_left),
        "text_left": min(told["line.description"] + seen["line.description"], 6) / 3,
        **(_under((*left, *below), line, around) if left or below else {}),
        "unprinted_base": float(_is_unprinted_base(line)),
        "three_decimals": float(any(f and _THOUSAND_OR_NOT.match(f.evidence.text) for f in (line.quantity, line.unit_price))),
        "left_words": min(len(left) - numbers, 8) / 4,
        "rows": min(len(rows), 6) / 3,
        "odd_quantity": float(quantity is not None and (quantity != quantity.to_integral_value() or not 0 < quantity < 20_000)),
        "used_twice": float(any(spot.is_shared for spot in spots) and not _one_cell(line)),
        "least_ocr": max(0.0, 1 - min(sure) / 6) if sure else 0.0,
        "out_of_step": float(_out_of_step(number, around.reading.lines)),
        "bad_code": float(any(not is_code(f.value) for f in codes(line))),
        "text_ends": float(line.description is not None and _ends_oddly(line.description.value)),
    }


def _unread_below(number: int, last: int, around: Around) -> list[Token]:
    """Words right below a line's last row, above the next line's first, that nobody read."""
    after = around.reading.lines[number + 1] if number + 1 < len(around.reading.lines) else None
    told = [f for f in (after.quantity, after.description) if f] if after else []
    starts = [n for f in told for n in around.spot(f).rows]
    end = min(min(starts, default=last + 2), last + 4)
    return [t for n in range(last + 1, end) for t in around.unread.get(n, ())]


def _under(unread: Sequence[Token], line: ReadingLine, around: Around) -> dict[str, float]:
    """Whether words that nobody read stand under the values of a line that fill narrow columns: nothing else should."""
    numbers = [f for f in (line.quantity, line.unit_price, line.amount) if f]
    narrow: dict[str, list[Found[Any]]] = {"code": list(codes(line)), "unit": [line.uom] if line.uom else [], "number": numbers}
    return {f"under_{name}": float(_stands_under(unread, values, around)) for name, values in narrow.items()}


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
