"""Titles printed again over each row, with the name of its goods in their place at the left, as shops print their baskets:

    Pale malt, crushed                     Qty    Each   Line total
    Product code QALT-25                    40   27.50     1,100.00
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extraction.layout.evidence import found
from extraction.layout.labels import fold
from extraction.lines.columns import Column, Header
from extraction.lines.table import Table

_FEWEST = 2           # rows
_FLUSH = 1.0          # ems between the same title of two rows
_SURE = 0.85


def names_above(headers: Sequence[Header]) -> dict[int, Column]:
    """The title that names the goods, by the first line of its header: the only one unknown, and another each time, beside
    titles that are the same; none unless there are several such headers."""
    named = {h.first: unknown[0] for h in headers if len(unknown := [c for c in h.columns if not c.kinds and c.tokens]) == 1}
    alike = [
        [o for o in headers if o.first in named and _same_titles(h, o)] for h in headers if h.first in named]
    most = max(alike, key=len, default=[])
    names = {h.first: named[h.first] for h in most}
    is_varied = len({fold(c.title) for c in names.values()}) == len(names)
    return names if len(names) >= _FEWEST and is_varied else {}


def _same_titles(a: Header, b: Header) -> bool:
    ours, theirs = ([c for c in h.columns if c.kinds] for h in (a, b))
    return len(ours) == len(theirs) > 1 and all(
        fold(x.title) == fold(y.title) and abs(x.left - y.left) < _FLUSH for x, y in zip(ours, theirs, strict=True))


def with_names(tables: Sequence[tuple[Table, Column | None]]) -> tuple[Table, ...]:
    """The tables; those whose titles name the goods with the name, where each is one row with an item's number. Else the names
    are those of sections."""
    named = [table for table, name in tables if name]
    if all(len(t.lines) == 1 and (t.lines[0].buyer_sku or t.lines[0].supplier_sku or t.lines[0].gtin) for t in named):
        return tuple(_with_name(table, name) if name else table for table, name in tables)
    return tuple(table for table, _ in tables)


def _with_name(table: Table, name: Column) -> Table:
    """The table with the name of its goods; what it said instead is a remark."""
    (line,) = table.lines
    text = found(" ".join(t.text for t in name.tokens), name.tokens, _SURE)
    return replace(table, lines=(replace(line, description=text, comment=line.comment or line.description),))
