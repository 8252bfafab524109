"""Read a file as `ordermill read` does: take it apart, read its parts, keep what says something. No database."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.bootstrap import Rooms
from app.context import context_of
from intake.documents import NOT_READ
from matching.merge import covered
from matching.plan import ReadingHead, plan_cases
from matching.records import Source
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


def read_file(rooms: Rooms, path: Path, *, customer_no: str | None = None) -> FileReading:
    """Read one file. Whatever cannot be read becomes a problem of a reading of type `other`, never an exception."""
    begun = time.perf_counter()
    readings: list[Source] = []
    refusals: list[Problem] = []
    try:
        unpacked = rooms.unpack(path.read_bytes())
        letters: dict[int | None, tuple[Envelope, ...]] = {}       # quoted by the body of each mail, by the mail's position
        opened = unpacked.opened
        for position, part in enumerate(unpacked.parts):
            if part.code and part.code not in NOT_READ:
                refusals.append(Problem(part.code, part.sentence or "This part could not be opened."))
            if part.code or position in opened:
                continue
            named = part if part.name else replace(part, name=path.name if len(unpacked.parts) == 1 else None)
            context = context_of(
                unpacked.envelope, named, rooms.settings, letters=letters.get(part.parent, ()), customer_no=customer_no)
            quoted = _read_part(rooms, part, position, context, readings, refusals)
            if part.is_body:
                letters[part.parent] = quoted
    except InputError as e:
        refusals.append(Problem(e.code, e.sentence))
    return FileReading(str(path), telling(with_covers(readings), refusals), time.perf_counter() - begun)


def _read_part(
    rooms: Rooms, part: Part, position: int, context: Context, readings: list[Source], refusals: list[Problem]
) -> tuple[Envelope, ...]:
    """Read one part; returns the mails it quotes."""
    try:
        result = rooms.reader.read(part.content, context)
    except InputError as e:
        refusals.append(Problem(e.code, f"{part.name}: {e.sentence}" if part.name else e.sentence))
        return ()
    readings += (Source(position, reading, part.is_body) for reading in result.readings)
    refusals += () if result.readings else result.parsed.problems
    return result.parsed.letters


def with_covers(sources: Sequence[Source]) -> list[Reading]:
    """The readings of a mail's parts, in their order; what the text of the mail says about one attached order is told with it."""
    heads = [
        ReadingHead(
            n, s.reading.doc_type.value, s.reading.header.po_number.value if s.reading.header.po_number else None, s.is_body,
            len(s.reading.lines))
        for n, s in enumerate(sources)]
    told = dict(enumerate(sources))
    for group in plan_cases(heads):
        orders = [n for n in group if not sources[n].is_body]
        if not orders:
            continue
        main = max(orders, key=lambda n: len(sources[n].reading.lines))
        for cover in (n for n in group if sources[n].is_body):
            told[main] = replace(told[main], reading=covered(told[main], told.pop(cover)))
    return [source.reading for source in told.values()]


def telling(readings: Sequence[Reading], problems: Sequence[Problem]) -> tuple[Reading, ...]:
    """The readings worth telling: those with lines or a PO number; else the first; else an empty one with the problems."""
    kept = [r for r in readings if r.lines] or [r for r in readings if r.header.po_number] or list(readings[:1])
    if not kept:
        kept = [Reading(doc_type=_nothing())]
    return (replace(kept[0], problems=(*kept[0].problems, *problems)), *kept[1:])


def _nothing() -> Found[DocumentType]:
    return Found(DocumentType.OTHER, 0.0, Evidence(Origin.COMPUTED, note="nothing could be read"))
