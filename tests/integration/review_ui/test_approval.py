"""The approval page: the state in words, the drawn bound, and rules that are saved only after they were tried."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import insert, select

from matching.approval import load_approval
from matching.policy import Policy
from matching.promises import Promises
from models.domain.outcomes import Seen
from models.domain.partners import PriceRule
from models.domain.reading import DocumentType
from models.domain.states import CaseState
from models.tables.cases import CaseRow
from models.tables.decisions import HousePolicyRow, LineOutcomeRow
from models.tables.intake import MessageRow
from review_ui.presenters.approval import chart_of
from runtime.clock import now
from tests.integration.review_ui.conftest import Visit
from tests.support.desk import Desk

RULES = {"target_error_rate": "0.05", "line_confidence": "0.9", "sample_share": "0.05", "cases": "50"}


def review(desk: Desk, lines: int) -> None:
    """So many lines judged right, of one order each, a tenth of them blind."""
    with desk.db.write() as db:
        message = db.execute(select(MessageRow.id)).scalars().first()
        ids = db.execute(insert(CaseRow).returning(CaseRow.id), [
            {"message_id": message, "state": CaseState.REJECTED, "doc_type": DocumentType.PURCHASE_ORDER, "received_at": now(),
             "moved_at": now()} for _ in range(lines)]).scalars().all()
        db.execute(insert(LineOutcomeRow), [
            {"case_id": id_, "line_key": "1", "seen": Seen.BLIND if n % 10 == 0 else Seen.ASKED, "is_wrong": False,
             "score": 0.8 + 0.19 * n / lines, "share": 1.0, "person": "Carl Clerk", "at": now()} for n, id_ in enumerate(ids)])


def test_without_a_target_the_page_says_what_holds_and_draws_nothing(desk: Desk, visit: Visit, case_id: int) -> None:
    text = visit("vera").get("/approval").text
    assert "Orders go through when every value is at least 90% sure" in text and 'href="/approval" aria-current="page"' in text
    assert 'class="chart"' not in text and "Other rules" not in text


def test_rules_are_tried_first_and_in_force_once_saved(desk: Desk, visit: Visit, case_id: int) -> None:
    adam = visit("adam")
    tried = adam.post("/approval/try", data=RULES).text
    assert "1 case in" in tried and "Asks: At most 1 in 20 lines approved unseen may be wrong" in tried
    with desk.db.read() as db:
        assert db.execute(select(HousePolicyRow)).first() is None
    assert "people must look at about" in adam.post("/approval/save", data=RULES).text
    with desk.db.read() as db:
        assert Promises(db).house(Policy()).target == 0.05
    assert "No error rate is promised" in adam.post("/approval/save", data={**RULES, "target_error_rate": ""}).text


def test_all_rules_of_the_house_are_tried_and_saved_on_the_page(desk: Desk, visit: Visit, case_id: int) -> None:
    adam, german = visit("adam"), {"accept-language": "de"}
    with desk.db.write() as db:                    # one that was saved before these rules could be: the settings hold
        db.add(HousePolicyRow(
            line_confidence=0.9, price_tolerance=2, sample_share=0.05, made_by="Adam Admin", made_at=now()))
    with desk.db.read() as db:
        before = Promises(db).house(Policy(same_goods_days=30))
    assert (before.price_rule, before.same_goods_days) == (PriceRule.ASK, 30)
    rules = {**RULES, "target_error_rate": "", "price_tolerance": "12,5", "two_people_above": "10.000", "price_rule": "ours",
             "takes_successors": "yes", "same_goods_days": "0"}
    tried = adam.post("/approval/try", data=rules, headers=german).text
    assert "Fragt nicht mehr: Position 20: Preis 0,124" in tried
    assert 'value="12,5"' in adam.post("/approval/save", data=rules, headers=german).text
    with desk.db.read() as db:
        saved = Promises(db).house(Policy())
    assert saved.two_people_above == Decimal(10_000)
    assert (saved.price_tolerance, saved.price_rule, saved.takes_successors, saved.same_goods_days) == (
        Decimal("12.5"), PriceRule.OURS, True, 0)
    refused = adam.post("/approval/save", data={**rules, "same_goods_days": "400"})
    assert refused.status_code == 422 and "a number of days from 0 to 365" in refused.text


def test_the_bound_is_drawn_against_the_threshold(desk: Desk, visit: Visit, case_id: int) -> None:
    with desk.db.write() as db:
        Promises(db).save_house(Policy(target=0.05), person="Adam Admin")
    review(desk, 600)
    text = visit("vera").get("/approval").text
    assert 'class="chart"' in text and "goes through unseen" in text and "0 of 600 reviewed lines were wrong" in text
    with desk.db.read() as db:
        state = load_approval(db, Policy(), now())
    chart = chart_of(state)
    assert chart is not None and chart.threshold is not None and chart.left < chart.threshold < chart.right
    assert all(chart.top <= dot.y <= chart.bottom and chart.left <= dot.x <= chart.right for dot in chart.dots)
    assert (state.escaped.looked_at, state.escaped.wrong) == (60, 0)


def test_only_an_admin_changes_rules_and_nonsense_is_refused(desk: Desk, visit: Visit, case_id: int) -> None:
    for login in ("vera", "carl", "anna"):
        assert visit(login).post("/approval/save", data=RULES).status_code == 403
    refused = visit("adam").post("/approval/try", data={**RULES, "target_error_rate": "7"})
    assert refused.status_code == 422 and "a share between 0 and 1" in refused.text
