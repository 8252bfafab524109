"""The header and summary of an X12 order. Numbers in brackets are ASC X12 data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from edi.build import OrderBuilder, less_sure
from edi.segments import Segment, Spot, date_at, joined, number_at, text_at
from models.domain.evidence import Found

# [374] what a date is for: delivery requested, required by, promised windows; the best witness of "when" first
WANTED = ("002", "106", "996", "067", "074", "063", "010", "068", "017", "069", "079", "037")
_PARTIES = {                                               # [98] entity, field of its address, field of its name
    "ST": ("ship_to", None), "BT": ("bill_to", None), "BY": (None, "buyer_name"), "BS": ("ship_to", "buyer_name"),
    "SU": (None, "supplier_name"), "VN": (None, "supplier_name"), "SE": (None, "supplier_name"),
}
_ASSIGNED_BY_SELLER = "91"                                 # [66] identification code qualifier
_STAND_IN = 0.8                                            # confidence of the invoiced party's name as the buyer's


def read_header(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Fill the header's fields from the segments before the first line."""
    put = builder.header.put
    for segment in segments:
        match segment.tag:
            case "BEG":
                put("po_number", text_at(segment, 3))
                put("order_date", date_at(segment, 5))
            case "BCH":
                put("po_number", text_at(segment, 3))
                put("revision", text_at(segment, 5))
                put("order_date", date_at(segment, 10) or date_at(segment, 6))
            case "G50":
                put("order_date", date_at(segment, 2))
                put("po_number", text_at(segment, 3))
            case "CUR":
                put("currency", text_at(segment, 2))
            case "REF":
                _reference(builder, segment)
            case "PER":
                put("contact", joined((segment, e, 0) for e in (2, 4, 6, 8)))
            case "FOB":
                put("delivery_terms", joined((segment, e, 0) for e in (5, 7)))
            case "ITD":
                put("payment_terms", _terms(segment))
            case "SAC":
                put("discount" if segment.get(1) == "A" else "charges", _cents(segment, 5))
            case "MSG":
                builder.header.add_text("notes", text_at(segment, 1))
            case "NTE":
                builder.header.add_text("notes", text_at(segment, 2))
            case _:
                pass
    put("requested_date", wanted_date(segments))
    _parties(builder, segments)


def _reference(builder: OrderBuilder, segment: Segment) -> None:
    """[128] reference qualifiers that name a field of ours."""
    name = {"11": "customer_account", "AC": "customer_account", "TJ": "vat_id", "VX": "vat_id"}.get(segment.get(1))
    if name:
        builder.header.put(name, text_at(segment, 2))


def _terms(segment: Segment) -> Found[str] | None:
    """The printed terms, or else what the numbers say: "2 % 10, net 30"."""
    if segment.get(12):
        return text_at(segment, 12)
    percent, days, net = segment.get(3), segment.get(5), segment.get(7)
    spots: list[Spot] = [(segment, e, 0) for e in (3, 5, 7) if segment.get(e)]
    words = ([f"{percent} % {days}"] if percent and days else []) + ([f"net {net}"] if net else [])
    found = joined(spots)
    return replace(found, value=", ".join(words)) if found and words else None


def _cents(segment: Segment, element: int) -> Found[Decimal] | None:
    """An amount of type N2: the last two digits are decimals, unless a point is written."""
    per = Decimal(1) if "." in segment.get(element) else Decimal(100)
    return number_at(segment, element, per=per)


def wanted_date(segments: Sequence[Segment]) -> Found[date] | None:
    """The date the goods are wanted, from the DTM segment whose qualifier says so most clearly."""
    dates = {segment.get(1): segment for segment in reversed(segments) if segment.tag == "DTM"}
    return next((date_at(dates[code], 2) for code in WANTED if code in dates), None)


def _parties(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    groups: list[list[Segment]] = []
    for segment in segments:
        if segment.tag == "N1":
            groups.append([segment])
        elif groups and segment.tag in {"N2", "N3", "N4"}:
            groups[-1].append(segment)
    put = builder.header.put
    for group in groups:
        address, name = _PARTIES.get(group[0].get(1), (None, None))
        if address and len(group) > 1:
            put(address, joined((s, e, 0) for s in group for e in _address_elements(s)))
        if name:
            put(name, text_at(group[0], 2))
        if group[0].get(1) in {"BY", "BT", "SO"} and group[0].get(3) == _ASSIGNED_BY_SELLER:
            put("customer_account", text_at(group[0], 4))
    for group in groups:
        if group[0].get(1) in {"BT", "SO"}:
            put("buyer_name", less_sure(text_at(group[0], 2), _STAND_IN))


def _address_elements(segment: Segment) -> Sequence[int]:
    return {"N1": (2,), "N2": (1, 2), "N3": (1, 2), "N4": (1, 2, 3, 4)}[segment.tag]


def read_summary(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Totals after the last line: AMT, TDS, TXI, SAC."""
    put = builder.header.put
    for segment in segments:
        if segment.tag == "AMT" and segment.get(1) in {"TT", "GV", "GT", "1"}:
            put("total", number_at(segment, 2))
        elif segment.tag == "TDS":
            put("total", _cents(segment, 1))
        elif segment.tag == "TXI":
            put("tax", number_at(segment, 2))
        elif segment.tag == "SAC":
            put("discount" if segment.get(1) == "A" else "charges", _cents(segment, 5))
