"""Finding items for noisy order lines: recall, time, honesty, beside `rapidfuzz.process.extract` and SQLite FTS5 over the same
catalogue in the same run.

Run as a module with `--train FILE` it fits the weights that come with Ordermill, on generated lines of the training families and
kinds of noise alone.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.match_baselines import Timed, full_text_search, whole_scan
from bench.match_goods import Goods
from bench.match_lines import CHECK_KINDS, TRAIN_KINDS, Line, fitting, make_lines
from bench.match_twins import wrong_twins
from bench.memory import resident_mb
from bench.rows import Row
from matching import fit as learning
from matching.candidates import Codes, indexed, retrieve
from matching.catalog_index import CatalogIndex
from matching.model import Model, default_model
from matching.records import ItemRecord
from matching.score import Scored, candidates_with_features, probabilities
from runtime.garbage import freeze_startup

_SCAN, _FTS = "rapidfuzz.process.extract", "SQLite FTS5"
_CHECK_ITEMS = 20_000
Progress = Callable[[int], None]


class Shop:
    """An indexed catalogue of generated goods; items numbered in `absent` are left out."""

    def __init__(self, goods: Goods, folder: Path, absent: frozenset[int] = frozenset(), tick: Progress = lambda n: None) -> None:
        self.goods, self.absent = goods, absent
        self.index = CatalogIndex(folder)
        timed = Timed(self.items(tick))
        self.index.rebuild(map(indexed, timed))
        self.build_seconds = timed.seconds
        self.disk_mb = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 2**20
        self.codes = Codes(self.items(tick))

    def items(self, tick: Progress = lambda n: None) -> Iterator[ItemRecord]:
        """Every item, in the order of their ids."""
        for number in range(len(self.goods)):
            if number not in self.absent:
                yield self.goods.item(number)
            if number % 1_000 == 999:
                tick(1_000)

    def ask(self, line: Line) -> Answer:
        """Retrieve and score; loading the items between the two is not timed, it is the database's."""
        part_numbers = {line.part_number: line.number + 1} if line.part_number and line.number not in self.absent else {}
        began = time.process_time()
        named = self.codes.named(line.query, part_numbers)
        hits = retrieve(self.index, line.query, named)
        found = time.process_time() - began
        items = [self.goods.item(i - 1) for i in sorted(hits)]
        began = time.process_time()
        scored = candidates_with_features(line.query, items, hits, part_numbers)
        ordered = sorted(hits, key=lambda i: (i not in named, -hits[i]))
        return Answer(line, ordered, scored, found, time.process_time() - began)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for a line: ids as retrieved, the candidates scored, and the seconds of CPU time of both."""

    line: Line
    retrieved: Sequence[int]
    scored: Sequence[Scored]
    found_seconds: float
    scored_seconds: float

    def ranked(self, model: Model) -> list[Scored]:
        """The candidates with their probabilities, likeliest first."""
        return probabilities(self.scored, model)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The best candidate of a line: how sure it is, and whether it is the item meant; False too where that is missing."""

    probability: float
    right: bool


def run(
    *, items: int, lines: int, seed: int, tick: Progress = lambda n: None, check_items: int = _CHECK_ITEMS
) -> list[Row]:
    """The figures of a catalogue of `items`, beside the baselines; then honesty on families and noise not trained on."""
    goods = Goods(items, seed)
    asked = make_lines(goods, lines, seed + 1)
    with tempfile.TemporaryDirectory() as folder:
        memory = resident_mb()
        shop = Shop(goods, Path(folder), tick=tick)
        rows = _figures(shop, asked)
        rows.append(Row(f"memory on top, {items} items", resident_mb() - memory, "MB"))
    return rows + _honesty(seed, check_items)


