"""Cells after their columns are known: words that ran over into a neighbour's cell go back where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import GAP, Token
from extraction.lines.rows import Kinds, RowLine
from extraction.lines.units import is_unit, says_unit
from extraction.lines.values import is_code, quantity_of
from models.domain.evidence import PageKind

Words = tuple[Token, ...]
_REVISED = re.compile(r"^(\S+?)\s*/\s*(?:[A-Z]{1,2}|\d{1,2}|[A-Z]\d)?$")
_JOINTS = frozenset({":", "/"})
_CODES = frozenset({"buyer_sku", "supplier_sku", "gtin"})


def tidied(row: RowLine, kinds: Kinds, style: NumberStyle) -> RowLine:
    """The line with the words of a description taken out of a code's or a quantity's cell beside it.

    Sheets are left alone: what stands in a cell there was put there.
    """
    if row.line.kind is PageKind.SHEET:
        return row
    cells = dict(row.cells)
    for column, kind in kinds.items():
        tokens = cells.get(column, ())
        if len(tokens) < 2:
            continue
        at = _text(kinds, column, 1) if kind in _CODES else None
        if at is not None and _run_on(tokens, cells.get(at, ())):
            cells[at] = (*cells.pop(column), *cells[at])
            continue
        before, own, after = _parts(tokens, kind, style)
        if own and (before or after):
            left, right = _text(kinds, column, -1), _text(kinds, column, 1)
            if (before and left is None) or (after and right is None):
                continue
            cells[column] = own
            if before and left is not None:
                cells[left] = (*cells.get(left, ()), *before)
            if after and right is not None:
                cells[right] = (*after, *cells.get(right, ()))
    return replace(row, cells=cells) if cells != row.cells else row


def without_revision(row: RowLine, columns: Sequence[int]) -> RowLine:
    """The line with the revision taken off behind the item numbers of these columns, whose titles say that it stands there:
    "Part / Rev" over "KX-4471/C"."""
    cells = dict(row.cells)
    for column in columns:
        text = " ".join(t.text for t in cells.get(column, ()))
        if match := _REVISED.match(text):
            cells[column] = _begin(cells[column], len(match[1]))
    return replace(row, cells=cells) if cells != row.cells else row


def _begin(tokens: Sequence[Token], size: int) -> Words:
    """The words that make up so many characters at the front of a text."""
    out: list[Token] = []
    for token in tokens:
        if size > 0:
            out.append(token if len(token.text) <= size else replace(token, text=token.text[:size]))
        size -= len(token.text) + 1
    return tuple(out)


def _parts(tokens: Sequence[Token], kind: str, style: NumberStyle) -> tuple[Words, Words, Words]:
    """What stands before the value, the value, and what stands behind it; the value is empty when all of it may be one."""
    if kind in _CODES and not is_code(" ".join(t.text for t in tokens)) and not _is_compound(tokens):
        codes = [n for n in (0, len(tokens) - 1) if is_code(tokens[n].text) and any(c.isdigit() for c in tokens[n].text)]
        if len(codes) == 1:
            at = codes[0]
            return tuple(tokens[:at]), (tokens[at],), tuple(tokens[at + 1 :])
    if kind == "quantity":
        amount = quantity_of(tokens, style)
        if amount and amount.tokens[0] is tokens[0]:
            used = len(amount.tokens) + len(amount.unit_tokens)
            behind = tuple(tokens[used:])
            if behind and amount.unit_tokens and not any(is_unit(t.text) for t in behind):
                return (), tuple(tokens[:used]), behind
    if kind == "uom" and not says_unit(" ".join(t.text for t in tokens)):
        units = [n for n in (0, len(tokens) - 1) if is_unit(tokens[n].text)]
        if len(units) == 1:
            at = units[0]
            return tuple(tokens[:at]), (tokens[at],), tuple(tokens[at + 1 :])
    return (), (), ()


def _run_on(tokens: Sequence[Token], following: Sequence[Token]) -> bool:
    """True for words, none of them a number, that go on without white in the cell at the right: a text without a code before
    it, begun where codes stand."""
    return bool(following) and not any(c.isdigit() for t in tokens for c in t.text) and all(
        b.left - a.right < GAP for a, b in pairwise((*tokens, following[0])))


def _is_compound(tokens: Sequence[Token]) -> bool:
    """True for a code with a part of one word behind a mark of its own: "TENT-2P : Moss"."""
    return len(tokens) > 2 and tokens[-2].text in _JOINTS


def _text(kinds: Kinds, column: int, step: int) -> int | None:
    """The text column next to this one, columns of no use passed over; a code's column will do for what follows a quantity."""
    at = column + step
    last = max(kinds)
    while 0 <= at <= last:
        kind = kinds.get(at)
        if kind == "description" or (kind in _CODES and step > 0 and kinds[column] == "quantity"):
            return at
        if kind is not None:
            return None
        at += step
    return None
