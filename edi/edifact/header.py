"""The header and summary of an EDIFACT order. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edi.build import INDIRECT, OrderBuilder, less_sure
from edi.edifact.dates import best_date, wanted_date
from edi.edifact.parties import read_parties
from edi.segments import Segment, joined, text_at
from models.domain.evidence import Found
from models.domain.reading import DocumentType

_ORDERED = ("4", "137")                                    # [2005] order date, document date
_TOTALS = {"86": "total", "128": "total", "9": "total", "79": "subtotal", "124": "tax", "176": "tax"}      # [5025]
_ALLOWANCES = {"8", "23", "131", "204"}                    # [5025] amounts of an allowance or charge
_SPANS = {"D": "days", "W": "weeks", "M": "months"}        # [2151] type of period


def read_header(builder: OrderBuilder, header: Sequence[Segment], summary: Sequence[Segment]) -> None:
    """Fill the header's fields from the segments before the first and after the last line."""
    put = builder.header.put
    put("order_date", best_date(builder, header, _ORDERED))
    put("requested_date", wanted_date(builder, header))
    _numbers(builder, header)
    for segment in header:
        _terms(builder, segment)
    _totals(builder, header)
    _totals(builder, summary)
    read_parties(builder, header)


def _numbers(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """BGM names the order, or the change, which then refers to its order (RFF+ON)."""
    begin = next((s for s in segments if s.tag == "BGM"), None)
    if begin is None:
        return
    put = builder.header.put
    order = next((text_at(s, 1, 1) for s in segments if s.tag == "RFF" and s.get(1) == "ON"), None)
    if builder.doc_type.value is not DocumentType.PURCHASE_ORDER and order:
        put("po_number", order)
        put("revision", text_at(begin, 2))
    put("po_number", text_at(begin, 2))
    put("revision", text_at(begin, 2, 1))


def _terms(builder: OrderBuilder, segment: Segment) -> None:
    put = builder.header.put
    match segment.tag:
        case "CUX":
            put("currency", text_at(segment, 1, 1))
        case "FTX":
            builder.header.add_text("notes", joined(((segment, 4, c) for c in range(5)), " "))
        case "PAT" | "PYT":
            put("payment_terms", joined(((segment, 2, c) for c in (3, 4)), " ") or _net(segment))
        case "TOD":
            put("delivery_terms", joined(((segment, 3, c) for c in (0, 3, 4)), " "))
        case "RFF" if segment.get(1) == "PP":
            put("revision", text_at(segment, 1, 1))
        case _:
            pass


def _net(segment: Segment) -> Found[str] | None:
    """Payment within a number of days, weeks or months."""
    count, span = text_at(segment, 3, 3), _SPANS.get(segment.get(3, 2), "")
    return replace(count, value=f"{count.value} {span}".strip()) if count else None


def _totals(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """MOA: totals, and the amounts of the allowance or charge (ALC) before them."""
    allowance = ""
    for segment in segments:
        if segment.tag == "ALC":
            allowance = {"A": "discount", "C": "charges"}.get(segment.get(1), "")
        elif segment.tag == "MOA" and segment.get(1) in _ALLOWANCES and allowance:
            builder.header.add_number(allowance, builder.number(segment, 1, 1))
            allowance = ""
        elif segment.tag == "MOA" and segment.get(1) in _TOTALS:
            found = builder.number(segment, 1, 1)
            builder.header.put(_TOTALS[segment.get(1)], less_sure(found, INDIRECT) if segment.get(1) == "9" else found)
