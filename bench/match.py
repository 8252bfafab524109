"""Finding items for noisy order lines: recall and time beside `rapidfuzz.process.extract` over the same catalogue.

Run as a module with `--train` it fits the weights that come with Ordermill, on generated lines alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from rapidfuzz import fuzz, process

from bench.match_lines import FAMILY_NAMES, Line, family_of, make_items, make_lines
from bench.rows import Row
from matching import fit as learning
from matching.candidates import CatalogueInMemory
from matching.catalog_index import CatalogIndex
from matching.model import Model, default_model
from matching.records import ItemRecord
from matching.score import Scored, candidates_with_features, probabilities

_BASELINE = "rapidfuzz.process.extract"
_BASELINE_LINES = 40                     # it takes seconds a line where ours takes milliseconds


def run(*, items: int, lines: int, seed: int) -> list[Row]:
    """Recall at 1, 5 and 20, milliseconds a line, and how sure the scorer may be, on a generated catalogue of `items`."""
    rng = Random(seed)
    catalogue = make_items(rng, items)
    asked = make_lines(rng, catalogue, lines, missing=0.0)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        known = CatalogueInMemory(catalogue, CatalogIndex(Path(folder)))
        built = time.perf_counter() - began
        ours, our_ms, sure = _ours(known, asked)
    theirs, their_ms = _theirs(catalogue, asked[:_BASELINE_LINES])
    rows = [
        Row(f"recall@{k}, {items} items", _recall(ours, k), "share", _recall(theirs, k), _BASELINE) for k in (1, 5, 20)
    ]
    rows.append(Row(f"time a line, {items} items", our_ms, "ms", their_ms, _BASELINE))
    rows.append(Row(f"lines at least 0.9 sure, {items} items", *sure_share(sure)))
    rows.append(Row(f"of those right, {items} items", sure_right(sure), "share"))
    rows.append(Row(f"build, {items} items", built, "s"))
    return rows


def sure_share(sure: list[tuple[float, bool]]) -> tuple[float, str]:
    """Share of lines whose best candidate is at least 0.9 probable, and its unit."""
    return sum(p >= 0.9 for p, _ in sure) / max(len(sure), 1), "share"


def sure_right(sure: list[tuple[float, bool]]) -> float:
    """Share of right answers among the lines that are at least 0.9 sure."""
    answers = [right for p, right in sure if p >= 0.9]
    return sum(answers) / max(len(answers), 1)


Ranks = list[int | None]


def _ours(known: CatalogueInMemory, asked: list[Line]) -> tuple[Ranks, float, list[tuple[float, bool]]]:
    ranks: Ranks = []
    sure = []
    model = default_model()
    began = time.perf_counter()
    for line in asked:
        found = probabilities(_score(known, line), model)
        skus = [c.item.sku for c in found]
        ranks.append(skus.index(line.sku) if line.sku in skus else None)
        sure.append((found[0].probability, skus[0] == line.sku) if found else (0.0, False))
    return ranks, (time.perf_counter() - began) * 1000 / len(asked), sure


def _score(known: CatalogueInMemory, line: Line) -> list[Scored]:
    """The candidates of a line; where it bears the customer's own part number, that number is in our records."""
    mine = known.id_of(line.sku) if line.part_number else None
    part_numbers = {line.part_number: mine} if line.part_number and mine else {}
    items, hits = known.candidates(line.query, part_numbers)
    return candidates_with_features(line.query, items, hits, part_numbers)


def _theirs(catalogue: list[ItemRecord], asked: list[Line]) -> tuple[Ranks, float]:
    texts = {i.sku: f"{i.sku} {i.mpn or ''} {' '.join(i.gtins)} {i.brand} {i.description}".lower() for i in catalogue}
    ranks: Ranks = []
    began = time.perf_counter()
    for line in asked:
        text = " ".join((*line.query.codes, line.query.description)).lower()
        skus = [key for _, _, key in process.extract(text, texts, scorer=fuzz.token_set_ratio, limit=20)]
        ranks.append(skus.index(line.sku) if line.sku in skus else None)
    return ranks, (time.perf_counter() - began) * 1000 / len(asked)


def _recall(ranks: Ranks, k: int) -> float:
    return sum(rank is not None and rank < k for rank in ranks) / max(len(ranks), 1)


# Codes settle an item even where the text is silent; generated lines, whose texts are never silent for long, cannot teach it.
_BELIEFS = {
    "bias": -10.0, "part_number": 14.0, "sku": 11.0, "gtin": 12.0, "mpn": 10.0, "sku_folded": 9.5, "mpn_folded": 8.5,
    "code_in_text": 6.0, "no_text": 3.0, "active": 0.5, "unit_fits": 0.5,
}


def train(sizes: tuple[int, ...] = (6_000, 3_000, 1_000, 300), lines: int = 2_500) -> Model:
    """Weights from generated catalogues. One line in twenty asks for an item that the catalogue lacks among its twins, and about
    as many for one of a family that it lacks altogether, so that "no such item" is learned near and far."""
    judged = []
    for seed, size in enumerate(sizes, start=11):
        rng = Random(seed)
        items = make_items(rng, size)
        asked = make_lines(rng, items, lines, missing=0.05)
        absent = set(rng.sample(FAMILY_NAMES, 2))
        gone = {line.sku for line in asked if line.is_missing} | {i.sku for i in items if family_of(i) in absent}
        with tempfile.TemporaryDirectory() as folder:
            known = CatalogueInMemory([i for i in items if i.sku not in gone], CatalogIndex(Path(folder)))
            judged += [
                _judge(known, line) for line in asked if line.family not in absent or rng.random() < 0.25]
    return learning.fit(judged, Model(_BELIEFS, 1.0))


def _judge(known: CatalogueInMemory, line: Line) -> learning.Judged:
    scored = _score(known, line)
    return learning.Judged([c.features for c in scored], [int(c.item.sku == line.sku) for c in scored])


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> None:
    """`python -m bench.match --train FILE` writes the model; without it, the figures are printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if given.train:
        given.train.write_text(train().to_json(), encoding="utf-8")
        return
    for row in run(items=given.items, lines=given.lines, seed=given.seed):
        say(f"{row.case:40} {row.value:10.3f} {row.unit:6} {row.baseline_name} {row.baseline or 0:.3f}")


if __name__ == "__main__":
    main()
