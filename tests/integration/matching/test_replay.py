"""Other rules tried on past cases: exactly the outcomes that change are told, and nothing is written."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from bench import deciding
from matching.changes import parse_change
from matching.policy import Policy
from matching.replay import Replayer
from matching.replay_diff import Fate, ValueChange
from models.errors import InputError
from models.tables import Base
from models.tables.partners import CustomerRow
from tests.integration.matching.desk import BOLTS, Desk, changed, line, reading

DEAR = changed(BOLTS, unit_price="0.46", amount="46")          # 2.2 % over the contract; the tolerance is 2 %


@pytest.fixture
def player(lite: Desk) -> Replayer:
    return Replayer(lite.db, lite.index, lite.policy)


def everything(desk: Desk) -> dict[str, int]:
    with desk.db.read() as db:
        return {t.name: db.execute(select(func.count()).select_from(t)).scalar_one() for t in Base.metadata.sorted_tables}


def test_a_wider_tolerance_lets_exactly_the_dear_order_through_and_writes_nothing(lite: Desk, player: Replayer) -> None:
    lite.case(reading())
    dear = lite.case(reading(DEAR))
    stored = everything(lite)
    told = player.replay(player.cases(10), parse_change(["price_tolerance=3"]))
    assert (told.cases, told.before[Fate.APPROVED], told.after[Fate.APPROVED]) == (2, 1, 2)
    (change,) = told.changes
    assert (change.case_id, change.before, change.after) == (dear, Fate.ASKED, Fate.APPROVED)
    assert change.asked_no_more == ("Line 1: price 0.46, contract 0.45 (+2.2 %, tolerance 2 %).",) and not change.asked_anew
    assert everything(lite) == stored
    back = player.replay(player.cases(10), parse_change(["price_tolerance=2"]))
    assert back.changes == ()


def test_a_target_without_history_asks_about_every_order(lite: Desk, player: Replayer) -> None:
    cases = [lite.case(reading()) for _ in range(3)]
    told = player.replay(player.cases(2), parse_change(["target_error_rate=0.001"]))
    assert [c.case_id for c in told.changes] == cases[1:] and told.after[Fate.ASKED] == 2
    assert all("people must look at about" in c.asked_anew[0] for c in told.changes)


def test_an_alias_changes_the_item_of_the_lines_that_bear_the_code(lite: Desk, player: Replayer) -> None:
    lite.case(reading())
    named = lite.case(reading(line(buyer_sku="G-9", description="gloves", quantity=3, uom="box", unit_price="6.20")))
    told = player.replay(player.cases(5, "C100"), parse_change([], ["G-9=GL-M"]))
    (change,) = told.changes
    assert change.case_id == named
    assert ValueChange("1", "item", None, "GL-M") in change.values or any(
        v.field == "item" and v.after == "GL-M" for v in change.values)


def test_rules_of_the_house_leave_alone_what_a_customer_has_rules_for(lite: Desk, player: Replayer) -> None:
    lite.case(reading(DEAR))
    assert player.replay(player.cases(5), parse_change(["price_tolerance=3"], is_for_house=True)).changes == ()
    house = parse_change(["target_error_rate=0.01"], is_for_house=True)
    assert player.replay(player.cases(5), house).changes
    with lite.db.write() as db:
        db.execute(update(CustomerRow).values(target_error_rate=Decimal("0.05")))
    assert player.replay(player.cases(5), house).changes == ()
    for setting in ("approval=review_all", "merge_repeated_lines=yes", "pack_rule=ask"):
        with pytest.raises(InputError, match="kept with each customer"):
            parse_change([setting], is_for_house=True)


def test_the_rule_that_repeated_lines_are_meant_is_tried_and_changes_only_orders_that_repeat_a_line(
    lite: Desk, player: Replayer,
) -> None:
    lite.case(reading())
    twice = lite.case(reading(BOLTS, BOLTS))
    with lite.db.read() as db:
        rule = db.execute(select(CustomerRow.merge_repeated_lines).where(CustomerRow.customer_no == "C100")).scalar_one()
    told = player.replay(player.cases(5, "C100"), parse_change(["merge_repeated_lines=yes"]))
    (change,) = told.changes
    assert not rule and change.case_id == twice
    assert any("both ask for" in sentence for sentence in change.asked_no_more) and not change.asked_anew
    assert player.replay(player.cases(5, "C100"), parse_change(["merge_repeated_lines=no"])).changes == ()


def test_corrections_are_left_out_what_counts_is_what_the_machine_would_do(lite: Desk, player: Replayer) -> None:
    dear = lite.case(reading(DEAR))
    lite.review.correct(dear, 1, "lines.1.unit_price", "0.45", lite.ann)
    told = player.replay(player.cases(5), parse_change(["price_tolerance=3"]))
    assert [(c.before, c.after) for c in told.changes] == [(Fate.ASKED, Fate.APPROVED)]


@pytest.mark.parametrize(("setting", "code"), [
    ("price_tolerance", "bad_change"), ("colour=red", "unknown_setting"), ("target_error_rate=7", "bad_value"),
    ("price_tolerance=many", "bad_value"), ("approval=never", "bad_value"),
    ("takes_successors=perhaps", "bad_value"), ("same_goods_days=-1", "bad_value"),
    ("line_confidence=nan", "bad_value"), ("merge_repeated_lines=perhaps", "bad_value"), ("pack_rule=never", "bad_value"),
    ("price_tolerance=NaN", "bad_value"),
])
def test_a_change_that_cannot_be_is_refused_with_what_fits(setting: str, code: str) -> None:
    with pytest.raises(InputError) as refused:
        parse_change([setting])
    assert refused.value.code == code and refused.value.sentence.endswith(".")


def test_strangers_are_refused(lite: Desk, player: Replayer) -> None:
    with pytest.raises(InputError, match="no customer X-1"):
        player.cases(5, "X-1")
    with pytest.raises(InputError, match="no item NO-SUCH"):
        player.replay([], parse_change([], ["A=NO-SUCH"]))


def test_a_change_makes_the_policy_it_names() -> None:
    made = parse_change(["price_tolerance=3.5", "target_error_rate=none", "sample_share=0.2"]).of(Policy(target=0.01))
    assert (made.price_tolerance, made.target, made.sample_share, made.promise) == (Decimal("3.5"), None, 0.2, None)


def test_the_benchmark_of_deciding_measures_a_long_order_and_replays() -> None:
    rows = deciding.run(lines=12, cases=3, items=120, seed=3)
    assert [(row.case, row.baseline) for row in rows][:2] == [
        ("order of 12 lines", 30.0), ("replay of 3 cases, another tolerance", 60.0)]
    assert len(rows) == 4 and all(row.value > 0 for row in rows)
