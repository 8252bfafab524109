"""Codes that name an item: customer part number, our SKU, GTIN, manufacturer's number; exact, then look-alikes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matching.records import ItemRecord, LineQuery
from matching.text import codes_in
from models.domain.codes import clean_code, fold_code, gtin_is_valid


class CodeTier(StrEnum):
    """How a code of the line names the item, strongest first."""

    PART_NUMBER = "customer part number"
    SKU = "our item number"
    GTIN = "GTIN"
    MPN = "manufacturer's number"
    SKU_FOLDED = "our item number, look-alikes allowed"
    MPN_FOLDED = "manufacturer's number, look-alikes allowed"
    IN_TEXT = "a code in the description"


_SHORTEST = 4
"""Codes below this length are not searched for inside descriptions, and not folded: they would meet by chance."""


@dataclass(frozen=True, slots=True)
class CodeClues:
    """The codes of a line, prepared once for all candidates. `items` are those the customer's part numbers name."""

    clean: frozenset[str]
    folded: frozenset[str]
    gtins: frozenset[str]           # without leading zeros
    inside: frozenset[str]
    items: frozenset[int]


def clues_of(query: LineQuery, part_numbers: Mapping[str, int]) -> CodeClues:
    """Prepare the codes of a line; `part_numbers` maps the customer's folded part numbers to item ids."""
    codes = frozenset(clean_code(code) for code in query.codes) - {""}
    inside = frozenset(c for c in codes_in(query.description) if len(c) >= _SHORTEST)
    return CodeClues(
        clean=codes, folded=frozenset(fold_code(c) for c in codes if len(c) >= _SHORTEST), inside=inside,
        gtins=frozenset(c.lstrip("0") for c in codes if gtin_is_valid(c)),
        items=frozenset(part_numbers[f] for f in map(fold_code, codes) if f in part_numbers))


def code_tier(clues: CodeClues, item: ItemRecord) -> CodeTier | None:
    """The strongest way in which the line's codes name the item; None when they do not."""
    if item.item_id in clues.items:
        return CodeTier.PART_NUMBER
    sku, mpn = _clean(item.sku), _clean(item.mpn or "")
    gtins = {g.lstrip("0") for g in item.gtins}
    if sku in clues.clean:
        return CodeTier.SKU
    if clues.gtins & gtins:
        return CodeTier.GTIN
    if mpn in clues.clean:
        return CodeTier.MPN
    if _fold(item.sku) in clues.folded:
        return CodeTier.SKU_FOLDED
    if _fold(item.mpn or "") in clues.folded:
        return CodeTier.MPN_FOLDED
    if sku in clues.inside or mpn in clues.inside or any(c.lstrip("0") in gtins for c in clues.inside):
        return CodeTier.IN_TEXT
    return None


# The same items come into question for line after line.
_clean = lru_cache(maxsize=100_000)(clean_code)
_fold = lru_cache(maxsize=100_000)(fold_code)


def look_up_codes(query: LineQuery) -> tuple[str, ...]:
    """Everything on the line that may be a code, cleaned: its own codes and code-like words of the description."""
    own = (clean_code(code) for code in query.codes)
    return tuple(dict.fromkeys(c for c in (*own, *codes_in(query.description)) if c))
