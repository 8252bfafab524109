"""How well a table explains what is printed: of several ways to read the same lines, the best is kept."""

from __future__ import annotations

from collections.abc import Sequence

from extraction.lines.build import multiplies_out
from extraction.lines.cells import is_plain_number
from extraction.lines.values import is_code, is_unit
from models.domain.reading import ReadingLine

_MULTIPLIES, _FAILS = 2.0, -1.5      # arithmetic is the strongest witness of a line
_NAMED, _NAMELESS = 0.5, -1.0        # a line must say what is wanted
_VALUE = 0.25                        # each value more that found its column
_LEFTOVER = -0.5                     # a number or unit at either end of the description, words in a code, half a code


def merit(lines: Sequence[ReadingLine]) -> float:
    """The sum over lines; comparable only between readings of the same printed lines."""
    return sum(_merit(line) for line in lines)


def _merit(line: ReadingLine) -> float:
    fit = multiplies_out(line)
    value = _MULTIPLIES if fit else _FAILS if fit is False else 0.0
    codes = (line.supplier_sku, line.buyer_sku, line.gtin)
    value += _NAMED if line.description or any(codes) else _NAMELESS
    others = (line.quantity, line.uom, line.unit_price, line.amount, line.line_no, line.requested_date, line.description, *codes)
    value += _VALUE * sum(x is not None for x in others)
    value += _LEFTOVER * sum(not is_code(code.value) or code.value[-1] in "-/" for code in codes if code)
    if line.description:
        words = line.description.value.split()
        value += _LEFTOVER * sum(_is_left_over(w) for w in {words[0], words[-1]} if len(words) > 1)
    return value


def _is_left_over(word: str) -> bool:
    return is_plain_number(word) or is_unit(word)
