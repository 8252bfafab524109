"""Changes of several rows: nothing is lost, nothing appears from nowhere, what cannot be is refused as a whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.corrections import ItemUnits, Lookups, restore
from matching.row_change import Fill, Insert, Merge, Move, Paste, Remove, Shift, Split, Swap
from matching.rows import change_rows
from models.domain.draft import Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.reading import DocumentType
from models.domain.states import LineState
from models.errors import InputError, NotFound

PERSON = Evidence(Origin.TYPED, person="Ann Ames")
ITEM = ItemUnits(ItemMatch(7, "HB-0840", "Hex bolt", 1.0), "H87", ())
LOOKUPS = Lookups(lambda _: None, lambda _: None, lambda sku: ITEM if sku == "HB-0840" else None)


def read(value: Any, at: int = 0) -> Any:
    return Found(value, 0.9, Evidence(Origin.READ, str(value), (Place(0, (1.0, at, 2.0, at + 1.0)),), document_id=1))


def order(*quantities: Decimal | int | None) -> Draft:
    lines = (
        DraftLine(
            str(n), LineState.PROPOSED, description=read(f"goods {n}", n), unit_price=read(Decimal(n) / 4, n),
            quantity=None if q is None else read(Decimal(q), n))
        for n, q in enumerate(quantities, 1))
    return Draft(DocumentType.PURCHASE_ORDER, lines=tuple(lines))


def column(draft: Draft, name: str = "quantity") -> list[Any]:
    return [found.value if (found := getattr(line, name)) else None for line in draft.lines]


def change(draft: Draft, what: Any) -> Draft:
    return change_rows(draft, what, PERSON, LOOKUPS).draft


quantities = st.lists(st.integers(1, 10**6) | st.none(), min_size=2, max_size=40)


@given(quantities, st.data())
def test_a_shifted_column_keeps_every_value_but_those_pushed_out(values: list[int | None], data: st.DataObject) -> None:
    by = data.draw(st.integers(-len(values) + 1, len(values) - 1).filter(bool))
    draft = order(*values)
    try:
        after = column(change(draft, Shift("quantity", by)))
    except InputError as e:
        assert e.code == "nothing_changes" and set(values) == {None}
        return
    assert after == ([None] * by + values[:-by] if by > 0 else values[-by:] + [None] * -by)
    assert column(change(draft, Shift("quantity", by)), "unit_price") == column(draft, "unit_price")


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=40))
def test_two_columns_swapped_twice_are_as_they_were(values: list[int]) -> None:
    draft = order(*values)
    try:
        once = change(draft, Swap("quantity", "unit_price"))
    except InputError as e:
        assert e.code == "nothing_changes"
        return
    assert column(once) == column(draft, "unit_price") and column(once, "unit_price") == column(draft)
    assert column(change(once, Swap("quantity", "unit_price"))) == column(draft)


@given(st.integers(2, 10**9), st.integers(0, 3))
def test_split_and_merge_keep_the_quantity(whole: int, decimals: int) -> None:
    quantity = Decimal(whole) / 10**decimals
    draft = order(1, quantity, 3)
    try:
        apart = change(draft, Split("2"))
    except InputError as e:
        assert e.code == "bad_split" and quantity < 2
        return
    assert [line.key for line in apart.lines] == ["1", "2", "new-1", "3"]
    first, second = column(apart)[1:3]
    assert first + second == quantity and first >= second > 0
    assert (first == first.to_integral_value()) is (quantity == quantity.to_integral_value()) or decimals
    assert column(change(apart, Merge("2"))) == [1, quantity, 3]


@given(quantities, st.data())
def test_a_move_is_the_same_rows_in_another_order(values: list[int | None], data: st.DataObject) -> None:
    key, by = str(data.draw(st.integers(1, len(values)))), data.draw(st.integers(-50, 50))
    draft = order(*values)
    to = min(max(int(key) - 1 + by, 0), len(values) - 1)
    if to == int(key) - 1:
        with pytest.raises(InputError, match="Nothing would change"):
            change(draft, Move(key, by))
        return
    after = change(draft, Move(key, by))
    assert after.lines[to].key == key and sorted(after.lines, key=lambda x: int(x.key)) == list(draft.lines)
    assert [x.key for x in after.lines if x.key != key] == [x.key for x in draft.lines if x.key != key]


def test_a_moved_value_keeps_its_place_and_its_doubt_and_is_the_persons() -> None:
    moved = change(order(4, 5), Shift("quantity", 1)).lines[1].quantity
    assert moved is not None and moved.confidence == 0.9
    assert (moved.evidence.origin, moved.evidence.person) == (Origin.TYPED, "Ann Ames")
    assert moved.evidence.places == (Place(0, (1.0, 1, 2.0, 2.0)),) and moved.evidence.document_id == 1


def test_rows_left_out_are_neither_filled_nor_shifted_nor_merged() -> None:
    draft = order(4, 5, 6)
    out = replace(draft, lines=(draft.lines[0], replace(draft.lines[1], state=LineState.REJECTED), draft.lines[2]))
    assert column(change(out, Shift("quantity", 1))) == [None, 5, 4]
    assert column(change(out, Fill("1", "quantity"))) == [4, 5, 4]
    with pytest.raises(InputError, match="different goods"):
        change(out, Merge("1"))


def test_filling_takes_the_value_of_one_row_to_those_named_or_all_below() -> None:
    draft = order(4, 5, 6, 7)
    assert column(change(draft, Fill("2", "quantity"))) == [4, 5, 5, 5]
    done = change_rows(draft, Fill("1", "quantity", ("3",)), PERSON, LOOKUPS)
    assert column(done.draft) == [4, 5, 4, 7]
    assert [(t.path, t.before, t.after) for t in done.told] == [("lines.3.quantity", "6", "4")]


def test_a_row_without_a_quantity_is_the_wrapped_text_of_the_one_above() -> None:
    draft = change(order(4, None), Merge("1"))
    (line,) = draft.lines
    assert line.description is not None and line.description.value == "goods 1 goods 2"
    assert len(line.description.evidence.places) == 2 and column(draft) == [4]


def test_what_was_read_is_left_out_and_what_a_person_added_goes() -> None:
    draft = change(order(4, 5), Insert("spare part", after="1"))
    assert [line.key for line in draft.lines] == ["1", "new-1", "2"]
    after = change(draft, Remove(("2", "new-1")))
    assert [(line.key, line.state) for line in after.lines] == [("1", LineState.PROPOSED), ("2", LineState.REJECTED)]


def test_pasted_cells_go_over_rows_and_on_as_new_ones() -> None:
    draft = order(4, 5)
    rows = (("7", "1,50", "x"), ("", "2.50", "x"), ("8", "3", "HB-0840"))
    after = change(draft, Paste(("quantity", "unit_price", ""), rows[:2], at="1"))
    assert column(after) == [7, 5] and column(after, "unit_price") == [Decimal("1.50"), Decimal("2.50")]
    after = change(draft, Paste(("quantity", "", "item"), rows[2:], at=None))
    new = after.lines[-1]
    assert (new.key, column(after)[-1], new.item and new.item.value.sku) == ("new-1", 8, "HB-0840")


def test_an_unknown_number_that_is_pasted_stays_beside_its_description() -> None:
    new = change(order(1), Paste(("item", "description"), (("ZZ-9", "Marble horse"),))).lines[-1]
    assert new.item is None and new.supplier_sku is not None and new.description is not None
    assert (new.supplier_sku.value, new.description.value) == ("ZZ-9", "Marble horse")


@pytest.mark.parametrize(("what", "code"), [
    (Fill("1", "state"), "unknown_column"), (Fill("1", "uom"), "nothing_to_fill"), (Shift("item", 1), "unknown_column"),
    (Shift("quantity", 0), "bad_shift"), (Shift("quantity", 2), "bad_shift"), (Swap("quantity", "description"), "columns_differ"),
    (Split("1", "4"), "bad_split"), (Split("1", "x"), "not_a_number"), (Merge("2"), "nothing_to_merge"),
    (Merge("1"), "rows_differ"), (Insert(" "), "missing_value"), (Paste(("state",), (("x",),)), "unknown_column"),
    (Paste(("",), (("x",),)), "unknown_column"), (Paste(("quantity",), (("x",),), "1"), "not_a_number"),
    (Paste(("quantity",), ((" ",),), "1"), "nothing_changes"), (Move("1", -1), "nothing_changes"),
])
def test_what_cannot_be_is_refused_with_a_code_and_a_sentence(what: Any, code: str) -> None:
    draft = order(4, 5)
    other = replace(draft.lines[1], item=Found(ITEM.match, 1.0, PERSON))
    with pytest.raises(InputError) as refusal:
        change(replace(draft, lines=(draft.lines[0], other)), what)
    assert refusal.value.code == code and refusal.value.sentence.endswith(".")


def test_a_row_that_is_not_there_is_said_to_be_gone() -> None:
    pasted = Paste(("quantity",), (("1",),), "9")
    for what in (Move("9", 1), Split("9"), Merge("9"), Remove(("9",)), Fill("9", "quantity"), pasted):
        with pytest.raises(NotFound):
            change(order(4, 5), what)


def test_one_field_is_restored_with_the_proof_it_had() -> None:
    earlier = order(4, 5)
    now = change(earlier, Shift("quantity", 1))
    back = restore(now, earlier, "lines.2.quantity")
    assert back.draft.lines[1].quantity == earlier.lines[1].quantity and column(back.draft) == [None, 5]
    assert (back.before, back.after) == ("4", "5")
    for path in ("lines", "lines.1.key", "undo", "doc_type"):
        with pytest.raises(InputError, match="no field"):
            restore(now, earlier, path)
