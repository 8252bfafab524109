"""Several readings of one word → the likeliest, its probability, and the others as rivals. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extraction.ocr.calibrate import Features, Weights, evidence, page_quality, probability, word_features
from models.domain.pages import Rival, Word

CLOSER = "closer"                   # the first reader again, on the word alone, softened where the page was not
_AMOUNT = re.compile(r"^(?:\d{1,3}(?:([.,])\d{3})*|\d+)([.,])(?:\d{2}|\d{4})$")
_INWARD = re.compile(r"^\d[A-Z]{2}$")      # second half of a British postcode: where O and 0, S and 5 change places most
_SURE = 0.98
_OTHER = {".": ",", ",": "."}


@dataclass(frozen=True, slots=True)
class Habits:
    """What a page does throughout. `mark` is its decimal mark and `lead` how clearly (0–1); `sure` are words read beyond doubt,
    with their number; `quality` is `page_quality`; `dpi` of the picture."""

    mark: str
    lead: float
    sure: Counter[str]
    quality: float
    dpi: float


def habits_of(words: Sequence[Word], claims: Iterable[Sequence[Rival]], dpi: float) -> Habits:
    """The habits that all readings of a page show together."""
    votes = {".": 0.0, ",": 0.0}
    readings = [(w.text, w.confidence) for w in words] + [(c.text, c.confidence) for said in claims for c in said]
    for text, confidence in readings:
        if mark := decimal_mark(text):
            votes[mark] += evidence(confidence)
    mark, other = (".", ",") if votes["."] >= votes[","] else (",", ".")
    lead = (votes[mark] - votes[other]) / (votes[mark] + votes[other] + 5.0)
    sure = Counter(w.text for w in words if (w.confidence or 0.0) >= _SURE)
    return Habits(mark, lead, sure, page_quality(words), dpi)


def decimal_mark(text: str) -> str | None:
    """The decimal mark of what looks like an amount: two or four digits behind it, and another mark before thousands."""
    found = _AMOUNT.match(text)
    return found[2] if found and found[1] != found[2] else None


def in_style(text: str, mark: str) -> str:
    """The amount with this decimal mark and the other one before thousands; any other text as it is."""
    if not _AMOUNT.match(text):
        return text
    cut = max(text.rfind("."), text.rfind(","))
    return re.sub("[.,]", _OTHER[mark], text[:cut]) + mark + text[cut + 1:]


def candidates(word: Word, claims: Sequence[Rival], habits: Habits) -> list[tuple[str, Features]]:
    """The texts this word may have, each with what speaks for and against it; the first reader's own comes first."""
    said = {word.text: None} | {c.text: None for c in claims if c.text}
    said |= {in_style(text, habits.mark): None for text in list(said)}
    return [(text, _features(text, word, claims, habits)) for text in said]


def vote(word: Word, claims: Sequence[Rival], habits: Habits, weights: Weights, first: str) -> Word:
    """The word with its likeliest text and that text's probability; every other reading becomes a rival, with its own.

    `word.confidence` and the claims' are the engines' own; `first` is the name of the one that read the word.
    """
    rated = [(probability(features, weights), text) for text, features in candidates(word, claims, habits)]
    best, text = max(rated, key=lambda r: r[0])
    read_by = {word.text: first} | {c.text: c.read_by for c in reversed(claims)}
    chance = {t: p for p, t in rated}
    others = [t for t in dict.fromkeys([word.text, *(c.text for c in claims if c.text)]) if t != text]
    rivals = tuple(Rival(t, min(chance[t], round(1 - best, 4)), read_by[t]) for t in others)
    return replace(word, text=text, confidence=best, rivals=rivals)


def _features(text: str, word: Word, claims: Sequence[Rival], habits: Habits) -> Features:
    features = word_features(replace(word, text=text), habits.quality, habits.dpi)
    for who, says, confidence in (("own", word.text, word.confidence), *((c.read_by, c.text, c.confidence) for c in claims)):
        features[f"{who}_for" if says == text else f"{who}_against"] = evidence(confidence)
    if text != word.text:
        features |= _changes(word.text, text)
    mark = decimal_mark(text)
    styled = in_style(text, habits.mark)
    features["habit_for"] = habits.lead if mark and styled == text else 0.0
    features["habit_against"] = habits.lead if styled != text else 0.0
    features["seen"] = min(3.0, float(habits.sure[text] - (text == word.text and (word.confidence or 0.0) >= _SURE)))
    return features


def _changes(first: str, text: str) -> Features:
    """How another text differs from the first reader's, in kinds of characters: whose they are to lose differs by reader."""
    signs = _beyond_ascii(text) - _beyond_ascii(first)
    digits = _digits(text) - _digits(first)
    return {
        "same_length": float(len(text) == len(first)), "plainer": float(signs < 0), "richer": float(signs > 0),
        "fewer_digits": float(digits < 0), "more_digits": float(digits > 0),
        "postcode": float(bool(_INWARD.match(text))) - float(bool(_INWARD.match(first)))}


def _beyond_ascii(text: str) -> int:
    return sum(not c.isascii() for c in text)


def _digits(text: str) -> int:
    return sum(c.isdigit() for c in text)
