"""EDIFACT, TRADACOMS and UBL as partners really send them: formats of dates, changes, price bases, several in one file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from edi.edifact.parse import parse as parse_edifact
from edi.tradacoms.parse import parse as parse_tradacoms
from edi.ubl.parse import parse as parse_ubl
from edi.xml.leaves import Leaves
from models.domain.reading import DocumentType, Reading
from tests.unit.edi.agreement import value
from tests.unit.edi.test_tradacoms_and_ubl import TRADACOMS


def message(*body: str, kind: str = "ORDERS") -> str:
    """An EDIFACT interchange with one message, counts right."""
    own = "".join(segment + "'" for segment in body)
    return f"UNB+UNOC:3+S+R+300101:1200+7'UNH+1+{kind}:D:96A:UN'{own}UNT+{len(body) + 2}+1'UNZ+1+7'"


def edifact(*body: str, kind: str = "ORDERS") -> Reading:
    (reading,) = parse_edifact(message(*body, kind=kind))
    return reading


def codes(reading: Reading) -> list[str]:
    return [p.code for p in reading.problems]


@pytest.mark.parametrize(("said", "day"), [
    ("20300120:102", date(2030, 1, 20)), ("203001201200:203", date(2030, 1, 20)), ("300120:101", date(2030, 1, 20)),
    ("2030012020300125:718", date(2030, 1, 20)), ("20300120", date(2030, 1, 20)), ("300120", date(2030, 1, 20)),
    ("201012:616", None), ("201112:610", None), ("20301320:102", None), ("soon:102", None)])
def test_a_date_is_read_in_its_own_format_and_never_guessed(said: str, day: date | None) -> None:
    reading = edifact("BGM+220+P1+9", f"DTM+2:{said}", "LIN+1", "QTY+21:1")
    assert value(reading.header.requested_date) == day
    assert codes(reading) == ([] if day else ["bad_date"])


def test_a_change_refers_to_its_order() -> None:
    header = edifact("BGM+230+CH-9+4", "RFF+ON:P1", "LIN+1+2", "QTY+21:1", kind="ORDCHG").header
    assert (value(header.po_number), value(header.revision)) == ("P1", "CH-9")


@pytest.mark.parametrize(("price", "unit_price", "confidence", "found"), [
    ("AAA:12,5", "12.5", .99, []), ("AAA:250:::100:PCE", "2.5", .99, []), ("AAB:12.5", "12.5", .792, []),
    ("AAA:12.5:::1:KGM", "12.5", .97, ["price_per_other_unit"]), ("AAA:12.5:::0:PCE", "12.5", .99, [])])
def test_a_price_is_brought_to_one_ordered_unit(price: str, unit_price: str, confidence: float, found: list[str]) -> None:
    reading = edifact("BGM+220+P1+9", "LIN+1", "QTY+21:1:PCE", f"PRI+{price}")
    price_found = reading.lines[0].unit_price
    assert price_found is not None
    assert (price_found.value, price_found.confidence, codes(reading)) == (Decimal(unit_price), confidence, found)


def test_places_known_by_number_and_buyers_that_pay() -> None:
    header = edifact("BGM+220+P1+9", "PAT+1++5:3:D:30", "TOD+3++DAP:::Hall 3", "NAD+BY+1::9++Sample Buyer+Road 1+Town",
                     "NAD+DP+2::9", "ALC+C", "MOA+23:5", "ALC+A", "MOA+204:3", "LIN+1", "QTY+21:1").header
    assert (value(header.ship_to), value(header.bill_to)) == ("2", "Sample Buyer, Road 1, Town")
    assert (value(header.payment_terms), value(header.delivery_terms)) == ("30 days", "DAP Hall 3")
    assert (value(header.charges), value(header.discount)) == (Decimal(5), Decimal(3))


def test_what_one_order_line_cannot_hold_is_said() -> None:
    reading = edifact("BGM+220+P1+7", "LIN+1", "QTY+21:5:PCE", "QTY+11:2", "QTY+11:3", "QTY+192:1", "PIA+1+X:QQ", "PIA+4+S-2:SA",
                      "LIN+2+++1:1", "QTY+21:1")
    assert codes(reading) == ["free_goods", "unknown_qualifier", "several_deliveries", "sub_line", "repeated_order"]
    assert reading.lines[0].supplier_sku is None           # PIA+4 names a substitute


def test_edifact_interchanges_with_other_separators_follow_in_one_file() -> None:
    own = message("BGM+220+P1+9", "LIN+1", "QTY+21:1")
    other = "UNA;|,! ~" + own.replace(":", ";").replace("+", "|").replace("'", "~").replace("P1", "P2")
    readings = parse_edifact(own + "\n" + other + own.replace("P1", "P3").replace("UNZ+1+7'", ""))
    assert [value(r.header.po_number) for r in readings] == ["P1", "P2", "P3"]


def test_a_schedule_is_not_lost() -> None:
    reading = edifact("BGM+241+D1+9", kind="DELFOR")
    assert (reading.doc_type.value, codes(reading)) == (DocumentType.OTHER, ["unsupported_transaction"])


def test_tradacoms_transmissions_follow_in_one_file() -> None:
    one = TRADACOMS.format(lines=1, end="END=3'")
    readings = parse_tradacoms(one + "\r\n" + one.replace("P?'1", "P2").replace("SAMPLE SHOPS", "OTHER SHOPS"))
    assert [value(r.header.po_number) for r in readings] == ["P'1", "P2"]
    assert [value(r.header.buyer_name) for r in readings] == ["SAMPLE SHOPS", "OTHER SHOPS"]


def ubl(body: str, root: str = "Order") -> Reading:
    (reading,) = parse_ubl(f"<{root}><ID>P1</ID>{body}</{root}>".encode())
    return reading


_LINE = "<OrderLine><LineItem><ID>1</ID>{}</LineItem></OrderLine>"


def test_a_period_of_delivery_gives_its_last_day_and_the_first_as_candidate() -> None:
    period = "<Delivery><RequestedDeliveryPeriod><StartDate>2030-01-10</StartDate><EndDate>2030-01-20Z</EndDate>"
    reading = ubl(f"{period}</RequestedDeliveryPeriod></Delivery>{_LINE}")
    found = reading.header.requested_date
    assert found is not None
    assert (found.value, found.confidence, found.evidence.text) == (date(2030, 1, 20), .792, "2030-01-20Z")
    assert [c.value for c in found.candidates] == [date(2030, 1, 10)]


def test_an_address_is_one_line_with_every_part() -> None:
    address = ("<StreetName>Hall Road</StreetName><BuildingNumber>7</BuildingNumber><CityName>Sampletown</CityName>"
               "<PostalZone>10001</PostalZone><AddressLine><Line>Gate B</Line></AddressLine><AddressLine><Line>Ramp 2</Line>"
               "</AddressLine><Country><IdentificationCode>DE</IdentificationCode></Country>")
    party = "<DeliveryParty><PartyName><Name>Sample Depot</Name></PartyName></DeliveryParty>"
    reading = ubl(f"<Delivery><DeliveryAddress>{address}</DeliveryAddress>{party}</Delivery>{_LINE}")
    assert value(reading.header.ship_to) == "Sample Depot, Hall Road, 7, Gate B, Ramp 2, Sampletown, 10001, DE"


@pytest.mark.parametrize(("root", "kind"), [
    ("OrderChange", DocumentType.ORDER_CHANGE), ("OrderCancellation", DocumentType.CANCELLATION)])
def test_changes_and_cancellations_refer_to_their_order(root: str, kind: DocumentType) -> None:
    reading = ubl("<OrderReference><ID>P0</ID></OrderReference><CancellationNote>Sorry</CancellationNote>", root)
    header = reading.header
    assert (reading.doc_type.value, value(header.po_number), value(header.revision)) == (kind, "P0", "P1")
    assert value(header.notes) == "Sorry"
    assert not reading.problems


@pytest.mark.parametrize(("item", "field", "said", "found"), [
    ("<Item><StandardItemIdentification><ID>4006381333931</ID></StandardItemIdentification></Item>", "gtin", "4006381333931", []),
    ("<Item><StandardItemIdentification><ID>X-9</ID></StandardItemIdentification></Item>", "gtin", None, ["unknown_qualifier"]),
    ("<Quantity unitCode='C62'>1,5</Quantity>", "quantity", Decimal("1.5"), []),
    ("<Quantity unitCode='C62'>many</Quantity>", "quantity", None, ["bad_number"]),
    ("<Quantity unitCode='C62'>5</Quantity><Price><PriceAmount>8</PriceAmount><BaseQuantity unitCode='KGM'>2</BaseQuantity>"
     "</Price>", "unit_price", Decimal(4), ["price_per_other_unit"]),
    ("<LineStatusCode>Cancelled</LineStatusCode>", "comment", "delete this line", []),
])
def test_values_of_a_ubl_line(item: str, field: str, said: Any, found: list[str]) -> None:
    reading = ubl(_LINE.format(item))
    assert (value(getattr(reading.lines[0], field)), codes(reading)) == (said, found)


def test_the_page_of_an_xml_document_has_a_line_for_each_leaf() -> None:
    segments = Leaves(b"<Order><ID>P1</ID><A><!-- no leaf --><B u='EA'> 5 </B></A></Order>").segments
    assert [[c for element in s.elements for c in element] for s in segments] == [["ID", "P1"], ["A/B", "5", "EA"]]
