"""Asking the customer about a case, and taking what was answered.

The mail itself leaves through the outbox in the same transaction; whoever calls `ask` writes it there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from matching.cases import REVIEWABLE, UNDO, Cases
from matching.corrections import Told, apply_correction
from matching.facts import Loaded
from matching.items_sql import refresh_index
from matching.lookups import lookups_of
from matching.partly import check_released
from matching.questions import draft_mail
from matching.review import Review, store_changes, user_name
from models.domain.draft import Draft
from models.domain.evidence import Evidence
from models.domain.messages import PUBLIC_DOMAINS, domain_of
from models.domain.questions import Answer, AskedMail
from models.domain.states import CaseState
from models.errors import ConflictError, InputError
from models.tables.cases import CaseRow
from models.tables.desk import CaseQuestionRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from runtime import audit
from runtime.codec import from_json, to_json

PATIENCE = timedelta(days=2)
"""After this long without an answer the case shows up in the queue again."""
MOST_LOOKED_AT = 500
ANSWERED = "customer_answered"
STRANGER = "answer_from_stranger"
ASKED = "customer_asked"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer, and where the customer's mail says it."""

    answer: Answer
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class _Worked:
    """What the answers make of the draft; None: nothing."""

    draft: Draft
    loaded: Loaded
    told: tuple[Told, ...]


def mail_for(db: Session, case_id: int, *, recipient: str) -> AskedMail:
    """The mail that asks about a case's open doubts. Raises InputError when a customer could answer none of them."""
    row = Cases(db).get(case_id)
    language = select(CustomerRow.language).where(CustomerRow.id == row.customer_id)
    subject = select(MessageRow.subject).where(MessageRow.id == row.message_id)
    mail = draft_mail(
        Cases(db).draft(case_id), Cases(db).doubts(case_id), recipient=recipient,
        language=db.execute(language).scalar_one_or_none(), subject=db.execute(subject).scalar_one_or_none())
    if not mail.questions:
        raise InputError(
            "No open question of this case is one a customer could answer. Decide it here, or write to them yourself.",
            code="nothing_to_ask")
    return mail


def find_question(db: Session, message: MessageRow) -> CaseQuestionRow | None:
    """The question a message answers: by the thread it stands in; a mail without any, by subject and sender."""
    thread = {mid for text in (message.thread, message.in_reply_to) for mid in (text or "").split()}
    newest = select(CaseQuestionRow).order_by(CaseQuestionRow.id.desc()).limit(1)
    if thread:
        return db.execute(newest.where(CaseQuestionRow.mail_id.in_(thread))).scalar_one_or_none()
    subject = _bare(message.subject)
    if not subject or not message.sender_address:
        return None
    unanswered = select(CaseQuestionRow).where(CaseQuestionRow.answered_at.is_(None)).order_by(CaseQuestionRow.id.desc())
    asked = ((row, from_json(AskedMail, row.content)) for row in db.execute(unanswered.limit(MOST_LOOKED_AT)).scalars())
    fitting = (row for row, mail in asked if _bare(mail.subject) == subject and mail.recipient == message.sender_address)
    return next(fitting, None)


def may_answer(sender: str | None, recipient: str) -> bool:
    """Whether an answer from this address counts: it is the one asked, or of the same company."""
    sender, recipient = (sender or "").lower(), recipient.lower()
    domain = domain_of(sender)
    return sender == recipient or (domain is not None and domain not in PUBLIC_DOMAINS and domain == domain_of(recipient))


