"""Readings and master data to a draft. Pure: the same readings and facts give the same draft.

A former draft may be given: what people typed stays, everything that follows from it is worked out anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from matching.agreed import agreed
from matching.aliases import answer, laid_over, says_address, says_unit, with_address
from matching.merge import Merged, merge
from matching.model import Model
from matching.packs import base_quantity, in_whole_packs, pack_in_text
from matching.preferred import chosen
from matching.pricing import OurPrice, our_price, prices_by_unit
from matching.records import CustomerRules, Facts, ItemRecord, LineQuery, Source
from matching.score import match_line
from matching.ship_to import rank_addresses
from matching.unit_reading import DOUBTFUL, UnitClues, UnitReading, basis_words, read_unit, within
from matching.units import unit_codes
from matching.wording import money
from models.domain.draft import AddressMatch, CustomerMatch, Draft, DraftLine
from models.domain.evidence import Candidate, Evidence, Found, Origin
from models.domain.learned import Alias, LessonKind
from models.domain.partners import PriceRule
from models.domain.reading import ReadingLine
from models.domain.states import LineState

_LONGEST = 500       # signs of a description that are looked at
_PEOPLE = frozenset({LessonKind.SENDER, LessonKind.CUSTOMER})
LIKELY = 0.5
"""Below this probability a candidate is offered, but not taken."""
LIKELY_BASIS = 0.9
"""Below this probability what a price is for lowers how sure the price is."""


def build_draft(sources: Sequence[Source], facts: Facts, model: Model, previous: Draft | None = None) -> Draft:
    """The draft of a case: what its readings say, matched to our customer, items, units, prices and addresses."""
    return resolve(merge(sources), facts, model, previous)


def resolve(
    merged: Merged, facts: Facts, model: Model, previous: Draft | None = None, *, only: Collection[str] | None = None
) -> Draft:
    """Match a merged draft, or a former one whose readings these were. `only`: the keys of the lines to work out anew; the others
    stay as they are (None: all)."""
    draft = previous or merged.draft
    draft = replace(draft, customer=_customer(draft, facts), customer_candidates=facts.customers)
    draft = replace(draft, currency=_currency(draft, facts), **_ship_to(draft, facts))
    lines = (
        _resolve_line(line, merged.printed.get(line.key), draft, facts, model) if only is None or line.key in only else line
        for line in draft.lines)
    return replace(draft, lines=tuple(lines))


def is_typed(found: Found[Any] | None) -> bool:
    """True for a value that a person gave."""
    return found is not None and found.evidence.origin is Origin.TYPED


def query_of(line: DraftLine, printed: ReadingLine | None, currency: str | None) -> LineQuery:
    """What a draft line says that may name an item."""
    codes = (f.value for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn) if f)
    uom = printed.uom.value if printed and printed.uom else line.uom.value if line.uom else None
    return LineQuery(
        tuple(dict.fromkeys(codes)), line.description.value[:_LONGEST] if line.description else "", uom,
        line.unit_price.value if line.unit_price else None, currency, line.supplier_sku.value if line.supplier_sku else None)


def _customer(draft: Draft, facts: Facts) -> Found[CustomerMatch] | None:
    if is_typed(draft.customer):
        return draft.customer
    if not facts.customers or facts.customers[0].probability < LIKELY:
        return None
    best = facts.customers[0]
    said = (a for aliases in facts.aliases.values() for a in aliases if a.lesson.kind in _PEOPLE and not a.is_on_trial)
    fact = next((a.fact_id for a in said if a.customer_id == best.customer_id), None)
    return Found(best, best.probability, _evidence(draft.buyer_name, best.reasons, fact))


def _currency(draft: Draft, facts: Facts) -> Found[str] | None:
    """As printed; else the one we trade with this customer in, else, less surely, the house currency."""
    found = draft.currency
    if found is not None and found.evidence.origin is not Origin.MASTER:
        return found
    if facts.customer is None:
        return None
    if facts.customer.currency:
        return Found(facts.customer.currency, 1.0, Evidence(Origin.MASTER, note="none is printed; the customer's"))
    return Found(facts.house_currency, 0.8, Evidence(Origin.MASTER, note="none is printed; the house currency"))


def _evidence(printed: Found[str] | None, reasons: tuple[str, ...], fact_id: int | None = None) -> Evidence:
    """Master data, or what people said it means (`fact_id`), standing on what was printed."""
    origin = Origin.LEARNED if fact_id else Origin.MASTER
    note = "; ".join(reasons) or None
    if printed is None:
        return Evidence(origin, note=note, fact_id=fact_id)
    return replace(printed.evidence, origin=origin, person=None, note=note, fact_id=fact_id)


def _ship_to(draft: Draft, facts: Facts) -> dict[str, Any]:
    printed = draft.ship_to_text.value if draft.ship_to_text else None
    ranked = rank_addresses(printed, facts.customer.addresses) if facts.customer else ()
    alias = says_address(printed, facts.aliases) if printed else None
    known = facts.customer.addresses if facts.customer and alias else ()
    taught = next((AddressMatch(a.address_id, a.label, 0.0) for a in known if alias and a.code == alias.lesson.value), None)
    if alias and taught:
        ranked = with_address(ranked, alias, taught)
    found = draft.ship_to
    if not is_typed(found):
        best = ranked[0] if ranked and ranked[0].probability >= LIKELY else None
        fact = alias.fact_id if alias and taught else None
        found = Found(best, best.probability, _evidence(draft.ship_to_text, best.reasons, fact)) if best else None
    return {"ship_to": found, "ship_to_candidates": ranked}


def _resolve_line(line: DraftLine, printed: ReadingLine | None, draft: Draft, facts: Facts, model: Model) -> DraftLine:
    if line.state is LineState.RELEASED:
        return line                     # it is in a sales order: nothing that follows from master data changes it here
    currency = draft.currency.value if draft.currency else None
    line = _with_item(line, printed, currency, facts, model)
    item = facts.items.get(line.item.value.item_id) if line.item else None
    line = _without_item(line, printed, facts) if item is None else _with_unit(line, printed, item, currency, facts)
    return replace(line, state=_state(line, facts.line_confidence))


def _state(line: DraftLine, sure: float) -> LineState:
    if line.state is LineState.REJECTED:
        return LineState.REJECTED
    if line.item is None:
        return LineState.EXTRACTED
    settled = line.quantity is not None and line.base_quantity is not None
    needed = (line.item.confidence, line.quantity.confidence if line.quantity else 0.0, line.uom.confidence if line.uom else 0.0)
    return LineState.CONFIRMED if settled and min(needed) >= sure else LineState.PROPOSED


def _with_item(
    line: DraftLine, printed: ReadingLine | None, currency: str | None, facts: Facts, model: Model
) -> DraftLine:
    hits = facts.hits.get(line.key)
    if hits is None:
        return line
    query = query_of(line, printed, currency)
    pool = [facts.items[i] for i in hits if i in facts.items]
    ranked, none = match_line(query, pool, hits, facts.part_numbers, model)
    said = answer(query, pool, facts)
    ranked = laid_over(ranked, said) if said else ranked
    if is_typed(line.item):
        return replace(line, item_candidates=ranked, no_item=none)
    found = None
    if ranked and ranked[0].probability >= LIKELY:
        best = chosen(ranked, printed.uom.value if printed and printed.uom else None, facts)
        proof = next((f for f in (line.supplier_sku, line.buyer_sku, line.gtin, line.mpn, line.description) if f), None)
        others = tuple(Candidate(m, m.probability, Evidence(Origin.MASTER)) for m in ranked[:4] if m.item_id != best.item_id)
        fact = said.alias.fact_id if said and said.item.item_id == best.item_id else None
        found = Found(best, best.probability, _evidence(proof, best.reasons, fact), others)
    return replace(line, item=found, item_candidates=ranked, no_item=none)


def _without_item(line: DraftLine, printed: ReadingLine | None, facts: Facts) -> DraftLine:
    """As far as one can get without an item: the unit by its spelling alone."""
    uom = line.uom
    if not is_typed(uom):
        said = printed.uom if printed else None
        learned = _unit_alias(printed, "", facts)
        codes = (learned.lesson.value,) if learned else unit_codes(said.value) if said else ()
        uom = replace(_at(said, line), value=codes[0], confidence=0.9 / len(codes)) if said and codes else None
    return replace(line, uom=uom, base_quantity=None, list_price=None, price_source=None)


def _at(found: Found[str], line: DraftLine) -> Found[str]:
    """The printed unit with the document it stands in; the line's other fields know it."""
    known = next((f.evidence.document_id for f in (line.quantity, line.description, line.item) if f), None)
    return replace(found, evidence=replace(found.evidence, document_id=known))


