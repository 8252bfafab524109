"""The matcher: a case's readings become a draft and a decision. Slow work happens outside the one transaction that stores it."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.assemble import resolve
from matching.background import with_background
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.checks import identical_twin, run_checks
from matching.decide import Decision, decide
from matching.facts import Loaded, load_facts
from matching.items_sql import load_items, refresh_index
from matching.model_store import model_in_force
from matching.partly import PARTLY, hold_back, partly_words, still_asked
from matching.policy import Policy
from matching.promises import Promises
from matching.records import LineQuery, Twin
from matching.score import match_items
from matching.twins import load_twins
from models.domain.draft import Draft, ItemMatch
from models.domain.states import CaseState
from models.tables.partners import CustomerRow
from runtime.db import Database
from runtime.faults import fault_point
from runtime.log import get_logger

log = get_logger("matching")
TRIES = 3
ACTOR = "ordermill"


class Matcher:
    """Matches cases. Safe to share between threads and to run in many processes."""

    def __init__(self, db: Database, index: CatalogIndex, policy: Policy) -> None:
        self.db = db
        self.index = index
        self.policy = policy

    def match_case(self, case_id: int) -> CaseState:
        """Build the draft, decide, and move the case on: approved, needs review, duplicate; returns the state it is in now.

        A case that is not to be matched is left as it is, so a repeat is harmless. After three tries that did not end the
        case fails, with the reason; before that the error is raised for the caller to try again. Raises NotFound.
        """
        state, tries = self._begin(case_id)
        if state is not CaseState.MATCHING:
            return state
        fault_point("match.begun")
        try:
            return self._match(case_id)
        except Exception as e:
            if tries >= TRIES:
                return self._give_up(case_id, str(e))
            raise

    def refresh(self) -> bool:
        """Bring the index up to date with the catalogue; returns whether it had to be rebuilt."""
        with self.db.read() as db:
            return refresh_index(db, self.index)

    def made_index(self) -> CatalogIndex:
        """The index, made when nobody has matched or searched anything yet."""
        if self.index.stamp is None:
            self.refresh()
        return self.index

    def search_items(self, text: str, limit: int = 20) -> list[ItemMatch]:
        """Items that a typed text may mean, likeliest first."""
        self.refresh()
        query = LineQuery((text,), text)
        with self.db.read() as db:
            hits = {hit.item_id: hit.relevance for hit in self.index.search(text, (text,), limit)}
            items, model = load_items(db, hits.keys(), None), model_in_force(db)
        return list(match_items(query, list(items.values()), hits, {}, model))

    def _begin(self, case_id: int) -> tuple[CaseState, int]:
        """Count a try; a case whose tries were used up by crashes fails here."""
        with self.db.write() as db:
            row = Cases(db).get(case_id, lock=True)
            if row.state is not CaseState.MATCHING:
                return row.state, row.tries
            if row.tries < TRIES:
                row.tries += 1
                return row.state, row.tries
        return self._give_up(case_id, "the process ended in the middle of it each time"), TRIES

    def _give_up(self, case_id: int, reason: str) -> CaseState:
        sentence = f"Matching was tried {TRIES} times and never ended: {reason}. Look into the log, then match it again."
        with self.db.write() as db:
            Cases(db).move(
                case_id, frm=CaseState.MATCHING, to=CaseState.FAILED, code="match_failed", sentence=sentence, actor=ACTOR)
            return Cases(db).get(case_id).state

    def _match(self, case_id: int) -> CaseState:
        self.refresh()
        with self.db.read() as db:
            version = Cases(db).get(case_id).version
            previous = Cases(db).draft(case_id) if version else None
            loaded, model = load_facts(db, self.index, self.policy, case_id, previous), model_in_force(db)
        draft = resolve(loaded.merged, loaded.facts, model, previous)
        with self.db.read() as db:
            loaded = with_background(db, loaded, draft)
        with self.db.write() as db:
            state = _settle(db, case_id, version, draft, loaded)
        fault_point("match.finished")
        log.info("case.matched", case_id=case_id, state=state.value, lines=len(draft.lines))
        return state


def _settle(db: Session, case_id: int, version: int, draft: Draft, loaded: Loaded) -> CaseState:
    """Store the draft and move the case, unless somebody else was faster."""
    row = Cases(db).get(case_id, lock=True)
    if row.state is not CaseState.MATCHING or row.version != version:
        return row.state
    twins = lock_and_load_twins(db, case_id, draft, loaded.policy.same_goods_days)
    decision = judge(draft, loaded, twins)
    twin = identical_twin(draft, replace(loaded.facts, twins=twins), loaded.policy.line_confidence)
    goes_partly = bool(decision.release) and twin is None
    if goes_partly:
        draft = hold_back(draft, decision.release)
        decision = replace(decision, doubts=still_asked(decision.doubts, draft))
    made = Cases(db).store_draft(case_id, draft, decision, made_by=ACTOR)
    Promises(db).note_decision(case_id, made, draft, decision, loaded.policy)
    if twin is not None:
        to, code = CaseState.DUPLICATE, "same_order_again"
        sentence = f"The same order is already here as {twin.label}. Reopen this case if it was meant twice."
    elif decision.approve:
        to, code, sentence = CaseState.APPROVED, None, None
    elif goes_partly:
        to, code, sentence = CaseState.APPROVED, PARTLY, partly_words(draft)
    else:
        to, code, sentence = CaseState.NEEDS_REVIEW, decision.doubts[0].code.value, decision.doubts[0].sentence
    related = next((t.case_id for t in (twin, *twins) if t and t.case_id is not None), None)
    Cases(db).move(case_id, frm=CaseState.MATCHING, to=to, code=code, sentence=sentence, actor=ACTOR, related=related)
    return to


def lock_and_load_twins(db: Session, case_id: int, draft: Draft, same_goods_days: int) -> tuple[Twin, ...]:
    """Twins of an order, seen by one transaction of this customer at a time: two copies cannot both find themselves alone."""
    if draft.customer is not None:
        stmt = select(CustomerRow.id).where(CustomerRow.id == draft.customer.value.customer_id)
        db.execute(stmt.with_for_update(key_share=True)).scalar_one_or_none()
    return load_twins(db, case_id, draft, same_goods_days)


def judge(draft: Draft, loaded: Loaded, twins: tuple[Twin, ...]) -> Decision:
    """What checks and policy say about a draft."""
    facts = replace(loaded.facts, twins=twins)
    return decide(draft, run_checks(draft, loaded.merged, facts, loaded.policy), loaded.policy, facts.on)

