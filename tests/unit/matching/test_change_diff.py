"""A change told line by line: nothing is lost, nothing is doubled, and what has left cannot be taken back."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.change_diff import ChangeKind, diff_orders
from matching.ordered import OrderedLine
from matching.records import Twin
from matching.same_order import Verdict, has_same_goods, verdict
from models.domain.draft import Draft
from models.domain.evidence import Evidence, Found, Origin
from models.domain.reading import DocumentType

ORDER, CHANGE, CANCEL = DocumentType.PURCHASE_ORDER, DocumentType.ORDER_CHANGE, DocumentType.CANCELLATION


def line(name: str, item: int | None, quantity: int = 10, **more: Any) -> OrderedLine:
    values: dict[str, Any] = {
        "what": f"SKU-{item}", "codes": frozenset({f"5KU{item}"}) if item else frozenset(), "text": "", "uom": "H87",
        "base_quantity": Decimal(quantity), "price": Decimal("1.10"), "requested_date": None, **more}
    return OrderedLine(name=name, item_id=item, quantity=Decimal(quantity), **values)


A, B, C = line("1", 1), line("2", 2), line("3", 3)


@pytest.mark.parametrize(("kind", "after", "words"), [
    (ORDER, (A, B, C), ""),
    (ORDER, (A, B), "line 3 (SKU-3) is removed"),
    (CHANGE, (A, line("2", 2, 12), C), "line 2 (SKU-2): quantity 10 pieces → 12 pieces"),
    (CHANGE, (line("2", 2, 12),), "line 2 (SKU-2): quantity 10 pieces → 12 pieces"),
    (CHANGE, (replace(B, price=Decimal(2), requested_date=date(2031, 5, 6)),),
     "line 2 (SKU-2): price 1.10 → 2.00, date none → 2031-05-06"),
    (CHANGE, (line("2", 9),), "line 2 (SKU-2): item SKU-2 → SKU-9"),
    (CHANGE, (A, B, C, line("4", 4)), "line 4 (SKU-4) is added"),
    (CHANGE, (line("9", 3), line("8", 1), line("7", 2)), ""),
    (CANCEL, (), "line 1 (SKU-1) is removed; line 2 (SKU-2) is removed; line 3 (SKU-3) is removed"),
    (CANCEL, (B,), "line 2 (SKU-2) is removed"),
])
def test_what_a_paper_does_to_an_order_is_told_line_by_line(
    kind: DocumentType, after: tuple[OrderedLine, ...], words: str
) -> None:
    assert diff_orders(kind, (A, B, C), after).words() == words


@pytest.mark.parametrize(("after", "refused"), [
    ((line("1", 1, 4),), True), ((line("1", 1, 6),), False), ((line("1", 1, 20),), False),
    ((line("1", 9),), True)])
def test_what_has_left_cannot_be_changed(after: tuple[OrderedLine, ...], refused: bool) -> None:
    before = (replace(A, shipped=Decimal(6)),)
    change = diff_orders(CHANGE, before, after)
    assert [x.refused for x in change.lines] == (["6 of 10 have left"] if refused else [None])
    assert [x.refused for x in diff_orders(CANCEL, before, ()).lines] == ["6 of 10 have left"]


lines = st.lists(
    st.builds(line, st.sampled_from("12345"), st.sampled_from([1, 2, 3, None]), st.integers(1, 3)), max_size=6)


@given(st.sampled_from([ORDER, CHANGE, CANCEL]), lines, lines)
def test_every_line_of_both_papers_appears_once(kind: DocumentType, before: list[OrderedLine], after: list[OrderedLine]) -> None:
    change = diff_orders(kind, before, after)
    of = {k: sum(x.kind is k for x in change.lines) for k in ChangeKind}
    assert len(before) == len(change.lines) - of[ChangeKind.ADDED]
    if kind is not CANCEL:
        assert len(after) == of[ChangeKind.ADDED] + of[ChangeKind.CHANGED] + of[ChangeKind.KEPT]


@given(lines)
def test_an_order_does_not_differ_from_itself(same: list[OrderedLine]) -> None:
    assert diff_orders(ORDER, same, same).words() == ""
    assert has_same_goods(same, same) is (bool(same) and all(x.item_id for x in same))


def test_ten_thousand_lines_are_compared_at_once() -> None:
    before = [line(str(n), n) for n in range(1, 10_001)]
    after = [replace(x, quantity=Decimal(11), base_quantity=Decimal(11)) if x.item_id == 500 else x for x in reversed(before)]
    assert diff_orders(ORDER, before, after).words() == "line 500 (SKU-500): quantity 10 pieces → 11 pieces"


def test_other_numbers_with_other_goods_have_nothing_to_do_with_each_other() -> None:
    draft = Draft(ORDER, po_number=Found("A-1", 1.0, Evidence(Origin.READ)))
    assert verdict(draft, Twin("case 1", 1, "A-2", (), (A,))) is None
    assert verdict(draft, Twin("order 1", None, "a 1")) is Verdict.UNKNOWN
