"""TRADACOMS and UBL: what is written is read; a document type declaration is refused."""

from __future__ import annotations

from decimal import Decimal
from xml.sax.saxutils import escape

import pytest
from hypothesis import given

from edi.segments import MalformedInterchange
from edi.tradacoms.parse import parse as parse_tradacoms
from edi.ubl.parse import parse as parse_ubl
from edi.xml.leaves import Leaves
from models.domain.reading import DocumentType
from models.errors import InputError
from tests.unit.edi.agreement import assert_proven, assert_says, value
from tests.unit.edi.strategies import Order, orders

_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"


def write_ubl(order: Order) -> str:
    def line(n: int) -> str:
        i = order.items[n]
        base = f"<b:BaseQuantity>{i.per}</b:BaseQuantity>" if i.per != 1 else ""
        return (f'<a:OrderLine><a:LineItem><b:ID>{n + 1}</b:ID><b:Quantity unitCode="{i.unit}">{i.quantity}</b:Quantity>'
                f"<a:Price><b:PriceAmount currencyID=\"{order.currency}\">{i.price}</b:PriceAmount>{base}</a:Price>"
                f"<a:Item><b:Name>{escape(i.description)}</b:Name><a:BuyersItemIdentification><b:ID>{escape(i.buyer_sku)}</b:ID>"
                "</a:BuyersItemIdentification></a:Item></a:LineItem></a:OrderLine>")

    return (f'<?xml version="1.0" encoding="UTF-8"?><Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2" '
            f'xmlns:a="{_CAC}" xmlns:b="{_CBC}"><b:ID>{escape(order.number)}</b:ID><b:IssueDate>{order.day}</b:IssueDate>'
            f"<b:DocumentCurrencyCode>{order.currency}</b:DocumentCurrencyCode><b:LineCountNumeric>{len(order.items)}"
            f"</b:LineCountNumeric><a:Delivery><a:RequestedDeliveryPeriod><b:EndDate>{order.wanted}</b:EndDate>"
            f"</a:RequestedDeliveryPeriod></a:Delivery>{''.join(line(n) for n in range(len(order.items)))}</Order>")


@given(orders())
def test_a_written_ubl_order_is_read(order: Order) -> None:
    content = write_ubl(order).encode()
    (reading,) = parse_ubl(content)
    assert_says(reading, order)
    assert_proven(reading, Leaves(content).segments)


@pytest.mark.parametrize("content", [
    b'<!DOCTYPE Order [<!ENTITY x SYSTEM "file:///etc/passwd">]><Order><ID>&x;</ID></Order>',
    b'<!DOCTYPE Order SYSTEM "http://127.0.0.1:9/x.dtd"><Order><ID>1</ID></Order>',
])
def test_a_document_type_declaration_is_refused(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        parse_ubl(content)
    assert caught.value.code == "doctype_refused"


@pytest.mark.parametrize(("content", "code"), [
    (b"<Order>", "malformed_edi"), (b"", "malformed_edi"), (b"<feed><title>x</title></feed>", "unsupported_xml")])
def test_other_or_broken_xml_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_ubl(content)
    assert caught.value.code == code


def test_missing_ubl_lines_are_noticed() -> None:
    (reading,) = parse_ubl(b"<Order><ID>P1</ID><LineCountNumeric>2</LineCountNumeric><OrderLine><LineItem><ID>1</ID></LineItem>"
                           b"</OrderLine></Order>")
    assert [p.code for p in reading.problems] == ["count_mismatch"]


TRADACOMS = (
    "STX=ANA:1+5000000000000:SAMPLE SHOPS+5010000000000:SAMPLE SUPPLIER+300105:1200+7'MHD=1+ORDHDR:9'TYP=0430'SDT=5010000000000'"
    "CDT=5000000000000'MTR=5'MHD=2+ORDERS:9'CLO=5000000000283:89:1+SAMPLE DEPOT'ORD=P?'1::300105'DIN=300110+300112'"
    "OLD=1+5010210000000:S-1++:B-1+12+60+12500+++ROLLS:4 PACK'OTR={lines}'MTR=7'MHD=3+ORDTLR:9'OFT=1'MTR=3'{end}")


def test_a_tradacoms_order_is_read() -> None:
    (reading,) = parse_tradacoms(TRADACOMS.format(lines=1, end="END=3'"))
    h, line = reading.header, reading.lines[0]
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER
    assert (value(h.po_number), value(h.ship_to)) == ("P'1", "SAMPLE DEPOT")
    assert (value(h.buyer_name), value(h.supplier_name)) == ("SAMPLE SHOPS", "SAMPLE SUPPLIER")
    assert (str(value(h.order_date)), str(value(h.requested_date))) == ("2030-01-05", "2030-01-12")
    assert (value(line.gtin), value(line.supplier_sku), value(line.buyer_sku)) == ("5010210000000", "S-1", "B-1")
    assert (value(line.quantity), value(line.pack), value(line.unit_price)) == (Decimal(60), Decimal(12), Decimal("1.25"))
    assert value(line.description) == "ROLLS 4 PACK"
    assert not reading.problems


def test_a_cut_tradacoms_transmission_says_so() -> None:
    (reading,) = parse_tradacoms(TRADACOMS.format(lines=2, end=""))
    assert [p.code for p in reading.problems] == ["envelope_incomplete", "count_mismatch"]
    with pytest.raises(MalformedInterchange):
        parse_tradacoms("STX=ANA:1+S+R'END=0'")
