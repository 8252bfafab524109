"""What a reviewer does with a case. Each call is one transaction with its audit entry; nothing is done on a version that
the person has not seen."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.agreement import SECOND_NEEDED, SecondPersonNeeded, agree, agreements, needs_second, second_words
from matching.assemble import resolve
from matching.background import with_background
from matching.cases import REVIEWABLE, UNDO, Cases, Correction
from matching.catalog_index import CatalogIndex
from matching.corrections import Told, apply_correction, line_of, restore
from matching.decide import Decision
from matching.facts import Loaded, load_facts
from matching.items_sql import refresh_index
from matching.lookups import lookups_of
from matching.model_store import model_in_force
from matching.overrides import OVERRIDES, check_reason
from matching.partly import PARTLY, check_released, hold_back, partly_words, released, still_asked, waiting
from matching.policy import Policy
from matching.promises import Promises
from matching.row_change import RowChange
from matching.rows import change_rows
from matching.service import judge
from matching.twins import load_twins
from matching.unsaved import UnsavedEdits
from matching.wording import row_name
from models.domain.doubt import Doubt
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Origin
from models.domain.reading import DocumentType
from models.domain.states import CASE_MOVES, CaseState, RefusedMove
from models.errors import ConflictError, InputError
from models.tables.cases import CaseRow, CorrectionRow
from models.tables.learned import LearnedDriftRow
from models.tables.people import UserRow
from runtime import audit
from runtime.clock import Clock, now
from runtime.db import Database
from runtime.zone import local

LEASE = timedelta(minutes=5)


class Review:
    """The reviewer's actions. `user` is always the id of an active user; people are named in conflicts."""

    def __init__(self, db: Database, index: CatalogIndex, policy: Policy, clock: Clock = now) -> None:
        self.db = db
        self.index = index
        self.policy = policy
        self.clock = clock

    def claim(self, case_id: int, user: int) -> None:
        """Take the case for five minutes, or hold it for longer. Raises ConflictError naming who else has it."""
        with self.db.write() as db:
            self.hold(db, case_id, user)

    def release(self, case_id: int, user: int) -> None:
        """Let go of the case; nothing happens when the user does not have it."""
        with self.db.write() as db:
            row = Cases(db).get(case_id, lock=True)
            if row.state is CaseState.IN_REVIEW and row.reviewer_id == user:
                is_asked = Cases(db).open_question(case_id) is not None
                Cases(db).move(
                    case_id, frm=CaseState.IN_REVIEW, to=CaseState.WAITING_FOR_CUSTOMER if is_asked else CaseState.NEEDS_REVIEW,
                    code=row.code, sentence=row.sentence, actor=user_name(db, user))

    def correct(
        self, case_id: int, version: int, path: str, value_text: str, user: int, evidence: Evidence | None = None
    ) -> int:
        """Set one value (see `corrections` for paths) and work out anew what follows; returns the new version.

        `evidence` may give the place on the page where the person found the value. Raises InputError for a value that cannot
        be, ConflictError when the version is not the current one or somebody else holds the case.
        """
        with self.db.read() as db:
            refresh_index(db, self.index)
            self.check_version(db, Cases(db).get(case_id), version)
            before = Cases(db).draft(case_id, version)
            proof = replace(evidence or Evidence(Origin.TYPED, value_text), origin=Origin.TYPED, person=user_name(db, user))
            applied = apply_correction(before, path, value_text, proof, lookups_of(db, before))
            told = (Told(applied.path, applied.before, applied.after),)
            loaded, draft = self.work_out(db, case_id, before, applied.draft, told)
        return self._store(case_id, version, user, draft, loaded, told)

    def answer(
        self, case_id: int, version: int, number: int, user: int, *, choice: int | None = None, value: str | None = None
    ) -> int:
        """Resolve the open doubt at a place (0 is the dearest) with one of its choices (from 0) or with a value; returns the new
        version. Raises InputError for a doubt, choice or value there is not, else what `correct` raises."""
        with self.db.read() as db:
            self.check_version(db, Cases(db).get(case_id), version)
            doubts = Cases(db).doubts(case_id, version)
        if not 0 <= number < len(doubts):
            raise InputError(f"Case {case_id} has no open doubt {number}; it has {len(doubts)}.", code="unknown_doubt")
        doubt = doubts[number]
        if choice is not None:
            if choice >= len(doubt.choices):
                raise InputError(f"This doubt has {len(doubt.choices)} choices, counted from 0.", code="unknown_choice")
            taken = doubt.choices[choice]
            return self.correct(case_id, version, taken.path or doubt.path or "", taken.value, user)
        if value is None or doubt.path is None:
            raise InputError(
                "Give a choice or a value. A doubt about the case as a whole is answered by approving or rejecting it.",
                code="no_answer")
        return self.correct(case_id, version, doubt.path, value, user)

    def change_rows(self, case_id: int, version: int, change: RowChange, user: int) -> int:
        """Fill, move, insert, remove, split, merge, shift, swap or paste rows: one new version, taken back as one; returns it.

        Raises InputError naming the row for what cannot be (then nothing is changed), ConflictError as `correct` does.
        """
        with self.db.read() as db:
            refresh_index(db, self.index)
            self.check_version(db, Cases(db).get(case_id), version)
            before = Cases(db).draft(case_id, version)
            proof = Evidence(Origin.TYPED, person=user_name(db, user))
            changed = change_rows(before, change, proof, lookups_of(db, before))
            loaded, draft = self.work_out(db, case_id, before, changed.draft, changed.told)
        return self._store(case_id, version, user, draft, loaded, changed.told)

    def revert(self, case_id: int, version: int, made: int, path: str, user: int) -> int:
        """Give one field the value it had before version `made` changed it; everything else stays. Returns the new version.

        Raises InputError when it has that value already, or the path is none of a value.
        """
        with self.db.read() as db:
            refresh_index(db, self.index)
            self.check_version(db, Cases(db).get(case_id), version)
            before = Cases(db).draft(case_id, version)
            applied = restore(before, Cases(db).draft(case_id, made - 1), path)
            if applied.before == applied.after:
                raise InputError("This field has that value already.", code="nothing_changes")
            told = (Told(applied.path, applied.before, applied.after),)
            loaded, draft = self.work_out(db, case_id, before, applied.draft, told)
        return self._store(case_id, version, user, draft, loaded, told)

    def undo(self, case_id: int, version: int, user: int) -> int:
        """Take the last correction back that was not yet; returns the new version. Raises InputError when there is none."""
        with self.db.read() as db:
            refresh_index(db, self.index)
            self.check_version(db, Cases(db).get(case_id), version)
            last = Cases(db).last_standing(case_id)
            if last is None:
                raise InputError("There is no correction to take back.", code="nothing_to_undo")
            undone = [c for c in Cases(db).corrections(case_id, after_version=last - 1) if c.version == last]
            before, former = Cases(db).draft(case_id, version), Cases(db).draft(case_id, last - 1)
            loaded, draft = self.work_out(db, case_id, before, former, [Told(c.path, c.after, c.before) for c in undone])
        return self._store(case_id, version, user, draft, loaded, (Told(UNDO, str(last), undone[-1].path),))

    def approve(
        self, case_id: int, version: int, user: int, *, ahead: Collection[str] | None = None, reason: str | None = None
    ) -> bool:
        """Approve the version the person saw. True when it is approved, False when a second person must agree first.

        `ahead`: the keys of the lines that go ahead; the others come back to review. `reason`: a code of OVERRIDES.
        Raises ConflictError with who changed what since or for one's own second approval, InputError listing what an order still
        lacks, ReasonNeeded for a doubt that must be overridden.
        """
        with self.db.write() as db:
            self.check_version(db, self.hold(db, case_id, user), version)
            draft, doubts = Cases(db).draft(case_id, version), tuple(Cases(db).doubts(case_id, version))
            name, at = user_name(db, user), self.clock()
            if ahead is not None:
                held = hold_back(draft, ahead)
                version = self._store_part(db, case_id, draft, held, still_asked(doubts, held), user)
                draft = held
            missing = list(missing_for_order(draft))
            if missing:
                raise InputError(f"This cannot be approved yet: {'; '.join(missing)}.", code="order_incomplete")
            stay = waiting(draft)
            check_reason([d for d in doubts if line_of(d.path) not in stay], reason)
            was_agreed = any(a.user_id == user for a in agreements(db, case_id, version))
            agreed = agree(db, case_id, version, user, reason, at)
            if reason is not None:
                audit.record(
                    db, actor=name, action="case.overridden", subject=f"case:{case_id}",
                    content={"version": version, "reason": reason, "words": OVERRIDES[reason]})
            above = Promises(db).house(self.policy).two_people_above
            if needs_second(db, draft, above, agreed):
                if was_agreed:
                    raise SecondPersonNeeded
                assert above is not None
                self._move(
                    db, case_id, CaseState.IN_REVIEW, CaseState.NEEDS_REVIEW, user, SECOND_NEEDED, second_words(name, above))
                return False
            _has_looked(db, case_id, name, at)
            UnsavedEdits(db).drop(case_id)
            if not stay:
                Promises(db).note_outcomes(case_id, draft, person=name, at=at)
            code, sentence = (PARTLY, partly_words(draft)) if stay else (None, None)
            self._move(db, case_id, CaseState.IN_REVIEW, CaseState.APPROVED, user, code, sentence)
        return True

    def _store_part(
        self, db: Session, case_id: int, before: Draft, held: Draft, doubts: tuple[Doubt, ...], user: int
    ) -> int:
        """The version in which some lines wait; a correction like any other, so that it can be taken back before it is handed
        over."""
        was = {line.key: line for line in before.lines}
        made = Cases(db).store_draft(case_id, held, Decision(False, doubts), made_by=user_name(db, user))
        told = [
            Told(f"lines.{line.key}.state", was[line.key].state, line.state) for line in held.lines
            if line.state is not was[line.key].state]
        note_changes(db, case_id, made, told, user=user, at=self.clock())
        return made

    def reject(self, case_id: int, version: int, reason: str, user: int) -> None:
        """Set the case aside with a reason. Raises ConflictError, or InputError without a reason."""
        if not reason.strip():
            raise InputError("Say why the case is rejected.", code="missing_reason")
        with self.db.write() as db:
            self.check_version(db, self.hold(db, case_id, user), version)
            _has_looked(db, case_id, user_name(db, user), self.clock())
            Promises(db).note_outcomes(case_id, None, person=user_name(db, user), at=self.clock())
            self._move(db, case_id, CaseState.IN_REVIEW, CaseState.REJECTED, user, "rejected", reason.strip())

    def reopen(self, case_id: int, user: int) -> None:
        """Take a case that was set aside, failed or approved too early back to review. Raises RefusedMove."""
        with self.db.write() as db:
            row = Cases(db).get(case_id, lock=True)
            to = CaseState.NEEDS_REVIEW if row.version else CaseState.MATCHING
            self._move(db, case_id, row.state, to, user, "reopened", f"Reopened by {user_name(db, user)}.")

    def match_again(self, case_id: int, user: int) -> None:
        """Send a case back to the matcher, because master data changed or a failure was mended; corrections stay."""
        with self.db.write() as db:
            row = Cases(db).get(case_id, lock=True)
            if row.state in REVIEWABLE:
                self.hold(db, case_id, user)
                row = Cases(db).get(case_id)
            self._move(db, case_id, row.state, CaseState.MATCHING, user)

    def hold(self, db: Session, case_id: int, user: int) -> CaseRow:
        """Take the case within a transaction, or hold it for longer. Raises ConflictError, RefusedMove."""
        row = Cases(db).get(case_id, lock=True)
        at = self.clock()
        if row.state is CaseState.IN_REVIEW and row.reviewer_id != user and row.review_until and row.review_until > at:
            raise ConflictError(
                f"{user_name(db, row.reviewer_id)} has case {case_id} open since a moment ago. Take another, or wait.",
                code="held")
        if row.state not in REVIEWABLE:
            allowed = "; reopen it first" if CaseState.NEEDS_REVIEW in CASE_MOVES[row.state] else ""
            raise RefusedMove(f"Case {case_id} is {row.state.replace('_', ' ')} and not in review{allowed}.")
        lease = {"reviewer_id": user, "review_until": at + LEASE}
        db.execute(update(CaseRow).where(CaseRow.id == case_id).values(lease))
        if row.state is not CaseState.IN_REVIEW:
            self._move(db, case_id, row.state, CaseState.IN_REVIEW, user, row.code, row.sentence)
        return Cases(db).get(case_id)

    def _move(
        self, db: Session, case_id: int, frm: CaseState, to: CaseState, user: int, code: str | None = None,
        sentence: str | None = None
    ) -> None:
        if not Cases(db).move(case_id, frm=frm, to=to, code=code, sentence=sentence, actor=user_name(db, user)):
            raise ConflictError(f"Somebody else moved case {case_id} first. Reload and look again.")

    def check_version(self, db: Session, row: CaseRow, version: int) -> None:
        """Raise ConflictError, naming what changed, unless the version is the current one."""
        if row.version == version:
            return
        changes = "; ".join(_told(c) for c in Cases(db).corrections(row.id, after_version=version)[:3]) or "it was matched again"
        raise ConflictError(
            f"Case {row.id} has changed since you opened it: {changes}. Reload and look again.", code="version_changed")

    def work_out(
        self, db: Session, case_id: int, before: Draft, corrected: Draft, told: Sequence[Told]
    ) -> tuple[Loaded, Draft]:
        """What follows from a correction, for the lines it changed; a new customer or currency changes all. Only those, a line's
        words or a new line make lines look for items again. Raises LineReleased for what has gone ahead."""
        check_released(before, corrected, told)
        again = _to_rematch(corrected, told)
        loaded = load_facts(db, self.index, self.policy, case_id, corrected, rematch=again)
        draft = resolve(loaded.merged, loaded.facts, model_in_force(db), corrected, only=_changed(corrected, told))
        return with_background(db, loaded, draft), draft

    def _store(
        self, case_id: int, version: int, user: int, draft: Draft, loaded: Loaded, told: Sequence[Told]
    ) -> int:
        with self.db.write() as db:
            self.check_version(db, self.hold(db, case_id, user), version)
            person = user_name(db, user)
            made = store_changes(db, case_id, draft, loaded, told, user=user, made_by=person, at=self.clock())
            first = {"path": told[0].path, "before": told[0].before, "after": told[0].after}
            audit.record(
                db, actor=person, action="case.corrected", subject=f"case:{case_id}",
                content={"version": made, **first, **({"values": len(told)} if len(told) > 1 else {})})
        return made


