"""Rows of a table that are no goods: "Freight", "Less discount". Pure."""

from __future__ import annotations

from dataclasses import replace

from extraction.layout.labels import fold, phrases
from models.domain.order_work import ChargeKind
from models.domain.reading import ReadingLine

_KINDS = {"freight": ChargeKind.CHARGE, "header_discount": ChargeKind.DISCOUNT, "tax": ChargeKind.TAX}


def known_charge(line: ReadingLine) -> ReadingLine:
    """The line, saying which charge it is where it is named like one, whole, has an amount and no number that goods have."""
    if line.description is None or any((line.supplier_sku, line.buyer_sku, line.gtin, line.mpn)):
        return line
    if line.amount is None and line.unit_price is None:
        return line
    words = fold(line.description.value)
    kind = next((kind for field, kind in _KINDS.items() if words in phrases(field)), None)
    return line if kind is None else replace(line, charge=kind)
