"""A finished reading on its page: which words its values were read from, and which nobody read. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from extraction.layout.geometry import Line, Token
from extraction.model.tagger import OTHER, Tags
from extraction.ocr.calibrate import evidence
from models.domain.codes import clean_code
from models.domain.evidence import Box, Found
from models.domain.reading import Context, Header, Reading, ReadingLine

HEADER_NAMES = tuple(f.name for f in fields(Header))
LINE_NAMES = tuple(f.name for f in fields(ReadingLine) if f.name != "confidence")
Place = tuple[int, Box]
"""Page and box: a key of what was read from where."""


@dataclass(frozen=True, slots=True)
class Around:
    """The page around one reading: its words by place, the text line at each place, those lines by index, how often each text
    stands there, the places that some value was read from with their number of uses, and those the tagger gives each field."""

    reading: Reading
    words: dict[Place, list[Token]]
    rows: dict[Place, Line]
    lines: dict[int, Line]
    texts: Counter[str]
    used: Counter[Place]
    tagged: dict[str, set[Place]]
    tags: Tags
    context: Context
    quality: float

    @classmethod
    def of(cls, reading: Reading, lines: Sequence[Line], context: Context, tags: Tags) -> Around:
        """What stands around the reading, among the document's lines."""
        words: dict[Place, list[Token]] = {}
        rows: dict[Place, Line] = {}
        tagged: dict[str, set[Place]] = {}
        for line in lines:
            for token in line.tokens if line.page in reading.pages else ():
                place = place_of(token)
                words.setdefault(place, []).append(token)
                rows[place] = line
                if (best := tags.best(token)) != OTHER:
                    tagged.setdefault(best, set()).add(place)
        used = Counter(p for found in all_values(reading) for p in places(found))
        sure = [evidence(t.word.confidence) for found in words.values() for t in found if t.word.confidence is not None]
        texts = Counter(clean_code(t.text) for found in words.values() for t in found)
        own = {line.index: line for line in rows.values()}
        return cls(reading, words, rows, own, texts, used, tagged, tags, context, sum(sure) / len(sure) if sure else 0.0)

    def tokens(self, found: Found[Any]) -> list[Token]:
        """The words a value was read from."""
        return [token for place in places(found) for token in self.words.get(place, ())]


def all_values(reading: Reading) -> Iterator[Found[Any]]:
    """Every value of the reading with its proof."""
    for names, holder in ((HEADER_NAMES, reading.header), *((LINE_NAMES, line) for line in reading.lines)):
        yield from (found for name in names if (found := getattr(holder, name)) is not None)


def places(found: Found[Any]) -> Iterator[Place]:
    """Where a value stands, as keys."""
    return ((p.page, p.box) for p in found.evidence.places)


def place_of(token: Token) -> Place:
    """Where a word stands, as a key."""
    return token.word.page, token.word.box