def store_changes(
    db: Session, case_id: int, draft: Draft, loaded: Loaded, told: Sequence[Told], *, user: int, made_by: str, at: datetime
) -> int:
    """Store what changes made of a draft, and the changes; returns the new version. `user` answers for them."""
    decision = judge(draft, loaded, load_twins(db, case_id, draft, loaded.policy.same_goods_days))
    made = Cases(db).store_draft(case_id, draft, decision, made_by=made_by)
    note_changes(db, case_id, made, told, user=user, at=at)
    return made


def note_changes(db: Session, case_id: int, version: int, told: Sequence[Told], *, user: int, at: datetime) -> None:
    """Keep what somebody changed to make a version; what was typed there and never saved is forgotten."""
    if told:
        UnsavedEdits(db).drop(case_id, {t.path for t in told})
        db.execute(insert(CorrectionRow), [
            {"case_id": case_id, "version": version, "path": t.path, "before": t.before, "after": t.after, "user_id": user,
             "at": at} for t in told])


def _has_looked(db: Session, case_id: int, person: str, at: datetime) -> None:
    """A verdict on a case whose form had changed is a look at that form: the customer's other orders need not wait for one."""
    db.execute(
        update(LearnedDriftRow).where(LearnedDriftRow.case_id == case_id, LearnedDriftRow.seen_at.is_(None))
        .values(seen_at=at, seen_by=person))


