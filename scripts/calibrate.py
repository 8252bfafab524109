"""Fit extraction/model/calibration.json on generated training layouts: `python -m scripts.calibrate --seed S --count N`.

Papers are read as they are, with words that no lexicon knows in place of some labels, titles and phrases, for other makers use
other words, and as OCR might have read them. Real scans and faxes are a small share, for OCR takes seconds a page; what it read
is kept in a scratch folder and used again. Curves come from layouts held apart from the weights that scored them.
"""

from __future__ import annotations

import json
import random
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.console import Console
from rich.progress import track

from app.bootstrap import Rooms
from app.reading import read_file
from bench.calibration import calibration_error
from bench.score import Claim, Score, labelled_orders, score_document
from extraction.around import Around
from extraction.clues.line import line_clues
from extraction.clues.table import Table
from extraction.clues.value import value_clues
from extraction.clues.whole import reading_clues
from extraction.confidence import parts_clues
from extraction.export import reading_to_json
from extraction.model.calibrate import FAMILIES, Family
from extraction.model.synth import generate, make_company
from scripts.fitting import Example, Vector, logistic, names_of, rising_curve, scores_held_apart
from scripts.noting import Change, Noted, NotingReader, estranged, misread, noting

OUT = Path(__file__).parent.parent / "extraction" / "model" / "calibration.json"
SHARES = {
    "pdf": 1.0, "xlsx": 1 / 6, "csv": 1 / 12, "text_mail": 1 / 2, "html_mail": 1 / 8, "attachment_mail": 1 / 10,
    "scan": 1 / 40, "fax": 1 / 40,
}
"""Documents of each kind as a share of the native papers."""

SCRATCH = Path(tempfile.gettempdir(), "ordermill-calibrate")
LINE_WEIGHT, MOST_LINES = 25, 60
"""Lines of one order that count fully; those of a longer one share that weight. Of a very long one a spread of lines is taken."""

CHANGED_WEIGHT = 0.3
"""What a changed copy counts beside the document as it is: they teach what to doubt, and should not make everything doubtful."""

console = Console(stderr=True)
Key = tuple[str, int | None]
Judged = dict[Key, Example]
"""The values of one reading by field and line."""


def main(
    seed: Annotated[int, typer.Option(help="Seed of the generated documents.")] = 1,
    count: Annotated[int, typer.Option(help="Native papers; the other kinds are a share of them.")] = 400,
    scratch: Annotated[Path, typer.Option(help="Folder in which pages that OCR read are kept.")] = SCRATCH,
) -> None:
    """Read the training documents and write weights and curves."""
    judged = list(collect(seed, count, scratch))
    fitted, figures = fit_all(judged)
    told = {
        "command": f"python -m scripts.calibrate --seed {seed} --count {count}", "readings": len(judged), "figures": figures,
        "families": {name: {"weights": family.weights, "curve": family.curve} for name, family in fitted.items()},
    }
    OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    for name, figure in figures.items():
        console.print(f"{name:12} {figure}")


def collect(seed: int, count: int, scratch: Path) -> Iterator[Judged]:
    """The judged values of every reading of the training documents."""
    scratch.mkdir(parents=True, exist_ok=True)
    company = make_company(seed)
    with tempfile.TemporaryDirectory() as name, noting(Path(name) / "data", company.name, scratch) as (rooms, reader):
        for kind, share in SHARES.items():
            folder = Path(name) / kind
            generate(folder, seed=seed, count=max(4, round(count * share)), part="train", kinds=[kind], company=company)
            for row in track(_manifest(folder), kind, console=console):
                truth = json.loads((folder / "truth" / f"{row['name']}.json").read_text(encoding="utf-8"))
                group = row["layout"] or f"{kind}-{row['name'][-1]}"
                for change, weight in _changes(kind, random.Random(f"{seed}/{row['name']}"), printed_words(truth)):
                    reader.change = change
                    for values in _judged(rooms, reader, folder / row["file"], truth, group):
                        yield {key: replace(e, weight=e.weight * weight) for key, e in values.items()}


def _changes(kind: str, rng: random.Random, kept: frozenset[str]) -> Iterator[tuple[Change, float]]:
    """The ways a document is read, with what each counts: as it is, in other words, and native paper as OCR might read it."""
    yield lambda parsed: parsed, 1.0
    yield lambda parsed: estranged(parsed, rng, kept), CHANGED_WEIGHT
    if kind == "pdf" and rng.random() < 0.5:
        yield lambda parsed: misread(parsed, rng), CHANGED_WEIGHT


