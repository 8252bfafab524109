"""Our messages to an ERP → UBL 2.1 Order and OrderCancellation (OASIS). Pure.

`UUID` is not ours to invent, so the key that makes a repeat harmless stands in a Note, "Key: …", as the first of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

_ROOT = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC = _ROOT + "CommonAggregateComponents-2"
_CBC = _ROOT + "CommonBasicComponents-2"
for _prefix, _uri in (("cac", _CAC), ("cbc", _CBC)):
    ET.register_namespace(_prefix, _uri)


def order(message: Mapping[str, Any], key: str, *, seller: str, issued: str) -> bytes:
    """The message "sales_order.created" as an Order. `issued`: the day it is written, ISO."""
    root = _root("Order", key, message["order_no"], message.get("order_date") or issued)
    if notes := message.get("notes"):
        _text(root, "Note", notes)
    currency = message["currency"]
    _text(root, "DocumentCurrencyCode", currency)
    _text(root, "CustomerReference", message["po_number"])
    buyer = _part(root, "BuyerCustomerParty")
    _text(buyer, "SupplierAssignedAccountID", message["customer_no"])
    _text(_part(_part(_part(root, "SellerSupplierParty"), "Party"), "PartyName"), "Name", seller)
    _delivery(root, message)
    if terms := message.get("payment_terms"):
        _text(_part(root, "PaymentTerms"), "Note", terms)
    total = _part(root, "AnticipatedMonetaryTotal")
    _text(total, "LineExtensionAmount", message["total"], currencyID=currency)
    _text(total, "PayableAmount", message["total"], currencyID=currency)
    for line in message["lines"]:
        _line(root, line, currency)
    return _bytes(root)


def cancellation(message: Mapping[str, Any], key: str, *, issued: str) -> bytes:
    """The message "sales_order.cancelled" as an OrderCancellation."""
    root = _root("OrderCancellation", key, f"{message['order_no']}-C", issued)
    _text(root, "CancellationNote", message["reason"])
    _text(_part(root, "OrderReference"), "ID", message["order_no"])
    return _bytes(root)


def _root(name: str, key: str, number: str, day: str) -> ET.Element:
    root = ET.Element(f"{{{_ROOT}{name}-2}}{name}")
    _text(root, "UBLVersionID", "2.1")
    _text(root, "ID", number)
    _text(root, "IssueDate", day)
    _text(root, "Note", f"Key: {key}")
    return root


def _delivery(root: ET.Element, message: Mapping[str, Any]) -> None:
    code, text, day = (message.get(name) for name in ("ship_to", "ship_to_text", "requested_date"))
    if not (code or text or day):
        return
    delivery = _part(root, "Delivery")
    if code or text:
        place = _part(delivery, "DeliveryLocation")
        if code:
            _text(place, "ID", code)
        if text:
            _text(place, "Description", text)
    if day:
        _text(_part(delivery, "RequestedDeliveryPeriod"), "EndDate", day)


def _line(root: ET.Element, line: Mapping[str, Any], currency: str) -> None:
    item_line = _part(_part(root, "OrderLine"), "LineItem")
    _text(item_line, "ID", str(line["position"]))
    _text(item_line, "Quantity", line["quantity"], unitCode=line["uom"])
    _text(item_line, "LineExtensionAmount", line["amount"], currencyID=currency)
    if day := line.get("requested_date"):
        _text(_part(_part(item_line, "Delivery"), "RequestedDeliveryPeriod"), "EndDate", day)
    price = _part(item_line, "Price")
    _text(price, "PriceAmount", line["unit_price"], currencyID=currency)
    _text(price, "BaseQuantity", "1", unitCode=line["uom"])
    item = _part(item_line, "Item")
    _text(item, "Name", line["description"])
    if part_number := line.get("customer_part_number"):
        _text(_part(item, "BuyersItemIdentification"), "ID", part_number)
    _text(_part(item, "SellersItemIdentification"), "ID", line["sku"])


def _part(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_CAC}}}{name}")


def _text(parent: ET.Element, name: str, value: str, **attributes: str) -> None:
    # What XML cannot carry at all (control characters) would make the whole file unreadable.
    clean = "".join(sign for sign in value if sign in "\t\n" or sign >= " ")
    ET.SubElement(parent, f"{{{_CBC}}}{name}", attributes).text = clean


def _bytes(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