def _told(change: Correction) -> str:
    what = f"took version {change.before} back" if change.path == UNDO else f"set {change.path} to “{change.after or ''}”"
    return f"{change.user} {what} at {local(change.at):%H:%M %Z}"


def standing(corrections: list[Correction]) -> list[Correction]:
    """The corrections that were not taken back, oldest first."""
    undone = {c.before for c in corrections if c.path == UNDO}
    return [c for c in corrections if c.path != UNDO and str(c.version) not in undone]


_NAMES_ITEM = frozenset({"description", "supplier_sku", "buyer_sku", "gtin", "mpn"})


_CHANGES_ALL = frozenset({"customer", "currency"})
"""Values of the order that prices and units of every line follow from."""


def _changed(corrected: Draft, told: Sequence[Told]) -> frozenset[str]:
    """The keys of the lines that a correction may have changed."""
    if any(t.path in _CHANGES_ALL for t in told):
        return frozenset(line.key for line in corrected.lines)
    return frozenset(t.path.split(".")[1] for t in told if t.path.startswith("lines."))


def _to_rematch(corrected: Draft, told: Sequence[Told]) -> frozenset[str]:
    """The keys of the lines whose item is looked for again."""
    if any(t.path in _CHANGES_ALL for t in told):
        return _changed(corrected, told)
    lines = (t.path.split(".") for t in told if t.path.startswith("lines."))
    return frozenset(key for _, key, name in lines if name in _NAMES_ITEM or key.startswith("new-"))


