"""How well a table explains what is printed: of several ways to read the same lines, the best is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import fmean

from extraction.lines.build import multiplies_out
from extraction.lines.cells import is_plain_number
from extraction.lines.tagged import KINDS, Witness
from extraction.lines.units import is_unit, says_unit
from extraction.lines.values import is_code
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

_CODED = re.compile(r"^(?=.*\d)(?=.*[A-Z])[A-Z\d./-]{3,}$")
_GLUED = re.compile(r"\d[A-ZÀ-Þ][a-zß-ÿ]{2}")
_MULTIPLIES, _FAILS = 2.0, -1.5      # arithmetic is the strongest witness of a line
_NAMED, _NAMELESS = 0.5, -1.0        # a line must say what is wanted
_VALUE = 0.25                        # each value more that found its column
_UNLIKE, _MOST = -0.75, 0.6          # a value missing that most of the lines have
_UNEXPLAINED = -0.2                  # a word of a row in a column that nobody understands
_ADDS_UP = 3.0                       # the amounts add up to a number printed below
_NEARLY, _LOTS = 0.95, 12            # of the lines; so many cannot all multiply out by accident
_LONG_CODE = 8                       # characters of a word that is hardly the size of anything
_FULL = 5                            # values of a line that leaves nothing to be wished for
_LEFTOVER = -0.5                     # a number or unit at either end of the description, words in a code or stuck to it, half a
                                     # pair of brackets
_CODE = -0.25                        # what may be a code at either end of the description
_ODD = -0.5                          # a broken quantity at a round price may be the two exchanged
_TAGGED = 0.4                        # a value that the tagger would call so too, or not at all
_DENIED = -1 / 3                     # of the own merit, at most: a row that looks odd is never better left out
_LONGEST_NUMBER = 6                  # figures of the number of a line
_SHORT = 4                           # letters of a unit that nobody told us of
_COLUMNS_APART = 2.0                 # heights of type
_FEW = 3                             # units and second item numbers on fewer than one line in so many were torn out of the texts
_HALF = -1.5                         # a code that breaks off behind a hyphen


def merit(
    lines: Sequence[ReadingLine], printed: Container[Decimal] = (), unexplained: int = 0, witness: Witness | None = None,
) -> float:
    """The sum over lines, less where a line lacks what most have, and for words `unexplained`, and more where the lines
    add up to one of the printed numbers, and for values that the tagger would call so too; comparable only between readings
    of the same printed lines with the same witness."""
    held = [_held(line) for line in lines]
    usual = [n for n in range(len(held[0]) if held else 0) if sum(h[n] for h in held) > _MOST * len(lines)]
    unlike = sum(not h[n] for h in held for n in usual)
    worth = sum((line.amount.value for line in lines if line.amount), Decimal(0))
    adds_up = len(lines) > 1 and worth in printed
    unlike += _differently_coded(lines)
    own = sum(_heard(line, _merit(line), witness) for line in lines)
    units = sum(line.uom is not None for line in lines)
    seconds = sum(line.supplier_sku is not None and line.buyer_sku is not None for line in lines)
    torn = (_LEFTOVER - _VALUE) * sum(rare for rare in (units, seconds) if _FEW * rare < len(lines))
    return own + torn + _UNLIKE * unlike + _UNEXPLAINED * unexplained + (_ADDS_UP if adds_up else 0.0)


def explains_all(lines: Sequence[ReadingLine], printed: Container[Decimal]) -> bool:
    """True when hardly anything is left to find: nearly every line has a name, multiplies out, and has no stray number at an
    end of its description; and the amounts add up to a printed number, or the lines are many. Not where the lines have no codes
    but words in their descriptions that look like some: a column without a title may have run into the texts."""
    if 2 * sum(_hides_code(line) for line in lines) > len(lines):
        return False
    whole = sum(bool(multiplies_out(line)) and _merit(line) >= _MULTIPLIES + _NAMED + _FULL * _VALUE for line in lines)
    worth = sum((line.amount.value for line in lines if line.amount), Decimal(0))
    return len(lines) > 1 and whole >= _NEARLY * len(lines) and (worth in printed or len(lines) >= _LOTS)


def _hides_code(line: ReadingLine) -> bool:
    if line.supplier_sku or line.buyer_sku or line.gtin or not line.description:
        return False
    return any(len(word) >= _LONG_CODE and _CODED.match(word) for word in line.description.value.split())


def _held(line: ReadingLine) -> tuple[bool, ...]:
    """Which of the columns that a row usually fills this one does."""
    is_named = any((line.supplier_sku, line.buyer_sku, line.gtin, line.description))
    values = (line.quantity, line.unit_price, line.amount, line.line_no)
    return (is_named, *(value is not None for value in values))


def _differently_coded(lines: Sequence[ReadingLine]) -> int:
    """The lines whose one number is another's than that of most lines with one: a column holds numbers of one owner."""
    owners = Counter(
        "supplier" if line.supplier_sku else "buyer" for line in lines if bool(line.supplier_sku) != bool(line.buyer_sku))
    return owners.total() - max(owners.values(), default=0)


