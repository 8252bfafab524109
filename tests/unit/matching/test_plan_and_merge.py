"""Readings become cases and drafts: none is lost or doubled, and where two papers disagree a person is told."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.merge import merge
from matching.plan import ReadingHead, plan_cases
from matching.records import Source
from models.domain.evidence import Evidence, Found, Origin
from models.domain.pages import Problem
from models.domain.reading import DocumentType, Header, Reading, ReadingLine

ORDER, CHANGE, INVOICE = DocumentType.PURCHASE_ORDER, DocumentType.ORDER_CHANGE, DocumentType.INVOICE


def head(number: int, po: str | None, *, kind: DocumentType = ORDER, body: bool = False, lines: int = 2) -> ReadingHead:
    return ReadingHead(number, kind, po, body, lines)


@pytest.mark.parametrize(("heads", "cases"), [
    ([head(1, "A"), head(2, "B")], [(1,), (2,)]),
    ([head(1, "PO 1"), head(2, "po-1")], [(1, 2)]),
    ([head(1, None), head(2, None)], [(1,), (2,)]),
    ([head(1, "A"), head(2, "A", kind=CHANGE)], [(1,), (2,)]),
    ([head(1, "A", kind=INVOICE)], []),
    ([head(1, None, body=True), head(2, "A")], [(2, 1)]),
    ([head(1, "A", body=True), head(2, None)], [(2, 1)]),
    ([head(1, "A", body=True), head(2, "A")], [(2, 1)]),
    ([head(1, "B", body=True), head(2, "A")], [(1,), (2,)]),
    ([head(1, None, body=True, lines=0), head(2, "A"), head(3, "B")], [(2, 1), (3,)]),
    ([head(1, None, body=True, lines=3), head(2, "A"), head(3, "B")], [(1,), (2,), (3,)]),
    ([head(1, None, body=True)], [(1,)]),
])
def test_readings_of_one_order_are_one_case(heads: list[ReadingHead], cases: list[tuple[int, ...]]) -> None:
    assert plan_cases(heads) == cases


@given(st.lists(st.tuples(
    st.sampled_from([None, "A", "a", "B", "C-1"]), st.sampled_from(DocumentType), st.booleans(), st.integers(0, 3)), max_size=12))
def test_every_reading_that_opens_a_case_feeds_exactly_one(parts: list[tuple[str | None, DocumentType, bool, int]]) -> None:
    heads = [head(n, po, kind=kind, body=body, lines=lines) for n, (po, kind, body, lines) in enumerate(parts)]
    fed = [reading for case in plan_cases(heads) for reading in case]
    assert sorted(fed) == [h.reading_id for h in heads if h.doc_type.opens_case]
    assert plan_cases(heads) == plan_cases(list(reversed(heads)))


def found(value: Any) -> Any:
    return Found(value, 0.9, Evidence(Origin.READ, str(value)))


def line(text: str, quantity: int, sku: str | None = None) -> ReadingLine:
    return ReadingLine(
        description=found(text), quantity=found(Decimal(quantity)), supplier_sku=found(sku) if sku else None, uom=found("pcs"))


PDF = Source(
    5, Reading(found(ORDER), Header(po_number=found("A"), currency=found("EUR")), (line("hinge", 5, "K1"), line("tape", 2))),
    label="order.pdf")


def mail(*lines: ReadingLine, **header: Any) -> Source:
    fields = {k: found(v) for k, v in header.items()}
    return Source(4, Reading(found(ORDER), Header(**fields), lines), is_body=True, label="the mail")


def test_the_attachment_is_the_order_and_every_value_knows_its_document() -> None:
    merged = merge([mail(notes="call first", currency="USD"), PDF])
    assert merged.draft.currency and merged.draft.currency.value == "EUR" and merged.draft.currency.evidence.document_id == 5
    assert merged.draft.notes and merged.draft.notes.evidence.document_id == 4
    assert [x.key for x in merged.draft.lines] == ["1", "2"] == list(merged.printed)
    assert merged.notices == ("The mail says currency USD, but order.pdf says EUR; check which holds.",)


def test_a_mail_adds_and_contradicts_aloud() -> None:
    merged = merge([PDF, mail(line("hinge", 8, "k-1"), line("rope", 1), line("TAPE", 2))])
    assert [x.description.value for x in merged.draft.lines if x.description] == ["hinge", "tape", "rope"]
    assert merged.notices == (
        "The mail says 8 of “hinge”, but order.pdf says 5; check which holds.",
        "The mail adds “rope” to the order; check the line.")


def test_the_same_order_in_two_files_is_not_ordered_twice() -> None:
    merged = merge([PDF, replace(PDF, document_id=6, label="order.xlsx")])
    assert len(merged.draft.lines) == 2 and merged.notices == ()


def test_problems_of_reading_are_told_once() -> None:
    broken = replace(PDF.reading, problems=(Problem("x", "Page 2 is missing."), Problem("x", "Page 2 is missing.")))
    assert merge([replace(PDF, reading=broken)]).notices == ("Page 2 is missing.",)


def test_a_problem_with_a_place_says_where_to_look_and_a_signature_is_no_question() -> None:
    seen = Problem("handwriting", "Page 1 bears handwriting.", 0, (1.0, 2.0, 3.0, 4.0))
    signed = Problem("signature", "Page 1 is signed by hand.", 0, (5.0, 6.0, 7.0, 8.0))
    merged = merge([replace(PDF, reading=replace(PDF.reading, problems=(seen, signed)))])
    assert merged.notices == ("Page 1 bears handwriting.",)
    proof = merged.shown["Page 1 bears handwriting."]
    assert (proof.document_id, [(p.page, p.box) for p in proof.places]) == (5, [(0, (1.0, 2.0, 3.0, 4.0))])


def test_two_papers_of_very_many_lines_are_held_against_each_other_line_by_line() -> None:
    def paper(shift: int) -> Reading:
        lines = tuple(
            ReadingLine(
                supplier_sku=Found(f"Q-{n:05d}", 1.0, Evidence(Origin.READ)) if n % 3 else None,
                description=Found(f"Widget {n:05d}", 1.0, Evidence(Origin.READ)),
                quantity=Found(Decimal(n + shift * (n == 77)), 1.0, Evidence(Origin.READ)))
            for n in range(1, 3_001))
        return Reading(Found(ORDER, 1.0, Evidence(Origin.READ)), Header(), lines)
    merged = merge([Source(1, paper(0), label="order.pdf"), Source(2, paper(1), label="list.xlsx")])
    assert len(merged.draft.lines) == 3_000
    assert merged.notices == ("List.xlsx says 78 of “Widget 00077”, but order.pdf says 77; check which holds.",)
