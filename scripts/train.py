"""Train the tagger that extraction ships: `make train`, or python -m scripts.train --count 900 --seed 7 [--out FILE].

Documents on train layouts are generated, read and learned from; then documents on check layouts, which are never learned
from, are tagged and scored. Only totals are shown, so that nobody tunes to a layout that is held back.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.model.synth import generate
from extraction.model.tagger import MODEL_FILE
from extraction.model.train import Figures, Sample, measure, noised, train
from intake.unpack import UnpackOptions, unpack

SHARES = {"pdf": 0.7, "xlsx": 0.1, "csv": 0.04, "text_mail": 0.12, "html_mail": 0.04}
"""Kinds of document learned from; scans and faxes are learned as PDFs with the errors of OCR."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1200, help="documents to learn from")
    options.add_argument("--check", type=int, default=200, help="documents on held-back layouts to measure on")
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--out", type=Path, default=MODEL_FILE)
    asked = options.parse_args()
    begun = time.monotonic()
    learned = list(samples("train", asked.count, asked.seed))
    print(f"{len(learned)} documents generated and read in {time.monotonic() - begun:.0f} s", flush=True)
    begun = time.monotonic()
    words = train((sample for _, sample in learned), asked.out, seed=asked.seed)
    print(f"trained on {words} words in {time.monotonic() - begun:.0f} s; {asked.out.stat().st_size / 1e6:.2f} MB", flush=True)
    held = list(samples("check", asked.check, asked.seed + 1))
    rng = random.Random(asked.seed)
    for name in SHARES:
        told(name, measure((s for kind, s in held if kind == name), asked.out))
    told("pdf as OCR", measure((noised(s, rng) for kind, s in held if kind == "pdf"), asked.out))
    return 0


def samples(part: Literal["train", "check"], count: int, seed: int) -> Iterator[tuple[str, Sample]]:
    """Kind and content of generated documents on the layouts of one part."""
    with tempfile.TemporaryDirectory() as name:
        for kind, share in SHARES.items():
            out = Path(name) / kind
            generate(out, seed=seed, count=max(4, round(share * count)), part=part, kinds=[kind])
            for path in sorted((out / "documents").iterdir()):
                yield kind, _sample(path, out / "truth" / f"{path.stem}.json")


def _sample(path: Path, truth: Path) -> Sample:
    """A document read, and the places its truth tells. Of a mail its text is read."""
    content, options = path.read_bytes(), ParseOptions()
    if path.suffix == ".eml":
        content = next(part.content for part in unpack(content, UnpackOptions(is_mail=True)).parts if part.is_body)
        options = replace(options, is_body=True)
    orders = json.loads(truth.read_text(encoding="utf-8"))["orders"]
    pages = parse_document(content, options).parsed.pages
    return Sample(pages, tuple(place for order in orders for place in order["extra"]["places"]))


def told(name: str, figures: Figures) -> None:
    """One row of figures."""
    header = [tag for tag in figures.due if not tag.startswith("line.") and tag != "other"]
    line = [tag for tag in figures.due if tag.startswith("line.")]
    parts = {"all": figures.f1(), "header": figures.f1(*header), "lines": figures.f1(*line)}
    print(f"{name:12} " + "  ".join(f"{part} F1 {value:.3f}" for part, value in parts.items()), flush=True)


if __name__ == "__main__":
    os.nice(5)
    sys.exit(main())
