"""A finished reading on its page: which words its values were read from, and which nobody read. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from extraction.layout.geometry import Line, Token
from extraction.model.tagger import OTHER, Tags
from extraction.ocr.calibrate import evidence
from models.domain.codes import clean_code
from models.domain.evidence import Box, Evidence, Found
from models.domain.lean import lean
from models.domain.reading import Context, Header, Reading, ReadingLine

HEADER_NAMES = tuple(f.name for f in fields(Header))
LINE_NAMES = tuple(f.name for f in fields(ReadingLine) if f.name not in {"confidence", "charge"})
Place = tuple[int, Box]
"""Page and box: a key of what was read from where."""


@lean
class Spot:
    """Where one value stands: its words, the text lines they stand on by index, and whether another value was read from one of
    them too. `proof` is the value's own."""

    proof: Evidence
    words: tuple[Token, ...]
    rows: Mapping[int, Line]
    is_shared: bool


@dataclass(frozen=True, slots=True)
class Around:
    """The page around one reading: its words by place, the text line at each place, those lines by index with their words that
    no value was read from, how often each text stands there, how many values were read from each place, and the places the
    tagger gives each field."""

    reading: Reading
    words: dict[Place, list[Token]]
    rows: dict[Place, Line]
    lines: dict[int, Line]
    unread: dict[int, list[Token]]
    texts: Counter[str]
    used: Counter[Place]
    tagged: dict[str, set[Place]]
    tags: Tags
    context: Context
    quality: float
    _spots: dict[int, Spot] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading, lines: Sequence[Line], context: Context, tags: Tags) -> Around:
        """What stands around the reading, among the document's lines."""
        words: dict[Place, list[Token]] = {}
        rows: dict[Place, Line] = {}
        tagged: dict[str, set[Place]] = {}
        unread: dict[int, list[Token]] = {}
        used = Counter(p for found in all_values(reading) for p in places(found))
        for line in lines:
            if line.page not in reading.pages:
                continue
            left = unread[line.index] = []
            for token in line.tokens:
                place = token.word.page, token.word.box
                words.setdefault(place, []).append(token)
                rows[place] = line
                if place not in used:
                    left.append(token)
                if (best := tags.best(token)) != OTHER:
                    tagged.setdefault(best, set()).add(place)
        sure = [evidence(t.word.confidence) for found in words.values() for t in found if t.word.confidence is not None]
        texts = Counter(clean_code(t.text) for found in words.values() for t in found)
        own = {line.index: line for line in rows.values()}
        return cls(
            reading, words, rows, own, unread, texts, used, tagged, tags, context, sum(sure) / len(sure) if sure else 0.0)

    def tokens(self, found: Found[Any]) -> tuple[Token, ...]:
        """The words a value was read from."""
        return self.spot(found).words

    def spot(self, found: Found[Any]) -> Spot:
        """Where a value stands; looked up once for each proof, for many clues ask."""
        proof = found.evidence
        known = self._spots.get(id(proof))
        if known is None:
            known = self._spots[id(proof)] = self._spot(proof, list(places(found)))
        return known

    def _spot(self, proof: Evidence, at: Sequence[Place]) -> Spot:
        words = tuple([token for place in at for token in self.words.get(place, ())])
        rows = {row.index: row for place in at if (row := self.rows.get(place))}
        return Spot(proof, words, rows, any(self.used[place] > 1 for place in at))


def all_values(reading: Reading) -> Iterator[Found[Any]]:
    """Every value of the reading with its proof."""
    for names, holder in ((HEADER_NAMES, reading.header), *((LINE_NAMES, line) for line in reading.lines)):
        yield from (found for name in names if (found := getattr(holder, name)) is not None)


def places(found: Found[Any]) -> Iterator[Place]:
    """Where a value stands, as keys."""
    return ((p.page, p.box) for p in found.evidence.places)
