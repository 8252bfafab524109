"""Which items come into question for a line: those its codes name, and those the index finds alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

from matching.catalog_index import LIMIT, CatalogIndex, IndexedItem
from matching.identify import look_up_codes
from matching.records import ItemRecord, LineQuery
from models.domain.codes import clean_code, fold_code


def indexed(item: ItemRecord) -> IndexedItem:
    """What the index keeps of an item."""
    codes = (item.sku, item.mpn or "", *item.gtins)
    return IndexedItem(item.item_id, f"{item.description} {item.brand or ''}", tuple(filter(None, codes)))


BESIDE_A_CODE = 12
"""How many items are retrieved when a code already names one: alternatives for a person, and the twin a wrong code hides."""


def retrieve(index: CatalogIndex, query: LineQuery, named: Collection[int]) -> dict[int, float]:
    """Relevance by item id of the items in question; 0.0 for those that only the line's codes name (`named`)."""
    limit = BESIDE_A_CODE if named else LIMIT
    found = {hit.item_id: hit.relevance for hit in index.search(query.description, look_up_codes(query), limit)}
    return dict.fromkeys(sorted(named), 0.0) | found


class CatalogueInMemory:
    """A catalogue without a database: items by id, their codes by lookup, their texts in the index."""

    def __init__(self, items: Sequence[ItemRecord], index: CatalogIndex) -> None:
        self.items = {item.item_id: item for item in items}
        self._index = index
        self._by_code = _codes(items)
        self._by_sku = {item.sku: item.item_id for item in items}
        index.rebuild(map(indexed, items))

    def id_of(self, sku: str) -> int | None:
        """The id of an item, or None when the catalogue does not have it."""
        return self._by_sku.get(sku)

    def candidates(
        self, query: LineQuery, part_numbers: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[list[ItemRecord], Mapping[int, float]]:
        """(items in question, their relevance by id); `part_numbers` maps folded numbers to item ids."""
        folded = [fold_code(code) for code in look_up_codes(query)]
        named = {i for code in folded for i in self._by_code.get(code, ())}
        named |= {part_numbers[code] for code in folded if code in part_numbers}
        hits = retrieve(self._index, query, named)
        return [self.items[i] for i in sorted(hits)], hits


def _codes(items: Iterable[ItemRecord]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for item in items:
        for code in {fold_code(c) for c in (item.sku, item.mpn or "", *map(clean_code, item.gtins)) if c}:
            found.setdefault(code, []).append(item.item_id)
    return found
