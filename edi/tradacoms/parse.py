"""TRADACOMS ORDERS (file version 9) → readings. Names in brackets are the standard's data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edi.build import Fields, OrderBuilder, kind
from edi.segments import MalformedInterchange, Segment, date_at, joined, number_at, text_at, to_decimal
from edi.tradacoms.tokens import segments_of
from models.domain.reading import DocumentType, Reading

_HEADS, _ORDERS = "ORDHDR", "ORDERS"
_PRICE_DECIMALS = Decimal(10_000)            # [AUCT] is written without a point: four decimals


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each ORDERS message. Raises MalformedInterchange (code malformed_edi)."""
    segments = segments_of(content)
    messages = _messages(segments)
    shared = [s for name, message in messages for s in message if name == _HEADS]
    orders = [message for name, message in messages if name == _ORDERS]
    if not orders:
        raise MalformedInterchange("The TRADACOMS transmission holds no ORDERS message. Ask for a new transmission.")
    return tuple(_reading(segments[0], shared, order, has_end=segments[-1].tag == "END") for order in orders)


def _messages(segments: Sequence[Segment]) -> list[tuple[str, list[Segment]]]:
    """(type, segments) of each message, from MHD to MTR."""
    messages: list[tuple[str, list[Segment]]] = []
    for segment in segments:
        if segment.tag == "MHD":
            messages.append((segment.get(2), []))
        if messages and segment.tag != "END":
            messages[-1][1].append(segment)
    return messages


def _reading(start: Segment, shared: Sequence[Segment], order: Sequence[Segment], *, has_end: bool) -> Reading:
    builder = OrderBuilder(kind(DocumentType.PURCHASE_ORDER, order[0], 2))
    if not has_end:
        builder.note("envelope_incomplete", "The transmission has no END segment; its end may be missing.")
    for segment in order:
        _field(builder, segment)
    for segment in shared:
        _party(builder, segment)
    builder.header.put("buyer_name", text_at(start, 2, 1))             # [FROM]
    builder.header.put("supplier_name", text_at(start, 3, 1))          # [UNTO]
    _check_totals(builder, order)
    return builder.finish()


def _party(builder: OrderBuilder, segment: Segment) -> None:
    name = {"CDT": "buyer_name", "SDT": "supplier_name"}.get(segment.tag)
    if name:
        builder.header.put(name, text_at(segment, 2))


def _field(builder: OrderBuilder, segment: Segment) -> None:
    put = builder.header.put
    match segment.tag:
        case "CLO":                                                    # [CLOC, CNAM, CADD]
            put("ship_to", joined((segment, e, c) for e in (2, 3) for c in range(5)))
        case "ORD":                                                    # [ORNO]
            put("po_number", text_at(segment, 1))
            put("order_date", date_at(segment, 1, 2))
        case "DIN":                                                    # [EDAT, LDAT]: the latest date is the promise
            put("requested_date", date_at(segment, 2) or date_at(segment, 1))
        case "DNA" | "DNB" if builder.lines:
            builder.line.add_text("comment", joined((segment, e, c) for e in (3, 4) for c in range(4)))
        case "DNA":
            builder.header.add_text("notes", joined((segment, e, c) for e in (3, 4) for c in range(4)))
        case "OLD":
            _line(builder, segment)
        case _:
            pass


def _line(builder: OrderBuilder, segment: Segment) -> None:
    builder.lines.append(Fields())
    put = builder.line.put
    put("line_no", text_at(segment, 1))
    put("gtin", text_at(segment, 2))                                   # [SPRO]
    put("supplier_sku", text_at(segment, 2, 1))
    put("buyer_sku", text_at(segment, 4, 1) or text_at(segment, 4))    # [CPRO]
    put("pack", number_at(segment, 5))                                 # [UNOR] consumer units in one ordered unit
    put("quantity", number_at(segment, 6))                             # [OQTY]
    put("uom", text_at(segment, 6, 2))
    per = Decimal(1) if "." in segment.get(7) else _PRICE_DECIMALS
    put("unit_price", number_at(segment, 7, per=per))                  # [AUCT]
    put("description", joined(((segment, 10, c) for c in range(4)), " "))


def _check_totals(builder: OrderBuilder, order: Sequence[Segment]) -> None:
    for segment in order:
        if segment.tag == "OTR":
            builder.check_count("line_count_mismatch", "lines", to_decimal(segment.get(1)), len(builder.lines))
        elif segment.tag == "MTR":
            builder.check_count("segment_count_mismatch", "segments", to_decimal(segment.get(1)), len(order))
