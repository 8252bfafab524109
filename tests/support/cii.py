"""Cross Industry Orders written for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

_ROOT = "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128"


@dataclass(frozen=True, slots=True)
class CiiLine:
    """One line; `price` is for `per` units."""

    quantity: Decimal
    price: Decimal
    buyer_sku: str
    description: str
    unit: str = "C62"
    per: int = 1


def cross_industry_order(
    number: str, day: date, lines: Sequence[CiiLine], *, currency: str = "EUR", wanted: date | None = None,
    total: Decimal | None = None, type_code: str = "220", purpose: str = "9", ordered: str = "", header: str = "",
    root: str = "SCRDMCCBDACIOMessageStructure",
) -> bytes:
    """An Order-X document. `ordered` is the number of the order that a change refers to; `header` goes into the agreement."""
    items = "".join(_line(n, line) for n, line in enumerate(lines, 1))
    refers = _in("BuyerOrderReferencedDocument", _text("IssuerAssignedID", ordered)) if ordered else ""
    delivery = _in("RequestedDeliverySupplyChainEvent", _day("OccurrenceDateTime", wanted)) if wanted else ""
    summed = _in("SpecifiedTradeSettlementHeaderMonetarySummation", _text("GrandTotalAmount", total)) if total is not None else ""
    document = _in("ExchangedDocument", _text("ID", number), _text("TypeCode", type_code), _day("IssueDateTime", day),
                   _text("PurposeCode", purpose), space="rsm")
    trade = _in(
        "SupplyChainTradeTransaction", items, _in("ApplicableHeaderTradeAgreement", refers, header),
        _in("ApplicableHeaderTradeDelivery", delivery),
        _in("ApplicableHeaderTradeSettlement", _text("OrderCurrencyCode", currency), summed), space="rsm")
    return (f'<?xml version="1.0" encoding="UTF-8"?><rsm:{root} xmlns:rsm="{_ROOT}" xmlns:ram="{_RAM}" xmlns:udt="{_UDT}">'
            f"{document}{trade}</rsm:{root}>").encode()


def _line(n: int, line: CiiLine) -> str:
    basis = f'<ram:BasisQuantity unitCode="{line.unit}">{line.per}</ram:BasisQuantity>' if line.per != 1 else ""
    return _in(
        "IncludedSupplyChainTradeLineItem",
        _in("AssociatedDocumentLineDocument", _text("LineID", n)),
        _in("SpecifiedTradeProduct", _text("BuyerAssignedID", line.buyer_sku), _text("Name", line.description)),
        _in("SpecifiedLineTradeAgreement", _in("NetPriceProductTradePrice", _text("ChargeAmount", line.price), basis)),
        _in("SpecifiedLineTradeDelivery",
            f'<ram:RequestedQuantity unitCode="{line.unit}">{line.quantity}</ram:RequestedQuantity>'))


def _in(name: str, *inner: str, space: str = "ram") -> str:
    return f"<{space}:{name}>{''.join(inner)}</{space}:{name}>"


def _text(name: str, value: object) -> str:
    return f"<ram:{name}>{escape(str(value))}</ram:{name}>"


def _day(name: str, day: date) -> str:
    return f'<ram:{name}><udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString></ram:{name}>'
