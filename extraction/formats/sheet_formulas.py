"""Formulas whose results the workbook does not hold: those of plain arithmetic on cells of the same sheet are worked out. Pure.

Programs that write workbooks without opening them store no results. Whoever opens such a file sees the numbers all the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from functools import partial
from math import prod

Cell = tuple[int, int]            # row, column, from 0
Operand = Decimal | str | None
"""A number, a text, or nothing: what a cell holds or a formula gives."""

_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"(?:[^"]|"")*")|'
    r'(?P<range>\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?)(?![\w(!.])|'
    r'(?P<name>[A-Z]+)(?=\()|(?P<sign><>|<=|>=|[-+*/%(),;=<>&]))')
_OF_OPEN_DOCUMENT = re.compile(r"\[\.([^\[\].]+)(?::\.([^\[\].]+))?\]")
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_LONGEST = 1_000         # characters of a formula
_DEEPEST = 60            # formulas that wait for one another, and brackets in one
_LARGEST = 5_000         # cells of a range
_MOST = 200_000          # cells looked at for one sheet


class _Unknown(Exception):
    """What is not worked out: another function, another sheet, a text among the factors."""


def solved(formulas: Mapping[Cell, str], cells: Mapping[Cell, Operand]) -> dict[Cell, Operand]:
    """The results of the formulas (without "=") that can be worked out, by place; `cells` holds what the others say.

    A formula that is no arithmetic, leans on itself or on one that is open has no result here.
    """
    sheet = _Sheet(formulas, cells)
    out: dict[Cell, Operand] = {}
    for place in formulas:
        try:
            out[place] = sheet.value(place)
        except (_Unknown, DecimalException, RecursionError):      # brackets in brackets, cells that lead from one to the next
            continue
    return out


class _Sheet:
    """Looks up cells, working out the formulas they hold; each once."""

    def __init__(self, formulas: Mapping[Cell, str], cells: Mapping[Cell, Operand]) -> None:
        self._formulas, self._cells = formulas, cells
        self._known: dict[Cell, Operand] = {}
        self._waiting: set[Cell] = set()
        self._left = _MOST

    def value(self, place: Cell) -> Operand:
        self._left -= 1
        if self._left < 0:
            raise _Unknown
        if place in self._known or place not in self._formulas:
            return self._known.get(place, self._cells.get(place))
        if place in self._waiting or len(self._waiting) >= _DEEPEST:
            raise _Unknown
        self._waiting.add(place)
        try:
            self._known[place] = _Formula(self._formulas[place], self).result()
        finally:
            self._waiting.discard(place)
        return self._known[place]

    def range(self, text: str) -> Iterator[Operand]:
        (top, left), (bottom, right) = (_place(part) for part in (text.partition(":")[0], text.rpartition(":")[2]))
        if (bottom - top + 1) * (right - left + 1) > _LARGEST:
            raise _Unknown
        yield from (self.value((row, column)) for row in range(top, bottom + 1) for column in range(left, right + 1))


class _Formula:
    """One formula, read from left to right: comparisons, sums, products, signs, and what stands in brackets."""

    def __init__(self, text: str, sheet: _Sheet) -> None:
        self._tokens, self._sheet, self._depth = _tokens(text), sheet, 0

    def result(self) -> Operand:
        value = self._compared()
        if self._tokens:
            raise _Unknown
        return value

    def _next(self, *signs: str) -> str | None:
        """The next token where it is one of these signs, taken off."""
        return self._tokens.pop(0)[1] if self._tokens and self._tokens[0] in [("sign", s) for s in signs] else None

    def _compared(self) -> Operand:
        left = self._sum()
        if sign := self._next("=", "<>", "<", ">", "<=", ">="):
            return Decimal(_holds(sign, left, self._sum()))
        return left

    def _sum(self) -> Operand:
        value: Operand = self._product()
        while sign := self._next("+", "-"):
            right = _number(self._product())
            value = _number(value) + (right if sign == "+" else -right)
        return value

    def _product(self) -> Operand:
        value = self._signed()
        while sign := self._next("*", "/"):
            right = _number(self._signed())
            value = _number(value) * right if sign == "*" else _number(value) / right
        return value

    def _signed(self) -> Operand:
        if sign := self._next("-", "+"):
            given = _number(self._signed())
            return -given if sign == "-" else given
        value = self._single()
        while self._next("%"):
            value = _number(value) / 100
        return value

    def _single(self) -> Operand:
        self._depth += 1
        if not self._tokens or self._depth > _DEEPEST:
            raise _Unknown
        kind, text = self._tokens.pop(0)
        if kind == "number":
            value: Operand = Decimal(text)
        elif kind == "text":
            value = text[1:-1].replace('""', '"')
        elif kind == "range" and ":" not in text:
            value = self._sheet.value(_place(text))
        elif kind == "name" and self._next("("):
            value = self._called(text)
        elif (kind, text) == ("sign", "("):
            value = self._compared()
            self._close()
        else:
            raise _Unknown
        self._depth -= 1
        return value

    def _close(self) -> None:
        if not self._next(")"):
            raise _Unknown

    def _called(self, name: str) -> Operand:
        if name not in _FUNCTIONS:
            raise _Unknown
        given: list[list[Operand]] = []
        while not given or self._next(",", ";"):
            if self._tokens and self._tokens[0][0] == "range" and ":" in self._tokens[0][1]:
                given.append(list(self._sheet.range(self._tokens.pop(0)[1])))
            else:
                given.append([self._compared()])
        self._close()
        return _FUNCTIONS[name](given)


def _tokens(text: str) -> list[tuple[str, str]]:
    text = _OF_OPEN_DOCUMENT.sub(lambda m: f"{m[1]}:{m[2]}" if m[2] else m[1], text)
    if len(text) > _LONGEST:
        raise _Unknown
    out, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise _Unknown
        out.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return out


def _place(text: str) -> Cell:
    match = _CELL.fullmatch(text)
    if match is None:
        raise _Unknown
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def _number(value: Operand) -> Decimal:
    if isinstance(value, str):
        raise _Unknown
    return value or Decimal(0)


def _holds(sign: str, left: Operand, right: Operand) -> bool:
    """Whether a comparison holds; an empty cell is as much as nought and as an empty text."""
    if isinstance(left, str) or isinstance(right, str):
        a, b = ("" if x is None else x.casefold() if isinstance(x, str) else x for x in (left, right))
        if sign not in ("=", "<>"):
            raise _Unknown
        return (a == b) == (sign == "=")
    a, b = left or Decimal(0), right or Decimal(0)
    return {"=": a == b, "<>": a != b, "<": a < b, ">": a > b, "<=": a <= b, ">=": a >= b}[sign]


def _numbers(given: list[list[Operand]]) -> list[Decimal]:
    """The numbers among the arguments: texts and blanks in a range count for nothing, an error spoils them all."""
    if any(isinstance(x, str) and x.startswith("#") for part in given for x in part):
        raise _Unknown
    return [x for part in given for x in part if isinstance(x, Decimal)]


def _round(given: list[list[Operand]]) -> Operand:
    values = [_number(part[0]) for part in given]
    if len(values) != 2 or not -9 <= values[1] <= 9:
        raise _Unknown
    return values[0].quantize(Decimal(1).scaleb(-int(values[1])), ROUND_HALF_UP)


def _product_of(given: list[list[Operand]]) -> Operand:
    return prod(_numbers(given), start=Decimal(1))


def _sum_of_products(given: list[list[Operand]]) -> Operand:
    if len({len(part) for part in given}) != 1:
        raise _Unknown
    rows = zip(*given, strict=True)
    return sum((prod((x if isinstance(x, Decimal) else Decimal(0) for x in row), start=Decimal(1)) for row in rows), Decimal(0))


def _if(given: list[list[Operand]]) -> Operand:
    if len(given) != 3:
        raise _Unknown
    return given[1 if _number(given[0][0]) else 2][0]


def _best_of(pick: Callable[[list[Decimal]], Decimal], given: list[list[Operand]]) -> Operand:
    return pick(_numbers(given) or [Decimal(0)])


_FUNCTIONS: Mapping[str, Callable[[list[list[Operand]]], Operand]] = {
    "SUM": lambda given: sum(_numbers(given), Decimal(0)), "ROUND": _round, "PRODUCT": _product_of,
    "SUMPRODUCT": _sum_of_products, "IF": _if, "MIN": partial(_best_of, min), "MAX": partial(_best_of, max)}
