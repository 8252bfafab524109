"""Learned aliases in the database: entered with their keys, found by the words of one case; never all of a customer's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from matching.alias_keys import say_otherwise
from matching.teach import Taught
from models.domain.forms import SAME_FORM, form_keys, likeness
from models.domain.learned import Alias, FactState, Fingerprint, Lesson, LessonKind
from models.tables.cases import CaseReadingRow
from models.tables.intake import ReadingRow
from models.tables.learned import LearnedFactRow, LearnedKeyRow, in_force
from runtime import audit
from runtime.clock import now
from runtime.codec import from_json, to_json

_ANY_FORM = to_json(Fingerprint("", 0.0, ()))
_CHUNK = 5_000
_MOST_FORMS = 20
"""So many filed forms are compared with a paper: one that more customers use says nothing of who they are."""


def load_aliases(db: Session, keys: Collection[str], customer_id: int | None = None) -> dict[str, tuple[Alias, ...]]:
    """The aliases in force by key, oldest first, of those filed under one of these keys; of all customers unless one is given."""
    found: dict[str, tuple[Alias, ...]] = {}
    ordered = sorted(keys)
    for start in range(0, len(ordered), _CHUNK):
        stmt = (
            select(LearnedKeyRow.key, LearnedFactRow).join(LearnedFactRow, LearnedFactRow.id == LearnedKeyRow.fact_id)
            .where(LearnedKeyRow.key.in_(ordered[start:start + _CHUNK]), in_force()).order_by(LearnedFactRow.id))
        if customer_id is not None:
            stmt = stmt.where(LearnedKeyRow.customer_id == customer_id)
        for key, row in db.execute(stmt):
            found[key] = (*found.get(key, ()), alias_of(row))
    return found


def users_of_form(db: Session, form: Fingerprint) -> frozenset[int]:
    """The ids of the customers of whom a form like this one is known: something that was learned on it is in force."""
    keys = sorted(form_keys(form))
    filed = (
        select(LearnedKeyRow.fact_id).where(LearnedKeyRow.key.in_(keys)).group_by(LearnedKeyRow.fact_id)
        .order_by(func.count().desc(), LearnedKeyRow.fact_id).limit(_MOST_FORMS))
    rows = db.execute(
        select(LearnedFactRow.customer_id, LearnedFactRow.form).where(LearnedFactRow.id.in_(filed)).distinct()).all()
    alike = {(id_, text) for id_, text in rows if likeness(form, from_json(Fingerprint, text)) >= SAME_FORM}
    ids, texts = {id_ for id_, _ in alike}, {text for _, text in alike}
    known = select(LearnedFactRow.customer_id, LearnedFactRow.form).where(
        LearnedFactRow.customer_id.in_(ids), LearnedFactRow.form.in_(texts), in_force())
    return frozenset(id_ for id_, text in db.execute(known.distinct()) if (id_, text) in alike)


def alias_of(row: LearnedFactRow) -> Alias:
    """The alias that a row of the ledger is."""
    told = f"{row.made_by} in case {row.case_id}"
    return Alias(row.id, row.customer_id, from_json(Lesson, row.lesson), row.state is FactState.ON_TRIAL, told)


class AliasBook:
    """Enters what one case teaches, in the name of the person who approved it. Holds a session, never commits."""

    def __init__(self, db: Session, case_id: int, person: str) -> None:
        self.db = db
        self.case_id = case_id
        self.person = person

    def enter(self, taught: Taught) -> int | None:
        """Enter an alias; returns its id, or None when the case has taught it before or it is known.

        What says otherwise about the same words is replaced by it, and it is on trial until a person agrees with it.
        """
        if self.was_said(taught):
            return None
        about = self._about(taught)
        same = [a.fact_id for a in about if a.lesson.value == taught.lesson.value]
        if same:
            self.agree(same)
            return None
        return self._enter(taught, [a.fact_id for a in about])

    def decline(self, taught: Taught) -> int:
        """Enter an alias as taken back before it was learned: approving the case does not teach it. Returns its id."""
        return self._enter(taught, (), is_declined=True)

    def was_said(self, taught: Taught) -> bool:
        """Whether this case has taught it before, or a person declined it."""
        said_before = self.db.execute(select(LearnedFactRow.lesson).where(
            LearnedFactRow.case_id == self.case_id, LearnedFactRow.kind == taught.lesson.kind))
        return any(_same(from_json(Lesson, text), taught.lesson) for text in said_before.scalars())

    def is_known(self, taught: Taught) -> bool:
        """Whether an alias in force says the same."""
        return any(a.lesson.value == taught.lesson.value for a in self._about(taught))

    def _about(self, taught: Taught) -> list[Alias]:
        """The aliases in force about the same words."""
        lesson = taught.lesson
        across = lesson.kind in {LessonKind.SENDER, LessonKind.CUSTOMER}
        filed = load_aliases(self.db, taught.keys, None if across else taught.customer_id)
        others = {a.fact_id: a for aliases in filed.values() for a in aliases if a.lesson.kind is lesson.kind}
        return [
            a for a in others.values()
            if a.lesson.printed and lesson.printed and say_otherwise(a.lesson.printed, lesson.printed)]

    def agree(self, fact_ids: Collection[int]) -> None:
        """A person has let stand what these facts say: those that were on trial are no longer."""
        rows = self.db.execute(select(LearnedFactRow).where(
            LearnedFactRow.id.in_(fact_ids), LearnedFactRow.state == FactState.ON_TRIAL, LearnedFactRow.case_id != self.case_id))
        for row in rows.scalars():
            row.state, row.changed_by, row.changed_at = FactState.ACTIVE, self.person, now()
            audit.record(
                self.db, actor=self.person, action="learned.agreed", subject=f"fact:{row.id}", content={"case": self.case_id})
        self.db.flush()

    def _enter(self, taught: Taught, replaced: Sequence[int], *, is_declined: bool = False) -> int:
        lesson = taught.lesson
        state = FactState.UNDONE if is_declined else FactState.ON_TRIAL if replaced else FactState.ACTIVE
        last = self.db.execute(
            select(func.max(LearnedFactRow.position)).where(LearnedFactRow.case_id == self.case_id)).scalar_one()
        row = LearnedFactRow(
            customer_id=taught.customer_id, kind=lesson.kind, field=lesson.field, lesson=to_json(lesson), form=_ANY_FORM,
            case_id=self.case_id, state=state, position=0 if last is None else last + 1,
            document_id=taught.document_id or self._document(), made_by=self.person, made_at=now())
        self.db.add(row)
        self.db.flush()
        self.db.execute(insert(LearnedKeyRow), [
            {"key": key, "customer_id": taught.customer_id, "fact_id": row.id} for key in taught.keys])
        self.db.execute(update(LearnedFactRow).where(LearnedFactRow.id.in_(replaced)).values(replaced_by_id=row.id))
        audit.record(
            self.db, actor=self.person, action=f"learned.{'declined' if is_declined else 'kept'}", subject=f"case:{self.case_id}",
            content={"facts": [row.id], "replaced": list(replaced)})
        return row.id

    def _document(self) -> int:
        stmt = (
            select(ReadingRow.document_id).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
            .where(CaseReadingRow.case_id == self.case_id).order_by(ReadingRow.id).limit(1))
        return self.db.execute(stmt).scalar_one()


def _same(a: Lesson, b: Lesson) -> bool:
    return (a.kind, a.value, a.printed) == (b.kind, b.value, b.printed)
