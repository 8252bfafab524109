"""EDIFACT: what is written is read, with any separators and released characters; what does not add up is said."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edi.edifact.parse import parse
from edi.edifact.tokens import segments_of
from edi.segments import MalformedInterchange
from models.domain.reading import DocumentType
from tests.unit.edi.agreement import assert_proven, assert_says, value
from tests.unit.edi.strategies import Order, orders


def write(order: Order, marks: str = ":+.? '", *, with_una: bool = True, end: str = "") -> str:
    component, element, decimal, release, _, terminator = marks

    def clean(text: str) -> str:
        return "".join(release + c if c in {component, element, release, terminator} else c for c in text)

    def number(n: Decimal) -> str:
        return str(n).replace(".", decimal)

    def segment(*elements: str | tuple[str, ...]) -> str:
        whole = element.join(clean(e) if isinstance(e, str) else component.join(map(clean, e)) for e in elements)
        return whole + terminator + end

    own = [segment("UNH", "1", ("ORDERS", "D", "96A", "UN")), segment("BGM", "220", order.number, "9"),
           segment("DTM", ("137", f"{order.day:%Y%m%d}", "102")), segment("DTM", ("2", f"{order.wanted:%Y%m%d}", "102")),
           segment("CUX", ("2", order.currency, "9"))]
    for n, item in enumerate(order.items, 1):
        basis = ("CT", "NTP", str(item.per), item.unit) if item.per != 1 else ()
        price = ("AAA", number(item.price), *basis)
        own += [segment("LIN", str(n)), segment("PIA", "1", (item.buyer_sku, "BP")),
                segment("IMD", "F", "", ("", "", "", item.description)), segment("QTY", ("21", number(item.quantity), item.unit)),
                segment("PRI", price)]
    own += [segment("UNS", "S"), segment("CNT", ("2", str(len(order.items))))]
    head = f"UNA{marks}{end}" if with_una else ""
    return head + segment("UNB", ("UNOC", "3"), "S", "R", ("300101", "1200"), "REF1") + "".join(own) + segment(
        "UNT", str(len(own) + 1), "1") + segment("UNZ", "1", "REF1")


@given(orders(), st.sampled_from([":+.? '", ":+,? '", ";|.! ~"]), st.sampled_from(["", "\n", "\r\n"]))
def test_a_written_order_is_read_with_any_separators(order: Order, marks: str, end: str) -> None:
    text = write(order, marks, end=end)
    (reading,) = parse(text)
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER
    assert_says(reading, order)
    assert_proven(reading, segments_of(text))


@given(orders())
def test_without_una_the_usual_separators_hold(order: Order) -> None:
    assert_says(parse(write(order, with_una=False).encode())[0], order)


@given(orders(), st.data())
def test_a_cut_interchange_never_passes_as_whole(order: Order, data: st.DataObject) -> None:
    text = write(order)
    kept = text[:data.draw(st.integers(20, len(text.rsplit("UNZ", 1)[0])))]
    try:
        readings = parse(kept)
    except MalformedInterchange:
        return
    assert all(r.problems and r.doc_type.confidence < 0.99 for r in readings)


@given(st.binary(max_size=300).map(lambda b: b"UNB+" + b))
def test_noise_behind_unb_is_refused_or_read_never_a_crash(content: bytes) -> None:
    try:
        parse(content)
    except MalformedInterchange as e:
        assert e.code == "malformed_edi"


def _wrapped(*body: str, message: str = "ORDERS") -> str:
    return f"UNB+UNOC:3+S+R+300101:1200+7'UNH+1+{message}:D:96A:UN'" + "".join(s + "'" for s in body) + (
        f"UNT+{len(body) + 2}+1'UNZ+1+7'")


def test_parties_prices_and_amounts_find_their_fields() -> None:
    (reading,) = parse(_wrapped(
        "BGM+220+P1+9", "DTM+137:300105:101", "DTM+63:20300120:102", "RFF+IT:C-77", "NAD+BY+1::9++Sample Buyer", "RFF+VA:DE123",
        "CTA+OC+:Ann Sample", "NAD+DP+2::9++Sample Depot+Hall Road 3+Sampletown++10001+DE", "NAD+SU+++We Ourselves",
        "LIN+1++4006381333931:EN", "PIA+5+S-1:SA+M-1:MF", "QTY+21:20:PCE", "QTY+59:10", "PRI+AAB:9.00", "PRI+AAA:8.00",
        "MOA+203:160", "UNS+S", "MOA+86:190.40", "MOA+79:160"))
    h = reading.header
    assert (value(h.buyer_name), value(h.supplier_name), value(h.vat_id)) == ("Sample Buyer", "We Ourselves", "DE123")
    assert value(h.ship_to) == "Sample Depot, Hall Road 3, Sampletown, 10001, DE"
    assert (value(h.customer_account), value(h.contact)) == ("C-77", "Ann Sample")
    assert (str(value(h.order_date)), str(value(h.requested_date))) == ("2030-01-05", "2030-01-20")
    assert (value(h.total), value(h.subtotal)) == (Decimal("190.40"), Decimal(160))
    line = reading.lines[0]
    assert (value(line.gtin), value(line.supplier_sku), value(line.mpn)) == ("4006381333931", "S-1", "M-1")
    assert (value(line.unit_price), value(line.amount), value(line.pack)) == (Decimal("8.00"), Decimal(160), Decimal(10))


@pytest.mark.parametrize(("message", "function", "kind"), [
    ("ORDERS", "1", DocumentType.CANCELLATION), ("ORDERS", "9", DocumentType.PURCHASE_ORDER),
    ("ORDCHG", "4", DocumentType.ORDER_CHANGE), ("INVOIC", "9", DocumentType.INVOICE),
    ("DESADV", "9", DocumentType.DELIVERY_NOTE), ("ORDRSP", "29", DocumentType.ORDER_CONFIRMATION)])
def test_message_and_function_decide_the_kind(message: str, function: str, kind: DocumentType) -> None:
    assert parse(_wrapped(f"BGM+220+P1+{function}", message=message))[0].doc_type.value is kind


def test_a_number_that_is_none_is_reported_not_guessed() -> None:
    (reading,) = parse(_wrapped("BGM+220+P1+9", "LIN+1", "QTY+21:1O:PCE"))
    assert reading.lines[0].quantity is None
    assert [p.code for p in reading.problems] == ["bad_number"]
