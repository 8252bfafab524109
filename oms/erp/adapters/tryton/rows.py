"""What Tryton told, as rows of our import tables. Pure; every value is text as in a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.units import Units

Record = Mapping[str, Any]
Row = dict[str, str]
_SIX = Decimal("0.000001")
SHIPMENT_STATES: Mapping[str, str] = {"packed": "packed", "shipped": "shipped", "done": "delivered"}
"""Tryton's states of a customer shipment from which on we hear of it, in our words."""
INVOICE_STATES: Mapping[str, str] = {"posted": "issued", "paid": "paid"}


def customer_rows(
    parties: Iterable[Record], addresses: Mapping[int, Sequence[Record]], emails: Mapping[int, Sequence[str]], currency: str,
    skipped: list[str],
) -> Iterator[Row]:
    """One row an address and use. An address without city or country cannot be delivered to and is skipped, with a sentence."""
    for party in parties:
        whole = {
            "customer_no": party["code"], "name": party["name"] or party["code"], "vat_id": _of(party, "tax_identifier.", "code"),
            "group": group_of(party.get("sale_price_list.")), "emails": "; ".join(emails.get(party["id"], ())),
            "language": _of(party, "lang.", "code")[:2], "currency": currency,
            "payment_terms": _of(party, "customer_payment_term.", "rec_name"), "active": "yes" if party["active"] else "no"}
        rows = list(_address_rows(party, addresses.get(party["id"], ()), skipped))
        for row in rows or [_NO_ADDRESS]:
            yield whole | row


_ADDRESS = ("address_code", "address_kind", "address_name", "street", "postcode", "city", "region", "country", "ship_to_default")
_NO_ADDRESS: Row = dict.fromkeys(_ADDRESS, "")


def _address_rows(party: Record, addresses: Sequence[Record], skipped: list[str]) -> Iterator[Row]:
    is_first = True
    for address in addresses:
        if not (address["city"] and _of(address, "country.", "code")):
            skipped.append(f"Address {address['id']} of {party['code']} has no city or no country; fill them in in Tryton.")
            continue
        for use, kind in (("delivery", "ship_to"), ("invoice", "bill_to")):
            if not address[use]:
                continue
            yield {
                "address_code": str(address["id"]), "address_kind": kind, "address_name": address["party_name"] or "",
                "street": " ".join((address["street"] or "").split()), "postcode": address["postal_code"] or "",
                "city": address["city"], "region": _of(address, "subdivision.", "name"),
                "country": _of(address, "country.", "code"),
                "ship_to_default": "yes" if kind == "ship_to" and is_first else "no"}
            is_first = is_first and kind != "ship_to"


def item_rows(products: Iterable[Record], gtins: Mapping[int, str], units: Units, skipped: list[str]) -> Iterator[Row]:
    """One row a unit: the unit stock is kept in, and the one it is sold in. A product in a unit without a code is skipped."""
    for product in products:
        base, sold = product["default_uom"], product["sale_uom"] or product["default_uom"]
        if not (units.is_mapped(base) and units.is_mapped(sold)):
            skipped.append(f"Product {product['code']} is kept or sold in a unit without a code; set ORDERMILL_ERP_UNITS.")
            continue
        for unit in dict.fromkeys((base, sold)):
            yield {
                "sku": product["code"], "description": product["name"] or product["code"], "base_uom": units.code(base),
                "gtin": gtins.get(product["id"], ""), "uom": units.code(unit), "factor": f"{units.factor(unit, base):f}",
                "status": "active" if product["active"] and product["salable"] else "discontinued"}


def price_rows(
    products: Sequence[Record], prices: Mapping[int, Decimal | None], units: Units, *, currency: str, group: str,
    least: Decimal = Decimal(0),
) -> Iterator[Row]:
    """Prices of the unit a product is sold in, from `least` such units on; `group` "" is everybody's list."""
    for product in products:
        price, unit = prices.get(product["id"]), product["sale_uom"] or product["default_uom"]
        if price is not None and price >= 0 and units.is_mapped(unit):
            yield {
                "sku": product["code"], "uom": units.code(unit), "price": f"{price:f}", "currency": currency,
                "kind": "group" if group else "list", "group": group, "min_quantity": f"{least:f}"}


