"""The acknowledgement says what was understood and marks every deviation, in each language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain.draft import DraftCharge, DraftLine
from models.domain.evidence import Candidate, Evidence, Origin
from models.domain.order_work import ChargeKind
from models.domain.states import LineState
from oms.acknowledgement.assemble import Acknowledgement, acknowledge
from oms.acknowledgement.compose import PHRASES, ready
from oms.letters.ready import Letter, ReadyMail, build_mail
from oms.orders.assemble import assemble
from runtime.codec import from_json, to_json
from tests.support.orders import Shop, draft, draft_line, found

SHOP = Shop(1, 2, (11,), (1,))
LETTER = Letter("buyer@zebra.example", "ack.1.1.0123456789abcdef", "en", "<po@zebra.example>")


def facts(
    *lines: DraftLine, short: Mapping[int, Decimal] | None = None, language: str | None = "en", **changes: object
) -> Acknowledgement:
    order = draft(SHOP, lines=lines, **changes)
    return acknowledge(
        assemble(order, None), order, replace(LETTER, language=language), order_no="SO-000042", accepted_on=date(2031, 3, 1),
        base_uoms={11: "PCE"}, short=short or {})


def mail(*lines: DraftLine, **changes: object) -> ReadyMail:
    return ready(facts(*lines, **changes), company_name="Okapi Supply")  # type: ignore[arg-type]


def notes(text: str) -> list[str]:
    return [line.strip()[2:] for line in text.splitlines() if line.strip().startswith("! ")]


def test_a_line_as_ordered_is_echoed_in_both_numbers_without_a_mark() -> None:
    m = mail(draft_line(11, 3, price="12.5"))
    assert m.subject == "Order confirmation SO-000042 for your order PO 4711"
    for part in ("3 pcs", "WID-11", "Z-11", "Widget no. 11", "12.50 EUR", "37.50 EUR", "Okapi Supply", "as ordered"):
        assert part in m.text, part
        assert part in m.html, part
    assert notes(m.text) == []


@pytest.mark.parametrize(("line", "short", "note"), [
    (draft_line(11, 3, price="12.4", list_price=Decimal("11.9")), "0",
     "Price: our agreed price is 11.90 EUR; we have entered the 12.40 EUR of your order."),
    (draft_line(11, 3, unit_price=None, list_price=Decimal("11.9")), "0",
     "Price: your order gives none; we have entered 11.90 EUR."),
    (draft_line(11, 3), "1", "Stock: 2 of 3 pcs available now, the rest (1) follows as soon as it arrives."),
    (draft_line(11, 3), "3", "Stock: nothing available now; 3 pcs follow as soon as they arrive."),
    (draft_line(11, 2, uom=found("CT", "Karton"), base_quantity=Decimal(24)), "0", "Unit: 2 Karton are 24 pcs."),
    (draft_line(11, 3, requested_date=found(date(2031, 2, 1))), "0",
     "Date: Feb 1, 2031 has passed; we deliver as soon as possible."),
])
def test_each_deviation_is_marked(line: DraftLine, short: str, note: str) -> None:
    m = mail(line, short={1: Decimal(short)})
    assert notes(m.text) == [note]
    assert note in m.html
    assert "need your attention (1)" in m.text


def test_an_acknowledgement_of_a_part_names_the_lines_that_follow() -> None:
    waits = replace(draft_line(11, 2), key="2", line_no=found("20"), buyer_sku=found("Z-<11>"), state=LineState.WAITING)
    m = mail(draft_line(11, 3, price="12.5"), waits)
    assert "These lines are still being checked, and follow: 20 (Z-<11>" in m.text and "20 (Z-&lt;11&gt;" in m.html
    assert "as ordered" not in m.text and "37.50 EUR" in m.text and notes(m.text) == []
    assert "still being checked" not in mail(draft_line(11, 3, price="12.5")).text


def test_what_a_person_corrected_is_shown_beside_what_the_order_says() -> None:
    read = Evidence(Origin.READ, "10")
    quantity = replace(found(Decimal(12), origin=Origin.TYPED, person="Ann"), candidates=(Candidate(Decimal(10), 0.9, read),))
    m = mail(replace(draft_line(11, 12), quantity=quantity))
    assert notes(m.text) == ["Quantity: your order says 10 pcs; we have entered 12 pcs."]


def test_every_language_has_every_phrase_with_the_same_names() -> None:
    assert set(PHRASES) == {"en", "de", "fr", "es", "nl", "it", "pl"}
    for language, phrases in PHRASES.items():
        assert phrases.keys() == PHRASES["en"].keys(), language
        for name, phrase in phrases.items():
            assert set(re.findall(r"\{(\w+)\}", phrase)) == set(re.findall(r"\{(\w+)\}", PHRASES["en"][name])), (language, name)


@pytest.mark.parametrize("language", sorted(PHRASES))
def test_each_language_leaves_no_hole_and_writes_numbers_its_way(language: str) -> None:
    line = draft_line(
        11, "1234.5", price="12.4", list_price=Decimal("11.9"), base_quantity=Decimal(14814), uom=found("CT"),
        requested_date=found(date(2031, 2, 1)))
    m = mail(line, language=language, short={1: Decimal(5)})
    assert m.language == language
    assert len(notes(m.text)) == 4
    assert not re.search(r"[{}]", m.text + m.subject)
    assert ("12.40" if language == "en" else "12,40") in m.text


@pytest.mark.parametrize("language", [None, "xx", "sv"])
def test_other_languages_get_english(language: str | None) -> None:
    assert mail(draft_line(11), language=language).language == "en"


def test_yen_have_no_decimals() -> None:
    m = mail(draft_line(11, 3, price="500"), currency=found("JPY"))
    assert "1,500 JPY" in m.text
    assert "500.00" not in m.text


hostile = st.text(st.characters(codec="utf-8"), max_size=60).map(
    lambda s: f"x{s}\r\nBcc: thief@elsewhere.example\r\n\r\n<script>{s}")


@given(hostile)
def test_text_of_strangers_adds_no_header_and_no_markup(text: str) -> None:
    line = draft_line(11, description=found(text), buyer_sku=found(text[:20]))
    ack = facts(line, po_number=found(text), ship_to_text=found(text))
    ack = from_json(Acknowledgement, to_json(replace(ack, letter=replace(ack.letter, in_reply_to=text))))
    whole = build_mail(
        ready(ack, company_name="Okapi Supply"), sender="orders@okapi.example", company_name="Okapi Supply",
        at=datetime(2031, 3, 1, tzinfo=UTC))
    headers = whole.as_bytes().partition(b"\r\n\r\n")[0]
    assert not re.search(rb"(?mi)^(bcc|in-reply-to|references):", headers)
    assert [name.lower() for name in re.findall(rb"(?m)^([A-Za-z-]+):", headers)].count(b"subject") == 1
    assert "<script>" not in (ready(ack, company_name="Okapi Supply").html or "")


def test_charges_are_echoed_below_the_lines_with_what_is_to_pay() -> None:
    freight = DraftCharge("charges", ChargeKind.CHARGE, found("Freight\nby rail"), found(Decimal(8)))
    m = mail(draft_line(11, 3, price="12.5"), charges=(freight,))
    for text in (m.text, m.html):
        assert "Freight by rail" in text and "8.00 EUR" in text and "45.50 EUR" in text and "37.50 EUR" in text
    assert "45.50" not in mail(draft_line(11, 3, price="12.5")).text
