"""All SQL about cases: opening, moving, drafts, doubts. Holds a session, never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import String, cast, func, insert, select, update
from sqlalchemy.orm import Session

from matching.deadline import due_at
from matching.decide import Decision
from matching.partly import after_release
from matching.plan import ReadingHead, plan_cases
from models.domain.doubt import Doubt
from models.domain.draft import Draft
from models.domain.reading import Reading
from models.domain.states import CaseState, check_case_move
from models.errors import NotFound
from models.tables.audit import AuditEntryRow
from models.tables.cases import CaseReadingRow, CaseRow, CorrectionRow, DoubtRow, DraftRow
from models.tables.desk import CaseQuestionRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.partners import ClosedDayRow, CustomerRow
from runtime import audit
from runtime.clock import now
from runtime.codec import from_json, to_json
from runtime.zone import local

REVIEWABLE = (CaseState.NEEDS_REVIEW, CaseState.IN_REVIEW, CaseState.WAITING_FOR_CUSTOMER)
"""States in which a person works on a case."""
UNDO = "undo"
"""The path of a correction that took another back; its `before` is the version that was undone."""


@dataclass(frozen=True, slots=True)
class Correction:
    """One change, in text form. `user` is who made it: the name of a person of the house, or the customer who answered."""

    version: int
    path: str
    before: str | None
    after: str | None
    user: str
    at: datetime


def _storable(text: str) -> str:
    """Without NUL characters, which PostgreSQL cannot store."""
    return text.replace("\0", "")


@lru_cache(maxsize=16)
def _decoded(content: str) -> Draft:
    """A stored draft. A version never changes, and is looked at several times while it is the current one."""
    return from_json(Draft, content)


class Cases:
    """All SQL about cases."""

    def __init__(self, db: Session) -> None:
        self.db = db

    def open_for_message(self, message_id: int, *, with_bodies: bool = True) -> list[int]:
        """Open the cases of all readings of a message, or of its files only. See `open_for_readings`."""
        stmt = select(ReadingRow.id).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
        if not with_bodies:
            stmt = stmt.where(~DocumentRow.is_body)
        ids = self.db.execute(stmt.where(DocumentRow.message_id == message_id).order_by(ReadingRow.id)).scalars().all()
        return self.open_for_readings(message_id, ids)

    def open_for_readings(self, message_id: int, reading_ids: Sequence[int]) -> list[int]:
        """Open a case for each order among these readings of one message; returns the case ids, old and new, without repeats.

        Doing it again opens nothing new; a reading that comes later joins the case its order already has.
        """
        message = self.db.execute(select(MessageRow).where(MessageRow.id == message_id).with_for_update()).scalar_one()
        feeds = select(CaseReadingRow.reading_id, CaseReadingRow.case_id).where(CaseReadingRow.reading_id.in_(reading_ids))
        fed = dict(self.db.execute(feeds).all())
        cases = []
        for group in plan_cases(self._heads(reading_ids)):
            case_id = next((fed[r] for r in group if r in fed), None) or self._open(message, group[0])
            new = [{"reading_id": r, "case_id": case_id} for r in group if r not in fed]
            if new:
                self.db.execute(insert(CaseReadingRow), new)
            cases.append(case_id)
        return list(dict.fromkeys(cases))

    def open_apart(self, reading_ids: Sequence[int]) -> int:
        """Open a case of its own for readings of one message that feed another; returns its id."""
        message = self.db.execute(
            select(MessageRow).join(DocumentRow, DocumentRow.message_id == MessageRow.id)
            .join(ReadingRow, ReadingRow.document_id == DocumentRow.id).where(ReadingRow.id == reading_ids[0])).scalar_one()
        case_id = self._open(message, reading_ids[0])
        self.db.execute(update(CaseReadingRow).where(CaseReadingRow.reading_id.in_(reading_ids)).values(case_id=case_id))
        return case_id

    def _heads(self, reading_ids: Sequence[int]) -> list[ReadingHead]:
        rows = self.db.execute(
            select(ReadingRow, DocumentRow.is_body).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
            .where(ReadingRow.id.in_(reading_ids)))
        return [
            ReadingHead(row.id, row.doc_type, row.po_number, is_body, len(from_json(Reading, row.content).lines))
            for row, is_body in rows]

    def _open(self, message: MessageRow, reading_id: int) -> int:
        reading = self.db.execute(select(ReadingRow).where(ReadingRow.id == reading_id)).scalar_one()
        row = CaseRow(
            message_id=message.id, state=CaseState.MATCHING, doc_type=reading.doc_type, po_number=reading.po_number,
            received_at=message.received_at, moved_at=now())
        self.db.add(row)
        self.db.flush()
        audit.record(self.db, actor="ordermill", action="case.opened", subject=f"case:{row.id}", content={"message": message.id})
        return row.id

    def get(self, case_id: int, *, lock: bool = False) -> CaseRow:
        """The row. Raises NotFound. With `lock` nobody else may change it until the transaction ends."""
        stmt = select(CaseRow).where(CaseRow.id == case_id).execution_options(populate_existing=True)
        row = self.db.execute(stmt.with_for_update() if lock else stmt).scalar_one_or_none()
        if row is None:
            raise NotFound(f"There is no case {case_id}.")
        return row

    def move(
        self, case_id: int, *, frm: CaseState, to: CaseState, code: str | None = None, sentence: str | None = None,
        actor: str, related: int | None = None
    ) -> bool:
        """Compare-and-set the state, with the reason why, and write the audit entry; False means somebody moved first.

        Raises RefusedMove for a move that is not in the table. Call it last in a transaction: the entry locks the chain.
        """
        check_case_move(frm, to)
        values: dict[str, object] = {"state": to, "code": code, "sentence": sentence, "tries": 0, "moved_at": now()}
        if to is not CaseState.IN_REVIEW:
            values |= {"reviewer_id": None, "review_until": None}
        if related is not None:
            values["related_case_id"] = related
        stmt = update(CaseRow).where(CaseRow.id == case_id, CaseRow.state == frm).values(values)
        if self.db.execute(stmt, execution_options={"synchronize_session": False}).rowcount != 1:  # type: ignore[attr-defined]
            return False
        audit.record(
            self.db, actor=actor, action=f"case.{to}", subject=f"case:{case_id}", content={"from": frm, "to": to, "code": code})
        return True

    def store_draft(self, case_id: int, draft: Draft, decision: Decision, *, made_by: str) -> int:
        """Add the next version of the draft with its doubts, and note on the case what lists show; returns the version."""
        case = self.get(case_id, lock=True)
        version = case.version + 1
        self.db.execute(insert(DraftRow).values(
            case_id=case_id, version=version, content=to_json(draft), made_by=made_by, made_at=now()))
        doubts = [
            {"case_id": case_id, "version": version, "position": position, "code": doubt.code, "path": doubt.path,
             "sentence": _storable(doubt.sentence), "content": to_json(doubt)}
            for position, doubt in enumerate(decision.doubts)]
        if doubts:
            self.db.execute(insert(DoubtRow), doubts)
        self.db.execute(update(CaseRow).where(CaseRow.id == case_id).values(
            version=version, cost=decision.cost, doc_type=draft.doc_type, due_at=self._due_at(case.received_at, draft),
            customer_id=draft.customer.value.customer_id if draft.customer else None,
            po_number=_storable(draft.po_number.value)[:255] if draft.po_number else None))
        return version

    def take_back_the_rest(self, case_id: int, version: int, draft: Draft) -> int:
        """The version after some lines were handed over: they are released, the others are open again, with the doubts that
        version had. Returns it."""
        return self.store_draft(
            case_id, after_release(draft), Decision(False, tuple(self.doubts(case_id, version))), made_by="ordermill")

    def _due_at(self, received_at: datetime, draft: Draft) -> datetime | None:
        if draft.customer is None:
            return None
        stmt = select(CustomerRow.cut_off).where(CustomerRow.id == draft.customer.value.customer_id)
        cut_off = self.db.execute(stmt).scalar_one_or_none()
        if not cut_off:
            return None
        came_at = local(received_at)
        closed = select(ClosedDayRow.day).where(ClosedDayRow.day >= came_at.date())
        return due_at(came_at, cut_off, frozenset(self.db.execute(closed).scalars()))

    def draft(self, case_id: int, version: int | None = None) -> Draft:
        """The draft of a version, by default the current one. Raises NotFound."""
        wanted = self.get(case_id).version if version is None else version
        stmt = select(DraftRow.content).where(DraftRow.case_id == case_id, DraftRow.version == wanted)
        content = self.db.execute(stmt).scalar_one_or_none()
        if content is None:
            raise NotFound(f"Case {case_id} has no draft version {wanted}.")
        return _decoded(content)

    def doubts(self, case_id: int, version: int | None = None) -> list[Doubt]:
        """The open questions of a version, by default the current one, dearest first."""
        wanted = self.get(case_id).version if version is None else version
        stmt = select(DoubtRow.content).where(DoubtRow.case_id == case_id, DoubtRow.version == wanted)
        return [from_json(Doubt, content) for content in self.db.execute(stmt.order_by(DoubtRow.position)).scalars()]

    def corrections(self, case_id: int, *, after_version: int = 0) -> list[Correction]:
        """What people changed, or a customer's answer, oldest first."""
        of_case = (CorrectionRow.case_id == case_id, CorrectionRow.version > after_version)
        changes = select(CorrectionRow.version, CorrectionRow.path, CorrectionRow.before, CorrectionRow.after)
        rows = self.db.connection().execute(changes.where(*of_case).order_by(CorrectionRow.id)).all()
        made = {                                     # once for each version: a shifted column changes hundreds of values
            version: (user, at) for version, user, at in self.db.execute(
                select(CorrectionRow.version, DraftRow.made_by, func.min(CorrectionRow.at))
                .join(DraftRow, (DraftRow.case_id == CorrectionRow.case_id) & (DraftRow.version == CorrectionRow.version))
                .where(*of_case).group_by(CorrectionRow.version, DraftRow.made_by))}
        return [Correction(version, path, before, after, *made[version]) for version, path, before, after in rows]

    def was_changed(self, case_id: int) -> bool:
        """True when people, or a customer's answer, ever changed anything."""
        return self.db.execute(select(CorrectionRow.id).where(CorrectionRow.case_id == case_id).limit(1)).first() is not None

    def last_standing(self, case_id: int) -> int | None:
        """The newest version that corrections made and nobody took back; None when there is none."""
        c = CorrectionRow
        undone = select(c.before).where(c.case_id == case_id, c.path == UNDO, c.before.is_not(None))
        made = select(func.max(c.version)).where(c.case_id == case_id, c.path != UNDO, cast(c.version, String).not_in(undone))
        return self.db.execute(made).scalar_one()

    def open_question(self, case_id: int) -> CaseQuestionRow | None:
        """The newest question to the customer that has no answer yet."""
        stmt = select(CaseQuestionRow).where(CaseQuestionRow.case_id == case_id, CaseQuestionRow.answered_at.is_(None))
        return self.db.execute(stmt.order_by(CaseQuestionRow.id.desc()).limit(1)).scalar_one_or_none()

    def approved_by(self, case_id: int) -> str:
        """Who approved last: "ordermill" or the user's name. Raises NotFound when nobody did."""
        stmt = (
            select(AuditEntryRow.actor)
            .where(AuditEntryRow.subject == f"case:{case_id}", AuditEntryRow.action == f"case.{CaseState.APPROVED}")
            .order_by(AuditEntryRow.seq.desc()).limit(1))
        actor = self.db.execute(stmt).scalar_one_or_none()
        if actor is None:
            raise NotFound(f"Case {case_id} was never approved.")
        return actor
