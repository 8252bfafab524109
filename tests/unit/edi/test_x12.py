"""X12: what is written is read, whatever the separators; what does not add up is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edi.segments import MalformedInterchange
from edi.x12.parse import parse
from edi.x12.tokens import segments_of
from models.domain.reading import DocumentType
from tests.unit.edi.agreement import assert_proven, assert_says, value
from tests.unit.edi.strategies import Order, orders

_BASIS = {1: "PE", 10: "PN", 100: "HP", 1000: "TP"}
_MARKS = "*~>|^\n"


def write(order: Order, *, element: str = "*", end: str = "~", sets: int = 1) -> str:
    body: list[list[str]] = []
    for n in range(1, sets + 1):
        own = [["ST", "850", f"{n:04}"], ["BEG", "00", "SA", order.number, "", f"{order.day:%Y%m%d}"],
               ["CUR", "BY", order.currency], ["DTM", "002", f"{order.wanted:%Y%m%d}"]]
        for at, item in enumerate(order.items, 1):
            own += [["PO1", str(at), str(item.quantity), item.unit, str(item.price), _BASIS[item.per], "BP", item.buyer_sku],
                    ["PID", "F", "", "", "", item.description]]
        own.append(["CTT", str(len(order.items)), str(sum((i.quantity for i in order.items), Decimal(0)))])
        body += [*own, ["SE", str(len(own) + 1), f"{n:04}"]]
    isa = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "SENDER".ljust(15), "ZZ", "RECEIVER".ljust(15), "300101", "1200", "U",
           "00401", "000000007", "0", "P", ">"]
    segments = [isa, ["GS", "PO", "S", "R", "20300101", "1200", "3", "X", "004010"], *body, ["GE", str(sets), "3"],
                ["IEA", "1", "000000007"]]
    return "".join(element.join(segment) + end for segment in segments)


@given(orders(_MARKS), st.sampled_from([("*", "~"), ("|", "~"), ("^", "\n"), ("*", "\r\n"), ("*", "~\n"), ("*", "~\r\n\t ")]))
def test_a_written_order_is_read_whatever_the_separators(order: Order, marks: tuple[str, str]) -> None:
    text = write(order, element=marks[0], end=marks[1])
    (reading,) = parse(text)
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER
    assert_says(reading, order)
    assert_proven(reading, segments_of(text))


@given(orders(_MARKS), st.integers(2, 4))
def test_each_transaction_set_is_a_reading_of_its_own(order: Order, sets: int) -> None:
    readings = parse(write(order, sets=sets).encode())
    assert len(readings) == sets
    for reading in readings:
        assert_says(reading, order)


@given(orders(_MARKS), st.data())
def test_a_cut_interchange_never_passes_as_whole(order: Order, data: st.DataObject) -> None:
    text = write(order)
    kept = text[:data.draw(st.integers(110, len(text.rsplit("IEA", 1)[0])))]
    try:
        readings = parse(kept)
    except MalformedInterchange:
        return
    assert all(r.problems and r.doc_type.confidence < 0.99 for r in readings)


@given(st.binary(max_size=400).map(lambda b: b"ISA*" + b))
def test_noise_behind_isa_is_refused_or_read_never_a_crash(content: bytes) -> None:
    try:
        parse(content)
    except MalformedInterchange as e:
        assert e.code == "malformed_edi"


def _wrapped(*body: str) -> str:
    isa = "ISA*00*          *00*          *ZZ*S*ZZ*R*300101*1200*U*00401*000000001*0*P*>~"
    return isa + "GS*PO*S*R*20300101*1200*1*X*004010~" + "".join(s + "~" for s in body) + "GE*1*1~IEA*1*000000001~"


def test_wrong_counts_are_named_and_lower_the_confidence() -> None:
    (reading,) = parse(_wrapped("ST*850*1", "BEG*00*SA*P1**20300105", "PO1*1*5*EA*2", "CTT*3*9", "SE*9*1"))
    assert [p.code for p in reading.problems] == ["count_mismatch"] * 3
    assert [p.message.split(" but ")[0] for p in reading.problems] == [
        "The sender states 9 segments", "The sender states 3 lines", "The sender states 9 as the sum of quantities"]
    assert reading.lines[0].quantity is not None
    assert reading.lines[0].quantity.confidence == pytest.approx(0.93)


def test_parties_terms_and_dates_find_their_fields() -> None:
    (reading,) = parse(_wrapped(
        "ST*850*1", "BEG*00*SA*P1**20300105", "REF*11*C-77", "PER*BD*Ann Sample*TE*555 0100", "FOB*CC****FCA*ZZ*Hafen",
        "ITD*08**2**10**30", "DTM*010*20300110", "DTM*002*20300112",
        "N1*ST*Sample Depot*92*7", "N3*Hall 3*Gate B", "N4*Sampletown*NY*10001*US", "N1*BT*Sample Holding", "N3*Box 1",
        "N1*BY*Sample Buyer*91*AC-9", "N1*SU*We Ourselves", "PO1*1*5*EA*2**VN*S-1*MG*M-1*UP*012345678905*QQ*?", "AMT*1*10",
        "SCH*2*EA***002*20300115", "CTT*1", "AMT*TT*10.00", "SE*21*1"))
    h = reading.header
    assert value(h.ship_to) == "Sample Depot, Hall 3, Gate B, Sampletown, NY, 10001, US"
    assert (value(h.bill_to), value(h.buyer_name), value(h.supplier_name)) == (
        "Sample Holding, Box 1", "Sample Buyer", "We Ourselves")
    assert (value(h.customer_account), value(h.payment_terms)) == ("C-77", "2 % 10, net 30")
    assert (value(h.delivery_terms), value(h.contact)) == ("FCA, Hafen", "Ann Sample, 555 0100")
    assert (str(value(h.requested_date)), value(h.total)) == ("2030-01-12", Decimal("10.00"))
    line = reading.lines[0]
    assert (value(line.supplier_sku), value(line.mpn), value(line.gtin)) == ("S-1", "M-1", "012345678905")
    assert value(line.amount) == Decimal(10)
    assert str(value(line.requested_date)) == "2030-01-15"
    assert [p.code for p in reading.problems] == ["unknown_qualifier"]


@pytest.mark.parametrize(("begin", "kind"), [
    ("BEG*01*SA*P1", DocumentType.CANCELLATION), ("BEG*04*SA*P1", DocumentType.ORDER_CHANGE),
    ("BEG*00*SA*P1", DocumentType.PURCHASE_ORDER)])
def test_the_purpose_decides_the_kind(begin: str, kind: DocumentType) -> None:
    assert parse(_wrapped("ST*850*1", begin, "SE*3*1"))[0].doc_type.value is kind


def test_an_860_changes_lines_and_says_how() -> None:
    (reading,) = parse(_wrapped(
        "ST*860*1", "BCH*04*SA*P1**2*20300105", "POC*1*DI*5*0*EA*2.5**BP*B-1", "POC*2*AI*7**CS*100*HP*BP*B-2", "CTT*2", "SE*6*1"))
    assert reading.doc_type.value is DocumentType.ORDER_CHANGE
    assert (value(reading.header.po_number), value(reading.header.revision)) == ("P1", "2")
    assert [value(line.comment) for line in reading.lines] == ["delete this line", "add this line"]
    assert [value(line.unit_price) for line in reading.lines] == [Decimal("2.5"), Decimal(1)]
    assert [value(line.uom) for line in reading.lines] == ["EA", "CS"]


def test_other_papers_are_named_for_what_they_are() -> None:
    assert parse(_wrapped("ST*810*1", "BIG*20300105*I1", "SE*3*1"))[0].doc_type.value is DocumentType.INVOICE
    assert parse(_wrapped("ST*997*1", "SE*2*1"))[0].doc_type.value is DocumentType.OTHER
