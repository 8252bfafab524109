"""The house's own words for letters. Works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.domain.outbox import NoticeKind
from models.errors import InputError, NotFound
from models.tables.erp import NoticeTemplateRow
from models.tables.partners import CustomerRow
from oms.notices.compose import PHRASES, OwnWords, check_words
from runtime.audit import record
from runtime.clock import now

EVERYBODY = ""


def default_words(kind: NoticeKind, language: str) -> OwnWords:
    """What a letter says without words of the house. Raises InputError for a language there is none in."""
    if language not in PHRASES:
        raise InputError(f"There are letters in {', '.join(PHRASES)}; {language!r} is none of them.", code="unknown_language")
    say = PHRASES[language]
    return OwnWords(say[f"{kind}_subject"], say[kind])


def words_in_force(db: Session, language: str, customer_no: str = EVERYBODY) -> Mapping[NoticeKind, tuple[OwnWords, bool]]:
    """For every kind the words saved for exactly this language and customer, else ours; True for saved ones."""
    saved = {
        row.kind: OwnWords(row.subject, row.text) for row in db.execute(
            select(NoticeTemplateRow).where(
                NoticeTemplateRow.language == language, NoticeTemplateRow.customer_no == customer_no)).scalars()}
    return {kind: (saved.get(kind) or default_words(kind, language), kind in saved) for kind in NoticeKind}


def save_words(
    db: Session, kind: NoticeKind, language: str, words: OwnWords, *, actor: str, customer_no: str = EVERYBODY
) -> None:
    """Say it in the house's own words from now on. Raises UnknownName, InputError, NotFound."""
    default_words(kind, language)
    check_words(words)
    if customer_no and db.execute(select(CustomerRow.id).where(CustomerRow.customer_no == customer_no)).first() is None:
        raise NotFound(f"There is no customer {customer_no}; look for the number in the customer list.")
    row = db.get(NoticeTemplateRow, (kind, language, customer_no))
    if row is None:
        row = NoticeTemplateRow(kind=kind, language=language, customer_no=customer_no)
        db.add(row)
    row.subject, row.text, row.made_by, row.made_at = words.subject.strip(), words.text.strip(), actor, now()
    db.flush()
    record(db, actor=actor, action="letter.worded", subject=f"letter:{kind}", content={
        "language": language, "customer": customer_no, "subject": row.subject, "text": row.text})


def drop_words(db: Session, kind: NoticeKind, language: str, *, actor: str, customer_no: str = EVERYBODY) -> None:
    """Go back to our words; does nothing when there are no own ones."""
    row = db.get(NoticeTemplateRow, (kind, language, customer_no))
    if row is not None:
        db.delete(row)
        record(db, actor=actor, action="letter.unworded", subject=f"letter:{kind}", content={
            "language": language, "customer": customer_no})
