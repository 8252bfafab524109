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
_COMMON = 0.3
"""Share of the weight of all terms that the commonest may have together. At 0.3 the first fifty are what they would be if each
counted, in four fifths of the time; at 0.4 one line of a hundred loses its item."""
_ALWAYS = 15
"""So many of the first are always among what is found."""
_Term = tuple[str, str]
"""Field and term."""
_Scored = tuple[float, tantivy.DocAddress]
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

    def by_text(self, text: str, limit: int, least: float = 0.0) -> list[Hit]:
        """The items whose words and measures are most like those of a text. Behind the first few only those that have at least
        this share of the first one's relevance."""
        terms, mass = self._terms(profile(text))
        if not terms:
            return []
        rarer, common = self._parted(terms)
        hits = self._best(self._both(rarer, common), limit) if common else []
        if len(hits) < limit:
            hits = self._best(self._any(terms), limit)
        while len(hits) > _ALWAYS and hits[-1][0] < least * hits[0][0]:
            hits.pop()
        return self._found(hits, mass)

    def by_codes(self, codes: Iterable[str], limit: int) -> list[Hit]:
        """The items with codes most like these."""
        terms = [("codes", gram) for gram in sorted(code_terms(codes)) if self._frequency("codes", gram)]
        return self._found(self._best(self._any(terms), limit), sum(self._rarity(*term) for term in terms)) if terms else []

    def _best(self, query: tantivy.Query, limit: int) -> list[_Scored]:
        hits: list[_Scored] = self._searcher.search(query, limit=limit, count=False).hits
        return hits

    def _found(self, hits: Sequence[_Scored], mass: float) -> list[Hit]:
        places = [place for _, place in hits]
        lay_ready(self._searcher.doc(place)["said"][0] for place in places)
        ids = self._searcher.fast_field_values("item", places) if hits else []
        return [Hit(int(item or 0), float(score) / max(mass, 1e-9)) for item, (score, _) in zip(ids, hits, strict=True)]

    def _parted(self, terms: Sequence[_Term]) -> tuple[list[_Term], list[_Term]]:
        """The rarer terms, and the commonest, whose lists are the longest: an item that has none but those is hardly among the
        best."""
        left = _COMMON * sum(self._rarity(*term) for term in terms)
        common: list[_Term] = []
        for term in sorted(terms, key=lambda term: self._rarity(*term)):
            left -= self._rarity(*term)
            if left < 0:
                break
            common.append(term)
        return [term for term in terms if term not in common], common

    def _both(self, rarer: Iterable[_Term], common: Iterable[_Term]) -> tantivy.Query:
        """Items with any of the rarer terms; the common ones only weigh."""
        return tantivy.Query.boolean_query([
            (tantivy.Occur.Must, self._any(rarer)), *((tantivy.Occur.Should, self._one(*term)) for term in common)])

    def _any(self, terms: Iterable[_Term]) -> tantivy.Query:
        return tantivy.Query.boolean_query([(tantivy.Occur.Should, self._one(*term)) for term in terms])

    def _one(self, field: str, term: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, term, index_option="freq")

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