class Asking:
    """Questions to customers. `user` is always the id of an active user."""

    def __init__(self, review: Review) -> None:
        self._review = review

    def ask(
        self, db: Session, case_id: int, version: int, user: int, mail: AskedMail, *, key: str, mail_id: str
    ) -> None:
        """Note what is asked and let the case wait for the answer, in the caller's transaction.

        Raises ConflictError when the version is not the current one or somebody else has the case.
        """
        review, at = self._review, self._review.clock()
        review.check_version(db, review.hold(db, case_id, user), version)
        name = user_name(db, user)
        db.execute(insert(CaseQuestionRow).values(
            case_id=case_id, version=version, key=key, mail_id=mail_id, content=to_json(mail), user_id=user, asked_by=name,
            asked_at=at))
        db.execute(update(CaseRow).where(CaseRow.id == case_id).values(snoozed_until=at + PATIENCE))
        count = len(mail.questions)
        Cases(db).move(
            case_id, frm=CaseState.IN_REVIEW, to=CaseState.WAITING_FOR_CUSTOMER, code=ASKED, actor=name,
            sentence=f"{name} asked {mail.recipient} {count} {'question' if count == 1 else 'questions'}.")

    def take(self, question_id: int, message_id: int, sender: str, given: Sequence[Given] | None) -> int | None:
        """Put in what was answered for certain, give the case back to the desk, and return its id.

        None: nobody works on the case any more, so the mail is one as any other. `given` None: the sender was not asked, so
        nothing is put in. What was corrected since the question was asked stays. Taking a message again changes nothing.
        Raises ConflictError when the case moved meanwhile; then try again.
        """
        with self._review.db.read() as db:
            refresh_index(db, self._review.index)
            question = db.execute(select(CaseQuestionRow).where(CaseQuestionRow.id == question_id)).scalar_one()
            seen = Cases(db).get(question.case_id)
            db.expunge_all()
            if (question.answer_message_id or 0) >= message_id:
                return question.case_id
            if seen.state not in REVIEWABLE or not seen.version:
                return None
            worked = self._work(db, question, seen, given or ())
        with self._review.db.write() as db:
            row = Cases(db).get(question.case_id, lock=True)
            if (row.version, row.state) != (seen.version, seen.state):
                raise ConflictError(f"Case {row.id} moved while an answer was taken. It is tried again.")
            self._settle(db, row, question, message_id, sender, given, worked)
        return question.case_id

    def _work(self, db: Session, question: CaseQuestionRow, row: CaseRow, given: Sequence[Given]) -> _Worked | None:
        before = draft = Cases(db).draft(row.id, row.version)
        corrected = {c.path for c in Cases(db).corrections(row.id, after_version=question.version) if c.path != UNDO}
        told: list[Told] = []
        for one in given:
            path, value = one.answer.path, one.answer.value
            if path is None or value is None or path in corrected:
                continue
            try:
                applied = apply_correction(draft, path, value, one.evidence, lookups_of(db, draft))
                check_released(draft, applied.draft, (Told(applied.path, applied.before, applied.after),))
            except InputError:
                continue                            # the doubt stays, with the words of the answer beside it
            draft = applied.draft
            told.append(Told(applied.path, applied.before, applied.after))
        if not told:
            return None
        loaded, draft = self._review.work_out(db, row.id, before, draft, told)
        return _Worked(draft, loaded, tuple(told))

    def _settle(
        self, db: Session, row: CaseRow, question: CaseQuestionRow, message_id: int, sender: str, given: Sequence[Given] | None,
        worked: _Worked | None
    ) -> None:
        at = self._review.clock()
        mail = from_json(AskedMail, question.content)
        answers = {a.number: a for a in (*mail.answers, *(g.answer for g in given or ()))}
        db.execute(update(CaseQuestionRow).where(CaseQuestionRow.id == question.id).values(
            answered_at=at, answer_message_id=message_id, content=to_json(replace(mail, answers=tuple(answers.values())))))
        if worked:
            store_changes(
                db, row.id, worked.draft, worked.loaded, worked.told, user=question.user_id, made_by=f"{sender} (answer)"[:255],
                at=at)
        db.execute(update(CaseRow).where(CaseRow.id == row.id).values(snoozed_until=None))
        settled = len(worked.told) if worked else 0
        said = {str(g.answer.number): g.answer.said[:200] for g in given or ()}
        audit.record(
            db, actor=sender, action="case.answered", subject=f"case:{row.id}",
            content={"message": message_id, "answers": said, "settled": settled})
        if row.state is CaseState.WAITING_FOR_CUSTOMER:
            code, sentence = _outcome(sender, question, settled, was_asked=given is not None)
            Cases(db).move(row.id, frm=row.state, to=CaseState.NEEDS_REVIEW, code=code, sentence=sentence, actor="ordermill")


def _outcome(sender: str, question: CaseQuestionRow, settled: int, *, was_asked: bool) -> tuple[str, str]:
    """Code and sentence of a case whose customer answered."""
    mail = from_json(AskedMail, question.content)
    if not was_asked:
        return STRANGER, f"{sender} answered, but {mail.recipient} was asked. Nothing was taken over; read the mail and decide."
    count = len(mail.questions)
    return ANSWERED, f"{sender} answered; {settled} of {count} {'question is' if count == 1 else 'questions are'} settled by it."


def _bare(subject: str | None) -> str:
    """A subject without the signs of answering, folded."""
    words = " ".join((subject or "").casefold().split())
    while True:
        head, colon, rest = words.partition(":")
        if not colon or len(head.strip()) > 4:
            return words.strip()
        words = rest.strip()
