"""Reading as usual, but without weighing, with notes of what each reading was drawn from: what calibration is fitted to."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from app.bootstrap import Rooms
from extraction.assemble import as_read
from extraction.layout.geometry import Line
from extraction.layout.reading_order import document_lines
from extraction.model.tagger import Tags, tag
from extraction.pages import PageReader
from extraction.service import Reader
from models.domain.evidence import Box
from models.domain.pages import Page, Parsed, Word
from models.domain.reading import Context, Reading
from runtime.codec import pack, unpack
from runtime.settings import Settings

Change = Callable[[Parsed], Parsed]
_ALIKE = {"0": "OD8", "1": "Il7", "2": "Z7", "3": "8", "5": "S6", "6": "G8", "7": "1", "8": "B3", "9": "g4", "B": "8", "I": "1l",
          "O": "0Q", "S": "5", "Z": "2", ",": ".", ".": ",", "m": "rn", "c": "e", "e": "c", "l": "1I"}
_VOWELS, _CONSONANTS = "aeiou", "bcdfghjklmnpqrstvwxz"


@dataclass(frozen=True, slots=True)
class Noted:
    """A reading with the confidences of its readers, and what it was made of."""

    reading: Reading
    lines: tuple[Line, ...]
    context: Context
    tags: Tags


class NotingReader(PageReader):
    """Understands in this process, after a change to the pages, and notes each reading by the identity of its header.

    Pages that took OCR are kept in `scratch`.
    """

    noted: dict[int, Noted]
    scratch: Path
    change: Change

    def read(self, content: bytes, **asked: Any) -> Parsed:
        """The pages, from the scratch folder where they were read before."""
        kind = "-thorough" if asked.get("thorough") else ""
        stored = self.scratch / f"{hashlib.sha256(content).hexdigest()}{kind}.pages"
        if stored.exists():
            return unpack(Parsed, stored.read_bytes())
        parsed = super().read(content, **asked)
        if any(page.read_by != "text" for page in parsed.pages):
            stored.write_bytes(pack(parsed))
        return parsed

    def understand(self, parsed: Parsed, context: Context) -> tuple[Reading, ...]:
        """The readings, unweighed."""
        parsed = self.change(parsed)
        lines = document_lines(parsed.pages)
        tags = tag(lines)
        found = as_read(parsed, lines, context, tags)
        self.noted.update({id(reading.header): Noted(reading, lines, context, tags) for reading in found})
        return found


@contextmanager
def noting(data: Path, company: str, scratch: Path) -> Iterator[tuple[Rooms, NotingReader]]:
    """Rooms of a company whose reader takes notes."""
    rooms = Rooms(Settings(data=data, company_name=company, mail_host=None, workers=1))
    pages = NotingReader(rooms.sandbox, rooms.ocr)
    pages.noted, pages.scratch, pages.change = {}, scratch, lambda parsed: parsed
    rooms.reader = Reader(pages)
    try:
        yield rooms, pages
    finally:
        rooms.close()


def estranged(parsed: Parsed, rng: random.Random, kept: frozenset[str]) -> Parsed:
    """The pages with unheard-of words in the place of some: each the same wherever it stands, as another maker's form has it."""
    share = rng.uniform(0.05, 0.4)
    known: dict[str, str] = {}

    def invented(word: str) -> str:
        if rng.random() >= share:
            return ""
        return "".join(rng.choice(_VOWELS if c in _VOWELS else _CONSONANTS) for c in word)

    def other(text: str) -> str:
        word = text.strip(":.,;()#").casefold()
        if len(word) < 3 or not word.isalpha() or word in kept:
            return text
        new = known[word] if word in known else known.setdefault(word, invented(word))
        return text.casefold().replace(word, new.upper() if text.isupper() else new.capitalize()) if new else text

    def renamed(page: Page) -> Page:
        return replace(page, words=tuple(
            replace(word, text=" ".join(map(other, word.text.split(" "))), rivals=()) for word in page.words))

    return replace(parsed, pages=tuple(map(renamed, parsed.pages)))


def misread(parsed: Parsed, rng: random.Random) -> Parsed:
    """The pages as OCR might have read them: each word with a confidence, and wrong as often as that says."""
    poor = rng.choice((0.02, 0.06, 0.15))
    pages = (replace(page, read_by="misread", words=tuple(_misread(page.words, poor, rng)), rules=_some(page.rules, rng))
             for page in parsed.pages)
    return replace(parsed, pages=tuple(pages))


def _misread(words: Sequence[Word], poor: float, rng: random.Random) -> Iterator[Word]:
    for word in words:
        confidence = 1 - (rng.uniform(0.01, 0.7) if rng.random() < poor else rng.uniform(0.0005, 0.004))
        if rng.random() < confidence:
            yield replace(word, confidence=round(confidence, 4))
            continue
        at = rng.randrange(len(word.text))
        letter = rng.choice(_ALIKE.get(word.text[at], "1il.,"))
        yield replace(word, text=word.text[:at] + letter + word.text[at + 1:], confidence=round(confidence, 4))


def _some(rules: tuple[Box, ...], rng: random.Random) -> tuple[Box, ...]:
    return tuple(rule for rule in rules if rng.random() > 0.1)
