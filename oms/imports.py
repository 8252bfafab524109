"""What the two imports share: rows parsed or refused with their line and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import InputError
from models.tables.items import ItemRow
from runtime.tabular import Refused, Row, numbered

T = TypeVar("T")


def parse_rows(rows: Iterable[Row], parse: Callable[[int, Row], T], refused: list[Refused]) -> list[T]:
    """What `parse` makes of (line, row); rows it raises InputError for are added to `refused`."""
    parsed = []
    for line, row in numbered(rows):
        try:
            parsed.append(parse(line, row))
        except InputError as e:
            refused.append(Refused(line, e.code, e.sentence))
    return parsed


def in_batches(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Slices of at most `size`."""
    return (things[start:start + size] for start in range(0, len(things), size))


def item_ids(db: Session, skus: Iterable[str]) -> dict[str, int]:
    """SKU to id of the items that exist."""
    return dict(db.execute(select(ItemRow.sku, ItemRow.id).where(ItemRow.sku.in_(sorted(set(skus))))).all())
