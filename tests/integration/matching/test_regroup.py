"""Two cases become one and one becomes two: every line follows its document, nothing is lost or doubled, all of it recorded."""

from __future__ import annotations

import pytest

from matching.cases import Cases
from matching.regroup import Regroup
from models.domain.states import CaseState
from models.errors import ConflictError, InputError
from runtime import audit
from tests.integration.matching.desk import BOLTS, Desk, line, reading

ODD = line(description="marble statue of a horse", quantity=2, unit_price="9000")
CAT = line(description="plaster bust of a cat", quantity=1, unit_price="700")


def described(desk: Desk, case_id: int) -> list[str]:
    return [x.description.value for x in desk.draft(case_id).lines]


def test_a_case_is_merged_into_another_and_split_again(desk: Desk) -> None:
    first, second = desk.case(reading(BOLTS, ODD, po="PO-1")), desk.case(reading(CAT, po="PO-2"))
    assert Regroup(desk.review).merge(second, 1, first, desk.ann) == 2
    assert (desk.row(second).state, desk.row(second).related_case_id) == (CaseState.MERGED, first)
    assert described(desk, first) == [x.description.value for x in (BOLTS, ODD, CAT)]
    assert any("check which holds" in d.sentence for d in desk.doubts(first))          # two PO numbers
    assert (desk.row(first).state, desk.row(first).reviewer_id) == (CaseState.IN_REVIEW, desk.ann)
    document = desk.draft(first).lines[-1].description.evidence.document_id
    third = Regroup(desk.review).split(first, 2, document, desk.ann)
    assert described(desk, first) == [x.description.value for x in (BOLTS, ODD)]
    assert desk.row(third).state is CaseState.MATCHING
    desk.matcher.match_case(third)
    assert (described(desk, third), desk.row(third).po_number) == ([CAT.description.value], "PO-2")
    assert Regroup(desk.review).merge(third, 1, first, desk.ann) == 4
    with desk.db.read() as db:
        assert list(audit.verify(db)) == []


def test_two_documents_of_one_message_become_two_cases(desk: Desk) -> None:
    case_id = desk.case(reading(ODD, po="PO-3"), reading(CAT, po="PO-3"))
    with desk.db.read() as db:
        documents = {x.description.evidence.document_id for x in Cases(db).draft(case_id).lines}
    new = Regroup(desk.review).split(case_id, 1, max(documents), desk.ann)
    desk.matcher.match_case(new)
    assert sorted(described(desk, case_id) + described(desk, new)) == sorted(x.description.value for x in (ODD, CAT))


def test_what_cannot_be_one_or_two_says_why(desk: Desk) -> None:
    case_id, other = desk.case(reading(ODD)), desk.case(reading(CAT))
    elbe = desk.case(reading(CAT, buyer_name="Elbe Fittings Ltd"), sender="po@elbe.example")
    regroup = Regroup(desk.review)
    (document,) = {x.description.evidence.document_id for x in desk.draft(case_id).lines}
    for code, act in (
            ("same_case", lambda: regroup.merge(case_id, 1, case_id, desk.ann)),
            ("two_customers", lambda: regroup.merge(elbe, 1, case_id, desk.ann)),
            ("nothing_to_split", lambda: regroup.split(case_id, 1, document, desk.ann)),
            ("nothing_to_split", lambda: regroup.split(case_id, 1, 999_999, desk.ann))):
        with pytest.raises(InputError) as refused:
            act()
        assert refused.value.code == code
    version = desk.review.correct(other, 1, "notes", "call first", desk.ann)
    with pytest.raises(InputError, match="has been corrected"):
        regroup.merge(case_id, 1, other, desk.ann)
    desk.review.undo(other, version, desk.ann)
    with pytest.raises(ConflictError):
        regroup.merge(case_id, 9, other, desk.ann)
    desk.review.release(other, desk.ann)
    desk.review.claim(other, desk.bob)
    with pytest.raises(ConflictError, match="Bob Burr has case"):
        regroup.merge(case_id, 1, other, desk.ann)
    assert desk.row(case_id).state in (CaseState.IN_REVIEW, CaseState.NEEDS_REVIEW)
    assert described(desk, other) == [CAT.description.value]
