"""One IncludedSupplyChainTradeLineItem of a Cross Industry Order. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from edi.build import Fields, article_number
from edi.xml.dates import latest
from edi.xml.document import Document, Node
from models.domain.evidence import Found

_GTIN_SCHEME = "0160"                                # ISO/IEC 6523 code of GTIN
_GTIN_LENGTHS = range(8, 15)
_CHANGES = {"1": "add this line", "2": "delete this line", "3": "change this line"}        # UNCL 1229


def read_line(document: Document, node: Node) -> None:
    """Append the line at an IncludedSupplyChainTradeLineItem node."""
    builder = document.builder
    builder.lines.append(Fields())
    put, text = builder.line.put, document.text
    own = document.one(node, "AssociatedDocumentLineDocument")
    delivery = document.one(node, "SpecifiedLineTradeDelivery")
    put("line_no", text(own, "LineID"))
    put("quantity", document.number(delivery, "RequestedQuantity"))
    put("uom", document.attribute(delivery, "RequestedQuantity", "unitCode"))
    put("pack", document.number(delivery, "PerPackageUnitQuantity"))
    put("requested_date", wanted_date(document, delivery))
    put("amount", document.number(
        node, "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount"))
    if (status := text(own, "LineStatusCode")) and status.value in _CHANGES:
        put("comment", replace(status, value=_CHANGES[status.value]))
    for note in document.all(own, "IncludedNote/Content"):
        builder.line.add_text("comment", document.own_text(note))
    _article(document, document.one(node, "SpecifiedTradeProduct"))
    _price(document, document.one(node, "SpecifiedLineTradeAgreement"))


def wanted_date(document: Document, delivery: Node | None) -> Found[date] | None:
    """The day asked for, or the latest day of the period asked for."""
    event = document.one(delivery, "RequestedDeliverySupplyChainEvent")
    first = document.day(event, "OccurrenceSpecifiedPeriod/StartDateTime/DateTimeString")
    last = document.day(event, "OccurrenceSpecifiedPeriod/EndDateTime/DateTimeString")
    return document.day(event, "OccurrenceDateTime/DateTimeString") or latest(first, last)


def _article(document: Document, product: Node | None) -> None:
    builder, text = document.builder, document.text
    put = builder.line.put
    put("supplier_sku", text(product, "SellerAssignedID"))
    put("buyer_sku", text(product, "BuyerAssignedID"))
    put("mpn", text(product, "ManufacturerAssignedID"))
    put("description", text(product, "Name", "Description"))
    standard, scheme = text(product, "GlobalID"), document.attribute(product, "GlobalID", "schemeID")
    if standard is None:
        return
    if standard.value.isdigit() and (len(standard.value) in _GTIN_LENGTHS) and (not scheme or scheme.value == _GTIN_SCHEME):
        put("gtin", article_number(standard))
    else:
        builder.note("unknown_qualifier", f"{builder.line_label} has the standard item number {standard.value}, which is no "
                     "GTIN; ask what it is if the item is not found.")


def _price(document: Document, agreement: Node | None) -> None:
    """BasisQuantity says how many units the price is for, and of which unit; the net price is the one to pay."""
    builder = document.builder
    for name in ("NetPriceProductTradePrice", "GrossPriceProductTradePrice"):
        price = document.one(agreement, name)
        basis = document.number(price, "BasisQuantity")
        per = basis.value if basis and basis.value > 0 else Decimal(1)
        found = document.number(price, "ChargeAmount", per=per)
        if found is None:
            continue
        builder.line.put("unit_price", found)
        if per != 1:
            builder.line.put("price_unit", basis)
        ordered, priced = builder.line.values.get("uom"), document.attribute(price, "BasisQuantity", "unitCode")
        if ordered and priced and ordered.value != priced.value:
            builder.note("price_per_other_unit", f"{builder.line_label} is ordered in {ordered.value} but priced by "
                         f"{priced.value}; check the price.")
        return
