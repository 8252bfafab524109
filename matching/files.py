"""Matching on files alone: lines to a catalogue, pairs to probabilities, decisions to a model. The `match` commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matching.candidates import CatalogueInMemory
from matching.catalog_index import CatalogIndex
from matching.file_tables import read_catalogue, read_lines
from matching.fit import Judged
from matching.holdout import Learned, learn
from matching.index_cache import index_folder
from matching.model import Model, default_model, load_model
from matching.records import LineQuery
from matching.score import Scored, candidates_with_features, no_such_item, probabilities, reasons
from models.errors import InputError
from runtime.tabular import need_columns, numbered, read_rows

SHOWN = 10
"""Candidates that `find` names for a line."""


def find(catalog: Path, lines: Path, model: Path | None) -> list[dict[str, Any]]:
    """[{id, candidates: [{sku, probability, reasons}], no_such_item}], best first, one entry for each line in the file's order;
    `no_such_item` is the probability that the line means nothing in the catalogue.

    Raises InputError for files that are no such tables.
    """
    chosen = _model(model)
    with _catalogue(catalog) as known:
        return [_found(id_, _scored(known, query, ()), chosen) for id_, query in read_lines(lines).items()]


def score(catalog: Path, lines: Path, pairs: Path, model: Path | None) -> list[dict[str, Any]]:
    """[{id, sku, probability}] in the order of the pairs. Raises InputError for an id or SKU that its file does not have."""
    chosen, queries = _model(model), read_lines(lines)
    wanted = [(row.get("id", ""), row.get("sku", "")) for _, row in numbered(need_columns(read_rows(pairs), "id", "sku"))]
    with _catalogue(catalog) as known:
        asked = _by_line(wanted, queries, known)
        found = {
            (id_, c.item.sku): c.probability
            for id_, skus in asked.items() for c in probabilities(_scored(known, queries[id_], skus), chosen)
        }
    return [{"id": id_, "sku": sku, "probability": round(found[id_, sku], 6)} for id_, sku in wanted]


def fit(catalog: Path, lines: Path, decisions: Path, model_out: Path) -> Learned:
    """Learn from decisions (id, sku, label 1 or 0) and write the model: the one that comes with Ordermill where the decisions
    teach nothing that holds for others of them. Raises InputError when there is nothing to learn from."""
    queries = read_lines(lines)
    labels = _labels(decisions)
    with _catalogue(catalog) as known:
        asked = _by_line(labels, queries, known)
        judged = [_judge(_scored(known, queries[id_], skus), id_, labels) for id_, skus in asked.items()]
    learned = learn(judged, default_model())
    model_out.write_text(learned.model.to_json(), encoding="utf-8")
    return learned


def _model(path: Path | None) -> Model:
    return load_model(path) if path else default_model()


def _labels(decisions: Path) -> dict[tuple[str, str], int]:
    labels = {}
    for line, row in numbered(need_columns(read_rows(decisions), "id", "sku", "label")):
        if row["label"] not in {"0", "1"}:
            raise InputError(f"Line {line}: label is “{row['label']}”; write 1 for right or 0 for wrong.", code="bad_label")
        labels[row["id"], row["sku"]] = int(row["label"])
    if not labels:
        raise InputError("The file has no decisions; there is nothing to learn from.", code="no_decisions")
    return labels


def _by_line(
    pairs: Iterable[tuple[str, str]], queries: Mapping[str, LineQuery], known: CatalogueInMemory
) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for id_, sku in pairs:
        if id_ not in queries:
            raise InputError(f"There is no line with the id “{id_}”; check the lines file.", code="unknown_line")
        if known.id_of(sku) is None:
            raise InputError(f"There is no item “{sku}”; check the catalogue file.", code="unknown_item")
        asked.setdefault(id_, []).append(sku)
    return asked


def _scored(known: CatalogueInMemory, query: LineQuery, skus: Iterable[str]) -> list[Scored]:
    """The candidates of a line, those asked for among them."""
    items, hits = known.candidates(query)
    wanted = {i for sku in skus if (i := known.id_of(sku)) is not None} - {item.item_id for item in items}
    more = [known.items[i] for i in sorted(wanted)]
    return candidates_with_features(query, items + more, hits, {})


def _judge(scored: list[Scored], id_: str, labels: Mapping[tuple[str, str], int]) -> Judged:
    return Judged([c.features for c in scored], [labels.get((id_, c.item.sku)) for c in scored])


def _found(id_: str, scored: list[Scored], model: Model) -> dict[str, Any]:
    ranked = probabilities(scored, model)
    return {
        "id": id_, "candidates": [_shown(c) for c in ranked[:SHOWN]], "no_such_item": round(no_such_item(ranked), 6)}


def _shown(scored: Scored) -> dict[str, Any]:
    return {"sku": scored.item.sku, "probability": round(scored.probability, 6), "reasons": list(reasons(scored))}


@contextmanager
def _catalogue(path: Path) -> Iterator[CatalogueInMemory]:
    items = read_catalogue(path)
    with index_folder(path, len(items)) as (folder, stamp):
        yield CatalogueInMemory(items, CatalogIndex(folder), stamp)
