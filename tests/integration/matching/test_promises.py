"""A promise at work: no history, no approval; reviewed lines open the gate; some orders are drawn; what people find is kept."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from matching.history import Outcome
from matching.policy import Policy
from matching.promises import Promises
from matching.regroup import Regroup
from matching.sampling import is_drawn
from models.domain.doubt import DoubtCode
from models.domain.outcomes import Seen
from models.domain.partners import ApprovalLevel
from models.domain.reading import DocumentType
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.decisions import CaseDecisionRow, LineOutcomeRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from runtime.clock import now
from runtime.db import Database
from tests.integration.matching.desk import BOLTS, GLOVES, Desk, reading

NO_DRAW = 1e-9


def promising(db: Database, folder: Path, *, share: float = NO_DRAW) -> Desk:
    return Desk(db, folder, Policy(target=0.05, sample_share=share))


def remember(desk: Desk, past: list[Outcome]) -> None:
    """Put judged lines into the database, each of a case of its own that was set aside."""
    with desk.db.write() as db:
        message = db.execute(select(MessageRow.id)).scalars().first()
        ids = db.execute(insert(CaseRow).returning(CaseRow.id), [
            {"message_id": message, "state": CaseState.REJECTED, "doc_type": DocumentType.PURCHASE_ORDER, "received_at": now(),
             "moved_at": now()} for _ in past]).scalars().all()
        db.execute(insert(LineOutcomeRow), [
            {"case_id": case_id, "line_key": "1", "customer_id": None, "seen": o.seen, "is_wrong": o.wrong, "score": o.score,
             "share": o.share, "person": "Ann Ames", "at": now()} for case_id, o in zip(ids, past, strict=True)])


def outcomes(desk: Desk, case_id: int) -> list[tuple[str, Seen, bool]]:
    with desk.db.read() as db:
        stmt = select(LineOutcomeRow).where(LineOutcomeRow.case_id == case_id).order_by(LineOutcomeRow.id)
        return [(o.line_key, o.seen, o.is_wrong) for o in db.execute(stmt).scalars()]


def decision(desk: Desk, case_id: int) -> CaseDecisionRow:
    with desk.db.read() as db:
        row = db.execute(select(CaseDecisionRow).where(CaseDecisionRow.case_id == case_id)).scalar_one()
        db.expunge(row)
        return row


def test_without_history_a_clean_order_is_asked_about_and_its_review_is_history(database: Database, tmp_path: Path) -> None:
    desk = promising(database, tmp_path)
    case_id = desk.case(reading())
    (doubt,) = desk.doubts(case_id)
    assert doubt.code is DoubtCode.TOO_LITTLE_HISTORY
    assert "At most 1 in 20 lines approved unseen may be wrong" in doubt.sentence and "more lines" in doubt.sentence
    made = decision(desk, case_id)
    assert (made.is_approved, made.threshold, made.lines) == (False, None, 2) and made.score and made.score > 0.9
    version = desk.review.correct(case_id, 1, "lines.2.quantity", "4", desk.ann)
    desk.review.approve(case_id, version, desk.ann)
    assert outcomes(desk, case_id) == [("1", Seen.ASKED, False), ("2", Seen.ASKED, True)]
    desk.review.reopen(case_id, desk.ann)
    desk.review.approve(case_id, version, desk.ann)
    assert len(outcomes(desk, case_id)) == 2


def test_reviewed_history_opens_the_gate_for_lines_as_sure_and_no_others(sqlite_database: Database, tmp_path: Path) -> None:
    desk = promising(sqlite_database, tmp_path)
    desk.case(reading())
    remember(desk, [Outcome(n, 0.9, False) for n in range(600)])
    sure, unsure = desk.case(reading()), reading()
    assert desk.row(sure).state is CaseState.APPROVED and decision(desk, sure).threshold == 0.9
    unsure = replace(unsure, lines=tuple(replace(line, confidence=0.6) for line in unsure.lines))
    asked = desk.case(unsure)
    assert {d.code for d in desk.doubts(asked)} == {DoubtCode.FIELD_UNSURE}


def test_errors_among_the_surest_lines_close_it_with_a_reason(sqlite_database: Database, tmp_path: Path) -> None:
    desk = promising(sqlite_database, tmp_path)
    desk.case(reading())
    remember(desk, [Outcome(n, 0.9, n % 5 == 0) for n in range(900)])
    (doubt,) = desk.doubts(desk.case(reading()))
    assert doubt.code is DoubtCode.POLICY and "people changed" in doubt.sentence


def test_a_drawn_order_waits_for_a_blind_look_and_its_lines_weigh_more(sqlite_database: Database, tmp_path: Path) -> None:
    desk = promising(sqlite_database, tmp_path, share=0.5)
    desk.case(reading())
    remember(desk, [Outcome(n, 0.9, False) for n in range(600)])
    cases = [desk.case(reading()) for _ in range(8)]
    for case_id in cases:
        drawn = is_drawn(case_id, 0.5)
        assert desk.row(case_id).state is (CaseState.NEEDS_REVIEW if drawn else CaseState.APPROVED)
        assert [d.code for d in desk.doubts(case_id)] == ([DoubtCode.SAMPLED] if drawn else [])
    drawn_case = next(c for c in cases if is_drawn(c, 0.5))
    assert "sure" not in desk.doubts(drawn_case)[0].sentence
    desk.review.approve(drawn_case, 1, desk.ann)
    assert {(seen, wrong) for _, seen, wrong in outcomes(desk, drawn_case)} == {(Seen.BLIND, False)}
    assert decision(desk, drawn_case).share == 0.5


def test_an_error_reported_later_counts_once_and_only_where_nobody_had_looked(sqlite_database: Database, tmp_path: Path) -> None:
    desk = Desk(sqlite_database, tmp_path)
    gone = desk.case(reading())
    for _ in range(2):
        with desk.db.write() as db:
            Promises(db).report(gone, "2", person="Ann Ames")
    assert outcomes(desk, gone) == [("2", Seen.REPORTED, True)]
    with desk.db.write() as db, pytest.raises(InputError, match="it has 1, 2"):
        Promises(db).report(gone, "7", person="Ann Ames")
    with desk.db.write() as db:
        db.execute(update(CustomerRow).values(approval=ApprovalLevel.REVIEW_ALL))
    asked = desk.case(reading())
    with desk.db.write() as db, pytest.raises(InputError, match="looked at by a person"):
        Promises(db).report(asked, "1", person="Ann Ames")


def test_an_order_taken_back_after_it_went_through_reports_what_was_wrong(sqlite_database: Database, tmp_path: Path) -> None:
    desk = Desk(sqlite_database, tmp_path)
    gone = desk.case(reading())
    desk.review.reopen(gone, desk.ann)
    version = desk.review.correct(gone, 1, "lines.2.quantity", "4", desk.ann)
    desk.review.approve(gone, version, desk.ann)
    assert outcomes(desk, gone) == [("2", Seen.REPORTED, True)]


def test_orders_all_reviewed_make_history_and_a_rejected_one_was_wrong(sqlite_database: Database, tmp_path: Path) -> None:
    desk = Desk(sqlite_database, tmp_path)
    with desk.db.write() as db:
        db.execute(update(CustomerRow).values(approval=ApprovalLevel.REVIEW_ALL))
    good, bad = desk.case(reading()), desk.case(reading())
    desk.review.approve(good, 1, desk.ann)
    desk.review.reject(bad, 1, "Not for us.", desk.ann)
    assert {w for *_, w in outcomes(desk, good)} == {False} and {w for *_, w in outcomes(desk, bad)} == {True}


def test_a_saved_policy_is_in_force_at_once_and_a_customers_own_target_counts_its_own_lines(
    database: Database, tmp_path: Path
) -> None:
    desk = Desk(database, tmp_path)
    with desk.db.write() as db:
        Promises(db).save_house(Policy(target=0.05, sample_share=NO_DRAW, price_tolerance=Decimal(3)), person="Ann Ames")
    first = desk.case(reading())
    assert [d.code for d in desk.doubts(first)] == [DoubtCode.TOO_LITTLE_HISTORY]
    remember(desk, [Outcome(n, 0.9, False) for n in range(600)])
    assert desk.row(desk.case(reading())).state is CaseState.APPROVED
    with desk.db.write() as db:
        db.execute(update(CustomerRow).where(CustomerRow.customer_no == "C100").values(target_error_rate=Decimal("0.05")))
    assert [d.code for d in desk.doubts(desk.case(reading()))] == [DoubtCode.TOO_LITTLE_HISTORY]
    with desk.db.read() as db:
        tally = Promises(db).tally(now().replace(year=2000))
        assert (tally.orders, tally.orders_unseen, tally.lines, tally.lines_unseen) == (3, 1, 6, 2)
        assert tally.touchless == pytest.approx(1 / 3)


def test_an_order_put_together_anew_is_not_judged_by_what_it_was(sqlite_database: Database, tmp_path: Path) -> None:
    desk = promising(sqlite_database, tmp_path)
    first, second = desk.open(desk.receive(reading(BOLTS), reading(GLOVES)))
    for case_id in (first, second):
        desk.matcher.match_case(case_id)
    version = Regroup(desk.review).merge(second, 1, first, desk.ann)
    desk.review.approve(first, version, desk.ann)
    assert outcomes(desk, first) == []                # two PO numbers were asked about: it would not have gone through by itself
    with desk.db.read() as db:
        assert Promises(db).tally(now().replace(year=2000)).orders == 1
