"""The search index over the catalogue: character trigrams of texts and of folded codes, ranked by BM25 (tantivy).

An index is a folder of generations. A rebuild writes a new one beside the old and then swaps one small file, so that readers,
in this process or another, see a whole index at every moment.
"""

from __future__ import annotations

import fcntl
import json
import secrets
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import tantivy

from matching.text import code_grams, grams

LIMIT = 50
_WRITER_MB = 64
_POINTER = "current.json"


class IndexedItem(NamedTuple):
    """What the index needs to know of an item."""

    item_id: int
    text: str                       # description and brand
    codes: tuple[str, ...] = ()     # SKU, GTINs, manufacturer's number


class Hit(NamedTuple):
    """An item found, with its BM25 relevance (above 0, no upper bound)."""

    item_id: int
    relevance: float


class CatalogIndex:
    """Finds the items whose text or codes resemble a line. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._index: tantivy.Index | None = None
        self._searcher: tantivy.Searcher | None = None

    def rebuild(self, items: Iterable[IndexedItem], stamp: str = "") -> int:
        """Index these items and nothing else, then swap; returns their number. `stamp` says which catalogue it was made of.

        One process writes at a time; who waited and finds its stamp there already does nothing, and returns 0.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return 0 if stamp and self.stamp == stamp else self._rebuild(items, stamp)

    def _rebuild(self, items: Iterable[IndexedItem], stamp: str) -> int:
        name = f"gen-{secrets.token_hex(6)}"
        target = self.folder / name
        target.mkdir()
        count = _write(target, items)
        before = self._pointer().get("generation")
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps({"generation": name, "stamp": stamp}))
        part.replace(self.folder / _POINTER)
        self._remove_all_but(name, before)
        return count

    def _remove_all_but(self, *names: str | None) -> None:
        """A reader that has just read the pointer may still want the generation before; older ones go."""
        for old in self.folder.glob("gen-*"):
            if old.is_dir() and old.name not in names:
                shutil.rmtree(old, ignore_errors=True)

    def _pointer(self) -> dict[str, str]:
        try:
            pointer: dict[str, str] = json.loads((self.folder / _POINTER).read_text())
        except FileNotFoundError:
            return {}
        return pointer

    @property
    def stamp(self) -> str | None:
        """The stamp of the current generation; None before the first."""
        return self._pointer().get("stamp")

    def search(self, text: str, codes: Sequence[str] = (), limit: int = LIMIT) -> list[Hit]:
        """The items most like the text and codes, best first; empty while nothing is indexed."""
        found = self._open()
        terms = [("grams", gram) for gram in sorted(grams(text))]
        terms += [("codes", gram) for gram in sorted({g for code in codes for g in code_grams(code)})]
        if found is None or not terms:
            return []
        index, searcher = found
        schema = index.schema
        query = tantivy.Query.boolean_query([
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, field, gram, index_option="freq")) for field, gram in terms])
        hits = searcher.search(query, limit=limit, count=False).hits
        ids = searcher.fast_field_values("item", [address for _, address in hits]) if hits else []
        return [Hit(int(item or 0), float(score)) for item, (score, _) in zip(ids, hits, strict=True)]

    def _open(self) -> tuple[tantivy.Index, tantivy.Searcher] | None:
        try:
            stat = (self.folder / _POINTER).stat()
        except FileNotFoundError:
            return None
        seen = (stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            if self._seen != seen or self._index is None or self._searcher is None:
                self._index = tantivy.Index.open(str(self.folder / self._pointer()["generation"]))
                self._searcher = self._index.searcher()
                self._seen = seen
            return self._index, self._searcher


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("grams", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("codes", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("item", fast=True)
    return builder.build()


def _write(folder: Path, items: Iterable[IndexedItem]) -> int:
    index = tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(_WRITER_MB * 2**20, num_threads=1)
    count = 0
    for item in items:
        document = tantivy.Document()
        document.add_unsigned("item", item.item_id)
        document.add_text("grams", " ".join(grams(item.text)))
        document.add_text("codes", " ".join({g for code in item.codes for g in code_grams(code)}))
        writer.add_document(document)
        count += 1
    writer.commit()
    writer.wait_merging_threads()
    return count
