"""Cells after their columns are known: words that ran over into a neighbour's cell go back where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.fields.numbers import NumberStyle
from extraction.layout.geometry import Token
from extraction.lines.rows import Kinds, RowLine
from extraction.lines.values import is_code, is_unit, quantity_of
from models.domain.evidence import PageKind

Words = tuple[Token, ...]
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
    if kind == "uom" and not is_unit(" ".join(t.text for t in tokens)):
        units = [n for n in (0, len(tokens) - 1) if is_unit(tokens[n].text)]
        if len(units) == 1:
            at = units[0]
            return tuple(tokens[:at]), (tokens[at],), tuple(tokens[at + 1 :])
    return (), (), ()


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