def _manifest(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]


def printed_words(truth: Mapping[str, Any]) -> frozenset[str]:
    """The words of all values of a document, folded: those that must stay as they are."""
    texts: list[str] = []
    for order in truth["orders"]:
        texts += [str(value) for key, value in order.items() if key not in {"lines", "extra"}]
        texts += [str(value) for line in order["lines"] for value in line.values()]
        texts += [place["text"] for place in order["extra"].get("places", ())]
    return frozenset(word for text in texts for word in re.findall(r"[^\W\d_]+", text.casefold()))


def _judged(rooms: Rooms, reader: NotingReader, file: Path, truth: Mapping[str, Any], group: str) -> Iterator[Judged]:
    reader.noted.clear()
    found = read_file(rooms, file).readings
    score = Score()
    said = [reading_to_json(reading, file=file.name, seconds=0) for reading in found]
    score_document(score, labelled_orders(truth), said)
    for order, reading in enumerate(found):
        if noted := reader.noted.get(id(reading.header)):
            yield examples(noted, [c for c in score.claims if c.order == order], group)


def examples(noted: Noted, claims: Sequence[Claim], group: str) -> Judged:
    """The clues of each value that was judged. Those of a line as a whole lack what the values' probabilities say."""
    reading = noted.reading
    around = Around.of(reading, noted.lines, noted.context, noted.tags)
    table, shared = Table.of(reading.lines), reading_clues(around)
    taken = range(0, len(reading.lines), max(1, -(-len(reading.lines) // MOST_LINES)))
    of_line = {n: shared | line_clues(n, around, table) for n in taken}
    weight = min(1.0, LINE_WEIGHT / max(len(taken), 1))
    out: Judged = {}
    for claim in claims:
        if claim.line is not None and claim.line not in taken:
            continue
        name = claim.field.removeprefix("lines.")
        if claim.line is None:
            found = reading.doc_type if name == "doc_type" else getattr(reading.header, name)
            clues = shared | value_clues(claim.field, found, around)
        elif claim.field == "line":
            clues = of_line[claim.line]
        else:
            found = getattr(reading.lines[claim.line], name)
            clues = of_line[claim.line] | value_clues(claim.field, found, around, table)
        out[claim.field, claim.line] = Example(clues, claim.right, group, weight if claim.line is not None else 1.0)
    return out


def fit_all(judged: Sequence[Judged]) -> tuple[dict[str, Family], dict[str, dict[str, float]]]:
    """Every family, and figures of each on layouts held apart. Lines come last: their clues are the others' probabilities."""
    fitted: dict[str, Family] = {}
    figures: dict[str, dict[str, float]] = {}
    chances: dict[tuple[int, int | None], dict[str, float]] = defaultdict(dict)      # (reading, line) → field → probability
    for name in dict.fromkeys(FAMILIES.values()):
        at = [(n, key) for n, values in enumerate(judged) for key in values if FAMILIES[key[0]] == name]
        if not at:
            continue
        found = [judged[n][key] for n, key in at]
        if name == "line":
            parts = (parts_clues(chances[n, key[1]]) for n, key in at)
            found = [replace(e, clues={**e.clues, **more}) for e, more in zip(found, parts, strict=True)]
        fitted[name], score = fit(found)
        likely = [fitted[name].probability(float(s)) for s in score]
        for (n, key), p in zip(at, likely, strict=True):
            chances[n, key[1]][key[0]] = p
        figures[name] = _figures(found, likely)
    return fitted, figures


def fit(found: Sequence[Example]) -> tuple[Family, Vector]:
    """A family, and the score of each example by weights fitted without its layout."""
    names = names_of(found)
    held = scores_held_apart(found, names)
    weights = {name: round(float(w), 4) for name, w in zip(names, logistic(found, names), strict=True)}
    return Family(weights, tuple(rising_curve(held, found))), held


def _figures(found: Sequence[Example], likely: Sequence[float]) -> dict[str, float]:
    sure = [e.right for e, p in zip(found, likely, strict=True) if p >= 0.98]
    return {
        "examples": len(found), "right": round(float(np.mean([e.right for e in found])), 4),
        "calibration_error": round(calibration_error([(p, e.right) for e, p in zip(found, likely, strict=True)]), 4),
        "sure": round(len(sure) / len(found), 4), "sure_and_wrong": round(1 - float(np.mean(sure)), 5) if sure else 0.0,
    }


if __name__ == "__main__":
    typer.run(main)
