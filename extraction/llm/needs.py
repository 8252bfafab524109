"""What a reading leaves unsure enough to ask about. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from extraction.lines.build import multiplies_out
from models.domain.reading import Reading, ReadingLine

HEADER = (
    "po_number", "order_date", "requested_date", "currency", "buyer_name", "ship_to", "bill_to", "payment_terms", "total")
"""Header fields a model may be asked for. The supplier is who runs Ordermill; the kind of paper is never a model's to say."""

_DECIDING = ("po_number", "order_date", "requested_date", "currency", "total")
_CODES = ("supplier_sku", "buyer_sku", "gtin", "mpn")
_MEASURES = ("quantity", "unit_price")
_MOST_ROWS = 30              # of one reading; a table worse than that is no case of a few doubtful values


@dataclass(frozen=True, slots=True)
class Needs:
    """What to ask: header fields by name, lines by their place (0-based), or all lines when none was found."""

    header: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    all_lines: bool = False


def needs(reading: Reading, threshold: float) -> Needs | None:
    """What is missing or has a confidence below `threshold` (0.0–1.0); None when nothing is worth a question.

    A question is worth its time for what an order cannot go through without: its number, a date or total that was found but not
    surely, lines with a doubtful quantity or price. Once asked, everything unsure in the header is asked too.
    """
    if not reading.doc_type.value.opens_case:
        return None
    rows = tuple(n for n, line in enumerate(reading.lines) if is_unsure(line, threshold))[:_MOST_ROWS]
    header = tuple(
        name for name in HEADER if (found := getattr(reading.header, name)) is None or found.confidence < threshold)
    doubtful = any(name in header and getattr(reading.header, name) is not None for name in _DECIDING)
    if reading.header.po_number is None or doubtful or rows or not reading.lines:
        return Needs(header, rows, all_lines=not reading.lines)
    return None


def is_unsure(line: ReadingLine, threshold: float) -> bool:
    """True for a line whose quantity, price or identity a person would be asked about."""
    measures = [getattr(line, name) for name in _MEASURES]
    unsure = any(found is not None and found.confidence < threshold for found in measures)
    nameless = line.description is None and all(getattr(line, name) is None for name in _CODES)
    return unsure or nameless or line.quantity is None or multiplies_out(line) is False