def _with_unit(line: DraftLine, printed: ReadingLine | None, item: ItemRecord, currency: str | None, facts: Facts) -> DraftLine:
    line = replace(line, quantity=_as_printed(line.quantity, printed.quantity if printed else None))
    uom, price = line.uom, _as_printed(line.unit_price, printed.unit_price if printed else None)
    if not is_typed(uom):
        readings = unit_readings(line, printed, item, currency, facts)
        uom = _found_unit(readings, line, printed, item) if readings else None
        learned = _unit_alias(printed, item.sku, facts)
        if uom and learned and uom.value == learned.lesson.value:
            uom = replace(uom, evidence=replace(uom.evidence, origin=Origin.LEARNED, fact_id=learned.fact_id))
        price = _found_price(readings, price) if readings else price
    rules = facts.customer.rules if facts.customer else CustomerRules()
    quantity = in_whole_packs(line.quantity, uom, item, rules, facts.line_confidence)
    ours = our_price(item, uom.value, quantity.value if quantity else None, facts.on, currency) if uom else None
    return replace(
        line, quantity=quantity, uom=uom, unit_price=_agreed_price(price, ours, facts),
        base_quantity=base_quantity(quantity.value, uom.value, item) if quantity and uom else None,
        list_price=ours.amount if ours else None, price_source=ours.source if ours else None)


