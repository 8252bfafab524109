"""One OrderLine of a UBL order. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from edi.build import Fields, article_number
from edi.xml.dates import latest
from edi.xml.document import Document, Node
from models.domain.evidence import Found

_CHANGES = {"Added": "add this line", "Cancelled": "delete this line", "Revised": "change this line", "Disputed": "disputed"}
_GTIN_LENGTHS = range(8, 15)


def read_line(document: Document, node: Node) -> None:
    """Append the line at an OrderLine node."""
    builder = document.builder
    builder.lines.append(Fields())
    item = document.one(node, "LineItem")
    put, text = builder.line.put, document.text
    put("line_no", text(item, "ID"))
    put("quantity", document.number(item, "Quantity"))
    put("uom", document.attribute(item, "Quantity", "unitCode"))
    put("amount", document.number(item, "LineExtensionAmount"))
    put("requested_date", wanted_date(document, document.one(item, "Delivery")))
    if (status := text(item, "LineStatusCode")) and status.value in _CHANGES:
        put("comment", replace(status, value=_CHANGES[status.value]))
    for note in (*document.all(item, "Note"), *document.all(node, "Note")):
        builder.line.add_text("comment", document.own_text(note))
    _article(document, document.one(item, "Item"))
    _price(document, item)


def wanted_date(document: Document, delivery: Node | None) -> Found[date] | None:
    """The latest day of the period asked for; less sure when the period has several days."""
    last = document.day(delivery, "RequestedDeliveryPeriod/EndDate") or document.day(delivery, "LatestDeliveryDate")
    return latest(document.day(delivery, "RequestedDeliveryPeriod/StartDate"), last)


def _article(document: Document, item: Node | None) -> None:
    put, text = document.builder.line.put, document.text
    put("supplier_sku", text(item, "SellersItemIdentification/ID"))
    put("buyer_sku", text(item, "BuyersItemIdentification/ID"))
    put("mpn", text(item, "ManufacturersItemIdentification/ID"))
    put("description", text(item, "Name", "Description"))
    put("pack", document.number(item, "PackSizeNumeric"))
    standard = text(item, "StandardItemIdentification/ID")
    if standard and standard.value.isdigit() and len(standard.value) in _GTIN_LENGTHS:
        put("gtin", article_number(standard))
    elif standard:
        label = document.builder.line_label
        document.builder.note("unknown_qualifier", f"{label} has the standard item number {standard.value}, which is no GTIN; "
                              "ask what it is if the item is not found.")


def _price(document: Document, item: Node | None) -> None:
    """BaseQuantity says how many units the price is for, and of which unit."""
    builder = document.builder
    basis = document.number(item, "Price/BaseQuantity")
    per = basis.value if basis and basis.value > 0 else Decimal(1)
    builder.line.put("unit_price", document.number(item, "Price/PriceAmount", per=per))
    if per != 1:
        builder.line.put("price_unit", basis)
    ordered, priced = builder.line.values.get("uom"), document.attribute(item, "Price/BaseQuantity", "unitCode")
    if ordered and priced and ordered.value != priced.value:
        builder.note("price_per_other_unit", f"{builder.line_label} is ordered in {ordered.value} but priced by {priced.value}; "
                     "check the price.")
