"""Readings in the database, pages of words in the blob store. Holds a session, never commits."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from extraction.no_order import as_order
from extraction.service import DocumentResult
from models.domain.messages import Envelope
from models.domain.pages import Page
from models.domain.reading import Reading
from models.domain.states import DocumentState
from models.errors import ConflictError, DefectError, NotFound
from models.tables.intake import DocumentRow, ReadingRow
from runtime.blobs import Blobs
from runtime.codec import from_json, pack, to_json, unpack


def store_result(db: Session, blobs: Blobs, document_id: int, result: DocumentResult) -> list[int]:
    """Store what a document says; returns the ids of its readings in printed order. Running it again replaces, never
    doubles: a reading keeps its id by its position. A document without readings keeps its first problem: why nothing was read.

    Raises NotFound when there is no such document.
    """
    row = _document(db, document_id)
    row.format, row.state = result.parsed.format, DocumentState.READ
    told = next(iter(result.parsed.problems), None) if not result.readings else None
    row.code, row.sentence = (told.code, told.message) if told else (None, None)
    row.page_count, row.read_seconds = len(result.parsed.pages), result.seconds
    row.pages_sha256 = blobs.put(pack(result.parsed.pages))
    row.noticed = to_json(result.parsed.problems)
    row.forwards = _with_letters(row.forwards, result.parsed.letters)
    kept = {r.position: r for r in db.scalars(select(ReadingRow).where(ReadingRow.document_id == document_id))}
    stored = [_put(db, kept.get(n), document_id, n, reading) for n, reading in enumerate(result.readings)]
    _drop_from(db, document_id, len(stored))
    db.flush()
    return [reading.id for reading in stored]


def replace_readings(db: Session, document_id: int, readings: Sequence[Reading]) -> None:
    """Put other readings of the same pages, as many, in the place of those stored; they keep their ids.

    Raises DefectError for another number of them: cases may hang on each.
    """
    rows = db.scalars(select(ReadingRow).where(ReadingRow.document_id == document_id).order_by(ReadingRow.position)).all()
    if len(rows) != len(readings):
        raise DefectError(f"Document {document_id} has {len(rows)} readings; {len(readings)} cannot take their place.")
    for row, reading in zip(rows, readings, strict=True):
        _put(db, row, document_id, row.position, reading)
    db.flush()


def store_refusal(db: Session, document_id: int, code: str, sentence: str) -> None:
    """Note that a document cannot be read, and why. Raises NotFound when there is no such document."""
    row = _document(db, document_id)
    row.state, row.code, row.sentence = DocumentState.REFUSED, code, sentence
    _drop_from(db, document_id, 0)


def load_pages(db: Session, blobs: Blobs, document_id: int) -> tuple[Page, ...]:
    """The pages of words of a document; empty before it is read. Raises NotFound when there is no such document."""
    digest = _document(db, document_id).pages_sha256
    return unpack(tuple[Page, ...], blobs.get(digest)) if digest else ()


def load_reading(db: Session, reading_id: int) -> Reading:
    """One reading. Raises NotFound when there is none with this id."""
    row = db.get(ReadingRow, reading_id)
    if row is None:
        raise NotFound(f"There is no reading {reading_id}.")
    return from_json(Reading, row.content)


def load_readings(db: Session, message_id: int) -> tuple[Reading, ...]:
    """All readings of a message, in the order of its documents."""
    stmt = select(ReadingRow).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
    rows = db.scalars(stmt.where(DocumentRow.message_id == message_id).order_by(DocumentRow.position, ReadingRow.position))
    return tuple(from_json(Reading, row.content) for row in rows)


def take_as_order(db: Session, message_id: int, *, person: str) -> None:
    """Have the readings of a message that name goods (else its first) count as orders, because a person says so.

    Raises ConflictError when one of them is an order already, or nothing was read.
    """
    stmt = select(ReadingRow).join(DocumentRow, DocumentRow.id == ReadingRow.document_id)
    rows = db.scalars(stmt.where(DocumentRow.message_id == message_id).order_by(ReadingRow.id)).all()
    if not rows or any(row.doc_type.opens_case for row in rows):
        raise ConflictError(f"Message {message_id} has an order already, or nothing to read; look at its cases.")
    read = [(row, from_json(Reading, row.content)) for row in rows]
    for row, reading in [(row, r) for row, r in read if r.lines] or read[:1]:
        changed = as_order(reading, person)
        row.doc_type, row.content = changed.doc_type.value, to_json(changed)
    db.flush()


def _with_letters(forwards: str | None, letters: tuple[Envelope, ...]) -> str | None:
    """The mails a document came in, then those it quotes; reading again adds none twice."""
    before = from_json(tuple[Envelope, ...], forwards) if forwards else ()
    return to_json(tuple(dict.fromkeys((*before, *letters)))) if letters else forwards


def _document(db: Session, document_id: int) -> DocumentRow:
    row = db.get(DocumentRow, document_id)
    if row is None:
        raise NotFound(f"There is no document {document_id}.")
    return row


def _put(db: Session, row: ReadingRow | None, document_id: int, position: int, reading: Reading) -> ReadingRow:
    if row is None:
        row = ReadingRow(document_id=document_id, position=position)
        db.add(row)
    row.doc_type, row.content = reading.doc_type.value, to_json(reading)
    row.po_number = reading.header.po_number.value[:255] if reading.header.po_number else None
    return row


def _drop_from(db: Session, document_id: int, position: int) -> None:
    db.execute(delete(ReadingRow).where(ReadingRow.document_id == document_id, ReadingRow.position >= position))
