"""UBL 2 Order, OrderChange and OrderCancellation (OASIS) → readings. Pure; never loads a DTD or anything from outside."""

from __future__ import annotations

from dataclasses import replace

from edi.build import OrderBuilder, kind, less_sure
from edi.segments import to_decimal
from edi.ubl.lines import read_line, wanted_date
from edi.xml.document import Document, Node
from edi.xml.leaves import Leaves, local_name
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading
from models.errors import InputError

_ROOTS = {
    "Order": DocumentType.PURCHASE_ORDER, "OrderChange": DocumentType.ORDER_CHANGE,
    "OrderCancellation": DocumentType.CANCELLATION, "Invoice": DocumentType.INVOICE,
    "Quotation": DocumentType.QUOTE, "RequestForQuotation": DocumentType.QUOTE,
    "OrderResponse": DocumentType.ORDER_CONFIRMATION, "OrderResponseSimple": DocumentType.ORDER_CONFIRMATION,
    "DespatchAdvice": DocumentType.DELIVERY_NOTE,
    "CreditNote": DocumentType.OTHER, "Catalogue": DocumentType.OTHER,
}
_ADDRESS = (
    "StreetName", "BuildingNumber", "AdditionalStreetName", "BuildingName", "Department", "Postbox", "AddressLine/Line",
    "CityName", "PostalZone", "CountrySubentity", "Country/IdentificationCode",
)
_TOTALS = {
    "subtotal": "LineExtensionAmount", "charges": "ChargeTotalAmount", "discount": "AllowanceTotalAmount",
    "total": "PayableAmount",
}
_NAMES = ("PartyName/Name", "PartyLegalEntity/RegistrationName", "PartyTaxScheme/RegistrationName")


def parse(content: bytes) -> tuple[Reading, ...]:
    """The one reading of the document. Raises InputError: malformed_edi, doctype_refused, too_many_rows, unsupported_xml."""
    return read(Leaves(content))


def read(leaves: Leaves) -> tuple[Reading, ...]:
    """The one reading of a document taken apart. Raises InputError unsupported_xml."""
    name = local_name(leaves.root)
    if name not in _ROOTS:
        raise InputError(f"The XML document is a {name[:40]}, not a UBL or Order-X order. Ask for one of these or a PDF.",
                         code="unsupported_xml")
    builder = OrderBuilder(kind(_ROOTS[name], leaves.segments[0], 0))
    if builder.doc_type.value.opens_case:
        _order(Document(leaves, builder), leaves.root)
    return (builder.finish(),)


def _order(document: Document, root: Node) -> None:
    builder = document.builder
    _identity(document, root)
    _parties(document, root)
    _delivery(document, root)
    _money(document, root)
    for line in document.all(root, "OrderLine"):
        read_line(document, line)
    builder.require("po_number", "ID")
    stated = document.text(root, "LineCountNumeric")
    builder.check_count("lines", to_decimal(stated.value) if stated else None, len(builder.lines))


def _identity(document: Document, root: Node) -> None:
    """A change and a cancellation have a number of their own and refer to the order by its."""
    put, text = document.builder.header.put, document.text
    if document.builder.doc_type.value is not DocumentType.PURCHASE_ORDER and (order := text(root, "OrderReference/ID")):
        put("po_number", order)
        put("revision", text(root, "SequenceNumberID", "ID"))
    put("po_number", text(root, "ID"))
    put("order_date", document.day(root, "IssueDate"))
    for path in ("Note", "CancellationNote"):
        for note in document.all(root, path):
            document.builder.header.add_text("notes", document.own_text(note))
    put("payment_terms", text(root, "PaymentTerms/Note"))
    put("delivery_terms", text(root, "DeliveryTerms/ID", "DeliveryTerms/SpecialTerms"))


def _parties(document: Document, root: Node) -> None:
    put, text = document.builder.header.put, document.text
    buyer = document.one(root, "BuyerCustomerParty")
    party = document.one(buyer, "Party")
    put("buyer_name", text(party, *_NAMES))
    put("customer_account", text(buyer, "SupplierAssignedAccountID"))
    put("vat_id", text(party, "PartyTaxScheme/CompanyID"))
    put("contact", text(party, "Contact/Name", "Contact/ElectronicMail"))
    put("supplier_name", text(document.one(root, "SellerSupplierParty/Party"), *_NAMES))
    payer = document.one(root, "AccountingCustomerParty/Party")
    put("bill_to", _address(document, payer, document.one(payer, "PostalAddress")))


def _address(document: Document, party: Node | None, place: Node | None) -> Found[str] | None:
    """The party's name and the place in printed order, as one line; None without a place."""
    if place is None:
        return None
    name, where = document.text(party, *_NAMES), document.texts(place, _ADDRESS)
    if name is None or where is None:
        return where
    proof = replace(name.evidence, text=f"{name.evidence.text} {where.evidence.text}",
                    places=name.evidence.places + where.evidence.places)
    return Found(f"{name.value}, {where.value}", 1.0, proof)


def _delivery(document: Document, root: Node) -> None:
    deliveries = document.all(root, "Delivery")
    put = document.builder.header.put
    for delivery in deliveries:
        party = document.one(delivery, "DeliveryParty")
        for start, path in ((delivery, "DeliveryAddress"), (delivery, "DeliveryLocation/Address"), (party, "PostalAddress")):
            put("ship_to", _address(document, party, document.one(start, path)))
        put("ship_to", document.text(party, *_NAMES))
        put("requested_date", wanted_date(document, delivery))
    if len(deliveries) > 1:
        document.builder.note("several_deliveries",
                              f"The order names {len(deliveries)} deliveries; check place and date of each.")


def _money(document: Document, root: Node) -> None:
    put = document.builder.header.put
    totals = document.one(root, "AnticipatedMonetaryTotal")
    for name, path in _TOTALS.items():
        put(name, document.number(totals, path))
    put("total", less_sure(document.number(totals, "TaxInclusiveAmount"), 0.9))
    for tax in document.all(root, "TaxTotal"):
        document.builder.header.add_number("tax", document.number(tax, "TaxAmount"))
    put("currency", document.text(root, "DocumentCurrencyCode"))
    put("currency", document.attribute(totals, "PayableAmount", "currencyID"))
    put("currency", document.attribute(root, "OrderLine/LineItem/LineExtensionAmount", "currencyID"))
    put("currency", document.attribute(root, "OrderLine/LineItem/Price/PriceAmount", "currencyID"))
