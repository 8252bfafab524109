"""UN/CEFACT Cross Industry Order, Order Change and their kin → readings. Pure; never loads anything from outside.

Element names are those of the SCRDM Cross Industry Order (the basis of Order-X); code lists UNCL 1001 and 1225.
"""

from __future__ import annotations

from dataclasses import replace

from edi.build import INDIRECT, OrderBuilder, kind, less_sure
from edi.cii.lines import read_line, wanted_date
from edi.xml.document import Document, Node
from edi.xml.leaves import Leaves, local_name
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_ORDER_ROOTS = frozenset({"SCRDMCCBDACIOMessageStructure", "CrossIndustryOrder", "CrossIndustryOrderChange"})
_OTHER_ROOTS = {
    "CrossIndustryInvoice": DocumentType.INVOICE, "CrossIndustryDocument": DocumentType.INVOICE,
    "CrossIndustryQuotation": DocumentType.QUOTE, "CrossIndustryOrderResponse": DocumentType.ORDER_CONFIRMATION,
    "CrossIndustryDespatchAdvice": DocumentType.DELIVERY_NOTE,
}
ROOTS = _ORDER_ROOTS | frozenset(_OTHER_ROOTS)
"""Names of the root elements that are read here."""

_TYPES = {
    "220": DocumentType.PURCHASE_ORDER, "221": DocumentType.PURCHASE_ORDER, "226": DocumentType.PURCHASE_ORDER,
    "230": DocumentType.ORDER_CHANGE, "231": DocumentType.ORDER_CONFIRMATION,
}
_PURPOSES = {"1": DocumentType.CANCELLATION, "4": DocumentType.ORDER_CHANGE, "5": DocumentType.ORDER_CHANGE}
_STREET = ("LineOne", "LineTwo", "LineThree", "BuildingNumber")
_TOWN = ("PostcodeCode", "CityName")
_COUNTRY = ("CountrySubDivisionName", "CountryID")
_TOTALS = {
    "subtotal": "LineTotalAmount", "charges": "ChargeTotalAmount", "discount": "AllowanceTotalAmount", "tax": "TaxTotalAmount",
    "total": "GrandTotalAmount",
}
_NET_TOTAL = 0.9          # confidence that a total without tax is the total of an order that names no other


def parse(content: bytes) -> tuple[Reading, ...]:
    """The one reading of the document. Raises InputError: malformed_edi, doctype_refused, too_many_rows."""
    return read(Leaves(content))


def read(leaves: Leaves) -> tuple[Reading, ...]:
    """The one reading of a document with one of ROOTS, taken apart."""
    name = local_name(leaves.root)
    builder = OrderBuilder(kind(_OTHER_ROOTS.get(name, DocumentType.PURCHASE_ORDER), leaves.segments[0], 0))
    document = Document(leaves, builder)
    if name in _ORDER_ROOTS:
        builder.doc_type = _type(document, leaves.root) or builder.doc_type
    if builder.doc_type.value.opens_case:
        _order(document, leaves.root)
    return (builder.finish(),)


def _type(document: Document, root: Node) -> Found[DocumentType] | None:
    """What the document is for: a purpose code says more than a type code."""
    for path, meanings in (("ExchangedDocument/PurposeCode", _PURPOSES), ("ExchangedDocument/TypeCode", _TYPES)):
        code = document.text(root, path)
        if code and code.value in meanings:
            return Found(meanings[code.value], code.confidence, code.evidence)
    return None


def _order(document: Document, root: Node) -> None:
    trade = document.one(root, "SupplyChainTradeTransaction")
    agreement = document.one(trade, "ApplicableHeaderTradeAgreement")
    _identity(document, root, agreement)
    _parties(document, trade, agreement)
    _money(document, document.one(trade, "ApplicableHeaderTradeSettlement"))
    for line in document.all(trade, "IncludedSupplyChainTradeLineItem"):
        read_line(document, line)
    document.builder.require("po_number", "ExchangedDocument/ID")


def _identity(document: Document, root: Node, agreement: Node | None) -> None:
    """A change and a cancellation have a number of their own and refer to the order by its."""
    builder, text = document.builder, document.text
    own, ordered = text(root, "ExchangedDocument/ID"), text(agreement, "BuyerOrderReferencedDocument/IssuerAssignedID")
    if builder.doc_type.value is not DocumentType.PURCHASE_ORDER and ordered:
        builder.header.put("po_number", ordered)
        builder.header.put("revision", own)
    builder.header.put("po_number", own)
    builder.header.put("order_date", document.day(root, "ExchangedDocument/IssueDateTime/DateTimeString"))
    for note in document.all(root, "ExchangedDocument/IncludedNote/Content"):
        builder.header.add_text("notes", document.own_text(note))
    test = text(root, "ExchangedDocumentContext/TestIndicator/Indicator")
    if test and test.value.lower() in {"true", "1"}:
        builder.note("test_document", "The sender marks this order as a test; ask before it is fulfilled.")


def _parties(document: Document, trade: Node | None, agreement: Node | None) -> None:
    put, text = document.builder.header.put, document.text
    buyer = document.one(agreement, "BuyerTradeParty")
    put("buyer_name", text(buyer, "Name"))
    put("customer_account", less_sure(text(buyer, "ID"), INDIRECT))
    put("vat_id", _vat_id(document, buyer))
    put("contact", text(buyer, "DefinedTradeContact/PersonName", "DefinedTradeContact/DepartmentName",
                        "DefinedTradeContact/EmailURIUniversalCommunication/URIID"))
    put("supplier_name", text(agreement, "SellerTradeParty/Name"))
    put("delivery_terms", text(agreement, "ApplicableTradeDeliveryTerms/DeliveryTypeCode",
                               "ApplicableTradeDeliveryTerms/Description"))
    delivery = document.one(trade, "ApplicableHeaderTradeDelivery")
    put("ship_to", _address(document, document.one(delivery, "ShipToTradeParty")))
    put("requested_date", wanted_date(document, delivery))


def _vat_id(document: Document, party: Node | None) -> Found[str] | None:
    for registration in document.all(party, "SpecifiedTaxRegistration"):
        scheme = document.attribute(registration, "ID", "schemeID")
        if scheme and scheme.value == "VA":
            return document.text(registration, "ID")
    return None


def _address(document: Document, party: Node | None) -> Found[str] | None:
    """Name and address of a party in printed order, as one line."""
    place = document.one(party, "PostalTradeAddress")
    pieces = [document.text(party, "Name"), document.texts(place, _STREET), document.texts(place, _TOWN, by=" "),
              document.texts(place, _COUNTRY)]
    found = [piece for piece in pieces if piece is not None]
    if not found:
        return None
    proof = replace(
        found[0].evidence, text=" ".join(piece.evidence.text for piece in found),
        places=tuple(spot for piece in found for spot in piece.evidence.places))
    return Found(", ".join(piece.value for piece in found), 1.0, proof)


def _money(document: Document, settlement: Node | None) -> None:
    put, text = document.builder.header.put, document.text
    sums = document.one(settlement, "SpecifiedTradeSettlementHeaderMonetarySummation")
    for name, path in _TOTALS.items():
        put(name, document.number(sums, path))
    put("total", less_sure(document.number(sums, "TaxBasisTotalAmount"), _NET_TOTAL))
    put("currency", text(settlement, "OrderCurrencyCode"))
    put("currency", document.attribute(sums, "TaxTotalAmount", "currencyID"))
    put("payment_terms", text(settlement, "SpecifiedTradePaymentTerms/Description"))
    put("bill_to", _address(document, document.one(settlement, "InvoiceeTradeParty")))


