"""The language of a paper, by the wordings its labels use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

from extraction import lexicon
from extraction.layout.geometry import Line
from extraction.layout.labels import fold, labels_in


@cache
def _languages() -> dict[str, frozenset[str]]:
    """Folded wording to the languages that use it."""
    out: dict[str, set[str]] = {}
    for field in lexicon.fields():
        for language in lexicon.LANGUAGES:
            for wording in lexicon.labels(field, language):
                out.setdefault(" ".join(fold(wording)), set()).add(language)
    return {wording: frozenset(names) for wording, names in out.items()}


def detect_language(lines: Sequence[Line]) -> str | None:
    """ISO 639-1 of the language most labels speak; None when no label is known. Longer wordings weigh more."""
    votes: Counter[str] = Counter()
    for line in lines[:200]:
        for part in line.segments:
            for label in (*labels_in(part.tokens), *labels_in(part.tokens, columns=True)):
                names = _languages().get(label.text, frozenset())
                for name in names:
                    votes[name] += len(label.text) / (4 * len(names) ** 2)  # type: ignore[assignment]
    if not votes:
        return None
    return max(lexicon.LANGUAGES, key=lambda name: votes[name])