def _agreed_price(asked: Found[Decimal] | None, ours: OurPrice | None, facts: Facts) -> Found[Decimal] | None:
    """Our price where the rule says that ours holds; a price that is far off, or not surely read, is asked about."""
    if facts.price_rule is not PriceRule.OURS or asked is None or ours is None or is_typed(asked):
        return asked
    if asked.confidence < facts.line_confidence or within(asked.value, ours.amount, facts.price_tolerance):
        return asked
    if not within(asked.value, ours.amount, DOUBTFUL):
        return asked
    return agreed(asked, ours.amount, f"our price in place of {money(asked.value)}")


def unit_readings(
    line: DraftLine, printed: ReadingLine | None, item: ItemRecord, currency: str | None, facts: Facts
) -> tuple[UnitReading, ...]:
    """All ways to read the line's unit for this item, likeliest first."""
    said = printed.uom.value if printed and printed.uom else None
    quantity = line.quantity.value if line.quantity else None
    asked = printed.unit_price.value if printed and printed.unit_price and not is_typed(line.unit_price) else None
    learned = _unit_alias(printed, item.sku, facts)
    spoken = (learned.lesson.value,) if learned else unit_codes(said) if said else ()
    units = item.convertible
    uoms = dict.fromkeys((item.base_uom, *(u.uom for u in units), *spoken))
    clues = UnitClues(
        said, quantity, asked, line.amount.value if line.amount else None, line.discount.value if line.discount else None,
        printed.pack.value if printed and printed.pack else None,
        prices_by_unit(item, tuple(uoms), quantity, facts.on, currency), facts.price_tolerance,
        pack_in_text=pack_in_text(line.description.value[:_LONGEST]) if line.description else None,
        says_basis=bool(printed and printed.price_unit), weighed_in=item.catch_weight.uom if item.catch_weight else None,
        gives=item.catch_weight.tolerance if item.catch_weight else Decimal(0),
        meant=learned.lesson.value if learned else None)
    return read_unit(clues, item.base_uom, units)


def _unit_alias(printed: ReadingLine | None, sku: str, facts: Facts) -> Alias | None:
    return says_unit(printed.uom.value, sku, facts.aliases) if printed and printed.uom else None


def _found_unit(readings: Sequence[UnitReading], line: DraftLine, printed: ReadingLine | None, item: ItemRecord) -> Found[str]:
    by_uom: dict[str, float] = {}
    for reading in readings:
        by_uom[reading.uom] = by_uom.get(reading.uom, 0.0) + reading.probability
    (best, sure), *others = sorted(by_uom.items(), key=lambda entry: (-entry[1], entry[0] != item.base_uom, entry[0]))
    note = "; ".join(readings[0].reasons) or None
    said = _at(printed.uom, line) if printed and printed.uom else None
    evidence = replace(said.evidence, note=note) if said else Evidence(Origin.MASTER, note=note or "no unit is printed")
    candidates = tuple(Candidate(uom, round(p, 4), evidence) for uom, p in others if p >= 0.01)
    # How sure the spelling was read does not limit the result: the arithmetic was weighed against it.
    return Found(best, round(min(sure, 1.0), 4), evidence, candidates)


def _as_printed(found: Found[Decimal] | None, said: Found[Decimal] | None) -> Found[Decimal] | None:
    """The value as it stands in the document, unless a person gave or removed it."""
    if found is None or is_typed(found) or said is None:
        return found
    return replace(said, evidence=replace(said.evidence, document_id=found.evidence.document_id))


def _found_price(readings: Sequence[UnitReading], found: Found[Decimal] | None) -> Found[Decimal] | None:
    """The price for one ordered unit; converted when it was printed for another, and no surer than that is."""
    best = readings[0]
    if found is None or is_typed(found) or best.unit_price is None:
        return found
    sure = best.probability / sum(r.probability for r in readings if r.uom == best.uom)
    if best.unit_price == found.value:
        return replace(found, confidence=min(found.confidence, round(sure, 4))) if sure < LIKELY_BASIS else found
    note = f"printed for {basis_words(best.price_uom, best.per)}"
    origin = Origin.SUGGESTED if found.evidence.origin is Origin.SUGGESTED else Origin.REPAIRED
    return replace(
        found, value=best.unit_price, confidence=min(found.confidence, round(sure, 4)),
        evidence=replace(found.evidence, origin=origin, note=note))
