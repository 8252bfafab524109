"""The search index over the catalogue, kept beside the database (tantivy, BM25).

An index is a folder of generations. A rebuild writes a new one beside the old, an update continues a copy of the old one; both
then swap one small file, so that readers, in this process or another, see a whole index at every moment.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
import tantivy

from matching.catalog_documents import IndexedItem, documents, schema
from matching.catalog_lookup import Hit, Lookup

LIMIT = 50
_WRITER_MB = 128
_POINTER = "current.json"
_ITEMS = "items.npy"
_FORM = "12"
"""Raised when the way items are taken apart changes: an index of another form is built anew."""
_LARGEST_UPDATE = 0.2
"""Share of the items up to which an update is cheaper than a rebuild."""


class Refreshed(NamedTuple):
    """What a refresh did: items written anew and taken out, and whether the whole index was rebuilt."""

    written: int
    removed: int
    rebuilt: bool


class CatalogIndex:
    """Finds the items whose text or codes resemble a line. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._lookup: Lookup | None = None

    def rebuild(self, items: Iterable[IndexedItem], stamp: str = "") -> int:
        """Index these items and nothing else, then swap; returns their number. `stamp` says which catalogue it was made of.

        One process writes at a time; who waited and finds its stamp there already does nothing, and returns 0.
        """
        return self._write(stamp, lambda: self._rebuild(items, stamp)).written

    def refresh(self, items: Callable[[], Iterable[IndexedItem]], stamp: str = "") -> Refreshed:
        """Bring the index to this state of the catalogue: only what changed is written, unless most of it did. `items` gives
        the whole catalogue, and may be called twice. Waits and stamps like `rebuild`."""
        return self._write(stamp, lambda: self._update(items, stamp))

    def _write(self, stamp: str, work: Callable[[], Refreshed]) -> Refreshed:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return Refreshed(0, 0, False) if stamp and self.stamp == stamp else work()

    def _rebuild(self, items: Iterable[IndexedItem], stamp: str) -> Refreshed:
        target = self._new_folder()
        index = tantivy.Index(schema(), path=str(target))
        known = _add(index, items)
        self._publish(target, known, stamp)
        return Refreshed(len(known), 0, True)

    def _update(self, items: Callable[[], Iterable[IndexedItem]], stamp: str) -> Refreshed:
        current = self._current()
        if current is None:
            return self._rebuild(items(), stamp)
        known = _known(current / _ITEMS)
        state: dict[int, int] = {}
        changed = []
        for item in items():
            state[item.item_id] = item.fingerprint
            if known.get(item.item_id) != state[item.item_id]:
                changed.append(item)
                if len(changed) > 1_000 + _LARGEST_UPDATE * len(known):
                    return self._rebuild(items(), stamp)
        gone = [id_ for id_ in known if id_ not in state]
        target = self._new_folder()
        _continue(current, target)
        index = tantivy.Index.open(str(target))
        _replace(index, gone + [item.item_id for item in changed if item.item_id in known], changed)
        self._publish(target, state, stamp)
        return Refreshed(len(changed), len(gone), False)

    def _new_folder(self) -> Path:
        target = self.folder / f"gen-{secrets.token_hex(6)}"
        target.mkdir()
        return target

    def _publish(self, target: Path, known: dict[int, int], stamp: str) -> None:
        """Make a finished generation the current one. A reader that has just read the pointer may still want the one before;
        older ones go."""
        np.save(target / _ITEMS, np.array([list(known), list(known.values())], dtype=np.uint64))
        before = self._pointer().get("generation")
        part = self.folder / f"{target.name}.part"
        part.write_text(json.dumps({"generation": target.name, "stamp": stamp, "form": _FORM}))
        part.replace(self.folder / _POINTER)
        for old in self.folder.glob("gen-*"):
            if old.is_dir() and old.name not in {target.name, before}:
                shutil.rmtree(old, ignore_errors=True)

    def _pointer(self) -> dict[str, str]:
        try:
            pointer: dict[str, str] = json.loads((self.folder / _POINTER).read_text())
        except FileNotFoundError:
            return {}
        return pointer if pointer.get("form") == _FORM else {}

    def _current(self) -> Path | None:
        name = self._pointer().get("generation")
        return self.folder / name if name and (self.folder / name / _ITEMS).exists() else None

    @property
    def stamp(self) -> str | None:
        """The stamp of the current generation; None before the first."""
        return self._pointer().get("stamp")

    def search(self, text: str, codes: Sequence[str] = (), limit: int = LIMIT, least: float = 0.0) -> list[Hit]:
        """The items most like the text, best first, then those with codes most like these; empty while nothing is indexed. Behind
        the first few only those that have at least this share of the best one's relevance."""
        lookup = self._open()
        if lookup is None:
            return []
        found = lookup.by_text(text, limit, least)
        if codes:
            seen = {hit.item_id for hit in found}
            near = lookup.by_codes(codes, _BY_CODE if found else limit)
            found += [Hit(hit.item_id, 0.0) for hit in near if hit.item_id not in seen]
        return found

    def _open(self) -> Lookup | None:
        try:
            stat = (self.folder / _POINTER).stat()
        except FileNotFoundError:
            return None
        seen = (stat.st_mtime_ns, stat.st_ino)
        with self._lock:
            if self._seen != seen or self._lookup is None:
                name = self._pointer().get("generation")
                if name is None:
                    return None
                self._lookup = Lookup(tantivy.Index.open(str(self.folder / name)))
                self._seen = seen
            return self._lookup


_BY_CODE = 10
"""How many items of a similar code come into question beside those of a similar text."""


def _add(index: tantivy.Index, items: Iterable[IndexedItem]) -> dict[int, int]:
    known: dict[int, int] = {}

    def noted() -> Iterator[IndexedItem]:
        for item in items:
            known[item.item_id] = item.fingerprint
            yield item

    _write(index.writer(_WRITER_MB * 2**20, num_threads=1), noted())
    return known


def _write(writer: tantivy.IndexWriter, items: Iterable[IndexedItem]) -> None:
    for document in documents(items):
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _replace(index: tantivy.Index, gone: Sequence[int], items: Sequence[IndexedItem]) -> None:
    writer = index.writer(_WRITER_MB * 2**20, num_threads=1)
    for id_ in gone:
        writer.delete_documents_by_query(tantivy.Query.term_query(index.schema, "item", id_))
    _write(writer, items)


def _continue(source: Path, target: Path) -> None:
    """A copy of a generation to write on. Its segments never change and are linked; the two lists of them are copied."""
    for file in source.iterdir():
        if file.name.endswith(".lock"):
            continue
        if file.suffix == ".json":
            shutil.copy(file, target / file.name)
        elif file.name != _ITEMS:
            os.link(file, target / file.name)


def _known(path: Path) -> dict[int, int]:
    ids, prints = np.load(path)
    return dict(zip(ids.tolist(), prints.tolist(), strict=True))
