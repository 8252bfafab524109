"""Several rows at once on real rows: one version, one undo, and everything that follows worked out anew."""

from decimal import Decimal

import pytest
from sqlalchemy import update

from matching.cases import Cases
from matching.row_change import Fill, Merge, Move, Paste, Remove, Shift, Split, Swap, Take, TakenCell
from models.domain.doubt import DoubtCode
from models.domain.evidence import Evidence, Origin, Place
from models.domain.states import LineState
from models.errors import ConflictError, InputError
from models.tables.items import PriceRow
from tests.integration.matching.desk import BOLTS, GLOVES, Desk, changed, line, reading

ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")


def quantities(desk: Desk, case_id: int) -> list[Decimal | None]:
    return [x.quantity.value if x.quantity else None for x in desk.draft(case_id).lines]


def test_a_shifted_column_is_one_version_and_one_undo(desk: Desk) -> None:
    case_id = desk.case(reading(changed(BOLTS, quantity=None, amount=None), changed(GLOVES, quantity=100), ODD))
    version = desk.review.change_rows(case_id, 1, Shift("quantity", -1), desk.ann)
    assert version == 2 and quantities(desk, case_id) == [100, 2, None]
    first = desk.draft(case_id).lines[0]
    assert first.base_quantity == 100 and first.quantity.evidence.person == "Ann Ames"
    assert "lines.3.quantity" in {d.path for d in desk.doubts(case_id)}
    with desk.db.read() as db:
        made = Cases(db).corrections(case_id)
    assert {(c.version, c.path, c.before, c.after) for c in made} == {
        (2, "lines.1.quantity", None, "100"), (2, "lines.2.quantity", "100", "2"), (2, "lines.3.quantity", "2", None)}
    assert desk.review.undo(case_id, 2, desk.ann) == 3
    assert quantities(desk, case_id) == [None, 100, 2]
    with pytest.raises(InputError, match="no correction to take back"):
        desk.review.undo(case_id, 3, desk.ann)


def test_quantity_and_price_that_were_read_into_each_others_column_are_swapped(shared: Desk) -> None:
    wrong = changed(BOLTS, quantity="0.45", unit_price=100, amount="45")
    case_id = shared.case(reading(wrong, changed(wrong, supplier_sku="HB-1040", description="Hex bolt M10 x 40")))
    shared.review.change_rows(case_id, 1, Swap("quantity", "unit_price"), shared.ann)
    assert quantities(shared, case_id) == [100, 100]
    assert [x.unit_price.value for x in shared.draft(case_id).lines] == [Decimal("0.45")] * 2
    assert DoubtCode.AMOUNT_MISMATCH not in {d.code for d in shared.doubts(case_id)}


def test_rows_are_split_moved_merged_and_pasted_and_keep_their_items(shared: Desk) -> None:
    case_id, review, ann = shared.case(reading(BOLTS, GLOVES, po=None)), shared.review, shared.ann
    review.change_rows(case_id, 1, Split("1", "40"), ann)
    split = shared.draft(case_id).lines
    assert [(x.key, x.item.value.sku, x.base_quantity) for x in split[:2]] == [("1", "HB-0840", 60), ("new-1", "HB-0840", 40)]
    review.change_rows(case_id, 2, Move("new-1", 1), ann)
    assert [x.key for x in shared.draft(case_id).lines] == ["1", "2", "new-1"]
    review.change_rows(case_id, 3, Move("new-1", -1), ann)
    review.change_rows(case_id, 4, Merge("1"), ann)
    assert quantities(shared, case_id) == [100, 3]
    review.change_rows(case_id, 5, Paste(("quantity", "item"), (("7", "GL-M"), ("8", "HB-1040")), "2"), ann)
    pasted = shared.draft(case_id).lines
    assert [(x.item.value.sku, x.quantity.value) for x in pasted] == [("HB-0840", 100), ("GL-M", 7), ("HB-1040", 8)]
    assert pasted[2].list_price == Decimal("0.8")
    review.change_rows(case_id, 6, Remove(("2", "new-1")), ann)
    assert [(x.key, x.state is LineState.REJECTED) for x in shared.draft(case_id).lines] == [("1", False), ("2", True)]


