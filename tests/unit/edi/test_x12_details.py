"""X12 as partners really send it: odd envelopes, several interchanges, price bases, parties that stand in for others."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from edi.segments import MalformedInterchange
from edi.x12.parse import parse
from edi.x12.tokens import segments_of
from models.domain.reading import DocumentType, Reading
from tests.unit.edi.agreement import value

_ORDER = ["GS*PO*S*R*20300101*1200*1*X*004010", "ST*850*1", "BEG*00*SA*P1**20300105", "PO1*1*5*EA*2**VP*S-1", "CTT*1", "SE*5*1",
          "GE*1*1", "IEA*1*000000001"]
_ISA = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'SAMPLE':15}*ZZ*{'US':15}*300101*1200*U*00401*000000001*0*P*>"

Said = tuple[str, float] | None


def one_order(*body: str) -> Reading:
    """The reading of one 850 with these segments between BEG and SE, counts right."""
    own = ["ST*850*1", "BEG*00*SA*P1**20300105", *body]
    segments = [_ISA, _ORDER[0], *own, f"SE*{len(own) + 1}*1", *_ORDER[-2:]]
    (reading,) = parse("~".join(segments) + "~")
    return reading


def one_line(*body: str) -> Reading:
    return one_order(*body, "CTT*1")


@pytest.mark.parametrize("text", [
    "\ufeff" + "~\n".join([_ISA, *_ORDER]) + "~\n",
    "~\n\t\t".join([_ISA, *_ORDER]) + "~\r\n\x1a",
    "\r\n".join([_ISA, *_ORDER]),
    "\r".join([_ISA, *_ORDER]) + "\r",
    "~".join([_ISA.replace(" ", ""), *_ORDER]) + "~",
    "~".join([_ISA.replace(" ", "   "), *_ORDER]) + "~",
    "~".join([_ISA.removesuffix(">"), *_ORDER]) + "~",
    "~\n".join([_ISA.removesuffix(">"), *_ORDER]) + "~",
    "~".join([_ISA, *_ORDER]).replace("*", "\x1d").replace("~", "\x1c") + "\x1c",
    re.sub("(.{80})", r"\1\n", "~".join([_ISA, *_ORDER]) + "~"),
], ids=["bom", "indented", "line ends", "mac line ends", "unpadded", "padded more", "no component mark",
        "no component mark, lines", "control characters", "wrapped at 80"])
def test_an_odd_envelope_is_no_hindrance(text: str) -> None:
    (reading,) = parse(text)
    assert not reading.problems
    assert (value(reading.header.po_number), value(reading.lines[0].supplier_sku)) == ("P1", "S-1")
    assert [s.tag for s in segments_of(text)] == ["ISA", *(s.split("*")[0] for s in _ORDER)]


def test_interchanges_with_other_separators_follow_in_one_file() -> None:
    first = "~".join([_ISA, *_ORDER]) + "~"
    second = "\n".join([_ISA, *_ORDER]).replace("*", "|").replace("P1", "P2") + "\n"
    third = first.replace("P1", "P3").replace("IEA*1*000000001~", "")
    readings = parse(first + "\n" + second + third)
    assert [value(r.header.po_number) for r in readings] == ["P1", "P2", "P3"]
    assert [[p.code for p in r.problems] for r in readings] == [[], [], ["envelope_incomplete"]]
    places = [r.header.po_number.evidence.places[0].box[1] for r in readings if r.header.po_number]
    assert [b - a for a, b in pairwise(places)] == [9, 9]       # segments count through the whole file


@pytest.mark.parametrize("text", ["", "ISA", "ISA*", "ISA*00*1", "ISA" + "*" * 400 + "~GS*", _ISA, _ISA + "~", "ISA0000GS0ST0"])
def test_what_is_no_interchange_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(MalformedInterchange) as caught:
        parse(text)
    assert "again" in caught.value.sentence


@pytest.mark.parametrize(("unit", "price", "basis", "each"), [
    ("EA", "250", "HP", "2.5"), ("EA", "250", "TP", ".25"), ("EA", "24", "PD", "2"), ("DZ", "24", "PD", "24"),
    ("HU", "250", "HP", "250"), ("EA", "2.5", "PE", "2.5"), ("EA", "2.5", "", "2.5"),
    ("LB", "2.5", "PP", "2.5"), ("EA", "250", "HT", ".0025")])
def test_a_price_is_brought_to_one_ordered_unit(unit: str, price: str, basis: str, each: str) -> None:
    reading = one_line(f"PO1*1*5*{unit}*{price}*{basis}*VP*S-1")
    assert value(reading.lines[0].unit_price) == Decimal(each)
    assert not reading.problems


def test_a_price_per_pound_of_pieces_is_asked_about() -> None:
    assert [p.code for p in one_line("PO1*1*5*EA*2.5*PP*VP*S-1").problems] == ["price_per_other_unit"]


@pytest.mark.parametrize(("parties", "ship_to", "bill_to", "buyer"), [
    (["N1*ST*Depot", "N1*BY*Buyer", "N3*Road 1"], ("Depot", .99), ("Buyer, Road 1", .792), ("Buyer", .99)),
    (["N1*ST**92*0042", "N1*BT*Payer", "N3*Road 2"], ("0042", .891), ("Payer, Road 2", .99), ("Payer", .792)),
    (["N1*BY*Buyer*92*7"], None, None, ("Buyer", .99)),
])
def test_parties_stand_in_for_missing_ones(parties: list[str], ship_to: Said, bill_to: Said, buyer: Said) -> None:
    header = one_line(*parties, "PO1*1*5*EA*2").header
    said = [found and (found.value, found.confidence) for found in (header.ship_to, header.bill_to, header.buyer_name)]
    assert said == [ship_to, bill_to, buyer]


@pytest.mark.parametrize(("dates", "wanted", "confidence"), [
    (["DTM*010*20300110", "DTM*002*20300112"], date(2030, 1, 12), .99), (["DTM*010*300110"], date(2030, 1, 10), .8415),
    (["DTM*001*20300110"], None, 0)])
def test_the_date_of_delivery_wins_over_the_date_of_shipment(dates: list[str], wanted: date | None, confidence: float) -> None:
    found = one_line(*dates, "PO1*1*5*EA*2").header.requested_date
    assert (found and (found.value, found.confidence)) == (wanted and (wanted, confidence))


def test_what_cannot_be_read_is_named_and_left_empty() -> None:
    reading = one_line("DTM*002*20301332", "PO1*1*five*EA*1e3**UP*012345678900")
    assert [p.code for p in reading.problems] == ["bad_date", "bad_number", "bad_number"]
    assert all(p.message.endswith("look at what was meant.") for p in reading.problems)
    assert (reading.header.requested_date, reading.lines[0].quantity, reading.lines[0].unit_price) == (None, None, None)
    gtin = reading.lines[0].gtin
    assert gtin is not None and gtin.confidence < .85      # its check digit is wrong


def test_allowances_and_charges_add_up_in_cents() -> None:
    header = one_order("SAC*C*D240***1250", "SAC*C*G830***50", "SAC*A*C310***100", "AMT*TT*99.5", "PO1*1*5*EA*2", "CTT*1").header
    assert (value(header.charges), value(header.discount), value(header.total)) == (Decimal("13.00"), Decimal(1), Decimal("99.5"))
    assert header.charges is not None and header.charges.evidence.text == "1250 50"


def test_more_than_one_place_or_day_for_a_line_is_said() -> None:
    reading = one_line("PO1*1*5*EA*2", "SDQ*EA*92*0001*3*0002*2", "SCH*2*EA***002*20300110", "SCH*3*EA***002*20300120",
                       "N1*ST*Elsewhere")
    assert [p.code for p in reading.problems] == ["line_ship_to", "several_deliveries", "several_destinations"]


def test_a_total_behind_the_last_line_is_the_orders_total() -> None:
    reading = one_order("PO1*1*5*EA*2", "AMT*1*10", "PO1*2*5*EA*2", "AMT*TT*20")
    assert value(reading.header.total) == Decimal(20)
    assert [value(line.amount) for line in reading.lines] == [Decimal(10), None]


def test_an_order_without_number_or_lines_says_so() -> None:
    (reading,) = parse("~".join([_ISA, _ORDER[0], "ST*850*1", "SE*2*1", *_ORDER[-2:]]) + "~")
    assert [p.code for p in reading.problems] == ["missing_segment", "no_lines"]


@pytest.mark.parametrize(("name", "codes"), [("875", ["unsupported_transaction"]), ("997", [])])
def test_orders_of_kinds_we_do_not_read_are_not_lost(name: str, codes: list[str]) -> None:
    (reading,) = parse("~".join([_ISA, _ORDER[0], f"ST*{name}*1", "SE*2*1", *_ORDER[-2:]]) + "~")
    assert reading.doc_type.value is DocumentType.OTHER
    assert [p.code for p in reading.problems] == codes


def test_a_marked_duplicate_is_reported() -> None:
    (reading,) = parse("~".join([_ISA, *_ORDER]).replace("BEG*00", "BEG*07") + "~")
    assert [p.code for p in reading.problems] == ["repeated_order"]


def test_item_codes_are_taken_by_kind_not_by_place() -> None:
    line = one_line("PO1*1*5*EA*2**LT*L-9*MF*Maker*VA*ST-1*VP*S-1*PL*0010*SK*B-2*BP*B-1").lines[0]
    assert (value(line.supplier_sku), value(line.buyer_sku), value(line.mpn)) == ("S-1", "B-1", "Maker")
    assert (value(line.line_no), value(line.description)) == ("1", "L-9")
