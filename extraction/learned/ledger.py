"""The ledger of learned facts: all SQL about it. Holds a session, never commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models.domain.forms import form_keys
from models.domain.learned import ALIASES, KIND, Fact, FactState, Fingerprint, Learned, Lesson
from models.errors import NotFound
from models.tables.learned import IN_FORCE, LearnedDriftRow, LearnedFactRow, LearnedKeyRow, LearnedUseRow, in_force
from runtime import audit
from runtime.clock import now
from runtime.codec import from_json, to_json

CONFLICTS = 2
"""So many cases in which a person said otherwise, and a fact pauses itself."""

ACTOR = "ordermill"
_OF_FORMS = LearnedFactRow.kind.not_in(ALIASES)


class Ledger:
    """Facts of customers, their uses, and forms that changed."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def facts_for(self, customer_id: int) -> tuple[Fact, ...]:
        """The facts in force about the forms of a customer, newest first."""
        return self._facts(customer_id, in_force())

    def told_before(self, customer_id: int, case_id: int) -> tuple[Fact, ...]:
        """What other cases said about the forms of a customer, in force or not, newest first."""
        return self._facts(customer_id, LearnedFactRow.case_id != case_id)

    def _facts(self, customer_id: int, *wanted: ColumnElement[bool]) -> tuple[Fact, ...]:
        rows = self.db.execute(
            select(LearnedFactRow).where(LearnedFactRow.customer_id == customer_id, _OF_FORMS, *wanted)
            .order_by(LearnedFactRow.id.desc())).scalars()
        return tuple(Fact(row.id, from_json(Fingerprint, row.form), from_json(Lesson, row.lesson)) for row in rows)

    def knows_anything(self) -> bool:
        """Whether any fact is in force about anybody's forms."""
        stmt = select(LearnedFactRow.id).where(LearnedFactRow.state == FactState.ACTIVE, _OF_FORMS).limit(1)
        return self.db.execute(stmt).first() is not None

    def knows_kinds(self) -> bool:
        """Whether any fact in force says what a form is, though it reads like another kind of paper."""
        stmt = select(LearnedFactRow.id).where(in_force(), LearnedFactRow.field == KIND).limit(1)
        return self.db.execute(stmt).first() is not None

    def keep(
        self, learned: Learned, *, case_id: int, customer_id: int, document_id: int, made_by: str,
        state: FactState = FactState.ACTIVE,
    ) -> list[int]:
        """Enter what a case taught; returns the ids of what is new. What the case taught before is not entered twice, and what a
        person declined or took back not again."""
        rows = self.db.execute(select(LearnedFactRow).where(LearnedFactRow.case_id == case_id)).scalars().all()
        known = {from_json(Lesson, row.lesson) for row in rows}
        declined = self.declined(case_id)
        made, at, form = [], now(), to_json(learned.form)
        position = max((row.position for row in rows), default=-1)
        for lesson in learned.lessons:
            if lesson in known or lesson.gist in declined:
                continue
            position += 1
            row = LearnedFactRow(
                customer_id=customer_id, kind=lesson.kind, field=lesson.field, lesson=to_json(lesson), form=form, case_id=case_id,
                state=state, position=position, document_id=document_id, made_by=made_by, made_at=at)
            self.db.add(row)
            self.db.flush()
            made.append(row.id)
        if made:
            if keys := sorted(form_keys(learned.form)) if state is FactState.ACTIVE else ():
                self.db.execute(
                    insert(LearnedKeyRow), [{"key": key, "customer_id": customer_id, "fact_id": made[0]} for key in keys])
            what = "declined" if state is FactState.UNDONE else "kept"
            audit.record(self.db, actor=made_by, action=f"learned.{what}", subject=f"case:{case_id}", content={"facts": made})
        return made

    def declined(self, case_id: int) -> dict[tuple[str, str, str, str], int]:
        """What a person would not have learned from a case, or took back: fact id by `Lesson.gist`."""
        rows = self.db.execute(select(LearnedFactRow.id, LearnedFactRow.lesson).where(
            LearnedFactRow.case_id == case_id, LearnedFactRow.state == FactState.UNDONE))
        return {from_json(Lesson, lesson).gist: fact_id for fact_id, lesson in rows}

    def drop(self, fact_id: int, person: str) -> None:
        """Forget that a fact was declined: approving its case teaches it. Raises NotFound; one that is in use stays."""
        row = self._fact(fact_id)
        if row.state is FactState.UNDONE:
            self.db.execute(delete(LearnedKeyRow).where(LearnedKeyRow.fact_id == fact_id))
            self.db.delete(row)
            self.db.flush()
            audit.record(self.db, actor=person, action="learned.wanted", subject=f"case:{row.case_id}", content={"fact": fact_id})

    def note_uses(self, case_id: int, fact_ids: Iterable[int]) -> None:
        """Count the facts that said something about a case, once each."""
        known = set(self.db.execute(select(LearnedUseRow.fact_id).where(LearnedUseRow.case_id == case_id)).scalars())
        new, at = sorted(set(fact_ids) - known), now()
        self.db.add_all(LearnedUseRow(fact_id=fact_id, case_id=case_id, at=at, is_conflict=False) for fact_id in new)
        self.db.flush()

    def note_conflicts(self, case_id: int, fact_ids: Collection[int]) -> None:
        """Count the facts whose values a person replaced in a case; the second such case pauses a fact."""
        if not fact_ids:
            return
        self.note_uses(case_id, fact_ids)
        said = (LearnedUseRow.case_id == case_id, LearnedUseRow.fact_id.in_(fact_ids))
        self.db.execute(update(LearnedUseRow).where(*said).values(is_conflict=True))
        counts = self.db.execute(
            select(LearnedUseRow.fact_id, func.count()).where(LearnedUseRow.fact_id.in_(fact_ids), LearnedUseRow.is_conflict)
            .group_by(LearnedUseRow.fact_id)).all()
        for fact_id in sorted(f for f, count in counts if count >= CONFLICTS):
            if self._fact(fact_id).state in IN_FORCE:
                self.set_state(fact_id, FactState.PAUSED, ACTOR)

    def set_state(self, fact_id: int, state: FactState, person: str) -> None:
        """Take a fact back, pause it, or bring it back. Documents read from now on follow. Raises NotFound."""
        row = self._fact(fact_id)
        if row.state is state:
            return
        row.state, row.changed_by, row.changed_at = state, person, now()
        if state is FactState.ACTIVE:        # brought back by a person, who knows of the conflicts: they count anew
            self.db.execute(update(LearnedUseRow).where(LearnedUseRow.fact_id == fact_id).values(is_conflict=False))
        self.db.flush()
        audit.record(self.db, actor=person, action=f"learned.{state}", subject=f"fact:{fact_id}", content={"case": row.case_id})

    def note_drift(self, case_id: int, customer_id: int, sentence: str) -> None:
        """Note that a form does not fit any more; once for a case."""
        if self.db.get(LearnedDriftRow, case_id) is None:
            self.db.add(LearnedDriftRow(case_id=case_id, customer_id=customer_id, sentence=sentence, at=now()))
            self.db.flush()

    def look_at(self, case_id: int, person: str) -> None:
        """Note that a person has seen a changed form: automatic approval goes on. Raises NotFound."""
        row = self.db.get(LearnedDriftRow, case_id)
        if row is None:
            raise NotFound(f"Case {case_id} reports no changed form.")
        if row.seen_at is None:
            row.seen_at, row.seen_by = now(), person
            self.db.flush()
            audit.record(self.db, actor=person, action="learned.form_seen", subject=f"case:{case_id}", content={})

    def _fact(self, fact_id: int) -> LearnedFactRow:
        row = self.db.get(LearnedFactRow, fact_id, with_for_update=True)
        if row is None:
            raise NotFound(f"There is no learned fact {fact_id}.")
        return row
