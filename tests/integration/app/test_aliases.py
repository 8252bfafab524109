"""What a customer means by its words: said once in a review, used for its next order, for nobody else's, and taken back whole."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from app.learning import Learning
from extraction.learned.ledger import Ledger
from extraction.pages import PageReader
from models.domain.doubt import DoubtCode
from models.domain.draft import Draft
from models.domain.evidence import Origin
from models.domain.learned import FactState, LessonKind
from models.domain.states import CaseState
from models.tables.learned import LearnedFactRow, LearnedUseRow
from runtime.blobs import Blobs
from runtime.db import Database
from runtime.settings import Settings
from tests.integration.matching.desk import BOLTS, Desk, changed, line, reading

GRIP = line(
    buyer_sku="ZX-900", description="Grip things, blue, the usual", quantity=3, uom="box", unit_price="6.20", amount="18.60")
ELBE = {"buyer_name": "Elbe Fittings Ltd"}


class NoForms:
    """A page reader for orders without pages: nothing is learned of their forms."""

    def learn(self, *_: Any) -> None:
        """Nothing."""


class House:
    """The matcher's company with what it learns."""

    def __init__(self, db: Database, folder: Path) -> None:
        self.db = db
        self.desk = Desk(db, folder)
        settings = Settings(_env_file=None, data=folder)
        self.learning = Learning(db, Blobs(folder / "blobs"), cast(PageReader, NoForms()), self.desk.policy, settings)

    def order(self, *lines: Any, **more: Any) -> int:
        """An order arrives and is matched; returns its case."""
        sender, told = more.pop("sender", "po@muster.example"), more.pop("authentication", None)
        case_id = self.desk.case(reading(*lines, **more), sender=sender, authentication=told)
        self.learning.note(case_id)
        return case_id

    def review(self, case_id: int, **values: str) -> int:
        """Ann sets values ("lines__1__item") and approves; returns how many facts are new."""
        if self.desk.row(case_id).state is CaseState.APPROVED:
            self.desk.review.reopen(case_id, self.desk.ann)
        version = self.desk.row(case_id).version
        for path, text in values.items():
            version = self.desk.review.correct(case_id, version, path.replace("__", "."), text, self.desk.ann)
        self.desk.review.approve(case_id, version, self.desk.ann)
        return self.learning.learn(case_id)

    def state(self, case_id: int) -> CaseState:
        state: CaseState = self.desk.row(case_id).state
        return state

    def codes(self, case_id: int) -> set[DoubtCode]:
        return {d.code for d in self.desk.doubts(case_id)}

    def item(self, case_id: int, place: int = 0) -> Any:
        return self.desk.draft(case_id).lines[place].item

    def facts(self) -> list[LearnedFactRow]:
        with self.db.read() as db:
            return list(db.execute(select(LearnedFactRow).order_by(LearnedFactRow.id)).scalars())

    def set_state(self, fact_id: int, state: FactState) -> None:
        with self.db.write() as db:
            Ledger(db).set_state(fact_id, state, "Ann Ames")


@pytest.fixture
def house(database: Database, tmp_path: Path) -> House:
    return House(database, tmp_path)


def plain(draft: Draft) -> Draft:
    """A draft without what differs between two copies of one order: its documents."""
    def found(value: Any) -> Any:
        if not hasattr(value, "evidence"):
            return value
        others = tuple(found(c) for c in value.candidates) if hasattr(value, "candidates") else None
        bare = replace(value, evidence=replace(value.evidence, document_id=None))
        return bare if others is None else replace(bare, candidates=others)

    def bare(holder: Any) -> Any:
        return replace(holder, **{name: found(getattr(holder, name)) for name in holder.__dataclass_fields__})

    return cast(Draft, bare(replace(draft, po_number=None, lines=tuple(bare(x) for x in draft.lines))))


def test_one_corrected_line_and_the_next_order_needs_nobody(house: House) -> None:
    first = house.order(BOLTS, GRIP)
    assert house.codes(first) == {DoubtCode.UNKNOWN_ITEM}
    assert house.review(first, lines__2__item="GL-L") == 1
    (fact,) = house.facts()
    assert (fact.kind, fact.state, fact.case_id, fact.made_by) == (LessonKind.ITEM, FactState.ACTIVE, first, "Ann Ames")
    assert house.learning.learn(first) == 0                    # a repeated step enters nothing twice

    second = house.order(changed(GRIP, quantity=7, amount="43.40"), BOLTS)
    assert house.state(second) is CaseState.APPROVED
    item = house.item(second)
    assert item.value.sku == "GL-L" and item.confidence > 0.99
    assert (item.evidence.origin, item.evidence.fact_id) == (Origin.LEARNED, fact.id)
    assert f"“ZX-900” means this item, said Ann Ames in case {first}" in item.evidence.note
    with house.db.read() as db:
        uses = db.execute(select(LearnedUseRow.fact_id, LearnedUseRow.case_id, LearnedUseRow.is_conflict)).all()
    assert [tuple(use) for use in uses] == [(fact.id, second, False)]