def test_what_cannot_be_in_one_row_changes_none(shared: Desk) -> None:
    case_id = shared.case(reading(BOLTS, GLOVES, po=None))
    with pytest.raises(InputError, match=r"Pasted row 2: “many” is no number"):
        shared.review.change_rows(case_id, 1, Paste(("quantity",), (("7",), ("many",)), "1"), shared.ann)
    with pytest.raises(InputError, match=r"Row 2: GL-L is not sold by"):
        shared.review.change_rows(case_id, 1, Fill("1", "uom"), shared.ann)
    assert shared.row(case_id).version == 1 and quantities(shared, case_id) == [100, 3]


def test_rows_of_a_version_nobody_sees_any_more_are_not_changed(shared: Desk) -> None:
    case_id = shared.case(reading(BOLTS, GLOVES, po=None))
    shared.review.change_rows(case_id, 1, Split("1"), shared.ann)
    with pytest.raises(ConflictError, match=r"Ann Ames set lines\.1\.quantity to “50”"):
        shared.review.change_rows(case_id, 1, Split("1"), shared.ann)


def test_one_field_goes_back_while_later_corrections_stay(desk: Desk) -> None:
    case_id, review, ann = desk.case(reading(BOLTS, GLOVES, po=None)), desk.review, desk.ann
    review.correct(case_id, 1, "lines.1.quantity", "150", ann)
    review.correct(case_id, 2, "lines.2.quantity", "9", ann)
    assert review.revert(case_id, 3, 2, "lines.1.quantity", ann) == 4
    assert quantities(desk, case_id) == [100, 9]
    assert desk.draft(case_id).lines[0].quantity.evidence.person is None
    with pytest.raises(InputError, match="that value already"):
        review.revert(case_id, 4, 2, "lines.1.quantity", ann)
    review.undo(case_id, 4, ann)
    assert quantities(desk, case_id) == [150, 9]


def test_a_change_works_out_only_the_lines_it_touched_unless_all_follow_from_it(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, GLOVES, ODD))
    before = desk.draft(case_id).lines[1]
    with desk.db.write() as db:
        db.execute(update(PriceRow).where(PriceRow.item_id == before.item.value.item_id).values(price=Decimal("99")))
    desk.review.correct(case_id, 1, "lines.1.quantity", "40", desk.ann)
    assert desk.draft(case_id).lines[1] == before                        # what nobody touched stays as it was seen
    desk.review.correct(case_id, 2, "lines.2.quantity", "40", desk.ann)
    assert desk.draft(case_id).lines[1].list_price == Decimal("99")
    desk.review.undo(case_id, 3, desk.ann)
    assert desk.draft(case_id).lines[1].quantity == before.quantity


def test_rows_of_a_drawn_table_take_the_place_of_those_there_are_in_one_version(desk: Desk) -> None:
    case_id = desk.case(reading(BOLTS, GLOVES, ODD))
    proof = Evidence(Origin.TYPED, "12 box", (Place(0, (10.0, 20.0, 30.0, 40.0)),), document_id=1)
    rows = (
        (TakenCell("GL-M", proof), TakenCell("12", proof), None),
        (TakenCell("HB-1040", proof), TakenCell("many", proof), TakenCell("1.25", proof)))
    desk.review.change_rows(case_id, 1, Take(("supplier_sku", "quantity", "unit_price"), rows, instead=True), desk.ann)
    old, new = desk.draft(case_id).lines[:3], desk.draft(case_id).lines[3:]
    assert {x.state for x in old} == {LineState.REJECTED}
    assert [(x.item.value.sku, x.quantity.value if x.quantity else None) for x in new] == [("GL-M", 12), ("HB-1040", None)]
    assert new[0].quantity.evidence.places == proof.places and new[0].quantity.evidence.person == "Ann Ames"
    assert f"lines.{new[1].key}.quantity" in {d.path for d in desk.doubts(case_id)}
    desk.review.undo(case_id, 2, desk.ann)
    assert quantities(desk, case_id) == [100, 3, 2]
