"""Items from a CSV file into a fresh SQLite database, beside bare inserts of rows as wide: seconds, CPU, memory."""

from __future__ import annotations

import csv
import resource
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path
from random import Random

from bench.match_goods import Goods
from bench.rows import Row
from matching.masterdata import import_items
from models.tables import Base
from runtime.db import Database
from runtime.imports import BATCH
from runtime.tabular import open_table

_BARE = "bare insert"
_COLUMNS = ("sku", "gtin", "mpn", "brand", "description", "base_uom", "list_price", "currency")


def run(*, items: int, seed: int) -> list[Row]:
    """Wall and CPU seconds of a first import and of one that changes nothing, and the memory of the process at its most."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "items.csv"
        _write(file, items, seed)
        db = Database(f"sqlite:///{folder}/ordermill.db")
        Base.metadata.create_all(db.engine)
        first, first_cpu = _timed(db, file)
        again, again_cpu = _timed(db, file)
        db.close()
        bare = _bare(file, Path(folder) / "bare.db")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        Row(f"import of {items} items", first, "s", bare, _BARE), Row("CPU of it", first_cpu, "s"),
        Row("the same file again", again, "s", bare, _BARE), Row("CPU of it", again_cpu, "s"),
        Row("items a second", items / first, "1/s", items / bare, _BARE), Row("memory at its most", peak, "MB"),
    ]


def _write(file: Path, count: int, seed: int) -> None:
    goods, order = Goods(count, seed), list(range(count))
    Random(seed).shuffle(order)                # as the systems that export them have them: by no key of ours
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for number in order:
            item = goods.item(number)
            price = item.prices[0]
            writer.writerow((
                item.sku, min(item.gtins), item.mpn, item.brand, item.description, item.base_uom, price.price, price.currency))


def _timed(db: Database, file: Path) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    report = import_items(db, open_table(file).rows)
    assert not report.refused_count
    return time.perf_counter() - began, time.process_time() - cpu


def _bare(file: Path, path: Path) -> float:
    """Seconds for the same values with the same indices, in as many transactions, nothing looked at."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path)) as db, file.open(encoding="utf-8", newline="") as source:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"CREATE TABLE items (id INTEGER PRIMARY KEY, {', '.join(_COLUMNS)}, UNIQUE (sku))")
        for column in ("gtin", "mpn"):
            db.execute(f"CREATE INDEX by_{column} ON items ({column})")
        rows = csv.reader(source)
        next(rows)
        batch: list[list[str]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == BATCH:
                _insert(db, batch)
                batch = []
        _insert(db, batch)
    return time.perf_counter() - began


def _insert(db: sqlite3.Connection, batch: list[list[str]]) -> None:
    with db:
        db.executemany(f"INSERT INTO items ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})", batch)