def test_another_customer_is_matched_as_ever(house: House) -> None:
    before = plain(house.desk.draft(house.order(GRIP, sender="a@elbe.example", **ELBE)))
    house.review(house.order(GRIP), lines__1__item="GL-L")
    theirs = house.order(GRIP, sender="a@elbe.example", **ELBE)
    assert plain(house.desk.draft(theirs)) == before
    assert house.codes(theirs) == {DoubtCode.UNKNOWN_ITEM}


def test_taken_back_it_is_as_if_it_had_never_been_learned(house: House) -> None:
    never = house.order(BOLTS, GRIP)
    doubts = [(d.code, d.sentence, d.choices, d.cost) for d in house.desk.doubts(never)]
    house.review(house.order(BOLTS, GRIP), lines__2__item="GL-L")
    (fact,) = house.facts()
    house.set_state(fact.id, FactState.UNDONE)
    again = house.order(BOLTS, GRIP)
    assert plain(house.desk.draft(again)) == plain(house.desk.draft(never))
    assert [(d.code, d.sentence, d.choices, d.cost) for d in house.desk.doubts(again)] == doubts
    house.set_state(fact.id, FactState.ACTIVE)
    assert house.state(house.order(BOLTS, GRIP)) is CaseState.APPROVED


def test_the_same_code_counts_beside_another_text_unless_that_speaks_against_it(house: House) -> None:
    house.review(house.order(GRIP), lines__1__item="GL-L")
    reworded = house.order(changed(GRIP, description="the usual grip things"))
    assert house.state(reworded) is CaseState.APPROVED
    other = house.order(changed(GRIP, description="Nitrile gloves size M blue"))
    assert house.state(other) is CaseState.NEEDS_REVIEW
    candidates = {m.sku: " ".join(m.reasons) for m in house.desk.draft(other).lines[0].item_candidates}
    assert "the text is another (" in candidates["GL-L"]


def test_a_person_outweighs_the_attributes_of_the_text_and_they_are_shown(house: House) -> None:
    odd = line(buyer_sku="77-9", description="Hex bolt M10 x 40 zinc", quantity=100, uom="pcs", unit_price="0.45", amount="45")
    house.review(house.order(odd), lines__1__item="HB-0840")
    again = house.order(odd)
    assert house.state(again) is CaseState.APPROVED
    assert house.item(again).value.sku == "HB-0840"
    assert any("10, not" in reason for reason in house.item(again).value.reasons)


@pytest.mark.parametrize(("text", "sku"), [("Grip things blue the usual!", "GL-L"), ("usual blue grips, the thing", "GL-L")])
def test_without_a_code_the_same_text_is_sure_and_a_near_one_only_a_candidate(house: House, text: str, sku: str) -> None:
    bare = changed(GRIP, buyer_sku=None)
    house.review(house.order(bare), lines__1__item=sku)
    case_id = house.order(changed(bare, description=text))
    assert house.item(case_id).value.sku == sku
    is_same = text.endswith("!")
    assert (house.state(case_id) is CaseState.APPROVED) is is_same
    assert ("nearly the same" in house.item(case_id).evidence.note) is not is_same


def test_a_contradiction_replaces_what_was_said_and_the_newer_word_is_asked_once(house: House) -> None:
    house.review(house.order(GRIP), lines__1__item="GL-L")
    second = house.order(GRIP)
    house.review(second, lines__1__item="GL-M")
    older, newer = house.facts()
    assert older.replaced_by_id == newer.id and newer.state is FactState.ON_TRIAL
    with house.db.read() as db:
        assert db.execute(select(LearnedUseRow.is_conflict).where(LearnedUseRow.fact_id == older.id)).scalars().all() == [True]

    third = house.order(GRIP)
    assert house.item(third).value.sku == "GL-M" and house.codes(third) == {DoubtCode.ITEM_UNSURE}
    assert "an earlier correction said otherwise" in house.item(third).evidence.note
    assert house.review(third, lines__1__state="confirmed") == 0
    assert [f.state for f in house.facts()] == [FactState.ACTIVE, FactState.ACTIVE]
    assert house.state(house.order(GRIP)) is CaseState.APPROVED


def test_the_newer_word_taken_back_brings_the_older_one_back(house: House) -> None:
    house.review(house.order(GRIP), lines__1__item="GL-L")
    before = plain(house.desk.draft(house.order(GRIP)))
    house.review(house.order(GRIP), lines__1__item="GL-M")
    house.set_state(house.facts()[-1].id, FactState.UNDONE)
    after = house.order(GRIP)
    assert plain(house.desk.draft(after)) == before and house.state(after) is CaseState.APPROVED


