"""What the document routes read from the database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.retention.repository import is_erased
from models.domain.pages import SourceFormat
from models.domain.states import DocumentState
from models.errors import NotFound
from models.tables.intake import DocumentRow, MessageRow


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document; `code` and `sentence` say why it could not be read."""

    id: int
    name: str | None
    format: SourceFormat | None
    state: DocumentState
    code: str | None
    sentence: str | None
    sha256: str
    is_read: bool

    @property
    def is_html(self) -> bool:
        """True when it can be shown as the sender laid it out."""
        return self.format is SourceFormat.HTML


def load_document(db: Session, document_id: int) -> DocumentFacts:
    """One document. Raises NotFound."""
    row = db.get(DocumentRow, document_id)
    if row is None:
        raise NotFound(f"There is no document {document_id}. Reload the case.")
    return DocumentFacts(
        row.id, row.name, row.format, row.state, row.code, row.sentence, row.sha256, is_read=row.pages_sha256 is not None)


def load_message_blob(db: Session, message_id: int) -> tuple[str, str]:
    """(sha256, file name) of a message as it arrived. Raises NotFound."""
    found = db.execute(
        select(MessageRow.sha256, MessageRow.name, MessageRow.kind).where(MessageRow.id == message_id)).one_or_none()
    if found is None:
        raise NotFound(f"There is no message {message_id}. Go back to the messages.")
    if is_erased(db, message_id):
        raise NotFound(f"The house's retention took the content of message {message_id} away; what became of it stays.")
    sha256, name, kind = found
    return sha256, name or f"message-{message_id}{'.eml' if kind else '.bin'}"
