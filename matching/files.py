"""Matching on files alone: lines to a catalogue, pairs to probabilities, decisions to a model. The `match` commands."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from matching import fit as learning
from matching.candidates import CatalogueInMemory
from matching.catalog_index import CatalogIndex
from matching.model import Model, default_model, load_model
from matching.records import ItemRecord, LineQuery, PriceRecord
from matching.score import Scored, candidates_with_features, probabilities, reasons
from matching.units import unit_codes
from models.domain.codes import gtin_is_valid
from models.domain.units import ItemUnit
from models.errors import InputError
from runtime.tabular import Row, decimal_of, need_columns, numbered, read_rows

SHOWN = 10
"""Candidates that `find` names for a line."""


def find(catalog: Path, lines: Path, model: Path | None) -> list[dict[str, Any]]:
    """[{id, candidates: [{sku, probability, reasons}]}], best first, one entry for each line in the file's order.

    Raises InputError for files that are no such tables.
    """
    chosen = _model(model)
    with _catalogue(catalog) as known:
        return [
            {"id": id_, "candidates": [_shown(c) for c in probabilities(_scored(known, query, ()), chosen)[:SHOWN]]}
            for id_, query in read_lines(lines).items()
        ]


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


def fit(catalog: Path, lines: Path, decisions: Path, model_out: Path) -> Model:
    """Learn from decisions (id, sku, label 1 or 0) and write the model. Raises InputError when there is nothing to learn."""
    queries = read_lines(lines)
    labels = _labels(decisions)
    with _catalogue(catalog) as known:
        asked = _by_line(labels, queries, known)
        judged = [_judge(_scored(known, queries[id_], skus), id_, labels) for id_, skus in asked.items()]
    model = learning.fit(judged, default_model())
    model_out.write_text(model.to_json(), encoding="utf-8")
    return model


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


def _judge(scored: list[Scored], id_: str, labels: Mapping[tuple[str, str], int]) -> learning.Judged:
    return learning.Judged([c.features for c in scored], [labels.get((id_, c.item.sku)) for c in scored])


def _shown(scored: Scored) -> dict[str, Any]:
    return {"sku": scored.item.sku, "probability": round(scored.probability, 6), "reasons": list(reasons(scored))}


@contextmanager
def _catalogue(path: Path) -> Iterator[CatalogueInMemory]:
    with tempfile.TemporaryDirectory(prefix="ordermill-match-") as folder:
        yield CatalogueInMemory(read_catalogue(path), CatalogIndex(Path(folder)))


def read_catalogue(path: Path) -> list[ItemRecord]:
    """Items of a CSV sku,gtin,mpn,brand,description and, where known, base_uom, uom, factor, list_price (or price), currency.

    A repeated SKU adds units. Raises InputError naming the line.
    """
    found: dict[str, ItemRecord] = {}
    for line, row in numbered(need_columns(read_rows(path), "sku")):
        try:
            item = _item(row, len(found) + 1)
        except InputError as e:
            raise InputError(f"{path.name}, line {line}: {e.sentence}", code=e.code) from e
        first = found.setdefault(item.sku, item)
        if first is not item:
            found[item.sku] = replace(
                first, gtins=first.gtins | item.gtins, prices=(*first.prices, *item.prices),
                units=(*first.units, *(u for u in item.units if u.uom not in {f.uom for f in first.units})))
    return list(found.values())


def _item(row: Row, number: int) -> ItemRecord:
    if not row["sku"]:
        raise InputError("sku is empty; fill it in.", code="missing_value")
    base = _uom(row.get("base_uom") or row.get("uom")) or "H87"
    units = {base: ItemUnit(base, Decimal(1))}
    if (uom := _uom(row.get("uom"))) and uom != base:
        units[uom] = ItemUnit(uom, decimal_of(row, "factor", Decimal(1)) or Decimal(1))
    gtins = {g for g in (row.get("gtin", ""), row.get("uom_gtin", "")) if g}
    return ItemRecord(
        number, row["sku"], row.get("description", ""), base_uom=base, mpn=row.get("mpn") or None, brand=row.get("brand") or None,
        gtins=frozenset(g.zfill(14) if gtin_is_valid(g.zfill(14)) else g for g in gtins), units=tuple(units.values()),
        prices=_prices(row, base))


def _prices(row: Row, base: str) -> tuple[PriceRecord, ...]:
    column = "list_price" if row.get("list_price") else "price"
    if not row.get(column):
        return ()
    return (PriceRecord(base, decimal_of(row, column), Decimal(1), row.get("currency", "")),)


def _uom(text: str | None) -> str | None:
    if not text:
        return None
    return next(iter(unit_codes(text)), text)


def read_lines(path: Path) -> dict[str, LineQuery]:
    """Lines by id, of a CSV id,code,description,quantity,uom,price; cells may be empty, a price that is no number counts as none.

    Raises InputError for an id that is missing or comes twice.
    """
    found: dict[str, LineQuery] = {}
    for line, row in numbered(need_columns(read_rows(path), "id")):
        if not row["id"] or row["id"] in found:
            raise InputError(f"{path.name}, line {line}: the id is missing or was used before.", code="bad_id")
        codes = (row["code"],) if row.get("code") else ()
        found[row["id"]] = LineQuery(codes, row.get("description", ""), row.get("uom") or None, _price(row))
    return found


def _price(row: Row) -> Decimal | None:
    try:
        return decimal_of(row, "price") or None
    except InputError:
        return None
