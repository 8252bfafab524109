"""What the tagger learns from: the words of a value bear its tag, also on a page that OCR read badly; training learns."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.layout.reading_order import document_lines
from extraction.model.synth import generate
from extraction.model.train import Sample, measure, noised, train
from extraction.model.truth import tag_name, tags_of


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Sample]:
    out = tmp_path_factory.mktemp("learned")
    generate(out, seed=3, count=6, part="train", kinds=["pdf"])
    found = []
    for path in sorted((out / "documents").iterdir()):
        orders = json.loads((out / "truth" / f"{path.stem}.json").read_text(encoding="utf-8"))["orders"]
        pages = parse_document(path.read_bytes(), ParseOptions()).parsed.pages
        found.append(Sample(pages, tuple(place for order in orders for place in order["extra"]["places"])))
    return found


def words_by_tag(sample: Sample) -> Counter[tuple[str, str]]:
    lines = document_lines(sample.pages)
    tags = tags_of(lines, sample.places)
    return Counter((tag, t.text) for line, row in zip(lines, tags, strict=True) for t, tag in zip(line.tokens, row, strict=True))


def test_every_printed_value_gives_its_words_its_tag(samples: Sequence[Sample]) -> None:
    for sample in samples:
        found = words_by_tag(sample)
        tagged = {tag for tag, _ in found}
        for place in sample.places:
            assert tag_name(place["tag"]) in tagged
        single = [p for p in sample.places if " " not in p["text"]]
        numbers = [p for p in single if tag_name(p["tag"]) in {"line.quantity", "total", "po_number"}]
        assert numbers
        hits = sum(found[tag_name(p["tag"]), p["text"]] > 0 for p in numbers)
        assert hits >= 0.9 * len(numbers)


def test_a_page_read_badly_keeps_its_tags_and_loses_letters(samples: Sequence[Sample]) -> None:
    rng = random.Random(1)
    for sample in samples:
        read = noised(sample, rng)
        before, after = words_by_tag(sample), words_by_tag(read)
        kept = sum(count for (tag, _), count in after.items() if tag != "other")
        there = sum(count for (tag, _), count in before.items() if tag != "other")
        assert 0.8 * there <= kept <= there
    printed = Counter(w.text for s in samples for w in s.pages[0].words)
    damaged = Counter(w.text for s in samples for w in noised(s, rng).pages[0].words)
    assert damaged - printed


def test_the_same_documents_and_seed_give_the_same_weights_and_they_tag(samples: Sequence[Sample], tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    few = samples[:3]
    assert train(few, first, seed=5) == train(few, second, seed=5) > 300
    assert first.read_bytes() == second.read_bytes()
    figures = measure(few, first)
    assert figures.f1() > 0.9
    assert figures.f1("line.quantity") > 0.9
