"""The words of a case for the search of the queue: what its papers say, and what was made of them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from extraction.repository import load_pages
from matching.cases import Cases
from matching.words import texts_of_draft, words_of
from models.tables.cases import CaseReadingRow, CaseRow
from models.tables.desk import CaseWordRow
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from runtime.blobs import Blobs
from runtime.db import Database


def index_words(database: Database, blobs: Blobs, case_id: int) -> int:
    """Make the words of a case anew; returns how many there are. Doing it again changes nothing."""
    with database.read() as db:
        words = words_of(_texts(db, blobs, case_id))
    with database.write() as db:
        Cases(db).get(case_id, lock=True)
        db.execute(delete(CaseWordRow).where(CaseWordRow.case_id == case_id))
        if words:
            db.execute(insert(CaseWordRow), [{"word": word, "case_id": case_id} for word in words])
    return len(words)


def _texts(db: Session, blobs: Blobs, case_id: int) -> Iterator[str]:
    row = db.execute(select(CaseRow).where(CaseRow.id == case_id)).scalar_one()
    if row.version:
        yield from texts_of_draft(Cases(db).draft(case_id, row.version))
    message = db.execute(select(MessageRow).where(MessageRow.id == row.message_id)).scalar_one()
    yield from filter(None, (message.subject, message.sender_address, message.sender_name, message.name))
    feeding = select(ReadingRow.document_id).join(CaseReadingRow, CaseReadingRow.reading_id == ReadingRow.id)
    documents = db.execute(
        select(DocumentRow.id, DocumentRow.name).order_by(DocumentRow.message_id, DocumentRow.position).where(
            or_(DocumentRow.message_id == row.message_id, DocumentRow.id.in_(feeding.where(CaseReadingRow.case_id == case_id)))))
    for document_id, name in documents.all():
        yield name or ""
        for page in load_pages(db, blobs, document_id):
            yield " ".join(word.text for word in page.words if word.seen)
