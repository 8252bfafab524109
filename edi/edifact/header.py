"""The header and summary of an EDIFACT order. Numbers in brackets are UN/EDIFACT data elements. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from edi.build import OrderBuilder, less_sure
from edi.segments import Segment, date_at, evidence, joined, number_at, text_at, to_date
from models.domain.evidence import Found

_PARTIES = {                                               # [3035] party, field of its address, field of its name
    "DP": ("ship_to", None), "ST": ("ship_to", None), "IV": ("bill_to", None), "BY": (None, "buyer_name"),
    "OB": (None, "buyer_name"), "SU": (None, "supplier_name"), "SE": (None, "supplier_name"),
}
_WANTED = ("2", "63", "69", "64", "10", "200", "17")       # [2005] delivery requested first
_ORDERED = ("4", "137")                                    # order date, document date
_SHORT_YEAR = {"101", "201", "301"}                        # [2379] formats that begin with YYMMDD
_TOTALS = {"86": "total", "128": "total", "9": "total", "79": "subtotal", "124": "tax", "176": "tax"}      # [5025]
_STAND_IN = 0.8                                            # confidence of the invoiced party's name as the buyer's


def dtm_date(segment: Segment) -> Found[date] | None:
    """The date of a DTM segment in its own format."""
    if segment.get(1, 2) not in _SHORT_YEAR:
        return date_at(segment, 1, 1)
    value = to_date(segment.get(1, 1)[:6])
    return Found(value, 1.0, evidence([(segment, 1, 1)])) if value else None


def best_date(segments: Sequence[Segment], codes: Sequence[str]) -> Found[date] | None:
    """The date whose qualifier comes first in `codes`."""
    dates = {segment.get(1): segment for segment in reversed(segments) if segment.tag == "DTM"}
    return next((dtm_date(dates[code]) for code in codes if code in dates), None)


def wanted_date(segments: Sequence[Segment]) -> Found[date] | None:
    """The date the goods are wanted."""
    return best_date(segments, _WANTED)


def read_header(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Fill the header's fields from the segments before the first line."""
    put = builder.header.put
    put("order_date", best_date(segments, _ORDERED))
    put("requested_date", wanted_date(segments))
    party = ""
    for segment in segments:
        match segment.tag:
            case "BGM":
                put("po_number", text_at(segment, 2))
                put("revision", text_at(segment, 2, 1))
            case "CUX":
                put("currency", text_at(segment, 1, 1))
            case "FTX":
                builder.header.add_text("notes", joined(((segment, 4, c) for c in range(5)), " "))
            case "PAT" | "PYT":
                put("payment_terms", joined((segment, e, c) for e in (2, 3) for c in (3, 4)))
            case "TOD":
                put("delivery_terms", joined(((segment, 3, c) for c in (0, 3, 4)), " "))
            case "NAD":
                party = segment.get(1)
                _party(builder, segment)
            case "RFF":
                _reference(builder, segment, party)
            case "CTA" if party in {"", "BY", "OB"}:
                put("contact", text_at(segment, 2, 1) or text_at(segment, 2))
            case _:
                pass
    for segment in segments:
        if segment.tag == "NAD" and segment.get(1) in {"IV", "DP"}:
            put("buyer_name", less_sure(_name(segment), _STAND_IN))


def _party(builder: OrderBuilder, segment: Segment) -> None:
    address, name = _PARTIES.get(segment.get(1), (None, None))
    spots = [(segment, e, c) for e in range(3, 10) for c in range(5)]
    if address:
        builder.header.put(address, joined(spots))
    if name:
        builder.header.put(name, _name(segment))


def _name(segment: Segment) -> Found[str] | None:
    return joined(((segment, 4, c) for c in range(5)), " ") or text_at(segment, 3)


def _reference(builder: OrderBuilder, segment: Segment, party: str) -> None:
    """[1153] reference qualifiers; a VAT number belongs to the party it follows."""
    code, found = segment.get(1), text_at(segment, 1, 1)
    if code == "VA" and party in {"BY", "IV", "OB"}:
        builder.header.put("vat_id", found)
    elif code in {"IT", "ADE", "AVU"} and party in {"", "BY", "OB"}:
        builder.header.put("customer_account", found)
    elif code == "PP" and found:
        builder.header.put("revision", replace(found))


def read_summary(builder: OrderBuilder, segments: Sequence[Segment]) -> None:
    """Monetary totals after the last line."""
    for segment in segments:
        if segment.tag == "MOA" and segment.get(1) in _TOTALS:
            builder.header.put(_TOTALS[segment.get(1)], number_at(segment, 1, 1))
