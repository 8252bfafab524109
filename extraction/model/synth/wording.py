"""How people word an order in a mail, from prose.json: each part of the layouts has wordings of its own."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from extraction.model.synth import words
from extraction.model.synth.papers import Part, wordings


@cache
def _load() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("prose.json").read_text(encoding="utf-8"))
    return loaded


class Wording:
    """Draws wordings of one language that belong to one part."""

    def __init__(self, rng: random.Random, language: str, part: Part) -> None:
        self.rng, self.language, self.part = rng, language, part

    def all(self, key: str) -> Sequence[str]:
        """Every wording of this part."""
        found: list[str] = _load()[self.language][key]
        return wordings(found, self.part)

    def pick(self, key: str) -> str:
        """One of them."""
        return self.rng.choice(self.all(key))

    def words(self, key: str) -> list[str]:
        """Words that are no alternatives of each other and belong to both parts."""
        found: list[str] = _load()[self.language][key]
        return found

    def word(self, key: str) -> str:
        """A single word or sentence that belongs to both parts."""
        found: str = _load()[self.language][key]
        return found

    def item_pattern(self) -> str:
        """How this mail writes one item, in its own language or as anywhere."""
        neutral: list[str] = _load()["neutral"]
        return self.rng.choice([*wordings(neutral, self.part), *self.all("items")])

    def unit(self, uom: str, quantity: object) -> str:
        """A unit as in running text, in one or many; a shorthand where we have no word."""
        forms = _load()[self.language]["units"].get(uom)
        return forms[quantity != 1] if forms else words.unit_spellings(uom, self.language)[0]

    def count(self, quantity: int) -> str | None:
        """A quantity from two to twelve as a word."""
        counts = self.words("counts")
        return counts[quantity - 1] if 2 <= quantity <= len(counts) else None

    def dozens(self) -> list[tuple[str, int]]:
        """Words for a dozen and its like."""
        return [(text, count) for text, count in _load()[self.language]["dozen"]]


def templates(part: Part) -> set[tuple[str, str]]:
    """Place in prose.json and text of every sentence and item pattern that letters of a part may use."""
    loaded = _load()
    found = {("", text) for text in wordings(loaded["neutral"], part)}
    for language in words.LANGUAGES:
        for key in TEMPLATE_KEYS:
            if len(loaded[language][key]) >= 3:
                found |= {(f"{language}.{key}", text) for text in wordings(loaded[language][key], part)}
    return found


TEMPLATE_KEYS = (
    "items", "ofs", "bare", "sentences", "orders", "changes", "change_items", "cancels", "cancel_lines", "goaheads", "quoted",
    "same", "earlier", "prices", "dates", "urgent", "weeks", "ships", "usual", "pos", "news",
)
