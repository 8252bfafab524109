"""Whether the item of a line can be what is wanted, and can be had. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from matching.assemble import is_typed
from matching.preferred import TIER_OF, named_items
from matching.records import Facts, ItemRecord
from matching.replacements import fits_unit, substitutes_of, successor_of
from matching.wording import line_value, number, row_name
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import DraftLine, ItemMatch
from models.domain.items import ItemStatus


def check_item(line: DraftLine, item: ItemRecord | None, facts: Facts) -> Iterator[Doubt]:
    """Items that cannot be had or have a successor, and numbers that contradict each other or the description."""
    if item is not None and (item.status is not ItemStatus.ACTIVE or item.superseded_by is not None):
        yield from _replaced(line, item, facts)
    if is_typed(line.item):
        return
    yield from _codes(line, facts)
    if line.item is None and line.item_candidates:
        yield from _conflict(line, line.item_candidates[0])


def _replaced(line: DraftLine, item: ItemRecord, facts: Facts) -> Iterator[Doubt]:
    path, name = f"lines.{line.key}.item", row_name(line)
    proof = line.item.evidence if line.item else None
    successor = successor_of(item, facts.items)
    active = item.status is ItemStatus.ACTIVE
    if successor is not None and not (active and is_typed(line.item)):
        new = successor.sku
        how = f"{item.sku} is superseded by {new}" if active else f"{item.sku} is {item.status}; its successor is {new}"
        unit = "" if fits_unit(successor, line.uom.value if line.uom else None) else " It is not sold in the ordered unit."
        keep = (Choice(item.sku, f"{item.sku} all the same", 0.2, _stock_words(item)),) if active else ()
        sentence = f"{name}: {how}. Take the successor, or choose another item.{unit}"
        offer = _offer(successor, 0.8, f"replaces {item.sku}")
        yield Doubt(DoubtCode.ITEM_SUPERSEDED, sentence, path, proof, (offer, *keep), line_value(line))
    elif not active:
        offers = tuple(_offer(s, 0.5, f"may stand in for {item.sku}") for s in substitutes_of(item, facts.items))
        others = tuple(c for c in item_choices(line) if c.value not in {item.sku, *(o.value for o in offers)})
        yield Doubt(
            DoubtCode.ITEM_INACTIVE, f"{name}: {item.sku} is {item.status}. Choose another item or reject the line.", path, proof,
            (*offers, *others)[:9], line_value(line))


def _offer(item: ItemRecord, probability: float, why: str) -> Choice:
    return Choice(item.sku, f"{item.sku} · {item.description}", probability, f"{why}{_stock_words(item, ', ')}")


def _stock_words(item: ItemRecord, before: str = "") -> str:
    return "" if item.available is None else f"{before}{number(item.available)} can be promised"


def _codes(line: DraftLine, facts: Facts) -> Iterator[Doubt]:
    named = named_items(line.item_candidates)
    preference = facts.customer.rules.code_preference if facts.customer else None
    if len({m.item_id for m in named.values()}) < 2 or (preference is not None and TIER_OF[preference] in named):
        return
    said = " but ".join(f"the {tier.removeprefix('our ')} names {match.sku}" for tier, match in named.items())
    choices = tuple(Choice(m.sku, f"{m.sku} · {m.description}", m.probability, f"the {tier} agrees") for tier, m in named.items())
    yield Doubt(
        DoubtCode.CODES_DISAGREE, f"{row_name(line)}: {said}. Which item is meant?", f"lines.{line.key}.item",
        line.item.evidence if line.item else None, choices, 0.5 * line_value(line))


def _conflict(line: DraftLine, best: ItemMatch) -> Iterator[Doubt]:
    against = next((r for r in best.reasons if ", not " in r), None)
    named = next((r for r in best.reasons if r.endswith(" agrees") and "brand" not in r), None)
    if against and named:
        yield Doubt(
            DoubtCode.ITEM_CONFLICT,
            f"{row_name(line)}: {named} with {best.sku}, but the description contradicts it ({against}). Which is meant?",
            f"lines.{line.key}.item", line.description.evidence if line.description else None, item_choices(line),
            line_value(line))


def item_choices(line: DraftLine) -> tuple[Choice, ...]:
    """The candidates of a line as answers; the value is the SKU."""
    return tuple(
        Choice(m.sku, f"{m.sku} · {m.description}", m.probability, "; ".join(m.reasons)) for m in line.item_candidates[:9])
