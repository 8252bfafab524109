"""Draws the wordings of labels for one form."""

from __future__ import annotations

import random

from extraction.lexicon import labels
from extraction.model.synth.form_parts import Pair, Text


class Labels:
    """Draws wordings of labels, the usual ones more often; `other` is the second language of a bilingual form, or empty."""

    def __init__(self, rng: random.Random, language: str, other: str) -> None:
        self.rng, self.language, self.other = rng, language, other

    def word(self, field: str, language: str | None = None, *, first: int = 9) -> str:
        """A wording among the `first` commonest ones."""
        found = labels(field, language or self.language)[:first]
        return self.rng.choices(found, [1 / (n + 2) for n in range(len(found))])[0]

    def pair(self, field: str, value: Text, label: str | None = None) -> Pair:
        """A labelled value."""
        known = label or self.word(field)
        return Pair(known, value, self.word(field, self.other, first=3) if self.other and label is None else "")
