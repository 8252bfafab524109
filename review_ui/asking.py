"""Asking the customer: the question noted on the case and its mail in the outbox, in one transaction."""

from __future__ import annotations

import secrets
from email.utils import parseaddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching.asking import Asking, mail_for
from matching.questions import Wish, edited, text_of_mail
from matching.review import Review
from models.domain.outbox import Channel
from models.domain.questions import AskedMail
from models.errors import InputError
from models.tables.cases import CaseRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from oms.acknowledgement.recipient import Nobody, choose_recipient
from oms.letters.ready import Letter, ReadyMail, message_id
from oms.outbox import Outbox
from runtime.settings import Settings

QUESTION = "question"


def drafted(db: Session, case_id: int) -> AskedMail:
    """The mail that would ask about a case. Raises InputError when there is nobody, or nothing, to ask."""
    row = db.execute(
        select(MessageRow.kind, MessageRow.sender_address, MessageRow.reply_to, CustomerRow.email_domain)
        .join(CaseRow, CaseRow.message_id == MessageRow.id).outerjoin(CustomerRow, CustomerRow.id == CaseRow.customer_id)
        .where(CaseRow.id == case_id)).one_or_none()
    if row is None:
        raise InputError(f"There is no case {case_id}. Go back to the queue.", code="not_found")
    recipient = choose_recipient(
        kind=row.kind, sender=row.sender_address, reply_to=row.reply_to, customer_domain=row.email_domain)
    if isinstance(recipient, Nobody):
        raise InputError(f"Nobody can be asked by mail: {recipient.sentence} Call the customer instead.", code=recipient.code)
    return mail_for(db, case_id, recipient=recipient)


def ask_customer(review: Review, settings: Settings, case_id: int, version: int, user: int, wish: Wish) -> AskedMail:
    """Send the drafted mail as a person changed it, and let the case wait for the answer; returns what was asked.

    Raises InputError when nothing is asked, ConflictError when the case changed or somebody else has it.
    """
    token = f"question.{case_id}.{version}.{secrets.token_hex(12)}"
    with review.db.write() as db:
        mail = edited(drafted(db, case_id), wish)
        if not mail.questions:
            raise InputError("Leave at least one question in the mail, or close it without sending.", code="nothing_to_ask")
        letter = _letter(db, case_id, mail, token)
        key = f"question:{case_id}:{token.rpartition('.')[2]}"
        Asking(review).ask(
            db, case_id, version, user, mail, key=key, mail_id=message_id(letter, parseaddr(settings.smtp_from)[1]))
        Outbox(db).add(Channel.MAIL, QUESTION, key, ReadyMail(
            letter=letter, kind=QUESTION, language=mail.language, subject=mail.subject,
            text=text_of_mail(mail, company_name=settings.company_name), is_automatic=False), case_id=case_id)
    return mail


def _letter(db: Session, case_id: int, mail: AskedMail, token: str) -> Letter:
    thread = db.execute(
        select(MessageRow.message_id, MessageRow.thread).join(CaseRow, CaseRow.message_id == MessageRow.id)
        .where(CaseRow.id == case_id)).one()
    return Letter(mail.recipient, token, mail.language, thread.message_id, tuple((thread.thread or "").split()))
