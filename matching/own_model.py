"""A matcher fitted to this company's own reviews: learned from approved cases, taken when it is better on cases held out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zlib import crc32

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.assemble import query_of
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.facts import load_facts
from matching.fit import Judged, fit
from matching.model import Model
from matching.model_store import keep_model, model_in_force
from matching.policy import Policy
from matching.records import LineQuery
from matching.score import Scored, candidates_with_features, probabilities
from models.domain.states import CaseState, LineState
from models.errors import InputError
from models.tables.audit import AuditEntryRow
from models.tables.cases import CaseRow
from runtime.codec import to_json
from runtime.db import Database

LEAST_LINES = 200
"""With fewer reviewed lines nothing is learned: chance would choose."""
_HELD_OUT = 4                 # one case in so many is held out
_GAIN = 0.02                  # share of the loss that a model must save on held-out cases to be taken
_SURE = 0.9
_SELF = "ordermill"
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A line that a person approved: what it says, its candidates with their features, and the item it was (None: none)."""

    case_id: int
    query: LineQuery
    candidates: tuple[Scored, ...]
    item_id: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """How a fitted model did on held-out lines beside the one in force. Losses are mean log losses of a line's candidates,
    `right` the share of lines whose likeliest candidate is right, `wrong_and_sure` counts."""

    learned_from: int
    held_out: int
    loss_before: float
    loss_after: float
    right_before: float
    right_after: float
    wrong_and_sure_before: int
    wrong_and_sure_after: int

    @property
    def is_better(self) -> bool:
        """True when it is taken: clearly less surprised, and not surely wrong more often."""
        return (
            self.loss_after < (1 - _GAIN) * self.loss_before and self.wrong_and_sure_after <= self.wrong_and_sure_before
            and self.right_after >= self.right_before)


def learn_model(
    db: Database, index: CatalogIndex, policy: Policy, *, person: str, most: int = 5_000, least: int = LEAST_LINES,
    on_progress: Callable[[int, int], None] = lambda done, whole: None,
) -> Trial:
    """Fit a model to the last `most` cases that people approved, and put it in force when it is better on held-out ones.

    `on_progress` gets (cases read, cases in all). Raises InputError when there are fewer than `least` reviewed lines.
    """
    lines = reviewed_lines(db, index, policy, most, on_progress)
    if len(lines) < least:
        raise InputError(
            f"People have approved {len(lines)} lines that can be learned from; {least} are needed. Review more orders first.",
            code="too_few_decisions")
    seen = [line for line in lines if not _is_held_out(line.case_id)]
    unseen = [line for line in lines if _is_held_out(line.case_id)]
    with db.read() as session:
        start = model_in_force(session)
    fitted = fit([_judged(line) for line in seen], start)
    trial = try_out(start, fitted, unseen, learned_from=len(seen))
    if trial.is_better:
        with db.write() as session:
            keep_model(session, fitted, to_json(trial), person=person)
    return trial


def try_out(before: Model, after: Model, lines: Sequence[Reviewed], *, learned_from: int) -> Trial:
    """Both models on lines that neither was fitted to."""
    one, two = _measured(before, lines), _measured(after, lines)
    return Trial(learned_from, len(lines), one[0], two[0], one[1], two[1], one[2], two[2])


def _is_held_out(case_id: int) -> bool:
    return crc32(str(case_id).encode()) % _HELD_OUT == 0


def reviewed_lines(
    db: Database, index: CatalogIndex, policy: Policy, most: int, on_progress: Callable[[int, int], None]
) -> list[Reviewed]:
    """The lines of the last `most` cases that people approved, the newest case first."""
    with db.read() as session:
        subjects = select(AuditEntryRow.subject).where(
            AuditEntryRow.action == f"case.{CaseState.APPROVED}", AuditEntryRow.actor != _SELF)
        by_people = {int(subject.partition(":")[2]) for subject in session.execute(subjects).scalars()}
        stmt = select(CaseRow.id).where(CaseRow.state.in_((CaseState.APPROVED, CaseState.HANDED_OVER)))
        ids = [i for i in session.execute(stmt.order_by(CaseRow.id.desc())).scalars() if i in by_people][:most]
    found: list[Reviewed] = []
    for done, case_id in enumerate(ids, start=1):
        with db.read() as session:
            found += _lines_of(session, index, policy, case_id)
        on_progress(done, len(ids))
    return found


def _lines_of(db: Session, index: CatalogIndex, policy: Policy, case_id: int) -> list[Reviewed]:
    """The lines of a case as they were read, with what the catalogue offers for them today and what a person approved."""
    chosen = {
        line.key: line.item.value.item_id for line in Cases(db).draft(case_id).lines
        if line.item and line.state is not LineState.REJECTED}
    loaded = load_facts(db, index, policy, case_id)
    facts, currency = loaded.facts, loaded.facts.customer.currency if loaded.facts.customer else None
    found = []
    for line in loaded.merged.draft.lines:
        pool = [facts.items[i] for i in facts.hits.get(line.key, {}) if i in facts.items]
        if line.key in chosen and pool:
            query = query_of(line, loaded.merged.printed.get(line.key), currency)
            scored = candidates_with_features(query, pool, facts.hits[line.key], facts.part_numbers)
            there = chosen[line.key] if any(s.item.item_id == chosen[line.key] for s in scored) else None
            found.append(Reviewed(case_id, query, tuple(scored), there))
    return found


def _judged(line: Reviewed) -> Judged:
    return Judged([s.features for s in line.candidates], [int(s.item.item_id == line.item_id) for s in line.candidates])


def _measured(model: Model, lines: Sequence[Reviewed]) -> tuple[float, float, int]:
    """Loss, share right and count of wrong and sure, as in `Trial`."""
    loss, right, sure_and_wrong = 0.0, 0, 0
    for line in lines:
        ranked = probabilities(line.candidates, model)
        for c in ranked:
            p = c.probability if c.item.item_id == line.item_id else 1 - c.probability
            loss -= math.log(max(p, _LEAST))
        best = ranked[0]
        right += best.item.item_id == line.item_id
        sure_and_wrong += best.probability >= _SURE and best.item.item_id != line.item_id
    count = max(len(lines), 1)
    return loss / count, right / count, sure_and_wrong
