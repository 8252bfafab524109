"""Trains the tagger on generated documents whose printed values are known, and says how well it does on layouts held back.

Pure but for the model file: the same documents and seed give the same weights.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pycrfsuite  # type: ignore[import-untyped]

from extraction.layout.reading_order import document_lines
from extraction.model.tagger import OTHER, sequences
from extraction.model.truth import tags_of
from models.domain.evidence import PageKind
from models.domain.pages import Page, Word

PARAMETERS = {"c1": 0.3, "c2": 0.01, "max_iterations": 80, "feature.minfreq": 4}
"""L1 keeps the model small and lets it forget what only one layout does; figures are flat around these."""

NOISY = 0.4
"""Share of paper documents that are learned from a second time, as OCR might read them."""

ANNEXED = 0.04
"""Share of documents from whose words a page of data without any value is made."""

_ALIKE = {
    "0": "O8", "O": "0Q", "1": "lI", "l": "1I", "I": "1l", "5": "S", "S": "5", "8": "B3", "B": "8", "2": "Z", "Z": "2", "6": "G",
    "e": "c", "c": "e", "m": "n", "n": "r", "u": "n", ",": ".", ".": ",", ":": ".", "°": "o", "é": "e", "ä": "a", "ö": "o",
    "ü": "u", "ł": "l", "ż": "z", "h": "b", "i": "l", "t": "f", "f": "t", "a": "o", "/": "l", "#": "H", "-": "~",
}
"""What OCR takes letters for."""


_LABELLED = frozenset({"l", "h", "hd", "^l", "b", "bc", "is", "isc", "col", "near", "line"})
"""Features that name a label or a column title."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One document: its pages as read, and the places of the values printed on them (`tag`, `page`, `box`)."""

    pages: tuple[Page, ...]
    places: tuple[Mapping[str, Any], ...]


@dataclass(slots=True)
class Figures:
    """Words by tag: how many should have it, were given it, and both."""

    due: Counter[str] = field(default_factory=Counter)
    said: Counter[str] = field(default_factory=Counter)
    hits: Counter[str] = field(default_factory=Counter)

    def f1(self, *names: str) -> float:
        """Harmonic mean of precision and recall over these tags; over all but `other` when none is named."""
        chosen = names or [n for n in self.due | self.said if n != OTHER]
        both = sum(self.due[n] + self.said[n] for n in chosen)
        return 2 * sum(self.hits[n] for n in chosen) / both if both else 1.0


def train(samples: Iterable[Sample], model: Path, *, seed: int) -> int:
    """Write the weights learned from these documents to `model`; returns the number of words learned from."""
    rng = random.Random(seed)
    trainer = pycrfsuite.Trainer(verbose=False)
    trainer.set_params(PARAMETERS)
    count = 0
    for sample in samples:
        copies = [sample]
        if sample.pages[0].kind is PageKind.PAPER and rng.random() < NOISY:
            copies.append(noised(sample, rng))
        if rng.random() < ANNEXED:
            copies.append(_annexed(sample, rng))
        for copy in copies:
            for found, tags in _sequences(copy):
                trainer.append(found if copy is sample else _unlabelled(found, rng), tags)
                count += len(tags)
    trainer.train(str(model))
    return count


def measure(samples: Iterable[Sample], model: Path) -> Figures:
    """How the model at `model` tags these documents, word by word."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(model))
    figures = Figures()
    for sample in samples:
        for found, tags in _sequences(sample):
            said = tagger.tag(found)
            figures.due.update(tags)
            figures.said.update(said)
            figures.hits.update(want for want, got in zip(tags, said, strict=True) if want == got)
    return figures


def noised(sample: Sample, rng: random.Random) -> Sample:
    """The document as OCR might have read it: letters confused, marks lost, words run together, boxes a little off."""
    strength = rng.choice((0.004, 0.015, 0.04))
    return replace(sample, pages=tuple(replace(p, words=tuple(_misread(p.words, strength, rng))) for p in sample.pages))


def _annexed(sample: Sample, rng: random.Random) -> Sample:
    """A page of data that a program printed for its like: keys as long paths, values beside them. Nothing on it is a value."""
    texts = [w.text for page in sample.pages for w in page.words if w.text.isprintable()]
    words: list[Word] = []
    for row in range(rng.randrange(15, 60)):
        key = "/".join(rng.choices(texts, k=rng.randrange(2, 5))) if rng.random() < 0.8 else rng.choice(texts)
        at = 30.0
        for text in (key, *rng.choices(texts, k=rng.randrange(0, 4))):
            words.append(Word(text, 0, (at, 30.0 + 12 * row, at + 5.0 * len(text), 40.0 + 12 * row)))
            at += 5.0 * len(text) + rng.choice((3.0, 3.0, 20.0))
    return Sample((Page(0, PageKind.PAPER, 595.0, 842.0, tuple(words)),), ())


def _misread(words: Sequence[Word], strength: float, rng: random.Random) -> Iterator[Word]:
    before: Word | None = None
    for word in words:
        left, top, right, bottom = word.box
        tall = bottom - top
        shift = rng.gauss(0, 0.04) * tall
        read = replace(
            word, text="".join(_letter(c, strength, rng) for c in word.text) or word.text, bold=False,
            box=(left, top + shift, right, bottom + shift + rng.gauss(0, 0.03) * tall))
        if before is not None and rng.random() < strength and _adjoin(before, read):
            before = replace(before, text=before.text + read.text, box=(*before.box[:2], read.box[2], before.box[3]))
            continue
        if before is not None:
            yield before
        before = None if rng.random() < strength / 4 else read
    if before is not None:
        yield before


def _adjoin(a: Word, b: Word) -> bool:
    tall = a.box[3] - a.box[1]
    return abs(a.box[1] - b.box[1]) < 0.3 * tall and 0 <= b.box[0] - a.box[2] < 0.5 * tall


def _letter(letter: str, strength: float, rng: random.Random) -> str:
    if rng.random() >= strength:
        return letter
    return rng.choice(_ALIKE[letter]) if letter in _ALIKE else letter if letter.isalnum() else ""


def _unlabelled(found: Sequence[Sequence[str]], rng: random.Random) -> list[list[str]]:
    """The features as if one label or column title were worded in a way that no lexicon knows."""
    names = sorted({_named(feature) for word in found for feature in word} - {""})
    if not names:
        return [list(word) for word in found]
    lost = rng.choice(names)
    return [[feature for feature in word if _named(feature) != lost] for word in found]


def _named(feature: str) -> str:
    """The label or column that a feature is about; "" when it is about neither."""
    kind, _, name = feature.partition("=")
    return name.partition("/")[0] if kind in _LABELLED else ""


def _sequences(sample: Sample) -> Iterator[tuple[list[list[str]], list[str]]]:
    lines = document_lines(sample.pages)
    tags = tags_of(lines, sample.places)
    by_word = {id(t): name for line, row in zip(lines, tags, strict=True) for t, name in zip(line.tokens, row, strict=True)}
    for words, found in sequences(lines):
        yield found, [by_word[id(word)] for word in words]
