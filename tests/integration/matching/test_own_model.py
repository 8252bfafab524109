"""The matcher learns from a company's own reviews: taken when better on held-out cases, used at once, given up whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from matching import files
from matching.decision_files import write_decisions
from matching.model import default_model, load_model
from matching.model_store import model_in_force, retire_model
from matching.nightly import learn_at_night
from matching.own_model import Trial, learn_model, reviewed_lines
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.learned import MatchModelRow
from runtime.clock import now
from tests.integration.matching.desk import Desk, line, reading

TEXTS = {"hex bolt 8 x 40": "HB-0840", "bolt M8": "HB-0840", "hexbolt M10x40": "HB-1040", "gloves nitrile L": "GL-L"}


def order(desk: Desk) -> int:
    """An order in the loose words of this company's customers."""
    return desk.case(reading(*(line(description=text, quantity=100, uom="pcs") for text in TEXTS)))


def review(desk: Desk, case_id: int) -> None:
    """Ann says of each line what it is, and approves."""
    version = desk.row(case_id).version
    for place, (sku, drafted) in enumerate(zip(TEXTS.values(), desk.draft(case_id).lines, strict=True), start=1):
        if drafted.item is None or drafted.item.value.sku != sku:
            version = desk.review.correct(case_id, version, f"lines.{place}.item", sku, desk.ann)
    desk.review.approve(case_id, version, desk.ann)


def learn(desk: Desk, least: int) -> Trial:
    return learn_model(desk.db, desk.index, desk.policy, person="Ann Ames", least=least)


def chances(desk: Desk, case_id: int) -> list[list[tuple[str, float]]]:
    return [[(m.sku, m.probability) for m in x.item_candidates] for x in desk.draft(case_id).lines]


def test_reviews_make_the_matcher_surer_of_what_people_say_and_it_can_be_given_up(desk: Desk) -> None:
    before = chances(desk, first := order(desk))
    review(desk, first)
    for _ in range(6):
        review(desk, order(desk))
    trial = learn(desk, least=24)
    assert trial.is_better and trial.loss_after < 0.9 * trial.loss_before and trial.wrong_and_sure_after == 0
    assert trial.learned_from + trial.held_out == 7 * len(TEXTS)
    with desk.db.read() as db:
        (row,) = db.execute(select(MatchModelRow)).scalars()
        assert (row.made_by, row.retired_at) == ("Ann Ames", None) and model_in_force(db) != default_model()
    surer = [max(p for sku, p in found if sku == right) for found, right in zip(
        chances(desk, order(desk)), TEXTS.values(), strict=True)]
    was = [max(p for sku, p in found if sku == right) for found, right in zip(before, TEXTS.values(), strict=True)]
    assert sum(surer) > sum(was)

    with desk.db.write() as db:
        assert retire_model(db, person="Ann Ames") and not retire_model(db, person="Ann Ames")
    assert chances(desk, order(desk)) == before


def test_reviews_are_written_as_the_files_that_fit_takes(desk: Desk, tmp_path: Path) -> None:
    review(desk, order(desk))
    lines = reviewed_lines(desk.db, desk.index, desk.policy, 10, lambda done, whole: None)
    assert [line.query.description for line in lines] == list(TEXTS)
    assert write_decisions(lines, tmp_path / "out") == sum(len(line.candidates) for line in lines)
    catalog, written, decisions = (tmp_path / "out" / f"{name}.csv" for name in ("catalog", "lines", "decisions"))
    files.fit(catalog, written, decisions, tmp_path / "model.json")
    assert load_model(tmp_path / "model.json").weights.keys() == default_model().weights.keys()
    right = [row.split(",")[1] for row in decisions.read_text().splitlines() if row.endswith(",1")]
    assert right == list(TEXTS.values())


def test_too_few_reviews_teach_nothing_and_are_told(desk: Desk) -> None:
    review(desk, order(desk))
    with pytest.raises(InputError, match="4 lines that can be learned from; 200 are needed") as refusal:
        learn_model(desk.db, desk.index, desk.policy, person="Ann Ames")
    assert refusal.value.code == "too_few_decisions"


def test_a_model_that_is_no_better_is_not_taken() -> None:
    assert not Trial(100, 30, 0.50, 0.495, 0.9, 0.9, 0, 0).is_better
    assert not Trial(100, 30, 0.50, 0.20, 0.9, 0.9, 0, 1).is_better
    assert not Trial(100, 30, 0.50, 0.20, 0.9, 0.8, 0, 0).is_better
    assert Trial(100, 30, 0.50, 0.20, 0.9, 0.9, 1, 1).is_better


def test_at_night_the_matcher_learns_once_from_new_reviews_and_not_after_a_person_gave_its_learning_up(desk: Desk) -> None:
    night = now().replace(hour=2) + timedelta(days=2)

    def learn_at(at: datetime) -> Trial | None:
        return learn_at_night(desk.db, desk.index, desk.policy, at, least=24)

    assert learn_at(night) is None                                              # nobody has approved anything
    for _ in range(7):
        review(desk, order(desk))
    assert learn_at(night.replace(hour=14)) is None
    trial = learn_at(night)
    assert trial is not None and trial.is_better
    with desk.db.read() as db:
        assert [row.made_by for row in db.execute(select(MatchModelRow)).scalars()] == ["ordermill"]
    assert learn_at(night + timedelta(days=1)) is None                          # nothing new
    review(desk, order(desk))
    assert learn_at(now().replace(hour=2)) is None                              # too soon after the last time
    assert learn_at(night + timedelta(days=1)) is not None
    review(desk, order(desk))
    with desk.db.write() as db:
        retire_model(db, person="Ann Ames")
    assert learn_at(night + timedelta(days=2)) is None


def test_a_night_with_too_few_reviews_is_noted_and_waits_for_more(desk: Desk) -> None:
    review(desk, order(desk))
    night = now().replace(hour=2) + timedelta(days=2)
    assert [learn_at_night(desk.db, desk.index, desk.policy, night) for _ in range(2)] == [None, None]
    with desk.db.read() as db:
        assert db.execute(select(AuditEntryRow.actor).where(AuditEntryRow.action == "match_model.tried")).scalars().all() == [
            "ordermill"]
