"""Entry points inside the sandbox: what to ask about a document, and what an answer adds to its readings.

A model's reply is as little to be trusted as the document it read, and is taken apart behind the same wall.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from extraction.llm.answer import parse_answer
from extraction.llm.frame import Question, question
from extraction.llm.needs import Needs, needs
from extraction.llm.paper import Paper, paper_of
from extraction.llm.weigh import weigh as weighed
from models.domain.pages import Parsed
from models.domain.reading import Reading
from runtime.codec import pack, unpack


@dataclass(frozen=True, slots=True)
class Opinions:
    """How to ask: below which confidence (0.0–1.0) a value is unsure, how many characters of a document are shown, and the random
    word that fences it."""

    threshold: float
    max_characters: int
    fence: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What a model answered about the reading at this place, word for word."""

    reading: int
    text: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A document as read, and the replies there are."""

    parsed: Parsed
    readings: tuple[Reading, ...]
    replies: tuple[Reply, ...] = ()


def questions(content: bytes, options: bytes) -> bytes:
    """Packed `Inquiry`, packed `Opinions` → packed tuple of `Question`, one for each reading that needs one."""
    asked = unpack(Opinions, options)
    return pack(ask(unpack(Inquiry, content), asked))


def weigh(content: bytes, options: bytes) -> bytes:
    """Packed `Inquiry` with replies, packed `Opinions` → the packed readings with what the replies add."""
    return pack(hear(unpack(Inquiry, content), unpack(Opinions, options)))


def ask(inquiry: Inquiry, options: Opinions) -> tuple[Question, ...]:
    """The questions of a document, in the order of its readings. Pure."""
    return tuple(
        question(n, wanted, paper, [bands[row].start for row in wanted.rows], options.fence)
        for n, wanted, paper in _open(inquiry, options) for bands in (paper.bands(inquiry.readings[n].lines),))


def hear(inquiry: Inquiry, options: Opinions) -> tuple[Reading, ...]:
    """The readings with what the replies add. A reply that is no answer adds nothing. Pure."""
    replies = {reply.reading: reply.text for reply in inquiry.replies}
    readings = list(inquiry.readings)
    for n, wanted, paper in _open(inquiry, options):
        answer = parse_answer(replies[n]) if n in replies else None
        if answer is not None:
            readings[n] = weighed(readings[n], wanted, paper, answer, options.threshold)
    return tuple(readings)


def _open(inquiry: Inquiry, options: Opinions) -> Iterator[tuple[int, Needs, Paper]]:
    """The readings worth a question. Two orders on one page are left alone: whose a line is could not be told."""
    for n, reading in enumerate(inquiry.readings):
        others = {page for m, other in enumerate(inquiry.readings) if m != n for page in other.pages}
        wanted = needs(reading, options.threshold)
        if wanted is None or others & set(reading.pages):
            continue
        paper = paper_of(inquiry.parsed, reading, options.max_characters)
        bands = paper.bands(reading.lines)
        shown = Needs(wanted.header, tuple(row for row in wanted.rows if bands[row]), wanted.all_lines)
        if paper.lines and (shown.header or shown.rows or shown.all_lines):
            yield n, shown, paper
