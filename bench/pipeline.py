"""Whole-pipeline rate: stored one-page PDF orders → read → matched → decided → sales orders, and where the time goes."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app import pipeline, schema
from app.bootstrap import Rooms
from app.cli.imports import import_file
from app.importing import Kind
from bench.rows import Row
from extraction.formats.mupdf import pymupdf
from extraction.model.synth import generate, make_company
from extraction.model.synth.import_files import write_import_files
from models.domain.messages import Source
from models.domain.reading import Context
from runtime.settings import Settings
from runtime.workflows import Workflows


class Stopwatch:
    """Wall seconds spent in named calls, summed over threads."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def wrap(self, name: str, owner: Any, method: str) -> None:
        """Measure every call of `owner.method` under `name`."""
        inner: Callable[..., Any] = getattr(owner, method)

        def timed(*args: Any, **kwargs: Any) -> Any:
            begun = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun

        setattr(owner, method, timed)


def run(*, count: int, seed: int) -> list[Row]:
    """Process `count` generated one-page PDF orders of known customers on a fresh SQLite installation with two workers."""
    with tempfile.TemporaryDirectory() as folder:
        rooms = Rooms(Settings(data=Path(folder) / "data", company_name=make_company(seed).name, mail_host=None, workers=2))
        try:
            files = _prepare(rooms, Path(folder), count, seed)
            return _measure(rooms, files)
        finally:
            rooms.close()


def _prepare(rooms: Rooms, folder: Path, count: int, seed: int) -> list[Path]:
    schema.upgrade(rooms.db)
    company = make_company(seed)
    write_import_files(company, folder)
    for kind in (Kind.CUSTOMERS, Kind.ITEMS, Kind.PRICES, Kind.PART_NUMBERS, Kind.STOCK):
        import_file(rooms, kind, folder / f"{kind.value}.csv", quiet=True)
    samples = generate(folder / "orders", seed=seed, count=2 * count, kinds=["pdf"], company=company)
    one_page = [s.file for s in samples if len(pymupdf.open(s.file)) == 1][:count]
    rooms.reader.read(one_page[0].read_bytes(), Context())      # warm: the sandbox's libraries are loaded
    return one_page


def _measure(rooms: Rooms, files: list[Path]) -> list[Row]:
    watch = Stopwatch()
    watch.wrap("take apart (sandbox)", rooms, "unpack")
    watch.wrap("read (sandbox + understanding)", rooms.reader, "read")
    watch.wrap("match and decide", rooms.matcher, "match_case")
    baseline = _bare_words(files)
    begun, cpu = time.perf_counter(), _cpu()
    for path in files:
        with path.open("rb") as f:
            rooms.receiver.receive(f, source=Source.UPLOAD, account="bench", name=path.name)
    stored = time.perf_counter() - begun
    pipeline.bind(rooms)
    workflows = Workflows(rooms.db, data=rooms.settings.data, concurrency=2)
    workflows.launch()
    sweeper = pipeline.Sweeper(rooms, workflows)
    begun = time.perf_counter()
    while sweeper.sweep():
        time.sleep(0.05)
    wall = time.perf_counter() - begun
    workflows.close()
    count = len(files)
    return [
        Row("pipeline, one-page native PDF", count / wall, "documents/s", count / baseline, "PyMuPDF words alone, one core"),
        Row("parent's CPU per document", 1000 * (_cpu() - cpu) / count, "ms"),
        Row("store (fsync) per document", 1000 * stored / count, "ms"),
        *(Row(f"{name} per document", 1000 * spent / count, "ms wall, both workers") for name, spent in watch.seconds.items()),
    ]


def _bare_words(files: list[Path]) -> float:
    begun = time.perf_counter()
    for path in files:
        with pymupdf.open(path) as document:
            for page in document:
                page.get_text("words")
    return time.perf_counter() - begun


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system
