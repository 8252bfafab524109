"""One line item of an X12 order (PO1 or POC with what follows it). Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edi.build import Fields, OrderBuilder
from edi.segments import Segment, date_at, number_at, text_at
from edi.x12.header import wanted_date
from models.domain.evidence import Found

_CODES = {                                                 # [235] product id qualifiers that identify the item
    "BP": "buyer_sku", "IN": "buyer_sku", "PI": "buyer_sku", "CB": "buyer_sku", "SK": "buyer_sku", "IZ": "buyer_sku",
    "VN": "supplier_sku", "VP": "supplier_sku", "VC": "supplier_sku", "SN": "supplier_sku", "VS": "supplier_sku",
    "EN": "gtin", "UP": "gtin", "UK": "gtin", "UA": "gtin", "UI": "gtin", "EO": "gtin", "UE": "gtin", "GT": "gtin",
    "MG": "mpn", "MF": "mpn", "MN": "mpn",
}
_DESCRIBING = {"PD", "CL", "SZ", "BO", "BL", "CM", "LT", "EC", "DR", "ZZ", "UX", "ST", "IT", "PU", "PR", "CR", "VA", "VO", "SM"}
_BASES = {"HP": 100, "HF": 100, "HT": 100, "TP": 1000, "PN": 10}          # [639] the price is for so many units
_CHANGES = {                                               # [670] change or response type of an 860's line
    "AI": "add this line", "DI": "delete this line", "QI": "increase the quantity", "QD": "decrease the quantity",
    "PC": "change the price", "RS": "reschedule", "CA": "change the line", "PQ": "change price and quantity", "NC": "no change",
}


def read_line(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Append the line whose first segment is PO1 or POC."""
    builder.lines.append(Fields())
    head = segments[0]
    if head.tag == "PO1":
        _item(builder, head, quantity=2, unit=3, price=4, codes=6)
    else:
        _item(builder, head, quantity=3, unit=5, price=6, codes=8)
        builder.line.put("comment", text_at(head, 2))
        _explain_change(builder, head)
    for segment in segments[1:]:
        _detail(builder, segment)
    builder.line.put("requested_date", wanted_date(segments))
    _deliveries(builder, [s for s in segments if s.tag == "SCH"])
    if any(s.tag == "SDQ" for s in segments):
        builder.note("several_destinations", f"Line {head.get(1)} is split over several destinations; see its SDQ segments.")


def _item(builder: OrderBuilder, head: Segment, *, quantity: int, unit: int, price: int, codes: int) -> None:
    line = builder.line
    line.put("line_no", text_at(head, 1))
    _number(builder, head, "quantity", quantity)
    line.put("uom", text_at(head, unit))
    basis = _BASES.get(head.get(price + 1), 1)
    _number(builder, head, "unit_price", price, per=Decimal(basis))
    if basis != 1 and (printed := text_at(head, price + 1)):
        line.put("price_unit", Found(Decimal(basis), 1.0, printed.evidence))
    for at in range(codes, len(head.elements) - 1, 2):
        qualifier = head.get(at)
        if qualifier in _CODES:
            line.put(_CODES[qualifier], text_at(head, at + 1))
        elif qualifier in _DESCRIBING:
            line.add_text("description", text_at(head, at + 1))
        elif qualifier or head.get(at + 1):
            builder.note("unknown_qualifier", f"Line {head.get(1)} has an item code of an unknown kind, {qualifier or 'none'}.")


def _number(builder: OrderBuilder, segment: Segment, name: str, element: int, *, per: Decimal = Decimal(1)) -> None:
    found = number_at(segment, element, per=per)
    if found is None and segment.get(element):
        builder.note("bad_number", f"“{segment.get(element)}” in segment {segment.index + 1} is no number.")
    builder.line.put(name, found)


def _explain_change(builder: OrderBuilder, head: Segment) -> None:
    said = builder.line.values.get("comment")
    if said is not None:
        builder.line.values["comment"] = Found(_CHANGES.get(said.value, said.value), 1.0, said.evidence)


def _detail(builder: OrderBuilder, segment: Segment) -> None:
    line = builder.line
    match segment.tag:
        case "PID":
            line.add_text("description", text_at(segment, 5))
        case "MSG":
            line.add_text("comment", text_at(segment, 1))
        case "PO4":
            line.put("pack", number_at(segment, 1))
        case "CTP":
            line.put("unit_price", number_at(segment, 3))
        case "AMT":
            line.put("amount", number_at(segment, 2))
        case "SAC" if segment.get(1) == "A":
            line.put("discount", number_at(segment, 7))
        case "N1" if segment.get(1) == "ST":
            builder.note("line_ship_to", f"Line {line_number(line)} has its own ship-to, {segment.get(2) or segment.get(4)}.")
        case _:
            pass


def line_number(line: Fields) -> str:
    """The line's printed number, for sentences."""
    found = line.values.get("line_no")
    return str(found.value) if found else "without a number"


def _deliveries(builder: OrderBuilder, schedule: Sequence[Segment]) -> None:
    """SCH: one delivery gives the date (elements 5, 6); several are reported, for the order line has one date."""
    dated = [(s, at) for s in schedule for at in (6, 9) if s.get(at)]
    for segment, at in dated[:1]:
        builder.line.put("requested_date", date_at(segment, at))
    if len(schedule) > 1:
        parts = "; ".join(f"{s.get(1)} {s.get(2)} on {s.get(6)}" for s in schedule)
        builder.note("several_deliveries", f"Line {line_number(builder.line)} is wanted in {len(schedule)} deliveries: {parts}.")
