"""How right the readings of a folder of documents are, and how far their confidences can be believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.bootstrap import Rooms
from app.reading import read_file
from bench.calibration import Judged, calibration_error, coverage, sure_and_wrong
from bench.rows import Row
from bench.score import Claim, Miss, Score, labelled_orders, score_document
from extraction.export import reading_to_json


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """How right one document was read. Its problems are those of its readings, as sentences."""

    case: str
    name: str
    header_f1: float
    line_f1: float
    whole: bool
    misses: tuple[Miss, ...]
    problems: tuple[str, ...]

    @property
    def badness(self) -> tuple[float, int]:
        """Sorts the worst last: what is wrong of header and lines together, then how many things."""
        return 2 - self.header_f1 - self.line_f1, len(self.misses)


@dataclass(slots=True)
class Case:
    """All documents of one medium, or of a corpus."""

    name: str
    score: Score = field(default_factory=Score)
    documents: list[DocumentScore] = field(default_factory=list)

    @property
    def lines(self) -> Judged:
        """(confidence, right) of every line as a whole."""
        return [(c.confidence, c.right) for c in self.score.claims if c.field == "line"]

    @property
    def fields(self) -> Judged:
        """(confidence, right) of every value of headers and lines."""
        return [(c.confidence, c.right) for c in self.score.claims if c.field != "line"]


def measure(rooms: Rooms, name: str, folder: Path, told: Callable[[], None] = lambda: None) -> Case:
    """Score every labelled document of a folder with documents/ and labels/ (or truth/). `told` is called after each."""
    case = Case(name)
    for path in sorted((folder / "documents").iterdir()):
        labels = _labels(folder, path)
        if labels is not None:
            result = read_file(rooms, path)
            found = [reading_to_json(r, file=path.name, seconds=result.seconds) for r in result.readings]
            add(case, path.name, labels, found)
        told()
    return case


def add(case: Case, name: str, labels: Sequence[Any], found: Sequence[Any]) -> None:
    """Score one document's readings, in the shape of `read --json`."""
    one = Score()
    whole = score_document(one, labels, found, name)
    score_document(case.score, labels, found, name)
    problems = tuple(problem["message"] for order in found for problem in order.get("problems", ()))
    case.documents.append(DocumentScore(case.name, name, one.header_f1, one.lines.f1, whole, tuple(one.misses), problems))


def _labels(folder: Path, document: Path) -> list[Any] | None:
    for name in ("labels", "truth"):
        path = folder / name / f"{document.stem}.json"
        if path.exists():
            return labelled_orders(json.loads(path.read_text(encoding="utf-8")))
    return None


def accuracy_rows(case: Case) -> Iterable[Row]:
    """Header F1, line F1, orders wholly right, kinds right; and what the confidences are worth."""
    score = case.score
    yield Row(f"{case.name} header", score.header_f1, "F1")
    yield Row(f"{case.name} lines", score.lines.f1, "F1")
    yield Row(f"{case.name} wholly right", score.whole / max(score.documents, 1), "share")
    yield Row(f"{case.name} kind", score.kinds.f1, "F1")
    for what, judged in (("values", case.fields), ("lines", case.lines)):
        if judged:
            yield Row(f"{case.name} calibration of {what}", calibration_error(judged), "ECE")
            yield Row(f"{case.name} {what} at least 0.98 sure, wrong among them", sure_and_wrong(judged), "share")
            yield Row(f"{case.name} {what} that could pass at 99.5 % precision", coverage(judged), "share")


def field_rows(cases: Sequence[Case]) -> Iterable[Row]:
    """Precision, recall and calibration of every field, over all cases together."""
    claims = [claim for case in cases for claim in case.score.claims]
    for case in cases:
        for prefix, tallies in (("", case.score.fields), ("lines.", case.score.line_fields)):
            for name, tally in tallies.items():
                if tally.due or tally.said:
                    yield Row(f"{case.name} {prefix}{name} precision", tally.precision, "share")
                    yield Row(f"{case.name} {prefix}{name} recall", tally.recall, "share")
    for name in dict.fromkeys(claim.field for claim in claims):
        judged = _of(claims, name)
        yield Row(f"calibration of {name}, {len(judged)} values", calibration_error(judged), "ECE")


def _of(claims: Iterable[Claim], name: str) -> Judged:
    return [(claim.confidence, claim.right) for claim in claims if claim.field == name]


def each_rows(case: Case) -> Iterable[Row]:
    """Header F1 and line F1 of every document."""
    for document in case.documents:
        yield Row(f"{case.name} {document.name} header", document.header_f1, "F1")
        yield Row(f"{case.name} {document.name} lines{' (whole)' if document.whole else ''}", document.line_f1, "F1")


def worst(cases: Sequence[Case], count: int = 10) -> list[str]:
    """The documents read worst, each with what is wrong with it and what the reading itself says about it."""
    bad = sorted((d for case in cases for d in case.documents if not d.whole), key=lambda d: d.badness, reverse=True)
    told = []
    for place, document in enumerate(bad[:count], 1):
        told.append(
            f"{place}. {document.case}, {document.name}: header {document.header_f1:.2f}, lines {document.line_f1:.2f}, "
            f"{len(document.misses)} misses.")
        told += [f"   - {miss.sentence}." for miss in document.misses[:6]]
        told += [f"   - … and {len(document.misses) - 6} more."] if len(document.misses) > 6 else []
        told += [f"   The reading says: {problem}" for problem in dict.fromkeys(document.problems)]
    return told
