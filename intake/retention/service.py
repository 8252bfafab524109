"""Takes the content of messages away that were kept long enough: bytes, texts and names go; that there was a message, what became
of it, the orders and the audit chain stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from intake.retention.repository import due, load_rules
from models.domain.evidence import Evidence, Origin
from models.domain.reading import Reading
from models.domain.states import DocumentState
from models.tables.cases import CaseRow
from models.tables.desk import CaseWordRow
from models.tables.intake import DocumentRow, MessageKeepingRow, MessageRow, ReadingRow
from runtime import audit
from runtime.blobs import Blobs
from runtime.codec import from_json, to_json
from runtime.db import Database
from runtime.log import get_logger

ACTOR = "retention"
AT_ONCE = 100
log = get_logger("retention")


def erase_due(database: Database, blobs: Blobs, at: datetime) -> int:
    """One round: erase what is due, each message in a transaction of its own; returns how many. Doing it again does nothing."""
    with database.read() as db:
        waiting = due(db, load_rules(db), at, limit=AT_ONCE)
    done = 0
    for message in waiting:
        with database.write() as db:
            if due(db, load_rules(db), at, message_id=message.message_id):       # nothing happened to it meanwhile
                erase(db, blobs, message.message_id, at)
                done += 1
    if done:
        log.info("retention.erased", messages=done)
    return done


def erase(db: Session, blobs: Blobs, message_id: int, at: datetime) -> None:
    """Take away the content of one message in the caller's transaction."""
    message = db.execute(select(MessageRow).where(MessageRow.id == message_id).with_for_update()).scalar_one()
    documents = db.execute(select(DocumentRow).where(DocumentRow.message_id == message_id)).scalars().all()
    digests = {message.sha256, *(d.sha256 for d in documents), *(d.pages_sha256 for d in documents if d.pages_sha256)}
    keeping = db.get(MessageKeepingRow, message_id) or MessageKeepingRow(message_id=message_id)
    keeping.erased_at = at
    db.add(keeping)
    _empty(message, documents, at)
    _empty_readings(db, [d.id for d in documents])
    cases = select(CaseRow.id).where(CaseRow.message_id == message_id)
    db.execute(delete(CaseWordRow).where(CaseWordRow.case_id.in_(cases)))
    db.flush()
    # Bytes before the commit: a crash in between leaves a message that is due still, and the next round ends it.
    gone = sum(blobs.remove(digest) for digest in sorted(digests) if not _is_needed(db, digest))
    audit.record(
        db, actor=ACTOR, action="message.erased", subject=f"message:{message_id}",
        content={"documents": len(documents), "files": gone, "sha256": message.sha256})


def _empty(message: MessageRow, documents: Iterable[DocumentRow], at: datetime) -> None:
    message.name = message.subject = message.sender_name = message.sender_address = message.reply_to = None
    message.recipient_name = message.recipient_address = None
    message.message_id = message.in_reply_to = message.thread = message.authentication = None
    for document in documents:
        document.name = document.forwards = document.noticed = document.pages_sha256 = None
        document.state, document.code = DocumentState.REFUSED, "erased"
        document.sentence = f"The house's retention took this document away on {at:%Y-%m-%d}; the order that came of it stays."


def _empty_readings(db: Session, documents: list[int]) -> None:
    """Readings keep their kind, since cases hang on them; all that was read goes."""
    for row in db.execute(select(ReadingRow).where(ReadingRow.document_id.in_(documents))).scalars():
        kind = replace(from_json(Reading, row.content).doc_type, evidence=Evidence(Origin.COMPUTED), candidates=())
        row.content = to_json(Reading(kind))


def _is_needed(db: Session, digest: str) -> bool:
    """True when a message that is still kept has the same bytes."""
    erased = select(MessageKeepingRow.message_id).where(MessageKeepingRow.erased_at.is_not(None))
    d, m = DocumentRow, MessageRow
    return bool(db.execute(select(or_(
        exists().where(m.sha256 == digest, m.id.not_in(erased)),
        exists().where(or_(d.sha256 == digest, d.pages_sha256 == digest), d.message_id.not_in(erased))))).scalar_one())
