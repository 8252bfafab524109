"""What anybody would try first: rapidfuzz over every text, and SQLite's full-text search."""

from __future__ import annotations

import re
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bench.match_lines import Line
from matching.records import ItemRecord

_SCANNED = 40_000_000
"""Texts that the scan may compare in all: it takes seconds a line where an index takes milliseconds."""
_SEARCHED = 100


@dataclass(frozen=True, slots=True)
class Baseline:
    """Where the item stood for each line asked (None: not found), and what it cost."""

    ranks: Sequence[int | None]
    milliseconds: float
    build_seconds: float = 0.0
    disk_mb: float = 0.0


class Timed:
    """Items that are given out one by one, with the CPU time spent while they are, without that of making them."""

    def __init__(self, items: Iterable[ItemRecord]) -> None:
        self._items = items
        self._making = 0.0
        self._began = time.process_time()

    def __iter__(self) -> Iterator[ItemRecord]:
        items = iter(self._items)
        while True:
            began = time.process_time()
            item = next(items, None)
            self._making += time.process_time() - began
            if item is None:
                return
            yield item

    @property
    def seconds(self) -> float:
        """CPU time of the process from the beginning until now, without that of making the items."""
        return time.process_time() - self._began - self._making


def _text(item: ItemRecord) -> str:
    return f"{item.sku} {item.mpn or ''} {' '.join(item.gtins)} {item.brand or ''} {item.description}".lower()


def _question(line: Line) -> str:
    return " ".join((*line.query.codes, line.query.description)).lower()


def whole_scan(items: Callable[[], Iterable[ItemRecord]], asked: Sequence[Line]) -> Baseline:
    """`process.extract` with `token_set_ratio`, over as many lines as are bearable, of every kind."""
    texts = {item.item_id: _text(item) for item in items()}
    asked = asked[::max(len(asked) // max(_SCANNED // len(texts) // 100, 5), 1)]
    ranks: list[int | None] = []
    began = time.process_time()
    for line in asked:
        found = process.extract(_question(line), texts, scorer=fuzz.token_set_ratio, limit=20)
        ids = [key for _, _, key in found]
        ranks.append(ids.index(line.number + 1) if line.number + 1 in ids else None)
    return Baseline(ranks, (time.process_time() - began) * 1000 / len(asked))


def full_text_search(items: Timed, asked: Sequence[Line]) -> Baseline:
    """FTS5 words, any of them, ranked by its BM25."""
    asked = asked[::max(len(asked) // _SEARCHED, 1)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fts.db"
        db = sqlite3.connect(path)
        db.execute("CREATE VIRTUAL TABLE items USING fts5(text, content='')")
        db.executemany("INSERT INTO items(rowid, text) VALUES (?, ?)", ((item.item_id, _text(item)) for item in items))
        db.commit()
        built, disk = items.seconds, path.stat().st_size / 2**20
        ranks: list[int | None] = []
        began = time.process_time()
        for line in asked:
            words = " OR ".join(f'"{word}"' for word in re.findall(r"\w+", _question(line)))
            found = db.execute("SELECT rowid FROM items WHERE text MATCH ? ORDER BY rank LIMIT 50", (words,)).fetchall()
            ids = [row[0] for row in found]
            ranks.append(ids.index(line.number + 1) if line.number + 1 in ids else None)
        spent = time.process_time() - began
        db.close()
    return Baseline(ranks, spent * 1000 / len(asked), built, disk)
