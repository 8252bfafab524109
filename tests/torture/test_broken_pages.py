"""Pages whose words are missing, cut, misread or exchanged, as bad scans and odd programs make them: read as well as they can
be, and never a fault of ours."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from extraction.assemble import assemble
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.model.synth import generate
from models.domain.pages import Page
from models.domain.reading import Context

pytestmark = pytest.mark.slow
DOCUMENTS = 40


def broken(page: Page, rng: random.Random, how: int) -> Page:
    """Words lost; from 2 on letters too; from 4 on words exchanged, and all in another order."""
    words = [w for w in page.words if rng.random() > 0.1 * how]
    if how >= 2:
        words = [replace(w, text="".join(c for c in w.text if rng.random() > 0.05) or "-") for w in words]
    if how >= 4 and words:
        words = [replace(w, text=rng.choice(words).text) if rng.random() < 0.1 else w for w in words]
        rng.shuffle(words)
    return replace(page, words=tuple(words))


def rules_lost(page: Page, rng: random.Random) -> Page:
    return replace(page, rules=tuple(r for r in page.rules if rng.random() < 0.7))


def samples(folder: Path) -> Iterator[tuple[str, bytes]]:
    for sample in generate(folder, seed=77, count=DOCUMENTS, kinds=["pdf", "xlsx", "csv"]):
        yield sample.name, sample.file.read_bytes()


def test_broken_pages_are_read_without_a_fault(tmp_path: Path) -> None:
    rng = random.Random(5)
    read = 0
    for name, content in samples(tmp_path):
        pages = parse_document(content, ParseOptions(file_name=name)).parsed
        for how in range(6):
            changed = tuple(rules_lost(broken(page, rng, how), rng) for page in pages.pages)
            for reading in assemble(replace(pages, pages=changed), Context()):
                read += 1
                counted = [line.quantity.confidence for line in reading.lines if line.quantity]
                assert all(0.0 <= chance <= 1.0 for chance in (reading.doc_type.confidence, *counted))
    assert read >= 5 * DOCUMENTS
