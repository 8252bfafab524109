"""An order as an ANSI X12 850 interchange (version 004010), with the truth of what its segments say."""

from __future__ import annotations

import random
import re
from typing import Any

from extraction.model.synth.company import Address
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.orders import Order

X12_UNITS = {"H87": "EA", "PR": "PR", "MTR": "MR", "XBX": "BX", "XCT": "CT", "XPK": "PK", "XBG": "BG", "XRO": "RO", "XRL": "RE",
             "XCA": "CN", "XBE": "BN", "XDR": "DR", "XPX": "PL", "LS": "LO"}


def write_edi850(rng: random.Random, order: Order) -> tuple[bytes, dict[str, Any]]:
    """The interchange, and its tags with values. Segments end with `~` and perhaps a line break."""
    control = f"{rng.randrange(10**9):09d}"
    body, printed = _header(order), _header_truth(order)
    for number in range(len(order.lines)):
        body += _line(order, number)
        printed.update(_line_truth(order, number))
    body += [f"CTT*{len(order.lines)}", f"AMT*TT*{order.subtotal}"]
    printed["total"] = float(order.subtotal)
    sender, receiver, blank = order.customer.customer_no, order.company.email_domain[:15].upper(), " " * 10
    segments = [
        f"ISA*00*{blank}*00*{blank}*ZZ*{sender:<15}*ZZ*{receiver:<15}*{order.order_date:%y%m%d}*0815*U*00401*{control}*0*P*>",
        f"GS*PO*{sender}*{receiver}*{order.order_date:%Y%m%d}*0815*1*X*004010",
        "ST*850*0001",
        *body,
        f"SE*{len(body) + 2}*0001",
        "GE*1*1",
        f"IEA*1*{control}",
    ]
    end = rng.choice(("~", "~\n", "~\r\n"))
    return "".join(segment + end for segment in segments).encode(), printed


def _header(order: Order) -> list[str]:
    purpose = {"order_change": "04", "cancellation": "01"}.get(order.doc_type, "00")
    found = [f"BEG*{purpose}*NE*{order.po_number}**{order.order_date:%Y%m%d}", f"CUR*BY*{order.currency}"]
    if order.requested_date:
        found.append(f"DTM*002*{order.requested_date:%Y%m%d}")
    found += _party("BY", order.customer.name, order.customer.customer_no, order.bill_to)
    found += _party("ST", order.ship_to.name, order.ship_to.code, order.ship_to)
    found.append(f"N1*SE*{_clean(order.company.name)}")
    return found


def _party(role: str, name: str, code: str, address: Address) -> list[str]:
    city = "*".join(
        (_clean(address.city), address.region[:2] if address.country == "US" else "", address.postcode, address.country)
    )
    return [f"N1*{role}*{_clean(name)}*92*{code}", f"N3*{_clean(address.street)}", f"N4*{city}"]


def _line(order: Order, number: int) -> list[str]:
    line = order.lines[number]
    price = (line.net_price / line.price_unit).normalize()
    found = f"PO1*{number + 1}*{number_of(line.quantity)}*{X12_UNITS[line.uom]}*{price:f}*"
    for qualifier, code in (("VP", line.supplier_sku), ("BP", line.buyer_sku), ("EN", line.gtin)):
        found += f"*{qualifier}*{code}" if code else ""
    return [found, f"PID*F****{_clean(line.text)}"]


def _header_truth(order: Order) -> dict[str, Any]:
    site = order.ship_to
    ship_to = (site.name, site.street, site.city, site.region[:2] if site.country == "US" else "", site.postcode, site.country)
    bill = order.bill_to
    bill_to = (
        order.customer.name,
        bill.street,
        bill.city,
        bill.region[:2] if bill.country == "US" else "",
        bill.postcode,
        bill.country,
    )
    return {
        "po_number": order.po_number,
        "order_date": order.order_date.isoformat(),
        "currency": order.currency,
        "requested_date": order.requested_date.isoformat() if order.requested_date else None,
        "buyer_name": _clean(order.customer.name),
        "supplier_name": _clean(order.company.name),
        "ship_to": ", ".join(_clean(part) for part in ship_to if part),
        "bill_to": ", ".join(_clean(part) for part in bill_to if part),
    }


def _line_truth(order: Order, number: int) -> dict[str, Any]:
    line = order.lines[number]
    values = {
        "line_no": str(number + 1), "supplier_sku": line.supplier_sku, "buyer_sku": line.buyer_sku, "gtin": line.gtin,
        "description": _clean(line.text), "quantity": number_of(line.quantity), "uom": X12_UNITS[line.uom],
        "unit_price": number_of(line.net_price / line.price_unit),
    }
    return {f"lines.{number}.{key}": value for key, value in values.items() if value is not None}


def _clean(text: str) -> str:
    """Text without the characters that end elements and segments, in one line."""
    return re.sub(r"[*~>\r\n]+", " ", text).strip()
