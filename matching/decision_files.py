"""Reviewed lines as the three files that `match fit` takes: catalogue, lines and decisions."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from matching.own_model import Reviewed
from runtime.exports import safe_cell

_CATALOGUE = ("sku", "gtin", "mpn", "brand", "description")
_LINES = ("id", "code", "description", "quantity", "uom", "price")
_DECISIONS = ("id", "sku", "label")


def write_decisions(lines: Sequence[Reviewed], folder: Path) -> int:
    """Write catalog.csv (every item that came into question), lines.csv and decisions.csv; returns how many decisions.

    A line has the id "<case>-<place>"; its first code stands for all.
    """
    folder.mkdir(parents=True, exist_ok=True)
    items = {c.item.item_id: c.item for line in lines for c in line.candidates}
    numbered = [(f"{line.case_id}-{place}", line) for place, line in enumerate(lines, start=1)]
    decisions = [
        (id_, c.item.sku, int(c.item.item_id == line.item_id)) for id_, line in numbered for c in line.candidates]
    _write(folder / "catalog.csv", _CATALOGUE, (
        (i.sku, min(i.gtins, default=""), i.mpn or "", i.brand or "", i.description) for i in items.values()))
    _write(folder / "lines.csv", _LINES, (
        (id_, next(iter(q.codes), ""), q.description, "", q.uom or "", "" if q.price is None else f"{q.price:f}")
        for id_, q in ((id_, line.query) for id_, line in numbered)))
    _write(folder / "decisions.csv", _DECISIONS, decisions)
    return len(decisions)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([safe_cell(cell) for cell in row] for row in rows)
