"""What people do around cases, one or many: put off, tag, assign, prioritise, take over, set aside. Each is one audit entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matching.cases import REVIEWABLE, Cases
from matching.promises import Promises
from matching.review import LEASE, Review, user_name
from models.domain.states import PEOPLE_ROLES, CaseState, RefusedMove
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.desk import CaseTagRow
from models.tables.people import UserRow
from runtime import audit

PRIORITIES: Mapping[int, str] = {0: "normal", 1: "high", 2: "urgent"}
LONGEST_TAG = 64
MOST_CASES = 500
NOT_AN_ORDER = "not_an_order"
DUPLICATE = "duplicate_of"


class Handling:
    """Actions around cases. `user` is always the id of an active user."""

    def __init__(self, review: Review) -> None:
        self._review = review

    def snooze(self, case_ids: Sequence[int], until: datetime | None, user: int) -> dict[int, datetime | None]:
        """Keep cases out of the queue until a moment (None: bring them back); returns what was set before, by case.

        Raises InputError for a moment that has passed. Cases that nobody reviews are left out.
        """
        if until is not None and until <= self._review.clock():
            raise InputError("Choose a moment that is still to come.", code="moment_passed")
        with self._review.db.write() as db:
            rows = self._reviewable(db, case_ids)
            before = {row.id: row.snoozed_until for row in rows}
            for row in rows:
                row.snoozed_until = until
                if row.state is CaseState.IN_REVIEW and row.reviewer_id == user and until is not None:
                    db.flush()
                    Cases(db).move(
                        row.id, frm=row.state, to=CaseState.NEEDS_REVIEW, code=row.code, sentence=row.sentence,
                        actor=user_name(db, user))
            self._note(db, before, "case.snoozed", {"until": until.isoformat() if until else None}, user)
        return before

    def prioritise(self, case_ids: Sequence[int], priority: int, user: int) -> dict[int, int]:
        """Say which cases go first, see PRIORITIES; returns what was set before, by case. Raises InputError."""
        if priority not in PRIORITIES:
            raise InputError(f"Choose a priority: {', '.join(PRIORITIES.values())}.", code="unknown_value")
        with self._review.db.write() as db:
            rows = self._reviewable(db, case_ids)
            before = {row.id: row.priority for row in rows}
            for row in rows:
                row.priority = priority
            self._note(db, before, "case.prioritised", {"priority": PRIORITIES[priority]}, user)
        return before

    def assign(self, case_ids: Sequence[int], to: int | None, user: int) -> dict[int, int | None]:
        """Say who shall review cases that nobody has open (None: anybody); returns whose they were, by case.

        Raises InputError for somebody who is not here. Cases somebody has open stay with them.
        """
        with self._review.db.write() as db:
            if to is not None and not db.execute(
                    select(UserRow.is_active).where(UserRow.id == to, UserRow.role.in_(PEOPLE_ROLES))).scalar_one_or_none():
                raise InputError("Choose somebody who works here.", code="unknown_user")
            rows = [row for row in self._reviewable(db, case_ids) if row.state is not CaseState.IN_REVIEW]
            before = {row.id: row.reviewer_id for row in rows}
            for row in rows:
                row.reviewer_id, row.review_until = to, None
            self._note(db, before, "case.assigned", {"to": user_name(db, to) if to else None}, user)
        return before

    def tag(self, case_ids: Sequence[int], tag: str, user: int) -> list[int]:
        """Put a word on cases; returns those that did not have it. Raises InputError for no word, or a long one."""
        word = " ".join(tag.split())
        if not 0 < len(word) <= LONGEST_TAG:
            raise InputError(f"Write a tag of 1 to {LONGEST_TAG} characters.", code="bad_tag")
        with self._review.db.write() as db:
            ids = [row.id for row in self._reviewable(db, case_ids)]
            has = set(db.execute(select(CaseTagRow.case_id).where(CaseTagRow.case_id.in_(ids), CaseTagRow.tag == word)).scalars())
            new = [case_id for case_id in ids if case_id not in has]
            if new:
                db.execute(insert(CaseTagRow), [{"case_id": case_id, "tag": word} for case_id in new])
            self._note(db, dict.fromkeys(new), "case.tagged", {"tag": word}, user)
        return new

    def untag(self, case_ids: Sequence[int], tag: str, user: int) -> None:
        """Take a word off cases; nothing happens where it is not."""
        with self._review.db.write() as db:
            ids = db.execute(
                delete(CaseTagRow).where(CaseTagRow.case_id.in_(case_ids), CaseTagRow.tag == tag)
                .returning(CaseTagRow.case_id)).scalars().all()
            self._note(db, dict.fromkeys(ids), "case.untagged", {"tag": tag}, user)

    def take_over(self, case_id: int, user: int) -> str | None:
        """Take a case that somebody else has open; what they typed and did not save stays with the case. Returns their name.

        Raises RefusedMove when nobody reviews the case.
        """
        with self._review.db.write() as db:
            row = Cases(db).get(case_id, lock=True)
            if row.state not in REVIEWABLE:
                raise RefusedMove(f"Case {case_id} is {row.state.replace('_', ' ')} and not in review. Reopen it first.")
            if row.state is not CaseState.IN_REVIEW or row.reviewer_id == user:
                self._review.hold(db, case_id, user)
                return None
            other = user_name(db, row.reviewer_id)
            db.execute(update(CaseRow).where(CaseRow.id == case_id).values(
                reviewer_id=user, review_until=self._review.clock() + LEASE))
            audit.record(
                db, actor=user_name(db, user), action="case.taken_over", subject=f"case:{case_id}", content={"from": other})
        return other

    def set_aside(self, case_id: int, version: int, user: int, *, duplicate_of: int | None = None) -> None:
        """End a case that is no order, or the same order as another case. Raises InputError, ConflictError, NotFound."""
        with self._review.db.write() as db:
            self._review.check_version(db, self._review.hold(db, case_id, user), version)
            name = user_name(db, user)
            if duplicate_of is not None:
                if duplicate_of == case_id:
                    raise InputError("A case is not its own duplicate. Name another one.", code="same_case")
                Cases(db).get(duplicate_of)
            to, code, said = CaseState.NOT_AN_ORDER, NOT_AN_ORDER, "no order"
            if duplicate_of is not None:
                to, code, said = CaseState.DUPLICATE, DUPLICATE, f"the same order as case {duplicate_of}"
            Promises(db).note_outcomes(case_id, None, person=name, at=self._review.clock())
            Cases(db).move(
                case_id, frm=CaseState.IN_REVIEW, to=to, code=code, actor=name, related=duplicate_of,
                sentence=f"{name} says: {said}. Take the case back to review if that is wrong.")

    def _reviewable(self, db: Session, case_ids: Sequence[int]) -> list[CaseRow]:
        if len(case_ids) > MOST_CASES:
            raise InputError(f"Choose at most {MOST_CASES} cases at once.", code="too_many")
        stmt = select(CaseRow).where(CaseRow.id.in_(case_ids), CaseRow.state.in_(REVIEWABLE)).order_by(CaseRow.id)
        return list(db.execute(stmt.with_for_update().execution_options(populate_existing=True)).scalars())

    def _note(self, db: Session, before: Mapping[int, object], action: str, content: Mapping[str, object], user: int) -> None:
        db.flush()
        for case_id, was in before.items():
            audit.record(
                db, actor=user_name(db, user), action=action, subject=f"case:{case_id}",
                content={**content, **({"was": str(was)} if was is not None else {})})
