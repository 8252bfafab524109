"""Which locations send an order. Pure: what is wanted and what is free in; picks, and a sentence for every choice, out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import combinations

from models.domain.order_work import OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.domain.stock import Demand, Level, Pick
from oms.allocation.distance import in_kilometres
from oms.allocation.explain import explain_held, explain_sent, explain_short
from oms.allocation.facts import Place, Wish, serves
from oms.inventory.plan import Kits, plan_reservation

MOST_LOCATIONS = 10
"""Combinations are tried of so many locations at most, the ones that hold most of what is wanted."""
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Allocation:
    """Picks, a sentence for each location that sends, what is short by line (where a line has several wishes, of the one that
    lacks most), and sentences for each short line. `lacking`: the lines that stock does not cover, not those that wait for others
    or for a day."""

    picks: tuple[Pick, ...]
    why: Mapping[int, str]
    short: Mapping[int, Decimal]
    why_short: Mapping[int, str]
    lacking: frozenset[int] = frozenset()


def choose_rule(rules: Iterable[SourcingRule], source: OrderSource, country: str | None) -> SourcingRule:
    """The first rule that is for such an order; without one, the fewest locations by rank."""
    for rule in rules:
        if (not rule.sources or source in rule.sources) and (not rule.countries or country in rule.countries):
            return rule
    return SourcingRule()


def plan_allocation(
    wishes: Sequence[Wish], levels: Sequence[Level], places: Sequence[Place], rule: SourcingRule, *, kits: Kits,
    country: str | None = None, ship_complete: bool = False,
) -> Allocation:
    """Choose the locations that cover most of the wishes; among those that cover as much, the ones the rule prefers.

    Never takes more than a level's `available`; every unit is picked or explained as short. With `ship_complete` (the order's
    or the rule's) an order that cannot leave whole gets no picks at all.
    """
    usable = [p for p in places if serves(p, rule) and p.room != 0]
    demands = [Demand(n, w.item_id, w.quantity) for n, w in enumerate(wishes) if w.not_before is None]
    known = _known(demands, levels, usable, kits)
    chosen = _choose(demands, levels, known, rule, kits, country)
    plan = plan_reservation(demands, _ranked(levels, chosen), kits)
    lacks = {n: w.quantity if w.not_before else plan.short.get(n, _ZERO) for n, w in enumerate(wishes)}
    lacks = {n: quantity for n, quantity in lacks.items() if quantity}
    lacking = frozenset(wishes[n].line_id for n in lacks if wishes[n].not_before is None)
    held = bool(lacks) and (ship_complete or rule.ship_complete)
    picks = () if held else tuple(replace(p, line_id=wishes[p.line_id].line_id) for p in plan.picks)
    if held:
        why = {n: explain_held(w, lacks.get(n)) for n, w in enumerate(wishes)}
        lacks = {n: w.quantity for n, w in enumerate(wishes)}
    else:
        why = {n: explain_short(wishes[n], quantity, places, usable, rule) for n, quantity in lacks.items()}
    short: dict[int, Decimal] = {}
    why_short: dict[int, str] = {}
    for n, quantity in lacks.items():
        line = wishes[n].line_id
        short[line] = max(quantity, short.get(line, _ZERO))
        why_short[line] = " ".join([*([why_short[line]] if line in why_short else []), why[n]])
    return Allocation(picks, explain_sent(picks, chosen, wishes, usable, known, rule), short, why_short, lacking)


def _known(demands: Sequence[Demand], levels: Sequence[Level], usable: Sequence[Place], kits: Kits) -> list[Place]:
    """The MOST_LOCATIONS that hold most of what is wanted: those that are compared."""
    wanted = {part for d in demands for part in kits.get(d.item_id, (d.item_id,))}
    there = {p.location_id: sum((x.available for x in levels if x.location_id == p.location_id and x.item_id in wanted), _ZERO)
             for p in usable}
    known = sorted((p for p in usable if there[p.location_id]), key=lambda p: (-there[p.location_id], p.location_id))
    return known[:MOST_LOCATIONS]


def _choose(
    demands: Sequence[Demand], levels: Sequence[Level], known: Sequence[Place], rule: SourcingRule, kits: Kits,
    country: str | None,
) -> tuple[Place, ...]:
    """The best combination, in the order its locations are asked."""
    cost_of = partial(_cost_of, rule=rule, country=country, by_km=in_kilometres(p.distance for p in known))
    known = sorted(known, key=lambda p: (cost_of((p,)), p.location_id))
    most = min(len(known), rule.max_locations or len(known))
    best: tuple[Place, ...] = ()
    least: tuple[Decimal, ...] | None = None
    for size in range(1, most + 1):
        for group in combinations(known, size):
            plan = plan_reservation(demands, _ranked(levels, group), kits)
            merit = (sum(plan.short.values(), _ZERO), *cost_of(group), Decimal(size))
            if least is None or merit < least:
                best, least = group, merit
    return best


def _cost_of(group: Sequence[Place], rule: SourcingRule, country: str | None, by_km: bool) -> tuple[Decimal, ...]:
    """What a combination costs by each criterion of the rule, the first criterion first."""
    costs = {
        Criterion.FEWEST_LOCATIONS: Decimal(len(group)),
        Criterion.PRIORITY: Decimal(sum(p.priority for p in group)),
        Criterion.SAME_COUNTRY: Decimal(sum(1 for p in group if p.country != country)),
        Criterion.COST: sum((p.cost for p in group), _ZERO),
        Criterion.DISTANCE: Decimal(sum((p.distance.km if by_km else p.distance.zone) or 0 for p in group))}
    return tuple(costs[criterion] for criterion in rule.prefer)


def _ranked(levels: Sequence[Level], group: Sequence[Place]) -> list[Level]:
    """The levels of these locations only, ranked in their order."""
    rank = {p.location_id: n for n, p in enumerate(group)}
    return [
        Level(x.item_id, x.location_id, x.on_hand, x.reserved, x.safety, rank[x.location_id], x.is_sellable)
        for x in levels if x.location_id in rank]
