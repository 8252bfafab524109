"""Cross Industry Orders: what is written is read, with its proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from edi.cii.parse import parse
from edi.read import PARSERS
from edi.xml.leaves import Leaves
from models.domain.pages import SourceFormat
from models.domain.reading import DocumentType
from tests.support.cii import CiiLine, cross_industry_order
from tests.unit.edi.agreement import assert_proven, assert_says, value
from tests.unit.edi.strategies import Order, orders

_DAY = date(2030, 1, 5)
_LINE = CiiLine(Decimal(12), Decimal("2.50"), "B-1", "Widget")


@given(orders())
def test_a_written_order_is_read(order: Order) -> None:
    lines = [CiiLine(i.quantity, i.price, i.buyer_sku, i.description, i.unit, i.per) for i in order.items]
    content = cross_industry_order(order.number, order.day, lines, currency=order.currency, wanted=order.wanted)
    (reading,) = PARSERS[SourceFormat.XML](content)
    assert_says(reading, order)
    assert_proven(reading, Leaves(content).segments)


def test_parties_addresses_and_totals_are_read() -> None:
    buyer = ("<ram:BuyerTradeParty><ram:ID>K-17</ram:ID><ram:Name>Sample Shop</ram:Name><ram:SpecifiedTaxRegistration>"
             '<ram:ID schemeID="VA">XX123</ram:ID></ram:SpecifiedTaxRegistration></ram:BuyerTradeParty>')
    (reading,) = parse(cross_industry_order("P-1", _DAY, [_LINE], total=Decimal("30.00"), header=buyer))
    header = reading.header
    assert (value(header.buyer_name), value(header.vat_id), value(header.customer_account)) == ("Sample Shop", "XX123", "K-17")
    assert value(header.total) == Decimal("30.00")


@pytest.mark.parametrize(("type_code", "purpose", "expected", "number", "revision"), [
    ("220", "9", DocumentType.PURCHASE_ORDER, "C-9", None),
    ("230", "4", DocumentType.ORDER_CHANGE, "P-1", "C-9"),
    ("230", "1", DocumentType.CANCELLATION, "P-1", "C-9"),
    ("231", "9", DocumentType.ORDER_CONFIRMATION, None, None),
])
def test_changes_and_cancellations_refer_to_their_order(
        type_code: str, purpose: str, expected: DocumentType, number: str | None, revision: str | None) -> None:
    (reading,) = parse(cross_industry_order("C-9", _DAY, [_LINE], type_code=type_code, purpose=purpose, ordered="P-1"))
    assert reading.doc_type.value is expected
    assert (value(reading.header.po_number), value(reading.header.revision)) == (number, revision)


def test_an_invoice_of_the_same_family_is_called_one() -> None:
    (reading,) = parse(cross_industry_order("R-1", _DAY, [_LINE], root="CrossIndustryInvoice"))
    assert reading.doc_type.value is DocumentType.INVOICE
    assert not reading.lines
