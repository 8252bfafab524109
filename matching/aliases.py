"""Learned aliases: what this customer's codes, texts, units, addresses and names mean, as people said in reviews. Pure.

An alias is known again by what was printed where it was taught. It is sure when the same stands there again; where something on
the line differs it is a candidate with its reason, and a person is asked. What a person said outweighs the attributes of a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz

from matching.alias_keys import fold_text, keys_of, printed_line, printed_text, printed_unit, rough
from matching.conflicts import conflicts
from matching.identify import CodeTier, clues_of, code_tier
from matching.records import Facts, ItemRecord, LineQuery
from models.domain.draft import AddressMatch, ItemMatch
from models.domain.learned import Alias, LessonKind, Printed

SURE = 0.995
"""The same codes and the same text as where a person said what they mean."""
SAME_CODE = 0.98
"""The same code beside another text that does not speak against it."""
ASKED = 0.6
"""Likely, but a person is asked: something differs, or people said different things."""

ONCE_MORE = "an earlier correction said otherwise, so it is asked once more"
_ALIKE = 50.0                 # percent: below this two texts beside one code have nothing to do with each other
_NAMES_IT = frozenset({CodeTier.PART_NUMBER, CodeTier.SKU, CodeTier.GTIN, CodeTier.MPN})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the aliases say about a line. `is_contested`: nothing about it is sure then, whatever else speaks for an item."""

    alias: Alias
    item: ItemRecord
    probability: float
    is_contested: bool
    reason: str


def heard(said: Printed, aliases: Mapping[str, Sequence[Alias]]) -> tuple[int, list[Alias]]:
    """(how near, the aliases of items that are nearest to what a line says); (0, []) when none is near enough to count."""
    filed = {a.fact_id: a for key in keys_of(LessonKind.ITEM, said) for a in aliases.get(key, ())}
    near = {fact_id: _nearness(said, a.lesson.printed or Printed()) for fact_id, a in filed.items()}
    nearness = max(near.values(), default=0)
    nearest = [filed[fact_id] for fact_id, n in near.items() if n == nearness]
    return nearness, _of_the_same_unit(said, nearest) if nearness else []


def answer(query: LineQuery, pool: Sequence[ItemRecord], facts: Facts) -> Answer | None:
    """What people said that a line means; None when nobody did. `pool` are the items that come into question for the line."""
    nearness, agreed = heard(printed_line(query), facts.aliases) if facts.aliases else (0, [])
    alias = max(agreed, key=lambda a: a.fact_id, default=None)
    item = facts.items.get(facts.meant.get(alias.lesson.value, 0)) if alias else None
    if alias is None or item is None:            # nobody spoke of it, or the item has left the catalogue
        return None
    told = f"“{alias.lesson.label}” means this item, said {alias.told}"
    if nearness < BY_CODE:
        return Answer(alias, item, ASKED, False, f"{told}, where {_DIFFERS[nearness]}")
    against = _against(nearness, alias, query, item, pool, facts.part_numbers)
    if len({a.lesson.value for a in agreed}) > 1:
        against = "people have said different things about it"
    elif alias.is_on_trial:
        against = against or ONCE_MORE
    if against:
        return Answer(alias, item, ASKED, True, f"{told}; {against}")
    return Answer(alias, item, SURE if nearness == SAME else SAME_CODE, False, told)


SAME, BY_CODE, _BY_TEXT, _ROUGHLY = 4, 3, 2, 1
"""How near an alias is to a line: the same codes and text; a code; the text without codes; nearly the text."""
_DIFFERS = {_BY_TEXT: "the text was the same and the codes were not", _ROUGHLY: "the text was nearly the same"}


def _nearness(said: Printed, taught: Printed) -> int:
    """How much of what was printed where an alias was taught stands on this line; 0 for nothing that counts."""
    ours, theirs = set(said.codes), set(taught.codes)
    if ours == theirs and said.text == taught.text:
        return SAME
    if ours & theirs and (ours <= theirs or theirs <= ours):
        return BY_CODE
    if not said.text or (ours and theirs):
        return 0
    if said.text == taught.text:
        return _BY_TEXT
    return _ROUGHLY if rough(said.text) == rough(taught.text) else 0


def _of_the_same_unit(said: Printed, aliases: list[Alias]) -> list[Alias]:
    """Where people meant different items, those who meant the unit that is printed now."""
    if len({a.lesson.value for a in aliases}) == 1:
        return aliases
    return [a for a in aliases if a.lesson.printed and said.uom and a.lesson.printed.uom == said.uom] or aliases


