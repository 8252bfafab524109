"""Read a file as `ordermill read` does: take it apart, read its parts, keep what says something. No database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.bootstrap import Rooms
from models.domain.evidence import Evidence, Found, Origin
from models.domain.messages import Envelope, Part
from models.domain.pages import Problem
from models.domain.reading import Context, DocumentType, Reading
from models.errors import InputError


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one file says: its readings (never none), and the seconds it took."""

    file: str
    readings: tuple[Reading, ...]
    seconds: float


def context_of(envelope: Envelope | None, part: Part, *, own_names: Sequence[str], customer_no: str | None = None) -> Context:
    """What is known around a document from the message it came in."""
    sent: date | None = envelope.sent_at.date() if envelope and envelope.sent_at else None
    return Context(
        file_name=part.name,
        own_names=tuple(own_names),
        customer_no=customer_no,
        sent_on=sent,
        subject=envelope.subject if envelope else None,
        sender_name=envelope.sender_name if envelope else None,
        sender_address=envelope.sender_address if envelope else None,
    )


def read_file(rooms: Rooms, path: Path, *, customer_no: str | None = None) -> FileReading:
    """Read one file. Whatever cannot be read becomes a problem of a reading of type `other`, never an exception."""
    begun = time.perf_counter()
    readings: list[Reading] = []
    refusals: list[Problem] = []
    try:
        unpacked = rooms.unpack(path.read_bytes())
        refusals += unpacked.problems
        for part in unpacked.parts:
            if part.code:
                refusals.append(Problem(part.code, part.sentence or "This part could not be opened."))
                continue
            named = part if part.name else replace(part, name=path.name if len(unpacked.parts) == 1 else None)
            context = context_of(unpacked.envelope, named, own_names=rooms.settings.own_names, customer_no=customer_no)
            _read_part(rooms, part, context, readings, refusals)
    except InputError as e:
        refusals.append(Problem(e.code, e.sentence))
    return FileReading(str(path), telling(readings, refusals), time.perf_counter() - begun)


def _read_part(rooms: Rooms, part: Part, context: Context, readings: list[Reading], refusals: list[Problem]) -> None:
    try:
        readings += rooms.reader.read(part.content, context).readings
    except InputError as e:
        refusals.append(Problem(e.code, f"{part.name}: {e.sentence}" if part.name else e.sentence))


def telling(readings: Sequence[Reading], problems: Sequence[Problem]) -> tuple[Reading, ...]:
    """The readings worth telling: those with lines or a PO number; else the first; else an empty one with the problems."""
    kept = [r for r in readings if r.lines] or [r for r in readings if r.header.po_number] or list(readings[:1])
    if not kept:
        kept = [Reading(doc_type=_nothing())]
    return (replace(kept[0], problems=(*kept[0].problems, *problems)), *kept[1:])


def _nothing() -> Found[DocumentType]:
    return Found(DocumentType.OTHER, 0.0, Evidence(Origin.COMPUTED, note="nothing could be read"))