def test_one_word_for_two_items_is_told_apart_by_the_unit(house: House) -> None:
    by_box = line(buyer_sku="MIX", description="mixed", quantity=2, uom="box", unit_price="6.20")
    by_piece = changed(by_box, uom="pcs", unit_price="0.45")
    house.review(house.order(by_box), lines__1__item="GL-L")
    house.review(house.order(by_piece), lines__1__item="HB-0840")
    assert {f.state for f in house.facts()} == {FactState.ACTIVE}
    assert [house.item(house.order(x)).value.sku for x in (by_box, by_piece)] == ["GL-L", "HB-0840"]


def test_their_own_part_number_table_is_not_overruled_in_silence(house: House) -> None:
    numbered = line(buyer_sku="77-4711", description="the big one", quantity=10, uom="pcs", unit_price="0.80", amount="8")
    case_id = house.order(numbered)
    house.review(case_id, lines__1__item="HB-1040")
    again = house.order(numbered)
    assert house.state(again) is CaseState.NEEDS_REVIEW
    assert any("your table of their part numbers says HB-0840" in " ".join(m.reasons)
               for m in house.desk.draft(again).lines[0].item_candidates)


def test_a_doubtful_item_that_a_person_approves_is_learned(house: House) -> None:
    house.review(house.order(GRIP), lines__1__item="GL-L")
    without_code = changed(GRIP, buyer_sku=None)
    doubtful = house.order(without_code)
    assert house.codes(doubtful) == {DoubtCode.ITEM_UNSURE} and house.item(doubtful).value.sku == "GL-L"
    assert house.review(doubtful) == 1
    assert house.state(house.order(without_code)) is CaseState.APPROVED


def test_a_printed_address_that_was_explained_once_is_known(house: House) -> None:
    where = "Dock seven behind the old brewery"
    first = house.order(ship_to=where)
    assert DoubtCode.SHIP_TO_UNKNOWN in house.codes(first)
    house.review(first, ship_to="NORTH")
    second = house.order(ship_to=where.upper())
    ship_to = house.desk.draft(second).ship_to
    assert house.state(second) is CaseState.APPROVED
    assert ship_to.value.label.startswith("NORTH") and ship_to.evidence.origin is Origin.LEARNED
    assert DoubtCode.SHIP_TO_UNKNOWN in house.codes(house.order(ship_to="Dock eight behind the old brewery"))


def test_a_sender_and_a_name_that_a_person_assigned_are_known_from_then_on(house: House) -> None:
    stranger: dict[str, Any] = {"buyer_name": "The Muster People", "sender": "jo@post.example"}
    first = house.order(**stranger)
    assert DoubtCode.UNKNOWN_CUSTOMER in house.codes(first)
    house.review(first, customer="C100")
    assert {f.kind for f in house.facts()} == {LessonKind.SENDER, LessonKind.CUSTOMER}
    second = house.order(**stranger)
    assert house.state(second) is CaseState.APPROVED
    assert house.desk.draft(second).customer.evidence.origin is Origin.LEARNED
    for fact in house.facts():
        house.set_state(fact.id, FactState.UNDONE)
    assert DoubtCode.UNKNOWN_CUSTOMER in house.codes(house.order(**stranger))


def test_an_address_made_to_look_like_a_customers_is_never_learned(house: House) -> None:
    house.review(house.order(sender="po@rnuster.example"))
    assert house.facts() == []
    assert DoubtCode.UNKNOWN_SENDER in house.codes(house.order(sender="po@rnuster.example"))


def test_whom_a_mail_only_pretends_to_come_from_is_never_learned(house: House) -> None:
    forged = {"sender": "jo@post.example", "authentication": "spf=fail"}
    assert house.review(house.order(**forged)) == 0 and house.facts() == []
    assert house.review(house.order(sender="jo@post.example", authentication="spf=pass")) == 1


def test_a_printed_unit_that_was_explained_once_is_known_for_that_customer(house: House) -> None:
    by_bundle = changed(BOLTS, quantity=2, uom="Kfg.", unit_price=None, amount=None)
    first = house.order(by_bundle)
    assert DoubtCode.UNIT_UNSURE in house.codes(first)
    house.review(first, lines__1__uom="XCS")
    (fact,) = house.facts()
    assert (fact.kind, fact.field) == (LessonKind.UNIT, "uom")
    second = house.order(by_bundle)
    uom = house.desk.draft(second).lines[0].uom
    assert house.state(second) is CaseState.APPROVED
    assert (uom.value, uom.evidence.origin, uom.evidence.fact_id) == ("XCS", Origin.LEARNED, fact.id)
    assert house.desk.draft(second).lines[0].base_quantity == Decimal(48)


def test_two_meanings_in_one_order_teach_nothing(house: House) -> None:
    case_id = house.order(GRIP, changed(GRIP, quantity=9, amount="55.80"))
    assert house.review(case_id, lines__1__item="GL-L", lines__2__item="GL-M") == 0


def test_what_was_approved_unseen_teaches_nothing(house: House) -> None:
    case_id = house.order()
    assert house.state(case_id) is CaseState.APPROVED
    assert house.learning.learn(case_id) == 0 and house.facts() == []

