"""Which documents make one order, decided by a person: two cases become one, or a document becomes a case of its own.

Each call is one transaction. The draft is made anew from the readings that feed the case now, so it must not carry corrections;
a merge is taken back by splitting, a split by merging.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matching.assemble import resolve
from matching.background import with_background
from matching.cases import Cases
from matching.facts import load_facts
from matching.items_sql import refresh_index
from matching.model_store import model_in_force
from matching.partly import LineReleased, released
from matching.promises import Promises
from matching.review import Review, standing, user_name
from matching.service import judge
from matching.twins import load_twins
from models.domain.states import CaseState
from models.errors import InputError
from models.tables.cases import CaseReadingRow, CaseRow
from models.tables.intake import ReadingRow
from runtime import audit


class Regroup:
    """Merging and splitting cases in review. `user` is always the id of an active user."""

    def __init__(self, review: Review) -> None:
        self._review = review

    def merge(self, case_id: int, version: int, into: int, user: int) -> int:
        """Give everything that feeds a case to another one and end the case; returns the other's new version.

        Raises InputError for cases that cannot be one, ConflictError when the version is not the current one or somebody else
        holds either.
        """
        if case_id == into:
            raise InputError("A case cannot be merged into itself. Name another one.", code="same_case")
        with self._review.db.read() as db:
            refresh_index(db, self._review.index)
        with self._review.db.write() as db:
            held = {id_: self._take(db, id_, user) for id_ in sorted((case_id, into))}      # in one order, or two people lock
            self._review.check_version(db, held[case_id], version)
            _check_one_customer(held[case_id], held[into])
            db.execute(update(CaseReadingRow).where(CaseReadingRow.case_id == case_id).values(case_id=into))
            made = self._rebuild(db, into, user)
            name = user_name(db, user)
            Cases(db).move(
                case_id, frm=CaseState.IN_REVIEW, to=CaseState.MERGED, code="merged", related=into, actor=name,
                sentence=f"Merged into case {into} by {name}. Split it there to take this back.")
        return made

    def split(self, case_id: int, version: int, document_id: int, user: int) -> int:
        """Let what one document says be a case of its own, which is matched next; returns the new case's id.

        Raises InputError when nothing would be left, ConflictError as `merge` does.
        """
        with self._review.db.read() as db:
            refresh_index(db, self._review.index)
        with self._review.db.write() as db:
            self._review.check_version(db, self._take(db, case_id, user), version)
            fed = db.execute(
                select(ReadingRow.id, ReadingRow.document_id).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
                .where(CaseReadingRow.case_id == case_id).order_by(ReadingRow.id)).all()
            apart = [reading for reading, document in fed if document == document_id]
            if not apart or len(apart) == len(fed):
                raise InputError(
                    f"Case {case_id} is fed by this document alone, or not at all; there is nothing to split.",
                    code="nothing_to_split")
            new = Cases(db).open_apart(apart)
            made = self._rebuild(db, case_id, user)
            audit.record(
                db, actor=user_name(db, user), action="case.split", subject=f"case:{case_id}",
                content={"document": document_id, "case": new, "version": made})
        return new

    def _take(self, db: Session, case_id: int, user: int) -> CaseRow:
        """Hold a case that carries no corrections."""
        row = self._review.hold(db, case_id, user)
        if released(Cases(db).draft(case_id)):
            raise LineReleased(f"Lines of case {case_id} have gone ahead as a sales order, so its documents stay together.")
        if standing(Cases(db).corrections(case_id)):
            raise InputError(
                f"Case {case_id} has been corrected, and its order would be read anew. Take the corrections back first.",
                code="case_corrected")
        return row

    def _rebuild(self, db: Session, case_id: int, user: int) -> int:
        """The next version of a draft, from what feeds the case now."""
        loaded = load_facts(db, self._review.index, self._review.policy, case_id)
        draft = resolve(loaded.merged, loaded.facts, model_in_force(db), None)
        loaded = with_background(db, loaded, draft)
        decision = judge(draft, loaded, load_twins(db, case_id, draft, loaded.policy.same_goods_days))
        version = Cases(db).store_draft(case_id, draft, decision, made_by=user_name(db, user))
        # A person has it open: whatever it says, it does not go through unseen.
        Promises(db).note_decision(case_id, version, draft, replace(decision, approve=False), loaded.policy)
        return version


def _check_one_customer(one: CaseRow, other: CaseRow) -> None:
    if one.customer_id is not None and other.customer_id is not None and one.customer_id != other.customer_id:
        raise InputError(
            "These cases are of two customers, so they are two orders. Correct the customer first.", code="two_customers")
