"""UBL 2 Order, OrderChange and OrderCancellation (OASIS) → readings. Pure; never loads a DTD or anything from outside."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from edi.build import Fields, OrderBuilder, kind
from edi.segments import MalformedInterchange, Segment, Spot, date_at, joined, number_at, text_at
from edi.ubl.leaves import Leaves, local_name
from models.domain.evidence import Found
from models.domain.reading import DocumentType, Reading

_ROOTS = {
    "Order": DocumentType.PURCHASE_ORDER, "OrderChange": DocumentType.ORDER_CHANGE,
    "OrderCancellation": DocumentType.CANCELLATION, "Invoice": DocumentType.INVOICE,
    "Quotation": DocumentType.QUOTE, "RequestForQuotation": DocumentType.QUOTE,
}
_ADDRESS = (
    "StreetName", "BuildingNumber", "AdditionalStreetName", "BuildingName", "Department", "Postbox", "AddressLine/Line",
    "CityName", "PostalZone", "CountrySubentity", "Country/IdentificationCode",
)

_TOTALS = {
    "subtotal": "LineExtensionAmount", "charges": "ChargeTotalAmount", "discount": "AllowanceTotalAmount",
    "total": "PayableAmount",
}


def parse(content: bytes | str) -> tuple[Reading, ...]:
    """The one reading of the document. Raises MalformedInterchange for another kind of XML, InputError unsafe_xml."""
    document = _Document(content.encode() if isinstance(content, str) else content)
    name = local_name(document.leaves.root)
    if name not in _ROOTS or not document.leaves.segments:
        raise MalformedInterchange(f"The XML document is a {name}, not a UBL order. Ask the sender for a UBL order or a PDF.")
    builder = OrderBuilder(kind(_ROOTS[name], document.leaves.segments[0], 0))
    if builder.doc_type.value.opens_case:
        _header(builder, document)
        for element in document.all("OrderLine/LineItem"):
            _line(builder, document, element)
        stated = document.number("LineCountNumeric")
        builder.check_count("line_count_mismatch", "lines", stated.value if stated else None, len(builder.lines))
    return (builder.finish(),)


class _Document:
    """Look-ups by path of local names, relative to an element or the root."""

    def __init__(self, content: bytes) -> None:
        self.leaves = Leaves(content)

    def all(self, path: str, start: etree._Element | None = None) -> list[etree._Element]:
        root = self.leaves.root if start is None else start
        return root.findall("/".join(f"{{*}}{step}" for step in path.split("/")))

    def one(self, path: str, start: etree._Element | None = None) -> etree._Element | None:
        return next(iter(self.all(path, start)), None)

    def leaf(self, path: str, start: etree._Element | None = None) -> Segment | None:
        return self.leaves.of(self.one(path, start))

    def text(self, path: str, start: etree._Element | None = None) -> Found[str] | None:
        leaf = self.leaf(path, start)
        return text_at(leaf, 1) if leaf else None

    def number(self, path: str, start: etree._Element | None = None) -> Found[Decimal] | None:
        leaf = self.leaf(path, start)
        return number_at(leaf, 1) if leaf else None

    def attribute(self, path: str, name: str, start: etree._Element | None = None) -> Found[str] | None:
        element = self.one(path, start)
        leaf = self.leaves.of(element)
        if element is None or leaf is None or name not in element.attrib:
            return None
        return text_at(leaf, 2 + list(element.attrib).index(name))


def _header(builder: OrderBuilder, document: _Document) -> None:
    put, text = builder.header.put, document.text
    is_change = builder.doc_type.value is not DocumentType.PURCHASE_ORDER
    put("po_number", (text("OrderReference/ID") if is_change else None) or text("ID"))
    put("revision", text("SequenceNumberID"))
    put("order_date", _day(document, "IssueDate"))
    put("currency", text("DocumentCurrencyCode") or document.attribute("AnticipatedMonetaryTotal/PayableAmount", "currencyID"))
    put("currency", document.attribute("OrderLine/LineItem/LineExtensionAmount", "currencyID"))
    for note in document.all("Note"):
        leaf = document.leaves.of(note)
        builder.header.add_text("notes", text_at(leaf, 1) if leaf else None)
    buyer = document.one("BuyerCustomerParty")
    put("buyer_name", _name(document, buyer))
    put("customer_account", text("SupplierAssignedAccountID", buyer) if buyer is not None else None)
    put("vat_id", text("BuyerCustomerParty/Party/PartyTaxScheme/CompanyID"))
    put("contact", text("BuyerCustomerParty/Party/Contact/Name"))
    put("supplier_name", _name(document, document.one("SellerSupplierParty")))
    _delivery(builder, document)
    bill_to = document.one("AccountingCustomerParty/Party")
    put("bill_to", _address(document, bill_to, "PostalAddress", name="PartyName/Name"))
    put("payment_terms", text("PaymentTerms/Note"))
    put("delivery_terms", text("DeliveryTerms/ID") or text("DeliveryTerms/SpecialTerms"))
    for name, path in _TOTALS.items():
        put(name, document.number(f"AnticipatedMonetaryTotal/{path}"))
    put("tax", document.number("TaxTotal/TaxAmount"))


def _day(document: _Document, path: str, start: etree._Element | None = None) -> Found[date] | None:
    """xsd:date as a date; a time zone behind it is ignored."""
    leaf = document.leaf(path, start)
    if leaf is None:
        return None
    plain = Segment(leaf.index, (leaf.elements[0], (leaf.get(1)[:10].replace("-", ""),)))
    found = date_at(plain, 1)
    return replace(found, evidence=replace(found.evidence, text=leaf.get(1))) if found else None


def _name(document: _Document, party: etree._Element | None) -> Found[str] | None:
    if party is None:
        return None
    return document.text("Party/PartyName/Name", party) or document.text("Party/PartyLegalEntity/RegistrationName", party)


def _address(document: _Document, start: etree._Element | None, path: str, *, name: str) -> Found[str] | None:
    """One line in printed order, the party's name first."""
    place = None if start is None else document.one(path, start)
    if start is None or place is None:
        return None
    leaves = [document.leaf(name, start), *(document.leaf(step, place) for step in _ADDRESS)]
    spots: list[Spot] = [(leaf, 1, 0) for leaf in leaves if leaf is not None]
    return joined(spots)


