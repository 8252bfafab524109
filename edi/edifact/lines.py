"""One line item of an EDIFACT order (LIN with what follows it). Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from edi.build import Fields, OrderBuilder, article_number, less_sure
from edi.edifact.dates import wanted_date
from edi.segments import Segment, joined, text_at

_CODES = {                                                 # [7143] item number type
    "EN": "gtin", "SRV": "gtin", "UP": "gtin", "GT": "gtin", "BP": "buyer_sku", "IN": "buyer_sku", "SK": "buyer_sku",
    "SA": "supplier_sku", "VN": "supplier_sku", "VP": "supplier_sku", "MF": "mpn", "MN": "mpn", "MP": "mpn",
}
_SILENT = {"CC", "CV", "GN", "NB", "PV", "HS", "SN", "BB", "CL", "GB", "RY", "PL"}  # groups, variants, batches: no identity
_SUBSTITUTE = "4"                                          # [4347] PIA: another item that would do
_ORDERED, _FREE = "21", "192"                              # [6063] quantities
_PACKS = {"52", "59"}                                      # per pack, consumer units in the traded unit
_PARTIAL = {"11", "78", "145"}                             # of one delivery
_AMOUNTS = {"203", "38", "66"}                             # [5025] of the line item
_NET, _GROSS = {"AAA", "NTP", "CON", "CT"}, {"AAB", "GRP", "INV"}                   # [5125] prices
_GROSS_AS_NET = 0.8
_CHANGES = {"1": "add this line", "2": "delete this line", "3": "change this line", "5": "accept", "7": "reject"}     # [1229]


def read_line(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Append the line whose first segment is LIN."""
    builder.lines.append(Fields())
    line, head = builder.line, segments[0]
    line.put("line_no", text_at(head, 1))
    if (action := text_at(head, 2)) and action.value in _CHANGES:
        line.put("comment", replace(action, value=_CHANGES[action.value]))
    if head.get(4) == "1":                                 # [5495] sub-line
        builder.note("sub_line", f"{builder.line_label} is part of line {head.get(4, 1)}; see that it is not ordered twice.")
    _code(builder, head, 3)
    for segment in segments[1:]:
        _detail(builder, segment)
    line.put("requested_date", wanted_date(builder, segments))
    _price(builder, [s for s in segments if s.tag == "PRI"])
    _deliveries(builder, segments)


def _code(builder: OrderBuilder, segment: Segment, element: int) -> None:
    code, kind = text_at(segment, element), segment.get(element, 1)
    if kind in _CODES:
        builder.line.put(_CODES[kind], article_number(code) if _CODES[kind] == "gtin" else code)
    elif code and kind not in _SILENT:
        builder.note("unknown_qualifier", f"{builder.line_label} has the item code {code.value} of an unknown kind, "
                     f"{kind or 'none'}; ask what it is if the item is not found.")


def _detail(builder: OrderBuilder, segment: Segment) -> None:
    line = builder.line
    match segment.tag:
        case "PIA" if segment.get(1) != _SUBSTITUTE:
            for element in range(2, len(segment.elements)):
                _code(builder, segment, element)
        case "IMD":
            line.add_text("description", joined(((segment, 3, c) for c in (3, 4)), " "))
        case "QTY":
            _quantity(builder, segment)
        case "MOA" if segment.get(1) in _AMOUNTS:
            line.put("amount", builder.number(segment, 1, 1))
        case "PCD" if segment.get(1) in {"1", "3", "12"}:
            line.put("discount", builder.number(segment, 1, 1))
        case "FTX":
            line.add_text("comment", joined(((segment, 4, c) for c in range(5)), " "))
        case _:
            pass


def _quantity(builder: OrderBuilder, segment: Segment) -> None:
    code = segment.get(1)
    if code == _ORDERED:
        builder.line.put("quantity", builder.number(segment, 1, 1))
        builder.line.put("uom", text_at(segment, 1, 2))
    elif code in _PACKS:
        builder.line.put("pack", builder.number(segment, 1, 1))
    elif code == _FREE:
        builder.note("free_goods", f"{builder.line_label} asks for {segment.get(1, 1)} free of charge as well; agree or decline.")


def _price(builder: OrderBuilder, prices: Sequence[Segment]) -> None:
    """The net price before the gross one; a price for so many units [5284] is divided."""
    if not prices:
        return
    best = min(prices, key=lambda s: (s.get(1) not in _NET, s.get(1) in _GROSS))
    basis = builder.number(best, 1, 4)
    per = basis.value if basis and basis.value > 0 else Decimal(1)
    found = builder.number(best, 1, 1, per=per)
    builder.line.put("unit_price", less_sure(found, _GROSS_AS_NET) if best.get(1) in _GROSS else found)
    if per != 1:
        builder.line.put("price_unit", basis)
    ordered, priced = builder.line.values.get("uom"), best.get(1, 5)
    if ordered and priced and ordered.value != priced:
        builder.note("price_per_other_unit", f"{builder.line_label} is ordered in {ordered.value} but priced by {priced}; "
                     "check the price.")


def _deliveries(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Partial quantities: several are reported, for the order line has one date and one place."""
    partial = [s for s in segments if s.tag == "QTY" and s.get(1) in _PARTIAL]
    if len(partial) > 1:
        parts = ", ".join(s.get(1, 1) for s in partial)
        builder.note("several_deliveries", f"{builder.line_label} is wanted in {len(partial)} deliveries, split it: {parts}.")