def stock_rows(products: Iterable[Record], location: str) -> Iterator[Row]:
    """What lies there, in base units. Tryton may count below nothing; a shelf cannot."""
    for product in products:
        on_hand = max(Decimal(str(product["quantity"])).quantize(_SIX), Decimal(0))
        yield {"location": location, "sku": product["code"], "on_hand": f"{on_hand.normalize():f}"}


def shipment_rows(shipments: Iterable[Record], moves: Mapping[int, Record], orders: Mapping[int, str]) -> Iterator[Row]:
    """One row a move of a shipment, in base units. `orders`: our order number by Tryton's sale line."""
    for shipment in shipments:
        for move_id in shipment["outgoing_moves"]:
            move = moves[move_id]
            if order_no := orders.get(sale_line(move) or 0):
                yield {
                    "order_no": order_no, "shipment": shipment["number"], "state": SHIPMENT_STATES[shipment["state"]],
                    "tracking": shipment["reference"] or "", "sku": _of(move, "product.", "code"),
                    "quantity": f"{Decimal(str(move['internal_quantity'])).quantize(_SIX).normalize():f}"}


def invoice_rows(
    invoices: Iterable[Record], lines: Mapping[int, Record], orders: Mapping[int, str], units: Units, *, charge_item: str
) -> Iterator[Row]:
    """One row a line of an invoice, in base units; a line without goods, or of the product that stands for charges, is a charge.
    `orders`: our order number by sale line; a credit note's lines come from those of the invoice it takes back."""
    for invoice in invoices:
        sources = {line: lines.get(invoice_line(lines[line]) or line, lines[line]) for line in invoice["lines"]}
        ours = {line: order_no for line, source in sources.items() if (order_no := orders.get(sale_line(source) or 0))}
        if not ours:
            continue
        credits = next((_of(sources[line], "invoice.", "number") for line in ours if sources[line] is not lines[line]), "")
        head = {
            "invoice": invoice["number"], "state": INVOICE_STATES[invoice["state"]],
            "currency": _of(invoice, "currency.", "code"), "issued_on": invoice["invoice_date"].isoformat(),
            "tax": f"{invoice['tax_amount']:f}", "total": f"{invoice['total_amount']:f}", "credits": credits}
        first = next(iter(ours.values()))
        for line in invoice["lines"]:
            row = lines[line]
            if row["type"] == "line":
                code = _of(row, "product.", "code")
                yield head | {
                    "order_no": ours.get(line, first), "sku": "" if code == charge_item else code, "amount": f"{row['amount']:f}",
                    "quantity": _base_quantity(row, units)}


def sale_line(row: Record) -> int | None:
    """The sale's line that a move or an invoice's line comes from."""
    kind, _, line = str(row["origin"] or "").partition(",")
    return int(line) if kind == "sale.line" else None


def invoice_line(row: Record) -> int | None:
    """The invoice's line that a credit note's line takes back."""
    kind, _, line = str(row["origin"] or "").partition(",")
    return int(line) if kind == "account.invoice.line" else None


def _base_quantity(row: Record, units: Units) -> str:
    quantity, product = Decimal(str(row["quantity"])), row.get("product.")
    if product and row["unit"]:
        quantity *= units.factor(row["unit"], product["default_uom"])
    return f"{quantity.quantize(_SIX).normalize():f}"


def group_of(price_list: Record | None) -> str:
    """The price group a price list is here; its id keeps two of one name apart."""
    return f"{price_list['id']} {price_list['name']}"[:64] if price_list else ""


def _of(record: Record, link: str, name: str) -> str:
    """A value of the record that `link` points to; empty where it points to nothing."""
    found = record.get(link) or {}
    return str(found.get(name) or "")
