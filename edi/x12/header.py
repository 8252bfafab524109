"""The header and summary of an X12 order. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from edi.build import INDIRECT, OrderBuilder, less_sure
from edi.segments import Segment, Spot, joined, text_at
from edi.x12.parties import read_parties
from models.domain.evidence import Found

# [374] what a date is for: delivery requested or required, promised windows, shipment; the best witness of "when" first
_WANTED = ("002", "106", "996", "067", "074", "063", "010", "068", "017", "069", "079", "037", "038")
_DIRECT = ("002", "106", "996")
_REFERENCES = {"11": "customer_account", "12": "customer_account", "14": "customer_account", "TJ": "vat_id"}       # [128]
_TOTALS = {"TT": "total", "GT": "total", "GV": "total", "BAP": "total"}                                           # [522]


def read_header(builder: OrderBuilder, header: Sequence[Segment], summary: Sequence[Segment]) -> None:
    """Fill the header's fields from the segments before the first and after the last line."""
    for segment in header:
        _identity(builder, segment)
        _terms(builder, segment)
        _note(builder, segment)
    for segment in (*header, *summary):
        read_total(builder, segment)
    builder.header.put("requested_date", wanted_date(builder, header))
    read_parties(builder, header)


def _identity(builder: OrderBuilder, segment: Segment) -> None:
    put = builder.header.put
    match segment.tag:
        case "BEG":
            put("po_number", text_at(segment, 3))
            put("revision", text_at(segment, 4))
            put("order_date", builder.day(segment, 5))
        case "BCH":
            put("po_number", text_at(segment, 3))
            put("revision", text_at(segment, 5) or text_at(segment, 4))
            put("order_date", builder.day(segment, 6))
        case "CUR":
            put("currency", text_at(segment, 2))
        case "REF" if segment.get(1) in _REFERENCES:
            put(_REFERENCES[segment.get(1)], text_at(segment, 2))
        case "PER":
            put("contact", joined((segment, e, 0) for e in (2, 4, 6, 8)))
        case _:
            pass


def _terms(builder: OrderBuilder, segment: Segment) -> None:
    if segment.tag == "ITD":
        builder.header.put("payment_terms", _payment(segment))
    elif segment.tag == "FOB":
        builder.header.put("delivery_terms", joined((segment, e, 0) for e in (5, 3, 7)))


def _payment(segment: Segment) -> Found[str] | None:
    """The printed terms, or else what the numbers say: "2 % 10, net 30"."""
    if segment.get(12):
        return text_at(segment, 12)
    percent, days, net = segment.get(3), segment.get(5), segment.get(7)
    spots: list[Spot] = [(segment, e, 0) for e in (3, 5, 7)]
    words = ([f"{percent} % {days}"] if percent and days else []) + ([f"net {net}"] if net else [])
    found = joined(spots)
    return replace(found, value=", ".join(words)) if found and words else None


def _note(builder: OrderBuilder, segment: Segment) -> None:
    """Free text: notes, messages and the routing the buyer asks for."""
    element = {"MSG": 1, "MTX": 2, "NTE": 2, "N9": 3, "TD5": 5}.get(segment.tag)
    if element:
        builder.header.add_text("notes", text_at(segment, element))


def read_total(builder: OrderBuilder, segment: Segment) -> None:
    """Amounts of the whole order: AMT, TDS, TXI, SAC."""
    header = builder.header
    match segment.tag:
        case "AMT" if segment.get(1) in _TOTALS:
            header.put(_TOTALS[segment.get(1)], builder.number(segment, 2))
        case "TDS":
            header.put("total", _cents(builder, segment, 1))
        case "TXI":
            header.add_number("tax", builder.number(segment, 2))
        case "SAC":
            header.add_number("discount" if segment.get(1) == "A" else "charges", _cents(builder, segment, 5))
        case _:
            pass


def _cents(builder: OrderBuilder, segment: Segment, element: int) -> Found[Decimal] | None:
    """An amount of type N2: the last two digits are decimals, unless a point is written."""
    return builder.number(segment, element, per=Decimal(1) if "." in segment.get(element) else Decimal(100))


def wanted_date(builder: OrderBuilder, segments: Sequence[Segment]) -> Found[date] | None:
    """The date the goods are wanted, from the DTM segment whose qualifier says so most clearly."""
    dates = {segment.get(1): segment for segment in reversed(segments) if segment.tag == "DTM" and segment.get(2)}
    for code in _WANTED:
        if code in dates:
            found = builder.day(dates[code], 2)
            return found if code in _DIRECT else less_sure(found, INDIRECT)
    return None