def _delivery(builder: OrderBuilder, document: _Document) -> None:
    delivery = document.one("Delivery")
    if delivery is None:
        return
    put = builder.header.put
    put("ship_to", _address(document, delivery, "DeliveryAddress", name="DeliveryParty/PartyName/Name"))
    put("ship_to", _address(document, delivery, "DeliveryLocation/Address", name="DeliveryParty/PartyName/Name"))
    put("requested_date", _wanted(document, delivery))


def _wanted(document: _Document, delivery: etree._Element) -> Found[date] | None:
    for path in ("RequestedDeliveryPeriod/EndDate", "LatestDeliveryDate", "RequestedDeliveryPeriod/StartDate"):
        if found := _day(document, path, delivery):
            return found
    return None


def _line(builder: OrderBuilder, document: _Document, item: etree._Element) -> None:
    builder.lines.append(Fields())
    put = builder.line.put
    put("line_no", document.text("ID", item))
    put("quantity", document.number("Quantity", item))
    put("uom", document.attribute("Quantity", "unitCode", item))
    put("amount", document.number("LineExtensionAmount", item))
    put("supplier_sku", document.text("Item/SellersItemIdentification/ID", item))
    put("buyer_sku", document.text("Item/BuyersItemIdentification/ID", item))
    put("mpn", document.text("Item/ManufacturersItemIdentification/ID", item))
    put("gtin", document.text("Item/StandardItemIdentification/ID", item))
    put("description", document.text("Item/Name", item) or document.text("Item/Description", item))
    _price(builder, document, item)
    delivery = document.one("Delivery", item)
    if delivery is not None:
        put("requested_date", _wanted(document, delivery))


def _price(builder: OrderBuilder, document: _Document, item: etree._Element) -> None:
    """BaseQuantity says how many units the price is for."""
    leaf, basis = document.leaf("Price/PriceAmount", item), document.number("Price/BaseQuantity", item)
    per = basis.value if basis and basis.value > 0 else Decimal(1)
    builder.line.put("unit_price", number_at(leaf, 1, per=per) if leaf else None)
    if per != 1:
        builder.line.put("price_unit", basis)
