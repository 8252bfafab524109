"""How right and how fast reading is: accuracy on layouts held back from tuning and on a labelled corpus, then speed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from app.bootstrap import Rooms
from app.reading import read_file
from bench import speed
from bench.rows import Row
from bench.score import Score, labelled_orders, score_document
from extraction.export import reading_to_json
from extraction.model.synth import generate, make_company
from runtime.settings import Settings

KINDS = ("pdf", "xlsx", "csv", "text_mail", "html_mail", "attachment_mail", "scan", "fax")
SLOW = frozenset({"scan", "fax"})  # a quarter of the others: OCR takes seconds a page


def run(*, corpus: Path | None, synth_count: int, seed: int, part: Literal["train", "check"] = "check") -> list[Row]:
    """Score `synth_count` generated documents of each kind and every document of the corpus; then measure speed.

    A corpus is a folder with documents/ and labels/ (or truth/), one JSON file a document by its stem.
    """
    company = make_company(seed)
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rooms = Rooms(Settings(data=folder / "data", company_name=company.name, mail_host=None, workers=1))
        try:
            for kind in KINDS:
                count = max(2, synth_count // 4) if kind in SLOW else synth_count
                generate(folder / kind, seed=seed, count=count, part=part, kinds=[kind], company=company)
                rows += _accuracy(rooms, kind, folder / kind)
            if corpus:
                rows += _accuracy(rooms, "corpus", corpus, each=True)
        finally:
            rooms.close()
    return [*rows, *speed.run(count=min(synth_count, 20), ocr_pages=2, seed=seed)]


def _accuracy(rooms: Rooms, case: str, folder: Path, *, each: bool = False) -> Iterable[Row]:
    """Header F1, line F1 and the share of documents wholly right; with `each` line F1 of every document too."""
    score = Score()
    for path in sorted((folder / "documents").iterdir()):
        labels = _labels(folder, path)
        if labels is None:
            continue
        result = read_file(rooms, path)
        found = [reading_to_json(r, file=path.name, seconds=result.seconds) for r in result.readings]
        score_document(score, labels, found, path.name)
        if each:
            one = Score()
            whole = score_document(one, labels, found)
            yield Row(f"{case} {path.name} header", one.header_f1, "F1")
            yield Row(f"{case} {path.name} lines{' (whole)' if whole else ''}", one.lines.f1, "F1")
    yield Row(f"{case} header", score.header_f1, "F1")
    yield Row(f"{case} lines", score.lines.f1, "F1")
    yield Row(f"{case} wholly right", score.whole / max(score.documents, 1), "share")


def _labels(folder: Path, document: Path) -> list[Any] | None:
    for name in ("labels", "truth"):
        path = folder / name / f"{document.stem}.json"
        if path.exists():
            return labelled_orders(json.loads(path.read_text(encoding="utf-8")))
    return None
