"""What one person may not approve alone: orders above the house's limit, and doubts that are overridden without a reason."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from matching.agreement import agreements
from matching.promises import Promises
from models.domain.states import CaseState, Role
from models.errors import ConflictError, InputError
from models.tables.audit import AuditEntryRow
from models.tables.partners import CustomerRow
from models.tables.people import UserRow
from tests.integration.matching.desk import BOLTS, Desk, reading


def set_limit(desk: Desk, limit: str | None) -> None:
    with desk.db.write() as db:
        policy = replace(Promises(db).house(desk.policy), two_people_above=Decimal(limit) if limit else None)
        Promises(db).save_house(policy, person="Adam Admin")


def case_without_doubts(desk: Desk) -> int:
    """An order of 45.00 EUR that a person looks at because of the limit alone."""
    return desk.case(reading(BOLTS))


def test_two_people_agree_above_the_limit_and_nothing_goes_unseen(desk: Desk) -> None:
    set_limit(desk, "44.99")
    case_id = case_without_doubts(desk)
    assert [d.code for d in desk.doubts(case_id)] == ["policy"]
    assert desk.review.approve(case_id, 1, desk.ann) is False
    row = desk.row(case_id)
    assert (row.state, row.code, row.reviewer_id) == (CaseState.NEEDS_REVIEW, "second_approval_needed", None)
    assert row.sentence == "Ann Ames has approved this. Orders above 44.99 need two people: another approver must agree."
    with pytest.raises(ConflictError) as refused:
        desk.review.approve(case_id, 1, desk.ann)
    assert refused.value.code == "second_approval_needed"
    desk.review.release(case_id, desk.ann)
    assert desk.review.approve(case_id, 1, desk.bob) is True
    assert desk.row(case_id).state is CaseState.APPROVED
    with desk.db.read() as db:
        assert [(a.name, a.version) for a in agreements(db, case_id)] == [("Ann Ames", 1), ("Bob Burr", 1)]


def test_at_the_limit_one_person_is_enough(desk: Desk) -> None:
    set_limit(desk, "45")
    case_id = case_without_doubts(desk)
    assert desk.row(case_id).state is CaseState.APPROVED


def test_a_correction_makes_what_was_agreed_before_void(desk: Desk) -> None:
    set_limit(desk, "44")
    case_id = case_without_doubts(desk)
    assert not desk.review.approve(case_id, 1, desk.ann)
    version = desk.review.correct(case_id, 1, "lines.1.quantity", "200", desk.bob)
    assert not desk.review.approve(case_id, version, desk.bob)
    desk.review.release(case_id, desk.bob)
    assert desk.review.approve(case_id, version, desk.ann)


def test_a_program_is_not_the_second_person(desk: Desk) -> None:
    set_limit(desk, "44")
    with desk.db.write() as db:
        db.execute(update(UserRow).where(UserRow.id == desk.bob).values(role=Role.INTEGRATION))
    case_id = case_without_doubts(desk)
    assert not desk.review.approve(case_id, 1, desk.ann)
    assert not desk.review.approve(case_id, 1, desk.bob)
    assert desk.row(case_id).state is CaseState.NEEDS_REVIEW


def test_a_doubt_about_money_is_overridden_with_a_reason_that_is_kept(desk: Desk) -> None:
    with desk.db.write() as db:
        db.execute(update(CustomerRow).where(CustomerRow.customer_no == "C100").values(credit_limit=10))
    case_id = case_without_doubts(desk)
    assert "credit_limit" in [d.code for d in desk.doubts(case_id)]
    with pytest.raises(InputError, match="Choose a reason") as refused:
        desk.review.approve(case_id, 1, desk.ann)
    assert refused.value.code == "override_needed"
    with pytest.raises(InputError) as refused:
        desk.review.approve(case_id, 1, desk.ann, reason="because")
    assert refused.value.code == "unknown_reason"
    assert desk.review.approve(case_id, 1, desk.ann, reason="credit_agreed")
    with desk.db.read() as db:
        assert [a.reason for a in agreements(db, case_id)] == ["credit_agreed"]
        entry = select(AuditEntryRow.content).where(AuditEntryRow.action == "case.overridden")
        assert '"credit_agreed"' in db.execute(entry).scalar_one()
