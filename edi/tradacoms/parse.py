"""TRADACOMS ORDERS (file version 9) → readings. Names in brackets are the standard's data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edi.build import Fields, OrderBuilder, article_number, kind
from edi.segments import MalformedInterchange, Segment, joined, split_at, text_at, to_decimal
from edi.tradacoms.tokens import segments_of
from models.domain.reading import DocumentType, Reading

_HEAD, _ORDER = "ORDHDR", "ORDERS"           # message types within the file
_IMPLIED_DECIMALS = Decimal(10_000)          # [AUCT] is written without a point: four decimals


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """One reading for each ORDERS message of the file. Raises MalformedInterchange (code malformed_edi)."""
    readings = [reading for part in split_at(segments_of(content), "STX") for reading in _transmission(part)]
    if not readings:
        raise MalformedInterchange("The TRADACOMS transmission holds no ORDERS message. Ask for a new transmission.")
    return tuple(readings)


def _transmission(segments: Sequence[Segment]) -> list[Reading]:
    messages = split_at((s for s in segments if s.tag != "END"), "MHD")
    shared = [s for message in messages if message[0].get(2) == _HEAD for s in message]
    has_end = segments[-1].tag == "END"
    return [_reading(segments[0], shared, message, has_end=has_end) for message in messages if message[0].get(2) == _ORDER]


def _reading(start: Segment, shared: Sequence[Segment], order: Sequence[Segment], *, has_end: bool) -> Reading:
    builder = OrderBuilder(kind(DocumentType.PURCHASE_ORDER, order[0], 2))
    if not has_end:
        builder.note("envelope_incomplete", "The transmission has no END segment; its end may be missing. Ask for it again.")
    for segment in order:
        _field(builder, segment)
    for segment in shared:
        if name := {"CDT": "buyer_name", "SDT": "supplier_name"}.get(segment.tag):
            builder.header.put(name, text_at(segment, 2))
    builder.header.put("buyer_name", text_at(start, 2, 1))             # [FROM]
    builder.header.put("supplier_name", text_at(start, 3, 1))          # [UNTO]
    builder.require("po_number", "ORD")
    _check_counts(builder, order)
    return builder.finish()


def _field(builder: OrderBuilder, segment: Segment) -> None:
    put = builder.header.put
    match segment.tag:
        case "CLO":                                                    # [CNAM, CADD], else the location's code [CLOC]
            put("ship_to", joined((segment, e, c) for e in (2, 3) for c in range(5)))
            put("ship_to", text_at(segment, 1, 1) or text_at(segment, 1))
        case "ORD":                                                    # [ORNO]
            put("po_number", text_at(segment, 1))
            put("order_date", builder.day(segment, 1, 2))
        case "DIN":                                                    # [EDAT, LDAT]: the latest date is the promise
            put("requested_date", builder.day(segment, 2) or builder.day(segment, 1))
        case "DNA" | "DNB":                                            # [GNAR]
            fields = builder.line if builder.lines else builder.header
            fields.add_text("comment" if builder.lines else "notes", joined((segment, e, c) for e in (3, 4) for c in range(4)))
        case "OLD":
            _line(builder, segment)
        case _:
            pass


def _line(builder: OrderBuilder, segment: Segment) -> None:
    builder.lines.append(Fields())
    put = builder.line.put
    put("line_no", text_at(segment, 1))
    put("gtin", article_number(text_at(segment, 2)))                   # [SPRO]
    put("supplier_sku", text_at(segment, 2, 1))
    put("buyer_sku", text_at(segment, 4, 1) or text_at(segment, 4))    # [CPRO]
    put("pack", builder.number(segment, 5))                            # [UNOR] consumer units in one ordered unit
    put("quantity", builder.number(segment, 6))                        # [OQTY]
    put("uom", text_at(segment, 6, 2))
    per = Decimal(1) if "." in segment.get(7) else _IMPLIED_DECIMALS
    put("unit_price", builder.number(segment, 7, per=per))             # [AUCT]
    put("description", joined(((segment, 10, c) for c in range(4)), " "))


def _check_counts(builder: OrderBuilder, order: Sequence[Segment]) -> None:
    last = {segment.tag: segment for segment in order}
    if "OTR" in last:
        builder.check_count("lines", to_decimal(last["OTR"].get(1)), len(builder.lines))
    if "MTR" in last:
        builder.check_count("segments", to_decimal(last["MTR"].get(1)), len(order))
    else:
        builder.note("missing_segment", "The message has no MTR segment; its end may be missing. Ask for it again.")
