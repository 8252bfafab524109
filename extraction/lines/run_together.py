"""Rows whose columns do not stand under their titles at all: typed with blanks, or run together. The order of the titles and
the look of each word say where it belongs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from extraction.fields.dates import DateOrder, DateStyle, find_dates
from extraction.fields.numbers import NumberStyle, currency_in, parse_number
from extraction.layout.geometry import Line, Token
from extraction.lines.cells import Cells, one_number
from extraction.lines.columns import Column
from extraction.lines.tagged import Witness
from extraction.lines.units import is_unit
from extraction.lines.values import is_code, is_gtin

_PRICE = re.compile(r"^\D{0,3}\d[\d.,']*/\w+\.?$")       # "5.20/ea"
_SUM = ("quantity", "unit_price", "amount")
_GTIN = re.compile(r"^(?:\d{8}|\d{12,14})$")
_CENT = Decimal("0.011")
_PINNED = 9.0  # a settled word elsewhere
_SKIP = 0.7  # a column without a value
_TAGGED = 0.8  # a word that the tagger is sure of
_MISREAD = 0.4  # so many digits as a GTIN has, of which one must be wrong
_COUNTED = 0.2  # a unit behind the quantity
_CROWD = 2.5  # a second word in a column that holds one
_ONE = frozenset(
    {
        "line_no",
        "quantity",
        "unit_price",
        "amount",
        "gtin",
        "uom",
        "discount",
        "tax",
        "pack",
        "price_unit",
        "buyer_sku",
        "supplier_sku",
        "requested_date",
        "revision",
    }
)
_ANY_DATE = DateStyle(DateOrder.DAY)


def assign_in_order(
    line: Line, columns: Sequence[Column], style: NumberStyle, witness: Witness | None = None,
) -> Cells:
    """Give each word a column from left to right by looks (and tags) alone; three numbers that multiply out are settled first."""
    tokens = line.tokens
    kinds = [c.kinds[0] if c.kinds else "other" for c in columns]
    pins = _pins(tokens, kinds, style)
    costs = [[_cost(n, t, c, k, pins) for c, k in enumerate(kinds)] for n, t in enumerate(tokens)]
    counted = set() if "uom" in kinds else {
        n for n in range(1, len(tokens)) if is_unit(tokens[n].text) and parse_number(tokens[n - 1].text, style) is not None}
    for n in counted:                                      # "12 pcs": the unit stands in the quantity's column
        costs[n] = [_COUNTED if k == "quantity" else cost for cost, k in zip(costs[n], kinds, strict=True)]
    if witness:
        costs = [
            [cost - _TAGGED * witness.chance(t, k) for cost, k in zip(row, kinds, strict=True)]
            for t, row in zip(tokens, costs, strict=True)]
    best = [[_SKIP * c + cost for c, cost in enumerate(costs[0])]]
    came: list[list[int]] = []
    for n in range(1, len(tokens)):
        row, back = _step(best[-1], kinds, costs[n], joined=n in counted or _belong_together(tokens, n))
        best.append(row)
        came.append(back)
    at = min(range(len(kinds)), key=lambda c: best[-1][c] + _SKIP * (len(kinds) - 1 - c))
    path = [at]
    for back in reversed(came):
        at = back[at]
        path.append(at)
    cells: dict[int, tuple[Token, ...]] = {}
    for token, column in zip(tokens, reversed(path), strict=True):
        cells[column] = (*cells.get(column, ()), token)
    return cells


def _pins(tokens: Sequence[Token], kinds: Sequence[str], style: NumberStyle) -> dict[int, int]:
    """The words that are quantity, price and amount, by their columns: numbers in the order of the titles of which the first
    two multiply to the third. Of several such threes the one nearest the end of the line."""
    if any(kinds.count(k) != 1 for k in _SUM):
        return {}
    order = sorted(_SUM, key=kinds.index)
    bases = {n + 1 for n, t in enumerate(tokens) if t.text == "/"}               # "32,86 / 100": no value of its own
    numbers = [
        (n, v) for n, t in enumerate(tokens) if n not in bases and (v := parse_number(t.text, style)) is not None and v > 0]
    for picked in combinations(reversed(numbers), 3):
        values = dict(zip(order, reversed(picked), strict=True))
        quantity, price, amount = (values[k][1] for k in _SUM)
        if any(abs(quantity * price / per - amount) <= _CENT for per in (1, 100, 1000)) and not quantity == price == amount:
            return {values[k][0]: kinds.index(k) for k in _SUM}
    return {}


def _cost(n: int, token: Token, column: int, kind: str, pins: Mapping[int, int]) -> float:
    """What a word costs in a column; a word that is settled costs much everywhere else, and so does its column to others."""
    if n in pins:
        return 0.0 if pins[n] == column else _PINNED
    looks = strangeness(token.text, kind)
    return looks + (0.0 if column not in pins.values() or not parse_number(token.text) else _CROWD)


def _belong_together(tokens: Sequence[Token], n: int) -> bool:
    """True for a word that is no value of its own beside the one before: the rest of a number, a currency, a price's basis."""
    a, b = tokens[n - 1], tokens[n]
    if "/" in {a.text, b.text}:
        return True
    if n > 1 and tokens[n - 2].text == "/":
        return False                                       # behind "/ 100" the next value begins
    return one_number(a, b) or any(currency_in(t.text) and parse_number(t.text) is None for t in (a, b))


def _step(
    before: Sequence[float], kinds: Sequence[str], costs: Sequence[float], *, joined: bool,
) -> tuple[list[float], list[int]]:
    row, back = [], []
    for c, kind in enumerate(kinds):
        stay = before[c] + (_CROWD if kind in _ONE and not joined else 0.0)
        moves = [before[x] + _SKIP * (c - x - 1) + (2.0 if joined else 0.0) for x in range(c)]
        where = min(range(c), key=lambda x: moves[x], default=c)
        move = moves[where] if c else float("inf")
        row.append(min(stay, move) + costs[c])
        back.append(c if stay <= move else where)
    return row, back


@lru_cache(maxsize=32_768)
def strangeness(text: str, kind: str) -> float:
    """What a word costs in a column of this kind by its looks: 0 where it fits, up to 3."""
    if kind == "gtin" and not is_gtin(text) and _GTIN.match(text):
        return _MISREAD
    if kind in _FITS:
        return 0.0 if _FITS[kind](text) else 3.0
    return (0.5 if _is_number(text) else 0.1) if kind == "description" else 0.8


def _is_number(text: str) -> bool:
    return parse_number(text) is not None or parse_number(text.replace(",", ".")) is not None


def _is_money(text: str) -> bool:
    return _is_number(text) or bool(currency_in(text)) or bool(_PRICE.match(text))


def _is_item_number(text: str) -> bool:
    return is_code(text) and not is_gtin(text)


_FITS: Mapping[str, Callable[[str], bool]] = {
    "line_no": lambda t: t.strip(".").isdigit() and len(t) < 6,
    "quantity": _is_number,
    "unit_price": lambda t: _is_money(t) or t == "/",
    "amount": _is_money,
    "gtin": is_gtin,
    "uom": is_unit,
    "discount": lambda t: _is_number(t) or t.endswith("%"),
    "tax": lambda t: _is_number(t) or "%" in t or len(t) == 1,
    "requested_date": lambda t: bool(find_dates(t, _ANY_DATE)),
    "buyer_sku": _is_item_number,
    "supplier_sku": _is_item_number,
    "price_unit": str.isdigit,
    "pack": str.isdigit,
    "revision": lambda t: len(t) < 3,
}
