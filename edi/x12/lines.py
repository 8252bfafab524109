"""One line item of an X12 order (PO1 or POC with what follows it). Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from edi.build import Fields, OrderBuilder, article_number, less_sure
from edi.segments import Segment, text_at
from edi.x12.header import read_total, wanted_date
from edi.x12.prices import units_priced
from models.domain.evidence import Found

_CODES = {                                                 # [235] product id qualifiers, best of each kind first
    "VP": "supplier_sku", "VN": "supplier_sku", "VC": "supplier_sku", "VA": "supplier_sku", "VS": "supplier_sku",
    "BP": "buyer_sku", "IN": "buyer_sku", "PI": "buyer_sku", "CB": "buyer_sku", "SK": "buyer_sku", "IT": "buyer_sku",
    "UK": "gtin", "EN": "gtin", "UP": "gtin", "UA": "gtin", "UI": "gtin", "EO": "gtin",
    "MG": "mpn", "MN": "mpn", "MF": "mpn",
}
_DESCRIBING = ("PD", "CL", "SZ", "BO", "BL", "CM", "LT", "EC", "DR", "ZZ", "UX", "ST", "PU", "PR", "CR", "VO", "SM", "IZ")
_LINE_NUMBER = "PL"                                        # the buyer's own number of the line
_CHANGES = {                                               # [670] change or response type of an 860's line
    "AI": "add this line", "DI": "delete this line", "QI": "increase the quantity", "QD": "decrease the quantity",
    "PC": "change the price", "RS": "reschedule", "CA": "change the line", "PQ": "change price and quantity", "NC": "no change",
}


def read_line(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Append the line whose first segment is PO1 or POC."""
    builder.lines.append(Fields())
    head, line = segments[0], builder.line
    line.put("line_no", text_at(head, 1))
    if head.tag == "PO1":
        _item(builder, head, quantity=2, unit=3, price=4, codes=6)
    else:
        _item(builder, head, quantity=3, unit=5, price=6, codes=8)
        line.put("comment", _change(head))
    for segment in segments[1:]:
        _detail(builder, segment)
    line.put("requested_date", wanted_date(builder, segments))
    _deliveries(builder, [s for s in segments if s.tag == "SCH"])
    if any(s.tag == "SDQ" for s in segments):
        builder.note("several_destinations", f"{builder.line_label} is split over several destinations; see its SDQ segments.")


def _item(builder: OrderBuilder, head: Segment, *, quantity: int, unit: int, price: int, codes: int) -> None:
    line = builder.line
    line.put("quantity", builder.number(head, quantity))
    line.put("uom", text_at(head, unit))
    per = units_priced(builder, head.get(price + 1), head.get(unit))
    line.put("unit_price", builder.number(head, price, per=per))
    if per != 1 and (printed := text_at(head, price + 1)):
        line.put("price_unit", Found(per, 1.0, printed.evidence))
    _codes(builder, head, codes)


def _codes(builder: OrderBuilder, head: Segment, start: int) -> None:
    """Pairs of qualifier and code from element `start` on."""
    pairs = {head.get(at): at + 1 for at in reversed(range(start, len(head.elements), 2)) if head.get(at + 1)}
    for qualifier, name in _CODES.items():
        if qualifier in pairs:
            found = text_at(head, pairs[qualifier])
            builder.line.put(name, article_number(found) if name == "gtin" else found)
    for qualifier in reversed(pairs):
        if qualifier in _DESCRIBING:
            builder.line.add_text("description", text_at(head, pairs[qualifier]))
        elif qualifier not in _CODES and qualifier != _LINE_NUMBER:
            code = head.get(pairs[qualifier])
            builder.note("unknown_qualifier", f"{builder.line_label} has the item code {code} of an unknown kind, "
                         f"{qualifier or 'none'}; ask what it is if the item is not found.")
    if _LINE_NUMBER in pairs:
        builder.line.put("line_no", text_at(head, pairs[_LINE_NUMBER]))


def _change(head: Segment) -> Found[str] | None:
    said = text_at(head, 2)
    return replace(said, value=_CHANGES.get(said.value, said.value)) if said else None


def _detail(builder: OrderBuilder, segment: Segment) -> None:
    line = builder.line
    match segment.tag:
        case "PID":
            line.add_text("description", text_at(segment, 5))
        case "MSG" | "MTX" | "N9":
            line.add_text("comment", text_at(segment, {"MSG": 1, "MTX": 2, "N9": 3}[segment.tag]))
        case "PO4":
            line.put("pack", builder.number(segment, 1))
        case "CTP":
            line.put("unit_price", less_sure(builder.number(segment, 3), 0.95))
        case "AMT" if segment.get(1) == "1":               # [522] line item total
            line.put("amount", builder.number(segment, 2))
        case "AMT":
            read_total(builder, segment)
        case "SAC" if segment.get(1) == "A":
            line.put("discount", builder.number(segment, 7))
        case "N1" if segment.get(1) == "ST":
            where = segment.get(2) or segment.get(4)
            builder.note("line_ship_to", f"{builder.line_label} has its own ship-to, {where}; split the order by destination.")
        case _:
            pass


def _deliveries(builder: OrderBuilder, schedule: Sequence[Segment]) -> None:
    """SCH: one delivery gives the date; several are reported, for the order line has one date."""
    dated = [(s, at) for s in schedule for at in (6, 9) if s.get(at)]
    for segment, at in dated[:1]:
        builder.line.put("requested_date", builder.day(segment, at))
    if len(schedule) > 1:
        parts = "; ".join(f"{s.get(1)} {s.get(2)} on {s.get(6)}" for s in schedule)
        builder.note("several_deliveries", f"{builder.line_label} is wanted in {len(schedule)} deliveries, split it: {parts}.")
