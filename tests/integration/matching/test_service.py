"""From readings to a decision: clean orders go through untouched, each doubt is asked in a sentence, copies are caught."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from matching.cases import Cases
from matching.policy import Policy
from models.domain.doubt import DoubtCode
from models.domain.evidence import Origin
from models.domain.pages import Problem
from models.domain.partners import ApprovalLevel
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState
from models.errors import InputError
from models.tables.cases import CaseReadingRow, DraftRow
from models.tables.partners import CustomerRow
from runtime import audit
from runtime.db import Database
from tests.integration.matching.desk import BOLTS, DUE, GLOVES, Desk, changed, found, line, reading, sold


def codes(desk: Desk, case_id: int) -> set[DoubtCode]:
    return {d.code for d in desk.doubts(case_id)}


def test_a_clean_order_is_approved_and_every_value_has_evidence(desk: Desk) -> None:
    case_id = desk.case(reading(po="PO-1", total=Decimal("63.60"), requested_date=DUE))
    assert desk.doubts(case_id) == []
    row, draft = desk.row(case_id), desk.draft(case_id)
    assert (row.state, row.po_number, row.version, row.tries) == (CaseState.APPROVED, "PO-1", 1, 0)
    assert draft.customer.value.customer_no == "C100" and draft.ship_to.value.label.startswith("MAIN")
    assert [(x.item.value.sku, x.base_quantity, x.uom.value, x.state) for x in draft.lines] == [
        ("HB-0840", Decimal(100), "H87", LineState.CONFIRMED), ("GL-L", Decimal(3), "XBX", LineState.CONFIRMED)]
    assert (draft.lines[0].list_price, draft.lines[0].price_source) == (Decimal("0.45"), "contract")
    for value in (draft.po_number, draft.lines[0].quantity, draft.lines[0].uom, draft.lines[0].item):
        assert value.evidence.document_id is not None and value.evidence.places
    assert draft.lines[0].item.evidence.origin is Origin.MASTER and draft.lines[0].item.value.reasons
    with desk.db.read() as db:
        assert Cases(db).approved_by(case_id) == "ordermill"
        assert list(audit.verify(db)) == []


def test_matching_twice_even_at_once_is_harmless(desk: Desk) -> None:
    (case_id,) = desk.open(desk.receive(reading()))
    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(lambda _: desk.matcher.match_case(case_id), range(2)))
    assert set(states) == {CaseState.APPROVED}
    assert desk.matcher.match_case(case_id) is CaseState.APPROVED
    with desk.db.read() as db:
        assert db.execute(select(func.count()).select_from(DraftRow)).scalar_one() == 1


def test_the_same_order_again_is_a_duplicate_and_a_different_one_is_asked_about(desk: Desk) -> None:
    first = desk.case(reading(po="PO 4711"))
    again = desk.case(reading(po="po-4711"))
    row = desk.row(again)
    assert (row.state, row.related_case_id, row.code) == (CaseState.DUPLICATE, first, "same_order_again")
    other = desk.case(reading(changed(BOLTS, quantity=200, amount=90), po="PO 4711"))
    assert desk.row(other).state is CaseState.NEEDS_REVIEW
    assert [d.sentence for d in desk.doubts(other) if d.code is DoubtCode.REVISED_ORDER] == [
        f"PO PO 4711 of this customer is already here as case {first}, and this one differs: line 1 (HB-0840): quantity 100 "
        "pieces → 200 pieces; line 2 (“GL-L”) is removed. Reject the one that does not hold, then approve the other."]
    stranger = desk.case(reading(po="PO 4711", buyer_name="Elbe Fittings Ltd"), sender="a@elbe.example")
    assert not codes(desk, stranger) & {DoubtCode.DUPLICATE_PO, DoubtCode.REVISED_ORDER}


def test_a_disguised_order_number_finds_its_twin_and_never_another_customers(desk: Desk) -> None:
    desk.case(reading(po="PO-4500"))
    stranger = desk.case(reading(po="PO-45\u200b00", buyer_name="Elbe Fittings Ltd"), sender="a@elbe.example")
    assert not codes(desk, stranger) & {DoubtCode.DUPLICATE_PO, DoubtCode.REVISED_ORDER}
    for quantity, disguise in enumerate(("PO-45\u200b00", "РО-4500", "PO-٤500", "ＰＯ－４５００", "PO-4500\u202e"), 200):
        again = desk.case(reading(changed(BOLTS, quantity=quantity), po=disguise))
        assert DoubtCode.REVISED_ORDER in codes(desk, again), disguise


def test_copies_that_arrive_together_never_both_go_through(desk: Desk) -> None:
    cases = [case for _ in range(4) for case in desk.open(desk.receive(reading(po="PO-9")))]
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(desk.matcher.match_case, cases))
    assert sorted(states) == [CaseState.APPROVED, *[CaseState.DUPLICATE] * 3]


@pytest.mark.parametrize(("bolts", "code", "sentence"), [
    ({"unit_price": "0.50", "amount": "50"}, DoubtCode.PRICE_DEVIATION,
     "Line 1: price 0.50, contract 0.45 (+11.1 %, tolerance 2 %)."),
    ({"amount": "54"}, DoubtCode.AMOUNT_MISMATCH, "Line 1: 100 × 0.45 makes 45.00, but 54.00 is printed."),
    ({"quantity": None, "amount": None}, DoubtCode.QUANTITY_MISSING,
     "Line 1: no quantity was found. Type it, or reject the line."),
    ({"quantity": found(Decimal(100), 0.6)}, DoubtCode.QUANTITY_UNSURE,
     "Line 1: the quantity is probably 100 (60% sure). Is that right?"),
    ({"supplier_sku": "OLD-1", "description": "Rope 20 m", "unit_price": "30", "amount": "3000"}, DoubtCode.ITEM_INACTIVE,
     "Line 1: OLD-1 is discontinued. Choose another item or reject the line."),
    ({"description": "Hex bolt M10 x 40"}, DoubtCode.ITEM_CONFLICT,
     "Line 1: our item number agrees with HB-0840, but the description contradicts it (thread 10, not 8). Which is meant?"),
    ({"supplier_sku": None, "description": "marble statue of a horse", "unit_price": "9000", "amount": "900000"},
     DoubtCode.UNKNOWN_ITEM, None),
    ({"supplier_sku": None, "description": "zinc bucket", "unit_price": "9", "amount": "900"}, DoubtCode.UNKNOWN_ITEM,
     "Line 1: we do not know “zinc bucket”. It is 97% sure to be none of our items; the nearest is HB-0840. Choose the item, or "
     "reject the line."),
    ({"quantity": 12, "uom": "cases", "amount": None}, DoubtCode.UNIT_UNSURE, None),
    ({"uom": "kg", "amount": None, "unit_price": "7.11"}, DoubtCode.UNIT_UNSURE, None),
])
def test_each_doubt_about_a_line_is_asked_in_a_sentence(shared: Desk, bolts: dict, code: DoubtCode, sentence: str | None) -> None:  # type: ignore[type-arg]
    case_id = shared.case(reading(changed(BOLTS, **bolts), GLOVES))
    assert shared.row(case_id).state is CaseState.NEEDS_REVIEW
    asked = [d for d in shared.doubts(case_id) if d.code is code]
    assert len(asked) == 1 and asked[0].path.startswith("lines.1.") and len(asked[0].choices) <= 9
    if sentence:
        assert asked[0].sentence == sentence
    assert not any(d.path and d.path.startswith("lines.2.") for d in shared.doubts(case_id))


def test_cases_or_pieces_is_asked_in_numbers(shared: Desk) -> None:
    case_id = shared.case(reading(changed(BOLTS, quantity=12, uom="cases", amount=None)))
    (doubt,) = shared.doubts(case_id)
    assert "12 cases of 24 = 288 pieces" in doubt.sentence and "12 pieces" in doubt.sentence
    assert {c.value for c in doubt.choices} == {"XCS", "H87"}
    settled = shared.case(reading(changed(BOLTS, quantity=12, uom="cases", amount="129.60")))
    first = shared.draft(settled).lines[0]
    assert (first.uom.value, first.base_quantity, first.unit_price.value) == ("XCS", 288, Decimal("10.8"))
    assert first.unit_price.evidence.note == "printed for one piece"


@pytest.mark.parametrize(("header", "sender", "code"), [
    ({"po": None}, "po@muster.example", DoubtCode.MISSING_PO_NUMBER),
    ({"po_number": found("PO-1", 0.5)}, "po@muster.example", DoubtCode.PO_NUMBER_UNSURE),
    ({"ship_to": "Nowhere 9, 11111 Elsewhere"}, "po@muster.example", DoubtCode.SHIP_TO_UNKNOWN),
    ({"currency": "USD"}, "po@muster.example", DoubtCode.CURRENCY_MISMATCH),
    ({"total": Decimal(700)}, "po@muster.example", DoubtCode.TOTAL_MISMATCH),
    ({}, "po@rnuster.example", DoubtCode.UNKNOWN_SENDER),
    ({"buyer_name": "Nobody We Know plc"}, "x@nobody.example", DoubtCode.UNKNOWN_CUSTOMER),
    ({"kind": DocumentType.ORDER_CHANGE}, "po@muster.example", DoubtCode.CHANGE_OF_ORDER),
    ({"kind": DocumentType.CANCELLATION}, "po@muster.example", DoubtCode.CANCELLATION),
])
def test_each_doubt_about_the_order_is_asked(shared: Desk, header: dict, sender: str, code: DoubtCode) -> None:  # type: ignore[type-arg]
    case_id = shared.case(reading(**header), sender=sender)
    assert shared.row(case_id).state is CaseState.NEEDS_REVIEW
    asked = [d for d in shared.doubts(case_id) if d.code is code]
    assert len(asked) == 1 and asked[0].sentence[-1] in ".?"


@pytest.mark.parametrize(("found_out", "forged"), [
    ("spf=pass dkim=fail dmarc=fail", True), ("spf=fail", True), ("spf=fail dkim=pass", False), ("dmarc=pass spf=fail", False),
    ("spf=fail dkim=fail dmarc=none", True), ("spf=softfail", False), ("spf=none dkim=none", False), (None, False)])
def test_a_known_sender_whose_own_domain_disowns_the_mail_is_asked_about(
    shared: Desk, found_out: str | None, forged: bool
) -> None:
    case_id = shared.case(reading(), sender="po@muster.example", authentication=found_out)
    asked = [d.sentence for d in shared.doubts(case_id) if d.code is DoubtCode.UNKNOWN_SENDER]
    assert bool(asked) is forged and all("Call the customer" in sentence for sentence in asked)


def test_a_forged_sender_never_counts_as_the_customer(shared: Desk) -> None:
    nameless = reading(buyer_name="Nobody We Know plc")
    genuine = shared.draft(shared.case(nameless, sender="po@muster.example", authentication="dmarc=pass"))
    assert genuine.customer_candidates[0].customer_no == "C100"
    forged = shared.draft(shared.case(nameless, sender="po@muster.example", authentication="dmarc=fail"))
    assert forged.customer is None
    assert not any("sender" in reason for match in forged.customer_candidates for reason in match.reasons)


def test_a_look_alike_sender_is_named_as_one(shared: Desk) -> None:
    case_id = shared.case(reading(), sender="po@rnuster.example")
    (sentence,) = [d.sentence for d in shared.doubts(case_id) if d.code is DoubtCode.UNKNOWN_SENDER]
    assert "resembles muster.example but is not it" in sentence


def test_a_change_names_the_order_it_amends(shared: Desk) -> None:
    first = shared.case(reading(po="PO-5"))
    case_id = shared.case(reading(po="PO-5", kind=DocumentType.ORDER_CHANGE))
    (doubt,) = [d for d in shared.doubts(case_id) if d.code is DoubtCode.CHANGE_OF_ORDER]
    assert doubt.sentence == f"This changes case {first} (PO PO-5). Approve that case first; this one then changes its order."
    assert shared.row(case_id).related_case_id == first


def test_doubts_come_dearest_first_and_problems_of_reading_are_among_them(shared: Desk) -> None:
    broken = reading(changed(BOLTS, unit_price="0.47", amount="47"), changed(GLOVES, quantity=found(Decimal(3), 0.2)))
    case_id = shared.case(replace(broken, problems=(Problem("page_missing", "Page 2 of 3 is missing."),)))
    doubts = shared.doubts(case_id)
    assert [d.cost for d in doubts] == sorted((d.cost for d in doubts), reverse=True)
    assert "Page 2 of 3 is missing." in {d.sentence for d in doubts}
    assert shared.row(case_id).sentence == doubts[0].sentence


def test_the_customers_level_decides_who_looks(lite: Desk) -> None:
    stamp = (Problem("stamp", "A stamp covers text."),)
    for level, clean, with_problem in (
        (ApprovalLevel.REVIEW_ALL, CaseState.NEEDS_REVIEW, CaseState.NEEDS_REVIEW),
        (ApprovalLevel.CONFIDENT, CaseState.APPROVED, CaseState.NEEDS_REVIEW),
        (ApprovalLevel.ALL_THAT_PASSES, CaseState.APPROVED, CaseState.APPROVED),
    ):
        with lite.db.write() as db:
            for row in db.execute(select(CustomerRow)).scalars():
                row.approval = level
        fresh = reading(po=f"A-{level}")
        assert lite.row(lite.case(fresh)).state is clean
        odd = replace(reading(po=f"B-{level}"), problems=stamp)
        assert lite.row(lite.case(odd)).state is with_problem


def test_a_shortage_is_asked_about_only_when_the_policy_says_so(sqlite_database: Database, tmp_path: Path) -> None:
    from models.tables.inventory import LocationRow, StockLevelRow

    desk = Desk(sqlite_database, tmp_path, Policy(asks_about_stock=True))
    with desk.db.write() as db:
        db.add(LocationRow(id=1, code="W", name="Warehouse", priority=0))
        db.flush()
        db.add(StockLevelRow(item_id=1, location_id=1, on_hand=Decimal(60), reserved=Decimal(10), safety=Decimal(0)))
    case_id = desk.case(reading())
    assert [d.sentence for d in desk.doubts(case_id)] == ["Line 1: 100 pieces of HB-0840 are wanted, 50 can be promised."]


def test_a_mail_that_adds_to_its_attachment_feeds_one_case(desk: Desk) -> None:
    extra = reading(line(supplier_sku="GL-M", description="nitrile gloves size M blue", quantity=2, uom="box"), po=None)
    message = desk.receive(reading(), body=extra)
    (case_id,) = desk.open(message)
    assert desk.open(message) == [case_id]
    desk.matcher.match_case(case_id)
    assert [x.item.value.sku for x in desk.draft(case_id).lines] == ["HB-0840", "GL-L", "GL-M"]
    asked = {d.sentence for d in desk.doubts(case_id)}
    assert "The mail adds “nitrile gloves size M blue” to the order; check the line." in asked


def test_a_message_opens_a_case_for_each_order_and_none_for_other_papers(desk: Desk) -> None:
    invoice = reading(po="PO-3", kind=DocumentType.INVOICE)
    cases = desk.open(desk.receive([reading(po="PO-1"), reading(po="PO-2")], reading(po="po 1"), invoice))
    assert len(cases) == 2
    with desk.db.read() as db:
        fed = db.execute(select(CaseReadingRow.case_id, func.count()).group_by(CaseReadingRow.case_id)).all()
        assert sorted(count for _, count in fed) == [1, 2]


def test_two_openers_at_once_open_each_case_once(desk: Desk) -> None:
    message = desk.receive([reading(po="PO-1"), reading(po="PO-2")])
    with ThreadPoolExecutor(4) as pool:
        assert len({tuple(r) for r in pool.map(lambda _: tuple(desk.open(message)), range(4))}) == 1


def test_a_case_that_cannot_be_matched_fails_after_three_tries_with_its_reason(desk: Desk) -> None:
    (case_id,) = desk.open(desk.receive(reading()))
    with desk.db.write() as db:
        db.execute(delete(CaseReadingRow))
    for _ in range(2):
        with pytest.raises(InputError):
            desk.matcher.match_case(case_id)
    assert desk.matcher.match_case(case_id) is CaseState.FAILED
    row = desk.row(case_id)
    assert row.code == "match_failed" and "has no reading" in row.sentence
    assert desk.matcher.match_case(case_id) is CaseState.FAILED


def test_new_items_are_found_as_soon_as_they_are_imported(lite: Desk) -> None:
    from matching import masterdata

    case_id = lite.case(reading(line(description="copper anchor 12 kg", quantity=1, unit_price="80")))
    assert DoubtCode.UNKNOWN_ITEM in codes(lite, case_id)
    item = {"sku": "AN-12", "description": "Anchor 12 kg copper", "base_uom": "H87", "list_price": "80", "currency": "EUR"}
    masterdata.import_items(lite.db, [item])
    lite.review.match_again(case_id, lite.ann)
    assert lite.matcher.match_case(case_id) in {CaseState.APPROVED, CaseState.NEEDS_REVIEW}
    assert lite.draft(case_id).lines[0].item_candidates[0].sku == "AN-12"
    assert lite.matcher.search_items("anchor")[0].sku == "AN-12"


def test_what_a_customer_ordered_before_is_likelier_and_changes_nothing_for_others_or_against_the_line(desk: Desk) -> None:
    vague = line(description="nitrile gloves blue", quantity=3, uom="box")
    theirs = {"buyer_name": "Elbe Fittings Ltd", "sender": "a@elbe.example"}

    def chances(of: Any, buyer_name: str = "Muster Works GmbH", **more: Any) -> dict[str, tuple[float, str]]:
        (made,) = desk.draft(desk.case(reading(of, buyer_name=buyer_name), **more)).lines
        return {m.sku: (m.probability, "; ".join(m.reasons)) for m in made.item_candidates}

    before, elsewhere = chances(vague), chances(vague, **theirs)
    assert before["GL-M"][0] == before["GL-L"][0]
    sold(desk, "PO-9", (4, 5, 0), days_ago=3)
    after = chances(vague)
    assert next(iter(after)) == "GL-M" and after["GL-M"][0] > before["GL-M"][0] and after["GL-L"][0] < before["GL-L"][0]
    assert "they have ordered it before" in after["GL-M"][1] and "ordered" not in after["GL-L"][1]
    assert chances(vague, **theirs) == elsewhere
    clear = chances(line(description="nitrile gloves size L blue", quantity=3, uom="box"))
    assert clear["GL-L"][0] >= 0.9 and clear["GL-M"][0] <= 0.3