def _against(
    nearness: int, alias: Alias, query: LineQuery, item: ItemRecord, pool: Sequence[ItemRecord], part_numbers: Mapping[str, int]
) -> str | None:
    """What on this line speaks against an alias, beyond what stood there when a person taught it."""
    clues = clues_of(query, part_numbers)
    other = next((i for i in pool if i.item_id != item.item_id and i.item_id in clues.items), None)
    if other is not None:
        return f"your table of their part numbers says {other.sku}: put it right there, or take the correction back"
    if nearness == SAME:
        return None
    named = next((i for i in pool if i.item_id != item.item_id and code_tier(clues, i) in _NAMES_IT), None)
    if named is not None:
        return f"another code of the line names {named.sku}"
    taught = alias.lesson.printed.said if alias.lesson.printed else ""
    text = query.description
    if text and taught:
        new = set(conflicts(text, item.description)) - set(conflicts(taught, item.description))
        if new:
            return f"the text is another ({', '.join(sorted(new))})"
        if max(fuzz.token_set_ratio(fold_text(text), fold_text(t)) for t in (taught, item.description)) < _ALIKE:
            return "the text is quite another"
    return None


def laid_over(ranked: Sequence[ItemMatch], answer: Answer) -> tuple[ItemMatch, ...]:
    """The candidates of a line with what people said: its item as likely as the answer makes it, the others share the rest."""
    item = answer.item
    own = next((m for m in ranked if m.item_id == item.item_id), ItemMatch(item.item_id, item.sku, item.description, 0.0))
    raised = replace(own, probability=_raised(own.probability, answer), reasons=(answer.reason, *own.reasons))
    left = (1 - raised.probability) / (1 - own.probability) if raised.probability > own.probability else 1.0
    others = [
        replace(m, probability=round(min(m.probability * left, ASKED if answer.is_contested else 1.0), 4))
        for m in ranked if m.item_id != item.item_id]
    return tuple(sorted((raised, *others), key=lambda m: -m.probability))[:9]


def _raised(probability: float, answer: Answer) -> float:
    return answer.probability if answer.is_contested else max(probability, answer.probability)


def says_address(printed: str, aliases: Mapping[str, Sequence[Alias]]) -> Alias | None:
    """The alias of a printed ship-to address; None when nobody said what it means. Of several the newest."""
    keys = keys_of(LessonKind.SHIP_TO, printed_text(printed))
    return max((a for key in keys for a in aliases.get(key, ())), key=lambda a: a.fact_id, default=None)


def with_address(ranked: Sequence[AddressMatch], alias: Alias, taught: AddressMatch) -> tuple[AddressMatch, ...]:
    """The candidates for the ship-to with the address that a person said the printed one means."""
    sure = ASKED if alias.is_on_trial else SURE
    again = f"; {ONCE_MORE}" if alias.is_on_trial else ""
    first = replace(taught, probability=sure, reasons=(f"the printed address means this one, said {alias.told}{again}",))
    others = [replace(a, probability=round(a.probability * (1 - sure), 4)) for a in ranked if a.address_id != taught.address_id]
    return (first, *others)[:9]


def says_unit(printed: str, sku: str, aliases: Mapping[str, Sequence[Alias]]) -> Alias | None:
    """The alias of a printed unit for an item, one for this item before one for all; None when nobody said what it means, or
    people said different things of late."""
    keys = keys_of(LessonKind.UNIT, printed_unit(printed))
    units = [a for key in keys for a in aliases.get(key, ()) if not a.is_on_trial and a.lesson.printed]
    if not units:
        return None
    for codes in (printed_unit(printed, sku).codes, ()):
        found = [a for a in units if a.lesson.printed and a.lesson.printed.codes == codes]
        if found:
            return max(found, key=lambda a: a.fact_id)
    return None


def senders_and_names(aliases: Iterable[Alias], customer_id: int) -> tuple[frozenset[str], tuple[str, ...]]:
    """(mail addresses, names) that people said are a customer's; those that are asked once more do not count yet."""
    own = [a.lesson for a in aliases if a.customer_id == customer_id and not a.is_on_trial]
    return (
        frozenset(x.label.strip().lower() for x in own if x.kind is LessonKind.SENDER),
        tuple(x.label for x in own if x.kind is LessonKind.CUSTOMER))