def _merit(line: ReadingLine) -> float:
    fit = multiplies_out(line)
    value = _MULTIPLIES if fit else _FAILS if fit is False else 0.0
    codes = (line.supplier_sku, line.buyer_sku, line.gtin)
    has_words = bool(line.description and any(c.isalpha() for c in line.description.value))
    value += _NAMED if has_words or any(codes) else _NAMELESS
    others = (line.quantity, line.unit_price, line.amount, line.requested_date, line.description, *codes)
    value += _VALUE * sum(x is not None for x in others)
    value += _unit_worth(line.uom.value) if line.uom else 0.0
    value += (_VALUE if _numbers_line(line.line_no.value) else _LEFTOVER) if line.line_no else 0.0
    value += _LEFTOVER * sum(" " in code.value and not is_code(code.value) for code in codes if code)
    value += _LEFTOVER * sum(bool(_GLUED.search(code.value)) or _is_parted(code) for code in codes if code)
    texts = (line.description, line.uom, *codes)
    value += _LEFTOVER * sum(x.value.count("(") != x.value.count(")") for x in texts if x)
    value += _HALF * sum(x.value[-1] in "-/" for x in (*codes, line.line_no) if x)
    if line.quantity and line.unit_price and _is_broken(line.quantity.value) and not _is_broken(line.unit_price.value):
        value += _ODD
    if line.description:
        value += _LEFTOVER * _is_parted(line.description)
        words = line.description.value.split()
        ends = {words[0], words[-1]} if len(words) > 1 else set()
        value += sum(_LEFTOVER if _is_left_over(w) else _CODE if _CODED.match(w) else 0.0 for w in ends)
    return value


def _heard(line: ReadingLine, own: float, witness: Witness | None) -> float:
    """A line's own merit with what the tagger says for its values, and against them; of what it never saw, no better and no
    worse."""
    told = [witness.agrees(value, kind) for kind in KINDS if (value := getattr(line, kind))] if witness else []
    known = [chance for chance in told if chance is not None]
    said = _TAGGED * len(told) * (2 * fmean(known) - 1) if known else 0.0
    return own + max(said, _DENIED * max(own, 0.0))


def _unit_worth(text: str) -> float:
    """What a unit is worth: one that nobody told us of is none where it is no short word."""
    return _VALUE if says_unit(text) else 0.0 if text.isalpha() and len(text) <= _SHORT else _LEFTOVER


def _is_broken(number: Decimal) -> bool:
    return number != number.to_integral_value()


def _numbers_line(text: str) -> bool:
    """True for what may number a line: longer figures are an item's."""
    return 0 < sum(map(str.isdigit, text)) <= _LONGEST_NUMBER


def _is_parted(text: Found[str]) -> bool:
    """True where white as wide as between columns stands between two words of one printed line."""
    boxes = [place.box for place in text.evidence.places if place.box]
    return any(
        abs(b[1] - a[1]) < (a[3] - a[1]) / 2 and b[0] - a[2] > _COLUMNS_APART * (a[3] - a[1]) for a, b in pairwise(boxes))


def _is_left_over(word: str) -> bool:
    return is_plain_number(word) or is_unit(word)
