"""Bytes to readings: pages of words, then one assembly for everything a person can look at and a codec for each EDI format.

All of it happens in sandboxed children: what this process handles is bytes and answers that fit their types.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from edi.read import PARSERS
from extraction.pages import PageReader
from extraction.reconcile import reconcile
from extraction.second_look import faults, wants_second_look
from extraction.unread import not_understood
from models.domain.evidence import PageKind
from models.domain.messages import Envelope, author
from models.domain.pages import Parsed, Problem
from models.domain.reading import Context, Reading
from models.errors import InputError
from runtime.log import get_logger
from runtime.sandbox import SandboxFailure

if TYPE_CHECKING:
    from extraction.llm.service import SecondOpinion

log = get_logger("reading")


@dataclass(frozen=True, slots=True)
class DocumentResult:
    """What one document says; `seconds` is wall time from bytes to readings."""

    parsed: Parsed
    readings: tuple[Reading, ...]
    seconds: float


class Reader:
    """Reads one document at a time. Safe to share between threads, as its page reader is.

    `opinion`, where there is one, is asked last, about what is still unsure on pages that a person can look at.
    """

    def __init__(self, pages: PageReader, opinion: SecondOpinion | None = None) -> None:
        self.pages = pages
        self._opinion = opinion

    def read(self, content: bytes, context: Context) -> DocumentResult:
        """The readings of one document, its pictures read a second time where the first reading contradicts itself.

        Raises InputError for bytes that cannot be read, with a code and a sentence. Pages that were read but not understood,
        for whatever fault of ours, are an order without values, so that a person can type it from the page.
        """
        begun = time.perf_counter()
        parsed, readings = self._read(content, context)
        if wants_second_look(parsed, readings):
            again, anew = self._read(content, context, thorough=True)
            if anew and faults(anew) < faults(readings):
                parsed, readings = again, anew
        if self._opinion and parsed.format not in PARSERS:
            readings = self._opinion.on(parsed, readings)
        return DocumentResult(parsed, readings, time.perf_counter() - begun)

    def _read(self, content: bytes, context: Context, *, thorough: bool = False) -> tuple[Parsed, tuple[Reading, ...]]:
        parsed = self.pages.read(
            content, file_name=context.file_name, is_body=context.is_body, subject=context.subject, thorough=thorough)
        context = _of_the_author(context, parsed.letters)
        is_coded = parsed.format in PARSERS
        return parsed, (self._decoded if is_coded else self._understood)(content, parsed, context)

    def _decoded(self, content: bytes, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """What the codec says. XML of a kind it does not know is no reason to show nothing: a person can read its values."""
        try:
            return self.pages.decode(content, parsed.format)
        except InputError as e:
            if e.code != "unsupported_xml":
                raise
            told = replace(parsed, problems=(*parsed.problems, Problem(e.code, e.sentence, 0)))
            return self._made_out(told, context)

    def _understood(self, content: bytes, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """What the pages say, and the data that a PDF may carry beside its print."""
        print_only = tuple(page for page in parsed.pages if page.kind is not PageKind.SEGMENTS)
        printed = self._made_out(replace(parsed, pages=print_only), context)
        if len(print_only) == len(parsed.pages):
            return printed
        return reconcile(self.pages.decode_embedded(content, parsed.pages[-1].number), printed, parsed)

    def _made_out(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """What the words on the pages mean."""
        try:
            return self.pages.understand(parsed, context)
        except SandboxFailure as e:
            log.error("reading.not_understood", code=e.code, reason=e.sentence)
            return (not_understood(parsed, code=e.code),)


def _of_the_author(context: Context, letters: tuple[Envelope, ...]) -> Context:
    """What a colleague passed on is read as the mail of the one who wrote it."""
    message = Envelope(context.subject, context.sender_name, context.sender_address)
    written = author(message, letters, context.own_domains)
    if written is message:
        return context
    return replace(
        context, subject=written.subject or context.subject, sender_name=written.sender_name,
        sender_address=written.sender_address, sent_on=written.sent_at.date() if written.sent_at else context.sent_on)
