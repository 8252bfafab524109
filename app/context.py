"""What is known around a document from the message it came in, and from the mail that was passed on in it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from models.domain.messages import Envelope, Part, author
from models.domain.reading import Context
from models.tables.intake import DocumentRow, MessageRow
from runtime.codec import from_json
from runtime.own_mail import own_domains
from runtime.settings import Settings


def context_of(
    envelope: Envelope | None, part: Part, settings: Settings, *, letters: Iterable[Envelope] = (), customer_no: str | None = None
) -> Context:
    """For a part of a message that was never stored. `letters`: what the mail body beside it quotes."""
    return _context(envelope or Envelope(), (*part.forwards, *letters), part, settings, settings.own_domains, customer_no)


def context_of_row(
    db: Session, message: MessageRow, document: DocumentRow, bodies: Iterable[DocumentRow], settings: Settings
) -> Context:
    """For a stored document of a stored message; `bodies` are the mail bodies beside it."""
    forwards = [letter for row in (document, *bodies) for letter in forwards_of(row)]
    return _context(envelope_of_row(message), forwards, document, settings, own_domains(db, settings.own_domains), None)


def envelope_of_row(message: MessageRow) -> Envelope:
    """What the message's headers said."""
    return Envelope(
        message.subject, message.sender_name, message.sender_address, sent_at=message.sent_at,
        recipient_name=message.recipient_name, recipient_address=message.recipient_address)


def forwards_of(document: DocumentRow) -> tuple[Envelope, ...]:
    """The mails a document was passed on in or quotes."""
    return from_json(tuple[Envelope, ...], document.forwards) if document.forwards else ()


def _context(
    message: Envelope, forwards: Iterable[Envelope], document: Part | DocumentRow, settings: Settings, domains: tuple[str, ...],
    customer_no: str | None,
) -> Context:
    written = author(message, forwards, domains)
    sent_at = written.sent_at or message.sent_at
    return Context(
        file_name=document.name, is_body=document.is_body, subject=written.subject or message.subject,
        sender_name=written.sender_name, sender_address=written.sender_address,
        recipient_name=message.recipient_name, recipient_address=message.recipient_address,
        sent_on=sent_at.date() if sent_at else None, own_names=settings.own_names,
        own_domains=domains, customer_no=customer_no)