def user_name(db: Session, user: int | None) -> str:
    """What a user is called in sentences and records."""
    return db.execute(select(UserRow.name).where(UserRow.id == user)).scalar_one_or_none() or "somebody"


def missing_for_order(draft: Draft) -> Iterator[str]:
    """What keeps a draft from becoming a sales order, in words; nothing when it can."""
    if not draft.doc_type.opens_case:
        kind = draft.doc_type.replace("_", " ")
        yield f"the document is a {kind}, not a purchase order: reject it"
    needed = {"the customer": draft.customer, "the PO number": draft.po_number, "the currency": draft.currency}
    yield from (f"{name} is missing" for name, found in needed.items() if found is None)
    lines = [line for line in draft.lines if line.is_due]
    if not lines and not released(draft) and draft.doc_type is DocumentType.PURCHASE_ORDER:
        yield "there are no lines"
    for line in lines:
        yield from _missing_for_line(line)


def _missing_for_line(line: DraftLine) -> Iterator[str]:
    name = row_name(line)
    if line.item is None:
        yield f"{name} has no item"
    if line.quantity is None or not line.quantity.value.is_finite() or line.quantity.value <= 0:
        yield f"{name} has no quantity"
    elif line.item is not None and not line.base_quantity:
        yield f"{name} has no unit that the item is sold in"
    if line.item is not None and line.unit_price is None and line.list_price is None:
        yield f"{name} has no price"
