"""Numbers and codes as hostile or careless senders write them: nothing is changed in silence, what is open becomes a question."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extraction.assemble import assemble
from extraction.layout.reading_order import document_lines
from matching.assemble import build_draft
from matching.checks import run_checks
from matching.decide import decide
from matching.merge import merge
from matching.model import default_model
from matching.policy import Policy
from matching.records import Facts, Source
from models.domain.pages import Page
from models.domain.reading import Context, Reading, ReadingLine
from models.errors import InputError
from runtime.clock import now
from tests.support.papers import body, paper, parsed, sheet, table

HEAD = ["Item", "Description", "Qty", "Unit"]


def pages(quantity: str) -> tuple[Page, ...]:
    """Three lines on paper, on a sheet and in a mail; the second has this quantity."""
    rows = [("KX-4471", "Hinge brass", "5"), ("KX-4472", "Hinge steel", quantity), ("KX-4473", "Hinge oak", "7")]
    placed = [(120 + 14 * n, [(20, a), (90, b), (300, c), (380, "pcs")]) for n, (a, b, c) in enumerate(rows)]
    return (
        paper((100, list(zip((20, 90, 300, 380), HEAD, strict=True))), *placed),  # type: ignore[arg-type]
        sheet(HEAD, *([a, b, c, "pcs"] for a, b, c in rows)),
        body("\n".join(f"{c} x {a} {b}" for a, b, c in rows)),
    )


def read(page: Page) -> Reading:
    (reading,) = assemble(parsed(page), Context())
    return reading


def second(reading: Reading) -> ReadingLine:
    (line,) = (x for x in reading.lines if (x.buyer_sku or x.supplier_sku) and "4472" in str(x.buyer_sku or x.supplier_sku))
    return line


def asks(reading: Reading) -> set[str | None]:
    """The paths of the draft a person is asked about."""
    sources, facts, policy = [Source(1, reading)], Facts(on=now().date()), Policy()
    draft = build_draft(sources, facts, default_model())
    return {d.path for d in decide(draft, run_checks(draft, merge(sources), facts, policy), policy).doubts}


@pytest.mark.parametrize("quantity", [
    "1O", "l0", "10²", "1/3", "1½", "2 1/2", "1e308", "NaN", "-10", "12-", "1.000", "1,000",
    "1\u202e20", "1٠", "4\u03365", "1\u200b0"])
def test_a_quantity_that_is_impossible_open_or_unreadable_is_asked_about(quantity: str) -> None:
    for page in pages(quantity):
        reading = read(page)
        assert len(reading.lines) == 3
        at = reading.lines.index(second(reading)) + 1
        assert f"lines.{at}.quantity" in asks(reading)


def test_a_zero_is_no_silent_order_and_on_a_sheet_means_that_nothing_is_wanted() -> None:
    paper_page, sheet_page, mail = pages("0")
    for page in (paper_page, mail):
        assert "lines.2.quantity" in asks(read(page))
    assert len(read(sheet_page).lines) == 2


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 99_999), st.sampled_from([0x660, 0x6F0, 0x966, 0xFF10]))
def test_digits_of_one_other_script_are_the_number_they_write(value: int, zero: int) -> None:
    written = "".join(chr(zero + int(c)) for c in str(value))
    for page in pages(written)[:2]:
        line = second(read(page))
        assert line.quantity is not None and line.quantity.value == value


def test_both_readings_of_an_open_mark_are_offered_and_arithmetic_settles_it() -> None:
    quantity = second(read(pages("1.000")[0])).quantity
    assert quantity is not None
    assert {quantity.value, *(c.value for c in quantity.candidates)} == {Decimal(1), Decimal(1000)}
    assert quantity.confidence < Policy().line_confidence
    rows = ["Item      Description    Qty      Price     Amount", "KX-4471   Hinge brass    1.000    12        12000"]
    line = read(table(100, *rows)).lines[0]
    assert line.quantity is not None and line.quantity.value == 1000 and line.quantity.confidence > quantity.confidence + 0.2


@pytest.mark.parametrize("number", [
    "4500\u202e12", "45\u200b0012", "4500\u00ad12", "РО-450012", "PО-450012",
    "4\u033650012", "4500\u00a012", "4500\u202f12", "450012²"])
def test_an_order_number_that_is_not_what_it_looks_like_is_never_sure(number: str) -> None:
    for page in (table(100, "PURCHASE ORDER", f"PO Number: {number}", "", "Item       Qty", "KX-4471    5"),
                 body(f"PO Number: {number}\n\n5 x KX-4471 Hinge")):
        reading = read(page)
        assert reading.header.po_number is not None and reading.header.po_number.confidence < Policy().line_confidence
        assert "po_number" in asks(reading)
        assert len(reading.lines) == 1


def test_the_problem_names_the_value_and_the_mark_and_shows_its_place() -> None:
    page = table(100, "PURCHASE ORDER", "PO Number: 4500\u202e12", "", "Item       Qty", "KX-4471    5")
    (problem,) = (p for p in read(page).problems if p.code == "odd_characters")
    assert problem.message == (
        "The PO number “4500⟦U+202E⟧12” holds an invisible right-to-left override (U+202E). It was read as “450012”; compare it "
        "with the page.")
    assert (problem.page, problem.box) == (0, next(w.box for w in page.words if "\u202e" in w.text))


def test_many_odd_words_are_counted_not_all_told() -> None:
    page = body("\n".join(f"{n}\u200b{n} x KX-4471 Hinge" for n in range(10, 60)))
    problems = [p for p in read(page).problems if p.code == "odd_characters"]
    assert len(problems) == 21 and problems[-1].message.startswith("30 more words")


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet="0123456789.,-+eENaIinft²½/\u202e\u200b٤１l O", min_size=1, max_size=12))
def test_no_way_of_writing_a_quantity_breaks_reading_or_gives_an_impossible_number(text: str) -> None:
    for page in pages(text):
        try:
            readings = assemble(parsed(page), Context())
        except InputError:                       # a refusal with a sentence
            continue
        for line in (line for r in readings for line in r.lines):
            assert line.quantity is None or line.quantity.value.is_finite()


def test_a_long_typed_rule_that_ends_in_a_letter_is_read_at_once() -> None:
    lines = document_lines((body(f"{'-' * 5_000}x\n{'.' * 80}1 {'_' * 80}\n{'=' * 80}   {'-' * 9}\nBolt"),))
    assert [line.text[-4:] for line in lines] == ["---x", "...1", "Bolt"]
