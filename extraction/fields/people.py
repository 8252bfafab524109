"""Which words of a mail name somebody, but not the firm that orders."""

from __future__ import annotations

from extraction.fields.addresses import Block
from extraction.fields.names import is_company
from extraction.fields.view import View, text_of
from extraction.layout.labels import fold
from extraction.layout.mail_words import CLOSING
from models.domain.pages import WordFlag

_PERSON = 4              # words of a person's name at most


def no_buyers(view: View, ship_to: Block | None) -> frozenset[int]:
    """The words (by identity) of a mail that name no buyer: those that say where the goods go, which need not be to who orders
    them, and the name of the person who writes, wherever it stands."""
    words = {id(t) for line in ship_to.lines for t in line} if ship_to else set()
    signed = [line for line in view.lines if all(WordFlag.SIGNATURE in t.word.flags for t in line.tokens)]
    person = next((text for line in signed if (text := fold(line.text)) and not CLOSING.match(line.text)), ())
    if not person or is_company(" ".join(person)) or len(person) > _PERSON:
        return frozenset(words)
    return frozenset(words | {
        id(t) for line in view.lines for n in range(len(line.tokens))
        for size in range(1, len(person) + 1) if fold(text_of(line.tokens[n : n + size])) == person
        for t in line.tokens[n : n + size]})
