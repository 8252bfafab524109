"""What the catalogue index keeps of an item: terms of its texts, trigrams of its folded codes, its id, its texts prepared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

import tantivy

from matching.attributes import profile, taken_apart
from matching.prepared import packed, with_attributes
from matching.text import code_grams

_STRETCH = 20_000
"""Items that are held in memory at once while an index is written, about a kilobyte each."""


class IndexedItem(NamedTuple):
    """What the index needs to know of an item."""

    item_id: int
    description: str
    codes: tuple[str, ...] = ()     # SKU, GTINs, manufacturer's number
    brand: str = ""                 # and who makes it
    attributes: str = ""            # "name: value; name: value"

    @property
    def fingerprint(self) -> int:
        """64 bits that change with a text or a code."""
        said = "\0".join((self.description, self.brand, self.attributes, *self.codes))
        return int.from_bytes(blake2b(said.encode(errors="replace"), digest_size=8).digest())


def schema() -> tantivy.Schema:
    """words and marks (terms without and with digits), codes (trigrams), item (its id), said (see `prepared.packed`)."""
    builder = tantivy.SchemaBuilder()
    for field in ("words", "marks", "codes"):
        builder.add_text_field(field, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("item", fast=True, indexed=True)
    builder.add_bytes_field("said", stored=True)
    return builder.build()


def documents(items: Iterable[IndexedItem]) -> Iterator[tantivy.Document]:
    """Items as the index stores them, of each stretch those of like words beside each other: so a search reads shorter lists,
    and the texts of what it finds lie together."""
    left = iter(items)
    while stretch := [_document(item) for item in islice(left, _STRETCH)]:
        stretch.sort(key=itemgetter(0))
        yield from map(itemgetter(1), stretch)


def _document(item: IndexedItem) -> tuple[tuple[str, ...], tantivy.Document]:
    """(the words of an item in their order, the item as the index stores it)."""
    said, maker, whole = taken_apart(item.description), profile(item.brand), with_attributes(item.description, item.attributes)
    known = whole or said
    terms = {*known.terms, *maker.terms}
    words = [term for term in terms if is_word(term)]
    marks = terms.difference(words).union(known.raw.values(), maker.raw.values())
    made = tantivy.Document()
    made.add_unsigned("item", item.item_id)
    made.add_text("words", " ".join(words))
    made.add_text("marks", " ".join(marks))
    made.add_bytes("said", packed(said, whole, item.description, item.brand, item.attributes))
    made.add_text("codes", " ".join(code_terms(item.codes)))
    return said.words, made


def is_word(term: str) -> bool:
    """True for terms that are kept among the words: letters only."""
    return term.isalpha()


def code_terms(codes: Iterable[str]) -> set[str]:
    """Trigrams of the folded codes."""
    return {gram for code in codes for gram in code_grams(code)}
