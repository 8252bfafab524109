"""Asking one generation of the catalogue index: words and measures first, then what unknown words may stand for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import tantivy

from matching.attributes import Profile, profile
from matching.catalog_documents import code_terms, is_word
from matching.prepared import lay_ready
from matching.vocabulary import Vocabulary

_MOST_WORDS = 300_000
_RARE = 3
"""A word that fewer items have may itself be a misspelling of the catalogue."""
_ONE_OF = 2_000
"""A word that fewer of the items have is no usual short form, nor usually shortened."""
_LETTERS_AS_DIGITS = str.maketrans("oilsbzg", "0115826")


class Hit(NamedTuple):
    """An item found, with the share of what the line says that it has, weighted by rarity: 0.0 to about 1.0."""

    item_id: int
    relevance: float


class Lookup:
    """A snapshot of an index: safe to share between threads, and unchanged by what is written meanwhile."""

    def __init__(self, index: tantivy.Index) -> None:
        self._schema = index.schema
        self._searcher = index.searcher()
        self._count = self._searcher.num_docs
        self._words: Vocabulary | None = None
        self._freq: dict[tuple[str, str], int] = {}

    @property
    def words(self) -> Vocabulary:
        """The catalogue's words, gathered when first needed."""
        if self._words is None:
            self._words = Vocabulary(self._searcher.terms_with_prefix("words", "", limit=_MOST_WORDS))
        return self._words

    def by_text(self, text: str, limit: int) -> list[Hit]:
        """The items whose words and measures are most like those of a text."""
        terms, mass = self._terms(profile(text))
        return self._search(terms, limit, mass) if terms else []

    def by_codes(self, codes: Iterable[str], limit: int) -> list[Hit]:
        """The items with codes most like these."""
        terms = [("codes", gram) for gram in sorted(code_terms(codes)) if self._frequency("codes", gram)]
        return self._search(terms, limit, sum(self._rarity(*term) for term in terms)) if terms else []

    def _search(self, terms: Sequence[tuple[str, str]], limit: int, mass: float) -> list[Hit]:
        query = tantivy.Query.boolean_query([
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, field, term, index_option="freq"))
            for field, term in terms])
        hits = self._searcher.search(query, limit=limit, count=False).hits
        places = [place for _, place in hits]
        lay_ready(self._searcher.doc(place)["said"][0] for place in places)
        ids = self._searcher.fast_field_values("item", places) if hits else []
        return [Hit(int(item or 0), float(score) / max(mass, 1e-9)) for item, (score, _) in zip(ids, hits, strict=True)]

    def _terms(self, asked: Profile) -> tuple[list[tuple[str, str]], float]:
        """What to search for, and the weight of all that was asked: unknown words weigh as much as known ones do on average."""
        terms: dict[tuple[str, str], None] = {}
        weights: list[float] = []
        unknown = 0
        for term in (*asked.terms, *(raw for raw in asked.raw.values() if raw not in asked.terms)):
            meant = self._meant(term)
            terms.update(dict.fromkeys((*meant, *self._forms(term))))
            if meant:
                weights.append(max(self._rarity(*m) for m in meant))
            else:
                unknown += 1
        mass = sum(weights)
        return list(terms), mass + unknown * (mass / len(weights) if weights else 0.0)

    def _meant(self, term: str) -> list[tuple[str, str]]:
        """The terms of the index that a term of the line stands for: itself, and where it is rare or unknown its neighbours."""
        field = "words" if is_word(term) else "marks"
        count = self._frequency(field, term)
        meant = [(field, term)] if count else []
        if count < _RARE:
            if field == "words":
                meant += [("words", near) for near, _ in self.words.near(term) if near != term]
            elif self._frequency("marks", repaired := term.translate(_LETTERS_AS_DIGITS)):
                meant.append(("marks", repaired))
        return meant

    def _forms(self, term: str) -> list[tuple[str, str]]:
        """The short and long forms that the catalogue has of a word."""
        least = max(_RARE, self._count // _ONE_OF)
        return [("words", form) for form in self.words.forms(term, least)] if is_word(term) else []

    def _frequency(self, field: str, term: str) -> int:
        found = self._freq.get((field, term))
        if found is None:
            if len(self._freq) > 200_000:
                self._freq.clear()
            found = self._freq[field, term] = self._searcher.doc_freq(field, term)
        return found

    def _rarity(self, field: str, term: str) -> float:
        count = self._frequency(field, term)
        return math.log(1 + (self._count - count + 0.5) / (count + 0.5))
