"""Codes that name an item: customer part number, our SKU, GTIN, manufacturer's number; exact, then look-alikes. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

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
    GTIN_REPAIRED = "GTIN, with one digit read as one that looks like it"
    IN_TEXT = "a code in the description"
    IN_ITEM = "the code in the item's description"
    NEAR = "a code one sign away"

    @property
    def names(self) -> bool:
        """False for a code that is only near to one of the item's: it may be anybody's."""
        return self is not CodeTier.NEAR


_SHORTEST = 4
"""Codes below this length are not searched for inside descriptions, and not folded: they would meet by chance."""
_SHORTEST_NEAR = 6
_DIGITS_ALIKE = {"0": "68", "1": "74", "2": "7", "3": "89", "4": "19", "5": "6", "6": "058", "7": "12", "8": "0369", "9": "483"}
_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


@dataclass(frozen=True, slots=True)
class CodeClues:
    """The codes of a line, prepared once for all candidates. `items` are those the customer's part numbers name."""

    clean: frozenset[str]
    folded: frozenset[str]
    squeezed: frozenset[str]        # folded, without the zeros that lead each number
    gtins: frozenset[str]           # without leading zeros
    repaired: frozenset[str]        # GTINs that a code with a wrong check digit may be
    inside: frozenset[str]          # codes in the description
    inside_bare: frozenset[str]     # the same without leading zeros
    items: frozenset[int]


def clues_of(query: LineQuery, part_numbers: Mapping[str, int]) -> CodeClues:
    """Prepare the codes of a line; `part_numbers` maps the customer's folded part numbers to item ids."""
    codes = frozenset(clean_code(code) for code in query.codes) - {""}
    folded = frozenset(fold_code(c) for c in codes if len(c) >= _SHORTEST)
    inside = frozenset(c for c in codes_in(query.description) if len(c) >= _SHORTEST)
    return CodeClues(
        clean=codes, folded=folded, squeezed=frozenset(map(_squeezed, folded)),
        inside=inside, inside_bare=frozenset(c.lstrip("0") for c in inside),
        gtins=frozenset(c.lstrip("0") for c in codes | folded if gtin_is_valid(c)),
        repaired=frozenset(g.lstrip("0") for c in folded for g in repaired_gtins(c)),
        items=frozenset(part_numbers[f] for f in map(fold_code, codes) if f in part_numbers))


@lru_cache(maxsize=10_000)
def repaired_gtins(code: str) -> tuple[str, ...]:
    """GTINs that a code of digits whose check digit is wrong may have been: one digit read as another that looks like it."""
    if not code.isdigit() or not code.isascii() or len(code) not in {8, 12, 13, 14} or gtin_is_valid(code):
        return ()
    tries = (code[:at] + other + code[at + 1:] for at, digit in enumerate(code) for other in _DIGITS_ALIKE[digit])
    return tuple(dict.fromkeys(t for t in tries if gtin_is_valid(t)))


@dataclass(frozen=True, slots=True)
class _Codes:
    """An item's own codes in the forms they are compared in."""

    sku: str
    mpn: str
    sku_folded: str
    mpn_folded: str
    gtins: frozenset[str]
    in_text: frozenset[str]


@lru_cache(maxsize=100_000)
def _codes_of(sku: str, mpn: str | None, gtins: frozenset[str], description: str) -> _Codes:
    return _Codes(
        clean_code(sku), clean_code(mpn or ""), fold_code(sku), fold_code(mpn or ""), frozenset(g.lstrip("0") for g in gtins),
        frozenset(fold_code(c) for c in codes_in(description) if len(c) >= _SHORTEST_NEAR))


def code_tier(clues: CodeClues, item: ItemRecord) -> CodeTier | None:
    """The strongest way in which the line's codes name the item; None when they do not."""
    if item.item_id in clues.items:
        return CodeTier.PART_NUMBER
    if not clues.clean:
        return CodeTier.IN_TEXT if clues.inside and _is_in_text(clues, item) else None
    own = _codes_of(item.sku, item.mpn, item.gtins, item.description)
    if named := _named(clues, own):
        return named
    if clues.inside and _is_in_text(clues, item):
        return CodeTier.IN_TEXT
    return CodeTier.IN_ITEM if clues.folded & own.in_text else _near(clues, own)


def _named(clues: CodeClues, own: _Codes) -> CodeTier | None:
    if own.sku in clues.clean:
        return CodeTier.SKU
    if clues.gtins & own.gtins:
        return CodeTier.GTIN
    if own.mpn in clues.clean:
        return CodeTier.MPN
    if own.sku_folded in clues.folded or (clues.squeezed and _squeezed(own.sku_folded) in clues.squeezed):
        return CodeTier.SKU_FOLDED
    if own.mpn and (own.mpn_folded in clues.folded or (clues.squeezed and _squeezed(own.mpn_folded) in clues.squeezed)):
        return CodeTier.MPN_FOLDED
    return CodeTier.GTIN_REPAIRED if clues.repaired & own.gtins else None


def _is_in_text(clues: CodeClues, item: ItemRecord) -> bool:
    """True when the line's text has a code of the item."""
    inside = clues.inside
    return (
        clean_code(item.sku) in inside or clean_code(item.mpn or "") in inside
        or not clues.inside_bare.isdisjoint([gtin.lstrip("0") for gtin in item.gtins]))


def _near(clues: CodeClues, own: _Codes) -> CodeTier | None:
    mine = [c for c in (own.sku_folded, own.mpn_folded, *own.gtins) if len(c) >= _SHORTEST_NEAR]
    near = any(
        OSA.distance(code, c, score_cutoff=1) == 1 for code in clues.folded if len(code) >= _SHORTEST_NEAR for c in mine)
    return CodeTier.NEAR if near else None


@lru_cache(maxsize=100_000)
def _squeezed(folded: str) -> str:
    return _ZEROS.sub("", folded)


def folded_codes(item: ItemRecord) -> tuple[str, ...]:
    """The folded codes of an item that a line's code may be like."""
    own = _codes_of(item.sku, item.mpn, item.gtins, item.description)
    return tuple(filter(None, (own.sku_folded, own.mpn_folded, *own.gtins)))


def look_up_codes(query: LineQuery) -> tuple[str, ...]:
    """Everything on the line that may be a code, cleaned: its own codes and code-like words of the description, then what its own
    may have been before they were misread or lost their leading zeros."""
    own = tuple(filter(None, (clean_code(code) for code in query.codes)))
    meant = [other for code in own for other in _other_spellings(code)]
    return tuple(dict.fromkeys(c for c in (*own, *codes_in(query.description), *meant) if c))


def _other_spellings(code: str) -> tuple[str, ...]:
    folded = fold_code(code)
    if not folded.isdigit() or not folded.isascii():
        return ()
    padded = [folded.zfill(length) for length in range(len(folded) + 1, 11)] if 2 < len(folded) < 10 else []
    bare = [folded.lstrip("0")] if folded[0] == "0" else []
    return (*repaired_gtins(folded), *((folded,) if folded != code else ()), *padded, *bare)
