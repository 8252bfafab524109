"""How a text speaks: its language, its number and date style; and what the small words in it say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extraction.layout.geometry import Token
from extraction.layout.labels import fold
from extraction.lines.build import Styles
from extraction.lines.prose.words import begins, first_words, holds, phrases

_LONGEST = 5                   # tokens of a wording


Shape = tuple[str, bool, bool]
"""How a line of a list says how many: "front", "end" or "inside"; with a sign of multiplication; in a unit."""


@dataclass(frozen=True, slots=True)
class Speech:
    """One text. `language` is ISO 639-1, None when it does not tell; then the wordings of all languages count.

    `habit` is how most lines of its lists say how many, `shapes` gathers how each does.
    `eager`: nothing else in the text orders anything, so that one thing counted without a word of ordering is taken for an order.
    `counts` keeps what was found out about the numbers of the text, by the identity of their words.
    """

    styles: Styles
    language: str | None
    habit: Shape | None = None
    eager: bool = False
    counts: dict[int, Any] = field(default_factory=dict)
    shapes: list[Shape] = field(default_factory=list)

    def spans(self, tokens: Sequence[Token], role: str, start: int = 0) -> int:
        """How many tokens from `start` on are a wording of this role, 0 for none."""
        if start >= len(tokens):
            return 0
        first = fold(tokens[start].text)
        if not first or first[0] not in first_words(role, self.language):
            return 0
        known = phrases(role, self.language)
        for size in range(min(_LONGEST, len(tokens) - start), 0, -1):
            part = tokens[start : start + size]
            if folded(part) in known and all(fold(t.text) for t in part):
                return size
        return 0

    def begins(self, words: Sequence[str], role: str) -> int:
        """How many folded words at the front are a wording of this role."""
        return begins(words, role, self.language)

    def holds(self, words: Sequence[str], role: str) -> bool:
        """True when a wording of this role stands anywhere in folded words."""
        return holds(words, role, self.language)


def folded(tokens: Sequence[Token]) -> tuple[str, ...]:
    """The folded words of some tokens."""
    return tuple(word for token in tokens for word in fold(token.text))


@dataclass(frozen=True, slots=True)
class Setting:
    """How some words stand: `bullet` a mark of a list before them; `asked` a command or the line of a list above them.
    `line`: they are a whole line, all of which describes the goods; else part of a sentence, whose ends do not."""

    bullet: bool = False
    asked: bool = False
    line: bool = True
