"""What is known around a document from the message it came in."""

from __future__ import annotations

from collections.abc import Sequence

from models.domain.messages import Envelope, Part
from models.domain.reading import Context
from models.tables.intake import DocumentRow, MessageRow


def context_of(
    envelope: Envelope | None, part: Part, *, own_names: Sequence[str], customer_no: str | None = None
) -> Context:
    """For a part of a message that was never stored."""
    return Context(
        file_name=part.name,
        own_names=tuple(own_names),
        customer_no=customer_no,
        sent_on=envelope.sent_at.date() if envelope and envelope.sent_at else None,
        subject=envelope.subject if envelope else None,
        sender_name=envelope.sender_name if envelope else None,
        sender_address=envelope.sender_address if envelope else None,
    )


def context_of_row(message: MessageRow, document: DocumentRow, *, own_names: Sequence[str]) -> Context:
    """For a stored document of a stored message."""
    return Context(
        file_name=document.name,
        own_names=tuple(own_names),
        sent_on=message.sent_at.date() if message.sent_at else None,
        subject=message.subject,
        sender_name=message.sender_name,
        sender_address=message.sender_address,
    )
