"""The documents that were read for a case or a message, with what was read from each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.domain.reading import Reading
from models.tables.cases import CaseReadingRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from runtime.codec import from_json


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of a case with what was read from it, and the message it came in."""

    document: DocumentRow
    message: MessageRow
    readings: tuple[Reading, ...]


def papers_of_case(db: Session, case_id: int) -> Iterator[Paper]:
    """The documents that feed a case, each with all its readings."""
    fed = select(ReadingRow.document_id).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
    yield from _read_from(db, DocumentRow.id.in_(fed.where(CaseReadingRow.case_id == case_id)))


def papers_of(db: Session, message_id: int) -> Iterator[Paper]:
    """The documents of a message from which anything was read, each with all its readings."""
    read = select(ReadingRow.document_id)
    yield from _read_from(db, (DocumentRow.message_id == message_id) & DocumentRow.id.in_(read))


def _read_from(db: Session, which: ColumnElement[bool]) -> Iterator[Paper]:
    rows = db.execute(
        select(DocumentRow, MessageRow).join(MessageRow, MessageRow.id == DocumentRow.message_id)
        .where(which).order_by(DocumentRow.id)).all()
    for document, message in rows:
        texts = db.execute(
            select(ReadingRow.content).where(ReadingRow.document_id == document.id).order_by(ReadingRow.position)).scalars()
        yield Paper(document, message, tuple(from_json(Reading, text) for text in texts))


def weight(paper: Paper) -> tuple[bool, int, int]:
    """The document an order stands in: rather an attachment than the mail, rather the one with more lines."""
    return not paper.document.is_body, max((len(r.lines) for r in paper.readings), default=0), -paper.document.id
