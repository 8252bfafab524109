"""All SQL about promises: decisions, outcomes, the house's policy, the threshold in force. Holds a session, never commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, case, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from matching.decide import Decision
from matching.history import History
from matching.outcomes import judged_lines
from matching.policy import Policy
from matching.promise import Promise, promise
from matching.records import CustomerRecord
from matching.sampling import is_drawn
from matching.scores import order_score
from models.domain.draft import Draft
from models.domain.outcomes import Seen
from models.domain.partners import ApprovalLevel
from models.domain.states import CaseState, LineState
from models.errors import InputError
from models.tables.cases import CaseRow, CorrectionRow, DraftRow
from models.tables.decisions import CaseDecisionRow, HousePolicyRow, LineOutcomeRow
from models.tables.partners import CustomerRow
from runtime import audit
from runtime.clock import now
from runtime.codec import from_json

WINDOW = 20_000
"""So many of the newest reviewed lines make the history."""
AGE = timedelta(days=400)
_memory: dict[tuple[str, int | None, float], tuple[object, Promise]] = {}
_lock = Lock()
_REMEMBERED = 500
_LATER = ("price_rule", "takes_successors", "same_goods_days")
"""Rules that policies saved before they could be set here do not have: the settings hold for them."""
_NO_ORDER_OF_ITS_OWN = (CaseState.MERGED, CaseState.DUPLICATE, CaseState.NOT_AN_ORDER)


@dataclass(frozen=True, slots=True)
class Tally:
    """What happened to orders and their lines in a span of time: in all, and approved unseen; orders drawn to be looked at."""

    orders: int
    orders_unseen: int
    lines: int
    lines_unseen: int
    sampled: int

    @property
    def touchless(self) -> float:
        """The share (0.0–1.0) of orders that went through unseen."""
        return self.orders_unseen / self.orders if self.orders else 0.0


def owner_of(customer: CustomerRecord | None) -> int | None:
    """Whose reviewed lines answer for a customer's orders: its own where it has a target of its own, else the house's (None)."""
    return customer.customer_id if customer is not None and customer.rules.target_error_rate is not None else None


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


class Promises:
    """Decisions, what became of them, and what may be promised."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def house(self, policy: Policy) -> Policy:
        """The house's policy: as it was saved last, else as the settings say."""
        row = self.db.execute(select(HousePolicyRow).order_by(HousePolicyRow.id.desc()).limit(1)).scalar_one_or_none()
        if row is None:
            return policy
        later = {name: value for name in _LATER if (value := getattr(row, name)) is not None}
        return replace(
            policy, line_confidence=row.line_confidence, price_tolerance=row.price_tolerance, sample_share=row.sample_share,
            target=row.target_error_rate, two_people_above=row.two_people_above, **later)

    def save_house(self, policy: Policy, *, person: str) -> None:
        """Put a policy in force for every order from now on, with its audit entry. Call it last in a transaction."""
        values: dict[str, Any] = {
            "line_confidence": policy.line_confidence, "price_tolerance": policy.price_tolerance,
            "target_error_rate": policy.target, "sample_share": policy.sample_share, "two_people_above": policy.two_people_above,
            **{name: getattr(policy, name) for name in _LATER}}
        row = HousePolicyRow(**values, made_by=person, made_at=now())
        self.db.add(row)
        self.db.flush()
        audit.record(
            self.db, actor=person, action="policy.saved", subject=f"policy:{row.id}",
            content={name: None if value is None else str(value) for name, value in values.items()})

    def in_force(self, policy: Policy, case_id: int, owner: int | None) -> Policy:
        """A policy with what reviewed history can answer for, and whether the case is drawn to be looked at. `owner`: the
        customer, when the target is that customer's own."""
        if policy.target is None or policy.approval is ApprovalLevel.REVIEW_ALL:
            return policy
        return replace(
            policy, promise=self.promise(policy.target, owner), is_drawn=is_drawn(case_id, policy.sample_share))

    def promise(self, target: float, owner: int | None = None) -> Promise:
        """What can be promised to a customer with a target of its own, or to all others (None)."""
        newest = tuple(self.db.execute(select(func.max(LineOutcomeRow.id), func.max(LineOutcomeRow.at))).one())
        key = (str(self.db.get_bind().engine.url), owner, target)
        with _lock:
            known = _memory.get(key)
        if known is None or known[0] != newest:
            known = (newest, promise(self.history(owner), target))
            with _lock:
                if len(_memory) >= _REMEMBERED:
                    _memory.clear()
                _memory[key] = known
        return known[1]

    def history(self, owner: int | None = None, *, seen: Collection[Seen] = tuple(Seen)) -> History:
        """The newest reviewed lines of a customer, or of all customers without a target of their own; of these the lines that
        were seen in some ways if asked."""
        r = LineOutcomeRow
        window = select(r.id, r.case_id, r.score, r.share, r.is_wrong, r.seen).where(r.at >= now() - AGE)
        if owner is not None:
            window = window.where(r.customer_id == owner)
        else:
            own = select(CustomerRow.id).where(CustomerRow.target_error_rate.is_not(None))
            window = window.where(r.customer_id.is_(None) | r.customer_id.not_in(own))
        line = window.order_by(r.id.desc()).limit(WINDOW).subquery().c
        stmt = select(
            line.case_id, line.score, line.share, _flag(line.is_wrong), _flag(line.seen == Seen.BLIND),
            _flag(line.seen == Seen.REPORTED)).where(line.seen.in_(seen)).order_by(line.id)
        rows = self.db.connection().execute(stmt).all()
        order, score, share, wrong, blind, reported = np.fromiter(
            chain.from_iterable(rows), dtype=np.float64, count=6 * len(rows)).reshape(-1, 6).T
        return History(order.astype(np.int64), score, wrong > 0, blind > 0, reported > 0, share)

    def note_decision(self, case_id: int, version: int, draft: Draft, decision: Decision, policy: Policy) -> None:
        """Keep what the machine decided about a version, and on what grounds."""
        lines = [line for line in draft.lines if line.state is not LineState.REJECTED]
        self.db.execute(insert(CaseDecisionRow).values(
            case_id=case_id, version=version, customer_id=draft.customer.value.customer_id if draft.customer else None,
            is_approved=decision.approve, is_sampled=decision.is_sampled, score=decision.score,
            threshold=policy.promise.threshold if policy.promise else None,
            share=policy.sample_share if decision.is_sampled else 1.0, lines=len(lines), at=now()))

    def note_outcomes(self, case_id: int, final: Draft | None, *, person: str, at: datetime) -> None:
        """Keep which lines the machine had right, as a person's verdict shows (`final` None: it was no order). Only orders that
        could have gone through are judged, and each once. Of one that had gone through and was taken back, what was wrong counts
        as reported: nobody would have looked at it if all had been right."""
        row = self._decided(case_id)
        done = select(LineOutcomeRow.id).where(LineOutcomeRow.case_id == case_id).limit(1)
        if row is None or row.score is None or self.db.execute(done).first():
            return
        seen = Seen.REPORTED if row.is_approved else Seen.BLIND if row.is_sampled else Seen.ASKED
        self._judge(row, final, seen, person, at)

    def report(self, case_id: int, line_key: str, *, person: str) -> None:
        """Note that a line which went through unseen turned out wrong. Raises InputError when it did not go through unseen."""
        row = self._decided(case_id)
        if row is None or not row.is_approved:
            raise InputError(
                f"Case {case_id} was looked at by a person; only what went through unseen counts.", code="was_reviewed")
        content = select(DraftRow.content).where(DraftRow.case_id == case_id, DraftRow.version == row.version)
        decided = from_json(Draft, self.db.execute(content).scalar_one())
        if line_key not in {line.key for line in decided.lines}:
            known = ", ".join(line.key for line in decided.lines)
            raise InputError(f"Case {case_id} has no line {line_key}; it has {known}.", code="unknown_line")
        known_already = select(LineOutcomeRow.id).where(
            LineOutcomeRow.case_id == case_id, LineOutcomeRow.line_key == line_key, LineOutcomeRow.seen == Seen.REPORTED)
        if self.db.execute(known_already).first():
            return
        self.db.add(LineOutcomeRow(
            case_id=case_id, line_key=line_key, customer_id=row.customer_id, seen=Seen.REPORTED, is_wrong=True,
            score=row.score if row.score is not None else 1.0, share=1.0, person=person, at=now()))
        self.db.flush()
        audit.record(
            self.db, actor=person, action="case.error_reported", subject=f"case:{case_id}", content={"line": line_key})

    def decided_version(self, case_id: int) -> int | None:
        """The version the machine last decided on before a person changed anything; None for a case from before decisions were
        kept."""
        row = self._decided(case_id)
        return row.version if row else None

    def _decided(self, case_id: int) -> CaseDecisionRow | None:
        """The last decision of the machine before a person changed anything."""
        touched = select(func.min(CorrectionRow.version)).where(CorrectionRow.case_id == case_id)
        first = self.db.execute(touched).scalar_one()
        stmt = select(CaseDecisionRow).where(CaseDecisionRow.case_id == case_id).order_by(CaseDecisionRow.version.desc()).limit(1)
        return self.db.execute(stmt.where(CaseDecisionRow.version < first) if first else stmt).scalar_one_or_none()

    def _judge(self, row: CaseDecisionRow, final: Draft | None, seen: Seen, person: str, at: datetime) -> None:
        content = self.db.execute(
            select(DraftRow.content).where(DraftRow.case_id == row.case_id, DraftRow.version == row.version)).scalar_one()
        decided = from_json(Draft, content)
        score = row.score if row.score is not None else order_score(decided)
        values = [
            {"case_id": row.case_id, "line_key": key, "customer_id": row.customer_id, "seen": seen, "is_wrong": is_wrong,
             "score": score, "share": row.share, "person": person, "at": at}
            for key, is_wrong in judged_lines(decided, final) if is_wrong or seen is not Seen.REPORTED]
        if values:
            self.db.execute(insert(LineOutcomeRow), values)

    def tally(self, since: datetime, owner: int | None = None) -> Tally:
        """What was decided since a moment, counting the newest decision of each case alone."""
        later = aliased(CaseDecisionRow)
        unseen = case((CaseDecisionRow.is_approved, 1), else_=0)
        stmt: Any = (
            select(
                func.count(), func.sum(unseen), func.sum(CaseDecisionRow.lines), func.sum(unseen * CaseDecisionRow.lines),
                func.sum(case((CaseDecisionRow.is_sampled, 1), else_=0)))
            .join(CaseRow, CaseRow.id == CaseDecisionRow.case_id).where(
                CaseDecisionRow.at >= since, CaseRow.state.not_in(_NO_ORDER_OF_ITS_OWN),
                ~exists().where(later.case_id == CaseDecisionRow.case_id, later.version > CaseDecisionRow.version)))
        if owner is not None:
            stmt = stmt.where(CaseDecisionRow.customer_id == owner)
        return Tally(*(int(n or 0) for n in self.db.execute(stmt).one()))
