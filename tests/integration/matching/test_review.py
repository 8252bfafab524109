"""The reviewer's desk: one person at a time, every value checked, nothing approved unseen, everything can be taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from matching.cases import UNDO, Cases
from matching.review import Review
from models.domain.doubt import DoubtCode
from models.domain.evidence import Evidence, Origin, Place
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState, RefusedMove
from models.errors import ConflictError, InputError
from models.tables.audit import AuditEntryRow
from models.tables.items import ItemRow
from runtime import audit
from runtime.clock import now
from tests.integration.matching.desk import BOLTS, GLOVES, Desk, changed, line, reading

ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")


def test_an_unknown_item_is_chosen_and_the_order_approved(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, ODD))
    with pytest.raises(InputError, match="Line 2 has no item"):
        desk.review.approve(case_id, 1, desk.ann)
    version = desk.review.correct(case_id, 1, "lines.2.item", "GL-M", desk.ann)
    assert version == 2
    chosen = desk.draft(case_id).lines[1]
    proof = chosen.item.evidence
    assert (chosen.item.value.sku, proof.origin, proof.person) == ("GL-M", Origin.TYPED, "Ann Ames")
    assert chosen.base_quantity == 2 and chosen.list_price == Decimal("6.2")
    version = desk.review.correct(case_id, 2, "lines.2.unit_price", "6,20", desk.ann)
    assert desk.doubts(case_id) == []
    desk.review.approve(case_id, version, desk.ann)
    assert desk.row(case_id).state is CaseState.APPROVED
    with desk.db.read() as db:
        assert Cases(db).approved_by(case_id) == "Ann Ames"
        assert [(c.version, c.path, c.before, c.after, c.user) for c in Cases(db).corrections(case_id)] == [
            (2, "lines.2.item", None, "GL-M", "Ann Ames"), (3, "lines.2.unit_price", "9000", "6.20", "Ann Ames")]
        actions = db.execute(select(AuditEntryRow.action).where(AuditEntryRow.subject == f"case:{case_id}")).scalars().all()
        assert actions == [f"case.{what}" for what in (
            "opened", "needs_review", "in_review", "corrected", "corrected", "approved")]
        assert list(audit.verify(db)) == []


def test_a_person_holds_a_case_for_five_minutes(desk: Desk) -> None:
    case_id = desk.case(reading(ODD))
    desk.review.claim(case_id, desk.ann)
    desk.review.claim(case_id, desk.ann)
    for act in (
        lambda r: r.claim(case_id, desk.bob), lambda r: r.correct(case_id, 1, "notes", "x", desk.bob),
        lambda r: r.approve(case_id, 1, desk.bob), lambda r: r.reject(case_id, 1, "no", desk.bob),
    ):
        with pytest.raises(ConflictError, match="Ann Ames has case"):
            act(desk.review)
    later = Review(desk.db, desk.index, desk.policy, lambda: now() + timedelta(minutes=6))
    later.claim(case_id, desk.bob)
    assert desk.row(case_id).reviewer_id == desk.bob
    desk.review.release(case_id, desk.ann)
    assert desk.row(case_id).state is CaseState.IN_REVIEW
    later.release(case_id, desk.bob)
    assert (desk.row(case_id).state, desk.row(case_id).reviewer_id) == (CaseState.NEEDS_REVIEW, None)


def test_what_another_changed_is_told_and_nothing_unseen_is_approved(desk: Desk) -> None:
    case_id = desk.case(reading(changed(BOLTS, unit_price="0.50", amount="50")))
    desk.review.correct(case_id, 1, "lines.1.quantity", "200", desk.ann)
    desk.review.release(case_id, desk.ann)
    for act in (
        lambda: desk.review.approve(case_id, 1, desk.bob), lambda: desk.review.correct(case_id, 1, "notes", "x", desk.bob),
        lambda: desk.review.reject(case_id, 1, "no", desk.bob), lambda: desk.review.undo(case_id, 1, desk.bob),
    ):
        with pytest.raises(ConflictError, match=r"Ann Ames set lines\.1\.quantity to “200” at") as conflict:
            act()
        assert conflict.value.code == "version_changed"


@pytest.mark.parametrize(("path", "text", "shown"), [
    ("po_number", " 4711 ", "4711"), ("customer", "C200", "C200"), ("ship_to", "NORTH", "NORTH"), ("currency", "usd", "USD"),
    ("requested_date", "2031-06-01", "2031-06-01"), ("requested_date", "01.06.2031", "2031-06-01"), ("requested_date", "", None),
    ("notes", "call first", "call first"), ("lines.1.quantity", "1.234,5", "1234.5"), ("lines.1.uom", "case", "XCS"),
    ("lines.1.uom", "EA", "H87"), ("lines.1.unit_price", "0.0125", "0.0125"), ("lines.1.state", "rejected", "rejected"),
    ("lines.1.state", "confirmed", "confirmed"), ("lines.1.description", "Hex bolt M10 x 40", "Hex bolt M10 x 40"),
])
def test_each_field_can_be_set(shared: Desk, path: str, text: str, shown: str | None) -> None:
    case_id = shared.case(reading(BOLTS, ODD))
    version = shared.review.correct(case_id, 1, path, text, shared.ann)
    with shared.db.read() as db:
        (correction,) = Cases(db).corrections(case_id)
    assert (version, correction.path, correction.after) == (2, path, shown)


@pytest.mark.parametrize(("path", "text", "code"), [
    ("po_number", "x" * 300, "too_long"), ("customer", "C999", "unknown_value"), ("ship_to", "SOUTH", "unknown_value"),
    ("currency", "euro", "bad_currency"), ("requested_date", "soon", "not_a_date"), ("lines.1.quantity", "0", "bad_quantity"),
    ("lines.1.quantity", "-3", "not_a_number"), ("lines.1.quantity", "1,234", "ambiguous"),
    ("lines.1.quantity", "NaN", "not_a_number"), ("lines.1.quantity", "1e9", "not_a_number"),
    ("lines.1.quantity", "9" * 14, "out_of_range"), ("lines.1.quantity", "0.0000001", "out_of_range"),
    ("lines.1.uom", "kg", "unknown_value"), ("lines.1.item", "NO", "unknown_value"), ("lines.1.state", "gone", "unknown_value"),
    ("lines.2.state", "confirmed", "line_incomplete"), ("lines.9.item", "GL-M", "not_found"),
    ("lines.1.nothing", "x", "unknown_path"), ("lines", "x", "unknown_path"), ("__class__", "x", "unknown_path"),
    ("lines.new", "  ", "missing_value"),
])
def test_what_cannot_be_is_refused_with_a_sentence(shared: Desk, path: str, text: str, code: str) -> None:
    case_id = shared.case(reading(BOLTS, ODD))
    with pytest.raises(InputError) as refusal:
        shared.review.correct(case_id, 1, path, text, shared.ann)
    assert refusal.value.code == code and refusal.value.sentence.endswith(".")
    assert shared.row(case_id).version == 1


def test_a_correction_settles_its_doubt_and_recomputes_what_follows(shared: Desk) -> None:
    case_id = shared.case(reading(changed(BOLTS, unit_price="0.50", amount="50")))
    assert DoubtCode.PRICE_DEVIATION in {d.code for d in shared.doubts(case_id)}
    (doubt,) = [d for d in shared.doubts(case_id) if d.code is DoubtCode.PRICE_DEVIATION]
    version = shared.review.correct(case_id, 1, doubt.path or "", doubt.choices[1].value, shared.ann)
    assert shared.doubts(case_id) == []
    version = shared.review.correct(case_id, version, "lines.1.uom", "XCS", shared.ann)
    first = shared.draft(case_id).lines[0]
    assert (first.base_quantity, first.list_price) == (2400, Decimal("10.8"))
    version = shared.review.correct(case_id, version, "lines.1.quantity", "5", shared.ann)
    assert shared.draft(case_id).lines[0].base_quantity == 120


def test_another_customer_brings_his_own_prices_and_addresses(shared: Desk) -> None:
    case_id = shared.case(reading(BOLTS, ODD))
    shared.review.correct(case_id, 1, "customer", "C200", shared.ann)
    draft = shared.draft(case_id)
    assert draft.customer.value.name == "Elbe Fittings Ltd" and "Mill Lane 5" in draft.ship_to.value.label
    assert (draft.lines[0].list_price, draft.lines[0].price_source) == (Decimal("0.5"), "list")


def test_lines_are_added_and_keep_their_place_as_evidence(shared: Desk) -> None:
    case_id = shared.case(reading(BOLTS, ODD))
    version = shared.review.correct(case_id, 1, "lines.new", "GL-L", shared.ann)
    place = Place(0, (5.0, 6.0, 7.0, 8.0))
    version = shared.review.correct(
        case_id, version, "lines.new-1.quantity", "4", shared.ann, Evidence(Origin.READ, "4 boxes", (place,), document_id=1))
    version = shared.review.correct(case_id, version, "lines.new", "rope hemp 20 m", shared.ann)
    lines = {x.key: x for x in shared.draft(case_id).lines}
    assert list(lines) == ["1", "2", "new-1", "new-2"]
    assert lines["new-1"].base_quantity == 4 and lines["new-1"].quantity.evidence.places == (place,)
    assert lines["new-1"].quantity.evidence.origin is Origin.TYPED
    assert lines["new-2"].item_candidates[0].sku == "OLD-1"


def test_corrections_are_taken_back_one_by_one(lite: Desk) -> None:
    case_id = lite.case(reading(BOLTS, ODD, po="PO-1"))
    original = lite.draft(case_id)
    version = lite.review.correct(case_id, 1, "lines.1.quantity", "7", lite.ann)
    version = lite.review.correct(case_id, version, "po_number", "X", lite.ann)
    version = lite.review.undo(case_id, version, lite.ann)
    assert (lite.draft(case_id).po_number.value, lite.draft(case_id).lines[0].quantity.value) == ("PO-1", 7)
    version = lite.review.undo(case_id, version, lite.ann)
    assert lite.draft(case_id) == original
    with pytest.raises(InputError) as refusal:
        lite.review.undo(case_id, version, lite.ann)
    assert refusal.value.code == "nothing_to_undo"
    version = lite.review.correct(case_id, version, "po_number", "Y", lite.ann)
    lite.review.undo(case_id, version, lite.ann)
    assert lite.draft(case_id) == original
    with lite.db.read() as db:
        assert [c.path for c in Cases(db).corrections(case_id)] == [
            "lines.1.quantity", "po_number", UNDO, UNDO, "po_number", UNDO]


def test_rejecting_needs_a_reason_and_can_be_reversed(desk: Desk) -> None:
    case_id = desk.case(reading(ODD))
    with pytest.raises(InputError):
        desk.review.reject(case_id, 1, "  ", desk.ann)
    desk.review.reject(case_id, 1, "not for us", desk.ann)
    assert (desk.row(case_id).state, desk.row(case_id).sentence) == (CaseState.REJECTED, "not for us")
    with pytest.raises(RefusedMove, match="reopen it first"):
        desk.review.correct(case_id, 1, "po_number", "X", desk.ann)
    desk.review.reopen(case_id, desk.ann)
    assert desk.row(case_id).state is CaseState.NEEDS_REVIEW


def test_a_cancellation_is_approved_to_be_applied_to_its_order(shared: Desk) -> None:
    case_id = shared.case(reading(kind=DocumentType.CANCELLATION))
    shared.review.approve(case_id, 1, shared.ann)
    assert shared.row(case_id).state is CaseState.APPROVED


def test_corrections_survive_matching_again(shared: Desk) -> None:
    case_id = shared.case(reading(BOLTS, ODD))
    shared.review.correct(case_id, 1, "lines.2.item", "GL-M", shared.ann)
    shared.review.match_again(case_id, shared.ann)
    shared.matcher.match_case(case_id)
    draft = shared.draft(case_id)
    assert (draft.lines[1].item.value.sku, draft.lines[0].state) == ("GL-M", LineState.CONFIRMED)


def test_a_duplicate_can_be_let_through(desk: Desk) -> None:
    desk.case(reading(BOLTS, GLOVES, po="PO-1"))
    again = desk.case(reading(BOLTS, GLOVES, po="PO-1"))
    desk.review.reopen(again, desk.ann)
    desk.review.approve(again, 1, desk.ann)
    assert desk.row(again).state is CaseState.APPROVED


def test_what_is_sold_by_the_piece_can_be_set_to_the_weight_it_is_priced_by(lite: Desk) -> None:
    with lite.db.write() as db:
        db.execute(update(ItemRow).where(ItemRow.sku == "HB-1040").values(
            catch_weight_uom="KGM", catch_weight=Decimal("2.5"), catch_weight_tolerance=Decimal(10)))
    case_id = lite.case(reading(changed(BOLTS, supplier_sku="HB-1040", description="Hex bolt M10 x 40", quantity=30)))
    lite.review.correct(case_id, 1, "lines.1.uom", "kg", lite.ann)
    first = lite.draft(case_id).lines[0]
    assert (first.uom.value, first.base_quantity) == ("KGM", Decimal(12))
