"""The parts of a message become documents: blobs and rows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.labels import LENGTH, clean_text, file_label
from intake.repository import Messages
from models.domain.messages import Part, Unpacked
from models.domain.states import DocumentState
from models.tables.intake import DocumentRow
from runtime import codec
from runtime.blobs import Blobs

NOT_READ = frozenset({"opened", "signature", "calendar_or_card"})
"""Codes of parts in which no order can be; they are skipped, not refused."""


@dataclass(frozen=True, slots=True)
class _Fate:
    """How a part begins its life as a document."""

    state: DocumentState
    code: str | None = None
    sentence: str | None = None


def store_unpacked(db: Session, blobs: Blobs, message_id: int, unpacked: Unpacked) -> list[int]:
    """Store what was found in a message, and what its headers say; returns the document ids in order.

    Running it again changes nothing; a part that has changed since replaces its document. Parts that cannot be opened are
    REFUSED with their reason, containers that were opened are SKIPPED, the others are STORED.
    """
    digests = [blobs.put(part.content) for part in unpacked.parts]      # before the first statement takes the write lock
    if unpacked.envelope is not None:
        Messages(db).describe(message_id, unpacked.envelope)
    rows = {row.position: row for row in db.execute(
        select(DocumentRow).where(DocumentRow.message_id == message_id)).scalars()}
    opened = unpacked.opened
    for position, (part, digest) in enumerate(zip(unpacked.parts, digests, strict=True)):
        row = rows.get(position)
        if row is None:
            row = rows[position] = DocumentRow(message_id=message_id, position=position)
            db.add(row)
        if row.sha256 != digest:
            _fill(row, part, digest, _fate(part, is_opened=position in opened))
    db.flush()
    return [rows[position].id for position in range(len(unpacked.parts))]


def _fill(row: DocumentRow, part: Part, digest: str, fate: _Fate) -> None:
    row.parent_position, row.is_body = part.parent, part.is_body
    row.name, row.media_type = file_label(part.name), clean_text(part.media_type or "")[:LENGTH] or None
    row.sha256, row.size = digest, len(part.content)
    row.state, row.code, row.sentence = fate.state, fate.code, fate.sentence
    row.forwards = codec.to_json(part.forwards) if part.forwards else None


def _fate(part: Part, *, is_opened: bool) -> _Fate:
    if is_opened and part.code is None:
        return _Fate(DocumentState.SKIPPED, "opened", "What was in it is listed below it.")
    if part.code is None:
        return _Fate(DocumentState.STORED)
    state = DocumentState.SKIPPED if part.code in NOT_READ else DocumentState.REFUSED
    return _Fate(state, part.code, part.sentence)
