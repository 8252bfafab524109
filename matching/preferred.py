"""Which candidate a rule puts first: the number that holds for this customer, and the successor of what is superseded. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matching.identify import CodeTier
from matching.records import Facts
from matching.replacements import fits_unit, successor_of
from matching.units import unit_codes
from models.domain.draft import ItemMatch
from models.domain.partners import CodeKind

_AGREES = {tier: f"{tier} agrees" for tier in (CodeTier.PART_NUMBER, CodeTier.SKU, CodeTier.GTIN, CodeTier.MPN)}
TIER_OF: Mapping[CodeKind, CodeTier] = {
    CodeKind.PART_NUMBER: CodeTier.PART_NUMBER, CodeKind.SKU: CodeTier.SKU, CodeKind.GTIN: CodeTier.GTIN,
    CodeKind.MPN: CodeTier.MPN}
_AS_AGREED = 0.95
"""How sure an item is that the customer's own rule chooses among those its numbers name."""


def named_items(candidates: Sequence[ItemMatch]) -> dict[CodeTier, ItemMatch]:
    """The item that each kind of number on a line names exactly, by the reasons of its candidates."""
    found: dict[CodeTier, ItemMatch] = {}
    for match in candidates:
        for tier, reason in _AGREES.items():
            if reason in match.reasons:
                found.setdefault(tier, match)
    return found


def chosen(ranked: Sequence[ItemMatch], printed_uom: str | None, facts: Facts) -> ItemMatch:
    """The item to take of at least one candidate: usually the first."""
    best = ranked[0]
    preference = facts.customer.rules.code_preference if facts.customer else None
    named = named_items(ranked)
    if preference is not None and len({m.item_id for m in named.values()}) > 1 and TIER_OF[preference] in named:
        best = named[TIER_OF[preference]]
        why = f"for this customer the {TIER_OF[preference].removeprefix('our ')} holds"
        best = replace(best, probability=max(best.probability, _AS_AGREED), reasons=(why, *best.reasons))
    return _newest(best, printed_uom, facts) if facts.takes_successors else best


def _newest(match: ItemMatch, printed_uom: str | None, facts: Facts) -> ItemMatch:
    item = facts.items.get(match.item_id)
    successor = successor_of(item, facts.items) if item else None
    if item is None or successor is None or successor.base_uom != item.base_uom:
        return match
    if printed_uom and not any(fits_unit(successor, code) for code in unit_codes(printed_uom)):
        return match
    return ItemMatch(
        successor.item_id, successor.sku, successor.description, match.probability,
        (f"it supersedes {match.sku}", *match.reasons))
