"""One line item of an EDIFACT order (LIN with what follows it). Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edi.build import Fields, OrderBuilder
from edi.edifact.header import dtm_date, wanted_date
from edi.segments import Segment, joined, number_at, text_at
from models.domain.evidence import Found

_CODES = {                                                 # [7143] item number type
    "EN": "gtin", "SRV": "gtin", "UP": "gtin", "GT": "gtin", "BP": "buyer_sku", "IN": "buyer_sku", "SA": "supplier_sku",
    "VN": "supplier_sku", "VP": "supplier_sku", "MF": "mpn", "MN": "mpn", "MP": "mpn",
}
_SILENT = {"CC", "CV", "GN", "NB", "PV", "HS", "SN", "BB", "CL", "GB", "RY"}        # groups, variants, batches: no identity
_ORDERED = ("21", "52", "3")                               # [6063] quantities
_PACK = "59"                                               # consumer units in the traded unit
_PARTIAL = {"11", "78", "145"}                             # of one delivery
_NET, _GROSS = {"AAA", "NTP", "CON", "CT"}, {"AAB", "GRP", "INV"}                   # [5125] prices
_CHANGES = {"1": "add this line", "2": "delete this line", "3": "change this line", "5": "accept", "7": "reject"}     # [1229]


def read_line(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Append the line whose first segment is LIN."""
    builder.lines.append(Fields())
    line, head = builder.line, segments[0]
    line.put("line_no", text_at(head, 1))
    if (action := text_at(head, 2)) and action.value in _CHANGES:
        line.put("comment", Found(_CHANGES[action.value], 1.0, action.evidence))
    _code(builder, head, 3)
    for segment in segments[1:]:
        _detail(builder, segment)
    line.put("requested_date", wanted_date(segments))
    _price(builder, [s for s in segments if s.tag == "PRI"])
    _deliveries(builder, segments)


def _code(builder: OrderBuilder, segment: Segment, element: int) -> None:
    code, kind = segment.get(element), segment.get(element, 1)
    if kind in _CODES:
        builder.line.put(_CODES[kind], text_at(segment, element))
    elif code and kind not in _SILENT:
        builder.note("unknown_qualifier", f"The item code {code} is of an unknown kind, {kind or 'none'}.")


def _detail(builder: OrderBuilder, segment: Segment) -> None:
    line = builder.line
    match segment.tag:
        case "PIA":
            for element in range(2, len(segment.elements)):
                _code(builder, segment, element)
        case "IMD":
            line.add_text("description", joined(((segment, 3, c) for c in (3, 4)), " "))
        case "QTY" if segment.get(1) in _ORDERED:
            _number(builder, segment, "quantity")
            line.put("uom", text_at(segment, 1, 2))
        case "QTY" if segment.get(1) == _PACK:
            line.put("pack", number_at(segment, 1, 1))
        case "MOA" if segment.get(1) in {"203", "38"}:
            _number(builder, segment, "amount")
        case "PCD" if segment.get(1) in {"1", "3", "12"}:
            line.put("discount", number_at(segment, 1, 1))
        case "FTX":
            line.add_text("comment", joined(((segment, 4, c) for c in range(5)), " "))
        case _:
            pass


def _number(builder: OrderBuilder, segment: Segment, name: str) -> None:
    found = number_at(segment, 1, 1)
    if found is None and segment.get(1, 1):
        builder.note("bad_number", f"“{segment.get(1, 1)}” in segment {segment.index + 1} is no number.")
    builder.line.put(name, found)


def _price(builder: OrderBuilder, prices: Sequence[Segment]) -> None:
    """The net price before the gross one; a price for so many units [5284] is divided."""
    for segment in sorted(prices, key=lambda s: (s.get(1) not in _NET, s.get(1) not in _GROSS)):
        basis = number_at(segment, 1, 4)
        per = basis.value if basis and basis.value > 0 else Decimal(1)
        builder.line.put("unit_price", number_at(segment, 1, 1, per=per))
        if per != 1:
            builder.line.put("price_unit", basis)
        return


def _deliveries(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Partial quantities with dates: several are reported, for the order line has one date."""
    partial = [s for s in segments if s.tag == "QTY" and s.get(1) in _PARTIAL]
    if len(partial) > 1:
        dates = [found.value.isoformat() for s in segments if s.tag == "DTM" and (found := dtm_date(s))]
        parts = ", ".join(s.get(1, 1) for s in partial)
        builder.note("several_deliveries", f"A line is wanted in {len(partial)} deliveries: {parts}; dates {', '.join(dates)}.")
