"""Clues of a whole reading. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import log1p
from typing import Any

from extraction.around import Around
from extraction.clues.table import codes
from extraction.lines.build import multiplies_out
from extraction.model.calibrate import logit
from models.domain.evidence import PageKind
from models.domain.reading import Reading, ReadingLine

COIN = Decimal("0.05")
"""How far two sums may differ that say the same: each of a few amounts is rounded."""
_CORE = ("po_number", "order_date", "buyer_name", "supplier_name", "ship_to", "total")
_SERIOUS = frozenset({"page_missing", "struck_text", "no_lines", "handwriting", "stamp", "data_differs_from_print"})


def reading_clues(around: Around) -> dict[str, float]:
    """Clues that all values of a reading share."""
    reading, lines = around.reading, around.reading.lines
    kinds = {line.kind for line in around.rows.values()}
    tagged = len({around.rows[p].index for p in around.tagged.get("line.quantity", ())})
    fits = [multiplies_out(line) for line in lines]
    sums = sums_follow(reading)
    told = {p.code for p in reading.problems}
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
        "sums_fail": float(sums is False or "total_mismatch" in told),
        "tagged_more": max(0.0, min(tagged / many - 1, 1.0)),
        "tagged_less": max(0.0, 1 - tagged / many) if lines else 0.0,
        "serious": float(bool(told & _SERIOUS)),
        "whole_rows": _share(lines, lambda line: line.quantity and (line.description or any(codes(line)))),
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
    return any(abs(s - due) <= COIN for s in sums for due in (worth, net, net + tax, worth + tax))


def _share(lines: Sequence[ReadingLine], holds: Any) -> float:
    return sum(bool(holds(line)) for line in lines) / len(lines) if lines else 0.0
