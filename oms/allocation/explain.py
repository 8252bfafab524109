"""Why locations send what they send, and why lines are short, in sentences for the order desk. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from models.domain.sourcing import Criterion, SourcingRule
from models.domain.stock import Pick
from oms.allocation.distance import ZONE_WORDS, Distance, in_kilometres
from oms.allocation.facts import Place, Wish, is_too_far, serves

_WORDS = {
    Criterion.FEWEST_LOCATIONS: "the fewest parts", Criterion.PRIORITY: "its rank", Criterion.SAME_COUNTRY: "the same country",
    Criterion.COST: "its cost", Criterion.DISTANCE: "its distance"}


def explain_sent(
    picks: Sequence[Pick], chosen: Sequence[Place], wishes: Sequence[Wish], usable: Sequence[Place], known: Sequence[Place],
    rule: SourcingRule,
) -> dict[int, str]:
    """A sentence for each location that sends, by its id. `usable`: those that may send; `known`: those that were compared."""
    position = {w.line_id: w.position for w in wishes}
    sends = {p.location_id: sorted({position[x.line_id] for x in picks if x.location_id == p.location_id}) for p in chosen}
    senders = [p for p in chosen if sends[p.location_id]]
    reasons = " and ".join(_WORDS[c] for c in rule.prefer) or "what it holds"
    by_km = in_kilometres(p.distance for p in known)
    why: dict[int, str] = {}
    for p in senders:
        lines = ", ".join(map(str, sends[p.location_id]))
        noun = "line" if len(sends[p.location_id]) == 1 else "lines"
        others = ", ".join(x.code for x in senders if x is not p)
        if others:
            reason = f"together with {others} it covers most of the order"
        elif len(usable) == 1:
            reason = "no other location may send this order"
        else:
            reason = f"alone it covers as much as any choice, and is first by {reasons}"
        why[p.location_id] = f"{p.code} sends {noun} {lines}: {reason}{_far(p.distance, rule, by_km)}."
    return why


def _far(distance: Distance, rule: SourcingRule, by_km: bool) -> str:
    """How far a location is, in words, where that matters to the rule."""
    if Criterion.DISTANCE not in rule.prefer and rule.max_km is None:
        return ""
    notes = ["no coordinates" if distance.km is None else f"{distance.km:,} km"]
    if Criterion.DISTANCE in rule.prefer and not by_km:
        others = "" if distance.km is None else ", as not all locations have coordinates"
        notes.append(f"nearest by postcode{others}: {ZONE_WORDS[distance.zone]}")
    if rule.max_km is not None and distance.km is None:
        notes.append(f"whether it is within {rule.max_km:,} km is not known")
    return f" ({'; '.join(notes)})"


def explain_held(wish: Wish, missing: Decimal | None) -> str:
    """Why a line of an order that must leave complete waits; `missing`: what it lacks itself, in base units."""
    if missing is not None:
        return f"Line {wish.position}: {missing:f} of {wish.sku} are short, and the order must leave complete."
    return f"Line {wish.position}: {wish.sku} is there, but waits for the other lines: the order must leave complete."


def explain_short(wish: Wish, short: Decimal, places: Sequence[Place], usable: Sequence[Place], rule: SourcingRule) -> str:
    """Why a line is short of so much, in base units, and what stood in the way."""
    if wish.not_before:
        return f"Line {wish.position}: {wish.sku} {wish.not_before}."
    full = [p.code for p in places if p.room == 0]
    far = [p.code for p in places if is_too_far(p, rule)]
    apart = [p.code for p in places if not serves(p, rule) and p.code not in far]
    is_limited = rule.max_locations is not None and len(usable) > rule.max_locations
    notes = [
        *([f"{', '.join(full)} can take no more today"] if full else []),
        *([f"{', '.join(apart)} is set aside for another channel"] if apart else []),
        *([f"{', '.join(far)} is farther than {rule.max_km:,} km"] if far else []),
        *([f"at most {rule.max_locations} may send"] if is_limited else [])]
    rest = f" ({'; '.join(notes)})" if notes else ""
    return f"Line {wish.position}: {short:f} of {wish.sku} are short; no location that may send has them free{rest}."
