"""Which items come into question for a line: those its codes name, and those the index finds alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from matching.catalog_documents import IndexedItem
from matching.catalog_index import LIMIT, CatalogIndex
from matching.identify import look_up_codes
from matching.records import ItemRecord, LineQuery
from models.domain.codes import clean_code, fold_code


def indexed(item: ItemRecord) -> IndexedItem:
    """What the index keeps of an item."""
    codes = (item.sku, item.mpn or "", *sorted(item.gtins))
    return IndexedItem(item.item_id, item.description, tuple(filter(None, codes)), item.maker, item.attributes or "")


BESIDE_A_CODE = 12
"""How many items are retrieved when a code already names one: alternatives for a person, and the twin a wrong code hides."""


_AS_RELEVANT = 0.78
"""Share of the best one's relevance that the others must have to be compared: they are a quarter fewer so, and of a thousand
lines two or three lose their item."""


def retrieve(index: CatalogIndex, query: LineQuery, named: Collection[int]) -> dict[int, float]:
    """Relevance by item id of the items in question; 0.0 for those that only the line's codes name (`named`) or resemble."""
    found = index.search(query.description, () if named else query.codes, BESIDE_A_CODE if named else LIMIT, _AS_RELEVANT)
    return dict.fromkeys(sorted(named), 0.0) | {hit.item_id: hit.relevance for hit in found}


class Codes:
    """Items by their folded codes."""

    def __init__(self, items: Iterable[ItemRecord]) -> None:
        self._items: dict[str, int | list[int]] = {}
        for item in items:
            for code in {fold_code(c) for c in (item.sku, item.mpn or "", *map(clean_code, item.gtins)) if c}:
                self._add(code, item.item_id)

    def _add(self, code: str, item_id: int) -> None:
        """A million codes name one item each; lists only where they must be."""
        before = self._items.setdefault(code, item_id)
        if isinstance(before, list):
            before.append(item_id)
        elif before != item_id:
            self._items[code] = [before, item_id]

    def named(self, query: LineQuery, part_numbers: Mapping[str, int]) -> set[int]:
        """The items that the line's codes name; `part_numbers` maps folded numbers of the customer to item ids."""
        found: set[int] = set()
        for code in map(fold_code, look_up_codes(query)):
            ids = self._items.get(code, ())
            found.update((ids,) if isinstance(ids, int) else ids)
            if code in part_numbers:
                found.add(part_numbers[code])
        return found


class CatalogueInMemory:
    """A catalogue without a database: items by id, their codes by lookup, their texts in the index."""

    def __init__(self, items: Iterable[ItemRecord], index: CatalogIndex, stamp: str = "") -> None:
        self.items = {item.item_id: item for item in items}
        self._index = index
        self._codes = Codes(self.items.values())
        self._by_sku = {item.sku: item.item_id for item in self.items.values()}
        index.rebuild(map(indexed, self.items.values()), stamp)

    def id_of(self, sku: str) -> int | None:
        """The id of an item, or None when the catalogue does not have it."""
        return self._by_sku.get(sku)

    def candidates(
        self, query: LineQuery, part_numbers: Mapping[str, int] = MappingProxyType({})
    ) -> tuple[list[ItemRecord], Mapping[int, float]]:
        """(items in question, their relevance by id); `part_numbers` maps folded numbers to item ids."""
        hits = retrieve(self._index, query, self._codes.named(query, part_numbers))
        return [self.items[i] for i in sorted(hits)], hits
