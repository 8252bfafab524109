"""What the case page shows of questions to the customer: what was asked, what came back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.questions import AskedMail
from models.domain.states import OutboxState
from models.tables.desk import CaseQuestionRow
from models.tables.outbox import OutboxRow
from runtime.codec import from_json


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """One question and the words of its answer; `is_settled`: the order was changed by it."""

    number: int
    sentence: str
    said: str
    is_settled: bool


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One mail with questions. `sent` is the state of its way out; `answered_at` None: no answer yet."""

    recipient: str
    asked_by: str
    asked_at: datetime
    sent: OutboxState | None
    answered_at: datetime | None
    answer_message_id: int | None
    questions: tuple[ShownQuestion, ...]


def load_asked(db: Session, case_id: int) -> list[ShownMail]:
    """The mails that asked about a case, newest first."""
    rows = db.execute(
        select(CaseQuestionRow, OutboxRow.state).outerjoin(OutboxRow, OutboxRow.key == CaseQuestionRow.key)
        .where(CaseQuestionRow.case_id == case_id).order_by(CaseQuestionRow.id.desc()))
    return [_shown(row, state) for row, state in rows]


def _shown(row: CaseQuestionRow, state: OutboxState | None) -> ShownMail:
    mail = from_json(AskedMail, row.content)
    answers = {a.number: a for a in mail.answers}
    questions = tuple(
        ShownQuestion(q.number, q.sentence, answers[q.number].said if q.number in answers else "",
                      q.number in answers and answers[q.number].value is not None)
        for q in mail.questions)
    return ShownMail(mail.recipient, row.asked_by, row.asked_at, state, row.answered_at, row.answer_message_id, questions)
