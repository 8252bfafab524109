"""How right, how believable and how fast reading is, on layouts held back from tuning and on a labelled corpus."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.progress import Progress

from app.bootstrap import Rooms
from bench import learning, speed, understanding
from bench.accuracy import Case, accuracy_rows, each_rows, field_rows, measure
from bench.diagram import reliability_svg
from bench.rows import Row
from extraction.model.synth import generate, make_company
from extraction.model.synth.layouts import layouts
from runtime.settings import Settings

MEDIA: dict[str, tuple[tuple[str, ...], float]] = {
    "native": (("pdf",), 1.0),
    "scan": (("scan",), 0.25),
    "fine fax": (("fax_fine",), 0.25),
    "standard fax": (("fax_std",), 0.25),
    "sheet": (("xlsx", "xls", "ods", "csv"), 1.0),
    "mail": (("text_mail", "html_mail"), 1.0),
    "attachment": (("attachment_mail",), 0.5),
}
"""Medium → the generator's kinds, and its share of the documents asked for: OCR takes seconds a page."""

Part = Literal["train", "check"]


@dataclass(slots=True)
class Measured:
    """The figures, and the cases they come from."""

    rows: list[Row] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)


def run(
    *, corpus: Path | None, synth_count: int, seed: int, part: Part = "check", media: Sequence[str] = tuple(MEDIA),
    with_speed: bool = True, with_learning: bool = True, with_fields: bool = False,
) -> Measured:
    """Score `synth_count` generated documents of each medium (fewer of those OCR reads) and every document of the corpus; then
    what corrections teach, and speed. Progress on stderr.

    A corpus is a folder with documents/ and labels/ (or truth/), one JSON file a document by its stem.
    """
    done = Measured()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        done.cases = _cases(progress, corpus, synth_count, seed, part, media)
        done.rows = [row for case in done.cases for row in accuracy_rows(case)]
        if with_fields:
            done.rows += field_rows(done.cases)
        for case in done.cases:
            done.rows += each_rows(case) if case.name == "corpus" else ()
        if with_learning:
            forms = min(synth_count, len(layouts("check")))
            task = progress.add_task("learning from corrections", total=forms)
            done.rows += learning.run(seed=seed, forms=forms, told=partial(progress.advance, task))
        if with_speed:
            task = progress.add_task("speed", total=2)
            done.rows += understanding.run(count=min(synth_count, 20), seed=seed)
            progress.advance(task)
            done.rows += speed.run(count=min(synth_count, 20), ocr_pages=2, seed=seed)
    return done


def _cases(
    progress: Progress, corpus: Path | None, count: int, seed: int, part: Part, media: Sequence[str],
) -> list[Case]:
    company = make_company(seed)
    found = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rooms = Rooms(Settings(data=folder / "data", company_name=company.name, mail_host=None, workers=1))
        try:
            for medium in media:
                kinds, share = MEDIA[medium]
                number = max(2, round(count * share))
                generate(folder / medium, seed=seed, count=number, part=part, kinds=list(kinds), company=company)
                task = progress.add_task(medium, total=number)
                found.append(measure(rooms, medium, folder / medium, partial(progress.advance, task)))
            if corpus:
                task = progress.add_task("corpus", total=sum(1 for _ in (corpus / "documents").iterdir()))
                found.append(measure(rooms, "corpus", corpus, partial(progress.advance, task)))
        finally:
            rooms.close()
    return found


def diagram(cases: Sequence[Case], *, seed: int, part: Part = "check") -> str:
    """The reliability diagram of all generated media together, as SVG: values and lines."""
    drawn = [case for case in cases if case.name in MEDIA]
    groups = {
        "Values of header and lines": [j for case in drawn for j in case.fields],
        "Lines as a whole": [j for case in drawn for j in case.lines],
    }
    documents = sum(case.score.documents for case in drawn)
    note = f"{documents:,} generated documents of {part} layouts, seed {seed}; drawn by ordermill bench read --diagram"
    return reliability_svg(groups, note)
