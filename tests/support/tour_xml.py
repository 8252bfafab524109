"""The order of the formats tour as Cross Industry Order XML (UN/CEFACT SCRDM, as Order-X uses it)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from tests.support.tour_paper import BUYER, LINES, PO_DATE, PO_NUMBER, SUPPLIER, TOTAL

_CODES = {"pcs": "C62", "box": "BX", "roll": "RO"}
_SPACE = "urn:un:unece:uncefact:data:"


def order_x() -> bytes:
    """A basic order."""
    lines = "".join(_line(n, *line) for n, line in enumerate(LINES, start=1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<rsm:SCRDMCCBDACIOMessageStructure xmlns:rsm="{_SPACE}SCRDMCCBDACIOMessageStructure:100" '
        f'xmlns:ram="{_SPACE}standard:ReusableAggregateBusinessInformationEntity:128" '
        f'xmlns:udt="{_SPACE}standard:UnqualifiedDataType:128">'
        "<rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:order-x.eu:1p0:basic</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{PO_NUMBER}</ram:ID><ram:TypeCode>220</ram:TypeCode><ram:IssueDateTime>"
        f'<udt:DateTimeString format="102">{PO_DATE.replace("-", "")}</udt:DateTimeString></ram:IssueDateTime>'
        "</rsm:ExchangedDocument>"
        f"<rsm:SupplyChainTradeTransaction>{lines}<ram:ApplicableHeaderTradeAgreement>"
        f"<ram:SellerTradeParty><ram:Name>{escape(SUPPLIER)}</ram:Name></ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty><ram:Name>{escape(BUYER)}</ram:Name></ram:BuyerTradeParty></ram:ApplicableHeaderTradeAgreement>"
        "<ram:ApplicableHeaderTradeDelivery/><ram:ApplicableHeaderTradeSettlement><ram:OrderCurrencyCode>EUR</ram:OrderCurrencyCode>"
        "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{TOTAL}</ram:LineTotalAmount><ram:GrandTotalAmount>{TOTAL}</ram:GrandTotalAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
        "</rsm:SupplyChainTradeTransaction></rsm:SCRDMCCBDACIOMessageStructure>").encode()


def _line(n: int, code: str, what: str, quantity: str, unit: str, price: str, amount: str) -> str:
    return (
        "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument>"
        f"<ram:LineID>{n}</ram:LineID></ram:AssociatedDocumentLineDocument><ram:SpecifiedTradeProduct>"
        f"<ram:SellerAssignedID>{code}</ram:SellerAssignedID><ram:Name>{escape(what)}</ram:Name></ram:SpecifiedTradeProduct>"
        "<ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>"
        f"<ram:ChargeAmount>{price}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>"
        f'<ram:SpecifiedLineTradeDelivery><ram:RequestedQuantity unitCode="{_CODES[unit]}">{quantity}</ram:RequestedQuantity>'
        "</ram:SpecifiedLineTradeDelivery><ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation>"
        f"<ram:LineTotalAmount>{amount}</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation>"
        "</ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>")