def _figures(shop: Shop, asked: Sequence[Line]) -> list[Row]:
    size, model = len(shop.goods), default_model()
    shop.ask(asked[0])                                     # the first question opens the index
    freeze_startup()                                       # as the process that serves does
    answers, ranks, seconds, outcomes = [], [], [], []
    for line in asked:
        answer = shop.ask(line)
        began = time.process_time()
        ranked = answer.ranked(model)
        seconds.append(answer.found_seconds + answer.scored_seconds + time.process_time() - began)
        answers.append(answer)
        ids = [c.item.item_id for c in ranked]
        ranks.append(_rank(ids, line))
        outcomes.append(Outcome(ranked[0].probability, ranks[-1] == 0) if ranked else Outcome(0.0, right=False))
    scan, fts = whole_scan(shop.items, asked), full_text_search(Timed(shop.items()), asked)
    found = [_rank(answer.retrieved, answer.line) for answer in answers]
    rows = [Row(f"recall@{k}, {size} items", recall(ranks, k), "share", recall(scan.ranks, k), _SCAN) for k in (1, 5, 20)]
    rows += [
        Row(f"recall@{k} of retrieval, {size} items", recall(found, k), "share", recall(fts.ranks, k), _FTS)
        for k in (1, 5, 20, 50)]
    rows += _of_the_decidable(shop, asked, ranks, outcomes)
    seconds.sort()
    middle, slow = seconds[len(seconds) // 2] * 1000, seconds[int(len(seconds) * 0.95)] * 1000
    rows.append(Row(f"CPU time a line (median), {size} items", middle, "ms", scan.milliseconds, _SCAN))
    rows.append(Row(f"CPU time a line (p95), {size} items", slow, "ms", fts.milliseconds, _FTS))
    rows.append(Row(f"accepted at 99.5 % precision, {size} items", coverage(outcomes, 0.995), "share"))
    sure = sum(o.probability >= 0.9 for o in outcomes) / len(outcomes)
    rows.append(Row(f"lines at least 0.9 sure, {size} items", sure, "share"))
    rows.append(Row(f"of those right, {size} items", precision(outcomes, 0.9), "share"))
    rows.append(Row(f"CPU time of the build, {size} items", shop.build_seconds, "s", fts.build_seconds, _FTS))
    rows.append(Row(f"on disk, {size} items", shop.disk_mb, "MB", fts.disk_mb, _FTS))
    return rows


def _of_the_decidable(
    shop: Shop, asked: Sequence[Line], ranks: Sequence[int | None], outcomes: Sequence[Outcome]
) -> list[Row]:
    """The share of lines that several items fit, where asking is the right answer; the best that a reader could do who took one
    of those by chance; and the figures of the lines that fit one item."""
    size = len(shop.goods)
    fits = [fitting(shop.goods, line) for line in asked]
    known = [rank for rank, count in zip(ranks, fits, strict=True) if count == 1]
    passed = coverage([o for o, count in zip(outcomes, fits, strict=True) if count == 1], 0.995)
    unclear = [o for o, count in zip(outcomes, fits, strict=True) if count > 1]
    return [
        Row(f"lines whose words fit several items, {size} items", len(unclear) / len(asked), "share"),
        Row(f"of those wrong and at least 0.9 sure, {size} items", sum(
            o.probability >= 0.9 and not o.right for o in unclear) / max(len(unclear), 1), "share"),
        *(Row(f"recall@{k} that is possible, {size} items", possible(fits, k), "share") for k in (1, 5, 20, 50)),
        *(Row(f"recall@{k} of the lines that fit one item, {size} items", recall(known, k), "share") for k in (1, 5, 20)),
        Row(f"accepted at 99.5 % precision of the lines that fit one item, {size} items", passed, "share")]


def _honesty(seed: int, items: int) -> list[Row]:
    """Probabilities on families and kinds of noise that the weights have not seen, every tenth line without its item."""
    lines = min(600, items // 4)
    outcomes = check_outcomes(default_model(), seed, items, lines)
    wrong, twins = wrong_twins(default_model(), seed, items // 10)
    return [
        Row("calibration error (ECE), unseen families and noise", expected_error(outcomes), "share"),
        Row("accepted at 99.5 % precision, unseen families and noise", coverage(outcomes, 0.995), "share"),
        Row(f"wrong items above 0.5 of {twins} near-twin questions", wrong, "items")]


def check_outcomes(model: Model, seed: int, items: int, lines: int) -> list[Outcome]:
    """The best candidates for lines of the check families in the check kinds of noise."""
    goods = Goods(items, seed + 2, "check")
    asked = make_lines(goods, lines, seed + 3, kinds=CHECK_KINDS, missing=0.1)
    absent = frozenset(line.number for line in asked if line.is_missing)
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(goods, Path(folder), absent)
        ranked = [(line, shop.ask(line).ranked(model)) for line in asked]
    return [Outcome(best[0].probability, best[0].item.sku == line.sku) for line, best in ranked if best]


def _rank(ids: Sequence[int], line: Line) -> int | None:
    return ids.index(line.number + 1) if line.number + 1 in ids else None


def recall(ranks: Sequence[int | None], k: int) -> float:
    """Share of the lines whose item is among the first `k`."""
    return sum(rank is not None and rank < k for rank in ranks) / max(len(ranks), 1)


def possible(fits: Sequence[int], k: int) -> float:
    """The recall among the first `k` of a perfect reader, by how many items each line fits: it can only guess among those."""
    return sum(min(1.0, k / count) for count in fits) / max(len(fits), 1)


def precision(outcomes: Sequence[Outcome], least: float) -> float:
    """Share of right answers among those at least so sure."""
    sure = [o.right for o in outcomes if o.probability >= least]
    return sum(sure) / max(len(sure), 1)


def coverage(outcomes: Sequence[Outcome], target: float) -> float:
    """The largest share of lines that can be accepted, the surest first, with at least this share of right answers."""
    best = right = 0
    for count, outcome in enumerate(sorted(outcomes, key=lambda o: -o.probability), start=1):
        right += outcome.right
        if right / count >= target:
            best = count
    return best / max(len(outcomes), 1)


def expected_error(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    """Expected calibration error: the gap between promised and kept probability, averaged over bins of equal width."""
    gap = 0.0
    for place in range(bins):
        inside = [o for o in outcomes if min(int(o.probability * bins), bins - 1) == place]
        gap += abs(sum(o.probability for o in inside) - sum(o.right for o in inside))
    return gap / max(len(outcomes), 1)


# Codes settle an item even where the text is silent, and what was bought before speaks for it; generated lines cannot teach that:
# their texts are never silent for long, and nobody sent them.
_BELIEFS = {
    "bias": -10.0, "part_number": 14.0, "sku": 11.0, "gtin": 12.0, "mpn": 10.0, "sku_folded": 9.5, "mpn_folded": 8.5,
    "gtin_repaired": 7.0, "code_in_text": 6.0, "code_in_item": 6.0, "code_near": 2.0, "no_text": 3.0, "active": 0.5,
    "unit_fits": 0.3, "same_model": 2.0, "other_model": -1.5, "price_fits": 0.5, "price_off": -0.5, "conflict": -4.0,
    "bought": 1.0,
}


_SHOPS = ((120, True), (300, True), (800, True), (300, False), (2_500, False), (12_000, False), (50_000, False))
"""Catalogues to train on: how many items, and whether a few of each kind."""


def training_lines(shops: Sequence[tuple[int, bool]] = _SHOPS, lines: int = 600, seed: int = 11) -> list[Answer]:
    """Answers to generated lines of the training families. Of some lines the item is missing, and in each catalogue so are the
    items of two families, so that "no such item" is learned near and far."""
    answers = []
    for place, (size, mixed) in enumerate(shops):
        goods = Goods(size, seed + place, "train", mixed=mixed)
        asked = make_lines(goods, lines, seed + 50 + place, kinds=TRAIN_KINDS, missing=0.1)
        names = set(Random(seed + place).sample([f.name for f in goods.families], 2))
        gone = {n for n in range(size) if goods.families[n % len(goods.families)].name in names}
        gone |= {line.number for line in asked if line.is_missing}
        with tempfile.TemporaryDirectory() as folder:
            shop = Shop(goods, Path(folder), frozenset(gone))
            answers += [shop.ask(line) for line in asked]
    return answers


def train(answers: Sequence[Answer]) -> Model:
    """Weights from answers."""
    return learning.fit([judged(answer) for answer in answers], Model(_BELIEFS, 1.0))


def judged(answer: Answer) -> learning.Judged:
    """The candidates of a line with their labels."""
    return learning.Judged(
        [c.features for c in answer.scored], [int(c.item.sku == answer.line.sku) for c in answer.scored])


def main(arguments: list[str] | None = None, say: Callable[[str], None] = print) -> None:
    """`python -m bench.match --train FILE` writes the model; without it, the figures are printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--train", type=Path)
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    if given.train:
        given.train.write_text(train(training_lines()).to_json(), encoding="utf-8")
        return
    for row in run(items=given.items, lines=given.lines, seed=given.seed):
        say(f"{row.case:40} {row.value:10.3f} {row.unit:6} {row.baseline_name} {row.baseline or 0:.3f}")


if __name__ == "__main__":
    main()
