"""A table that a program has laid out as one cell a line: the titles under one another, then the cells of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from extraction.fields.numbers import CURRENCY_MARKS, parse_number
from extraction.layout.evidence import found
from extraction.layout.geometry import Line
from extraction.layout.labels import COLUMN, fields_of
from extraction.lines.build import Styles
from extraction.lines.units import is_unit
from extraction.lines.values import is_code, is_gtin, measured, number_of, price_of, quantity_of
from models.domain.reading import ReadingLine

_SURE = 0.93
_KINDS = ("line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount")
_CODES = ("buyer_sku", "supplier_sku", "gtin")
_APART = 1.6                   # ems between two cells
_MOST = 9                      # columns
_FULL = 25.0                   # ems: a text that may have been wrapped
_TITLE = 3                     # words of a title


@dataclass(frozen=True, slots=True)
class Stack:
    """The lines of one such table, and the indexes of the first and last text line it covers."""

    first: int
    last: int
    lines: tuple[ReadingLine, ...]


def read_stacked(lines: Sequence[Line], styles: Styles) -> tuple[Stack, ...]:
    """The tables among the lines of a text that are laid out so."""
    out: list[Stack] = []
    n = 0
    while n < len(lines):
        stack = _stack(lines, n, styles)
        if stack:
            out.append(stack[0])
        n = stack[1] if stack else n + 1
    return tuple(out)


def _stack(lines: Sequence[Line], at: int, styles: Styles) -> tuple[Stack, int] | None:
    """The table whose titles begin here, and where it ends."""
    titles: list[tuple[str, ...]] = []
    for line in lines[at : at + _MOST]:
        if not _is_title(line) or (titles and line.top - lines[at + len(titles) - 1].top > _APART):
            break
        titles.append(named_by(line))
    n = at + len(titles)
    kinds = title_kinds(titles, lines[n : n + len(titles)])
    if kinds is None:
        return None
    found_lines: list[ReadingLine] = []
    while n < len(lines):
        row = _row(lines[n : n + len(kinds)], lines[n - 1].top, kinds, styles)
        size = len(kinds)
        if row is None and (folded_row := _unwrapped(lines[n : n + size + 1], kinds)):
            row, size = _row(folded_row, lines[n - 1].top, kinds, styles), size + 1
        if row is None:
            break
        found_lines.append(row)
        n += size
    return (Stack(lines[at].index, lines[n - 1].index, tuple(found_lines)), n) if found_lines else None


def _is_title(line: Line) -> bool:
    """True for what a column may be titled: a few words without a digit, or one that is known."""
    text = line.text
    is_short = len(line.tokens) <= _TITLE and text[-1] not in ".,:;!?" and not any(c.isdigit() for c in text)
    return len(line.segments) == 1 and (is_short or bool(named_by(line)))


def named_by(line: Line) -> tuple[str, ...]:
    """The line fields that a title may name; a currency alone heads the prices."""
    text = line.text.strip(" :")
    if text.upper() in CURRENCY_MARKS:
        return ("unit_price",)
    return tuple(f.removeprefix(COLUMN) for f in fields_of(text, columns=True))


def title_kinds(titles: Sequence[tuple[str, ...]], first: Sequence[Line]) -> tuple[str, ...] | None:
    """What each title means: a word like "article" heads codes or texts, as its first cell shows. None without a quantity."""
    if len(titles) < 2 or len(first) < len(titles) or 2 * sum(map(bool, titles)) < len(titles):
        return None
    kinds: list[str] = []
    for names, line in zip(titles, first, strict=True):
        is_coded = is_code(line.text) and len(line.tokens) == 1
        is_number = parse_number(line.text) is not None
        fitting = [
            n for n in names
            if n in _KINDS and n not in kinds and (n not in _CODES or is_coded) and (n != "line_no" or is_number)]
        if not fitting and "description" not in kinds and not is_coded:
            fitting = ["description"]
        if not fitting and is_coded:
            fitting = [n for n in _CODES if n not in kinds]
        if not fitting:
            return None
        kinds.append(fitting[0])
    return tuple(kinds) if "quantity" in kinds and {"description", *_CODES} & set(kinds) else None


def _unwrapped(lines: Sequence[Line], kinds: Sequence[str]) -> tuple[Line, ...]:
    """The lines of a row with its description, which a program has wrapped, on one."""
    at = kinds.index("description") if "description" in kinds else len(lines)
    if at + 1 >= len(lines) or lines[at].segments[-1].right < _FULL:
        return ()
    both = replace(lines[at], top=lines[at + 1].top, segments=(*lines[at].segments, *lines[at + 1].segments))
    return (*lines[:at], both, *lines[at + 2 :])


def _row(lines: Sequence[Line], above: float, kinds: Sequence[str], styles: Styles) -> ReadingLine | None:
    """The row whose cells stand on these lines; None when they do not fit the titles."""
    if len(lines) < len(kinds):
        return None
    values: dict[str, Any] = {}
    for line, kind in zip(lines, kinds, strict=True):
        if line.top - above > _APART + (len(line.segments) > 1) or (value := cell_value(line, kind, styles)) is None:
            return None
        values[kind], above = value, line.top
    return ReadingLine(**values)


def cell_value(line: Line, kind: str, styles: Styles) -> Any:
    """What a cell under a title of this kind says, None when it does not fit."""
    tokens = line.tokens
    match kind:
        case "quantity":
            amount = quantity_of(tokens, styles.number)
            return measured(amount.value, amount.tokens, styles.number, _SURE) if amount else None
        case "unit_price" | "amount":
            price = price_of(tokens, styles.number) or number_of(tokens, styles.number)
            return measured(price.value, price.tokens, styles.number, _SURE) if price else None
        case "uom":
            return found(line.text, tokens, _SURE) if is_unit(line.text) or len(tokens) == 1 else None
        case "gtin":
            return found(line.text, tokens, _SURE) if is_gtin(line.text) else None
        case "buyer_sku" | "supplier_sku":
            return found(line.text, tokens, _SURE) if is_code(line.text) or len(tokens) == 1 else None
        case _:
            return found(line.text, tokens, _SURE - 0.05)
