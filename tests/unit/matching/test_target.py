"""Deciding under a promised error rate: the threshold rules over confidences, other questions stay, clean lines may go first."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from matching.decide import Decision, decide
from matching.outcomes import judged_lines
from matching.policy import Policy
from matching.promise import Promise, Step
from matching.promise_words import one_in
from matching.scores import line_score, order_score
from models.domain.doubt import Doubt, DoubtCode
from models.domain.draft import AddressMatch, CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin
from models.domain.partners import ApprovalLevel
from models.domain.reading import DocumentType
from models.domain.states import LineState

READ = Evidence(Origin.READ, "x")
ON = date(2031, 5, 6)


def found(value: object, sure: float = 0.99) -> Found:  # type: ignore[type-arg]
    return Found(value, sure, READ)


def line(key: str, read: float = 1.0, item: float = 0.99, quantity: float = 0.99) -> DraftLine:
    return DraftLine(
        key, LineState.CONFIRMED, description=found("Hinge"), quantity=found(Decimal(5), quantity), uom=found("H87"),
        unit_price=found(Decimal("1.10")), item=found(ItemMatch(1, "KX-4", "Hinge", item), item), base_quantity=Decimal(5),
        confidence=read)


def order(*lines: DraftLine) -> Draft:
    return Draft(
        DocumentType.PURCHASE_ORDER, customer=found(CustomerMatch(1, "C1", "Muster", 0.99)), po_number=found("P1"),
        ship_to=found(AddressMatch(1, "MAIN", 0.99)), currency=found("EUR"), lines=lines or (line("1"),))


def promised(
    threshold: float | None, *, needed: int = 0, drawn: bool = False, level: ApprovalLevel = ApprovalLevel.CONFIDENT
) -> Policy:
    evidence = Step(threshold or 0.9, 900, 3, 0.008)
    return Policy(approval=level, target=0.01, promise=Promise(0.01, threshold, needed, evidence), is_drawn=drawn)


def codes(decision: Decision) -> list[DoubtCode]:
    return [d.code for d in decision.doubts]


def test_a_line_that_history_answers_for_passes_though_a_value_is_less_than_sure() -> None:
    draft = order(line("1", item=0.85))
    assert codes(decide(draft, (), Policy())) == [DoubtCode.ITEM_UNSURE]
    decision = decide(draft, (), promised(0.8))
    assert decision.approve and decision.score == pytest.approx(0.85 * 0.99)


def test_a_line_below_the_threshold_is_asked_about_though_every_value_is_sure() -> None:
    decision = decide(order(line("1", read=0.95)), (), promised(0.98))
    assert codes(decision) == [DoubtCode.FIELD_UNSURE] and "Compare it with the page" in decision.doubts[0].sentence
    assert decision.score == pytest.approx(0.95 * 0.99 * 0.99)


def test_what_a_check_asks_is_asked_whatever_history_says_and_leaves_no_score() -> None:
    check = Doubt(DoubtCode.PRICE_DEVIATION, "Line 1: the price is off.", "lines.1.unit_price", cost=5)
    decision = decide(order(), [check], promised(0.5))
    assert not decision.approve and decision.score is None
    missing = decide(order(replace(line("1"), quantity=None)), (), promised(0.5))
    assert codes(missing) == [DoubtCode.QUANTITY_MISSING] and missing.score is None


@pytest.mark.parametrize(("policy", "code", "words"), [
    (promised(None, needed=1_234), DoubtCode.TOO_LITTLE_HISTORY, "about 1,234 more lines"),
    (promised(None), DoubtCode.POLICY, "people changed 3 of the 900 surest ones"),
    (promised(0.5, level=ApprovalLevel.REVIEW_ALL), DoubtCode.POLICY, "Every order of Muster is looked at"),
])
def test_what_holds_every_order_says_why_and_still_lets_it_be_history(policy: Policy, code: DoubtCode, words: str) -> None:
    decision = decide(order(), (), policy)
    assert not decision.approve and codes(decision) == [code] and words in decision.doubts[0].sentence
    assert decision.score == order_score(order()) and not decision.is_sampled


def test_an_order_drawn_is_looked_at_only_where_it_would_have_gone_through_unseen() -> None:
    drawn = decide(order(), (), promised(0.5, drawn=True))
    assert drawn.is_sampled and not drawn.approve and codes(drawn) == [DoubtCode.SAMPLED]
    assert "sure" not in drawn.doubts[0].sentence and "%" not in drawn.doubts[0].sentence
    assert not decide(order(line("1", read=0.4)), (), promised(0.9, drawn=True)).is_sampled
    assert not decide(order(), (), promised(None, needed=5, drawn=True)).is_sampled
    typed = Found(Decimal(5), 1.0, Evidence(Origin.TYPED, person="ann"))
    assert decide(order(replace(line("1"), quantity=typed)), (), promised(0.5, drawn=True)).approve


def test_clean_lines_may_go_first_when_every_question_is_about_another() -> None:
    draft, partly = order(line("1"), line("2", quantity=0.5), line("3")), Policy(may_release_partly=True)
    assert decide(draft, (), partly).release == ("1", "3")
    assert decide(draft, (), Policy()).release == ()
    assert decide(draft, [Doubt(DoubtCode.CREDIT_LIMIT, "Too much.", cost=1)], partly).release == ()
    assert decide(order(line("1")), (), partly).release == ()


def test_what_is_wanted_soon_is_dearer_to_wait_for() -> None:
    doubtful = order(line("1", quantity=0.5))

    def cost(day: date | None) -> float:
        return decide(replace(doubtful, requested_date=found(day) if day else None), (), Policy(), ON).cost

    assert cost(ON) == pytest.approx(2 * cost(None)) and cost(date(2031, 5, 7)) == pytest.approx(1.5 * cost(None))
    assert cost(ON) > cost(date(2031, 5, 9)) > cost(date(2031, 6, 30)) > cost(None)
    assert decide(replace(doubtful, urgency=found("asap")), (), Policy()).cost == pytest.approx(cost(ON))


def test_an_order_is_as_sure_as_its_least_sure_line_that_counts() -> None:
    rejected = replace(line("3", read=0.1), state=LineState.REJECTED)
    draft = order(line("1"), line("2", read=0.7), rejected)
    assert order_score(draft) == line_score(draft.lines[1]) == pytest.approx(0.7 * 0.99 * 0.99)
    assert line_score(replace(line("1"), item=None)) == 0.0
    assert order_score(replace(order(), lines=())) == 0.0


def test_a_line_was_wrong_when_an_order_takes_something_else_of_it() -> None:
    decided = order(line("1"), line("2"), line("3"), line("4"))
    one, two, three, _ = decided.lines
    final = replace(decided, lines=(
        replace(one, description=found("Hinge, brass")), replace(two, unit_price=found(Decimal("1.20"))),
        replace(three, state=LineState.REJECTED), line("new-1")))
    assert dict(judged_lines(decided, final)) == {"1": False, "2": True, "3": True, "4": True, "new-1": True}
    assert set(dict(judged_lines(decided, None)).values()) == {True}
    others = replace(decided, customer=found(CustomerMatch(2, "C2", "Elbe", 0.99)))
    assert set(dict(judged_lines(decided, others)).values()) == {True}


def test_rates_are_said_as_people_say_them() -> None:
    assert [one_in(r) for r in (0.001, 0.005, 0.03, 0.05, 0.5)] == ["1 in 1,000", "1 in 200", "3%", "1 in 20", "50%"]
