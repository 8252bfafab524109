"""Which locations send an order. Pure: what is wanted and what is free in; picks, and a sentence for every choice, out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import chain, combinations

from models.domain.order_work import OrderSource
from models.domain.sourcing import Criterion, SourcingRule
from models.domain.stock import Demand, Level, Pick
from oms.allocation.distance import in_kilometres
from oms.allocation.explain import explain_held, explain_sent, explain_short
from oms.allocation.facts import Place, Wish, serves
from oms.inventory.plan import Kits, plan_reservation

MOST_LOCATIONS = 10
"""Combinations are tried of so many locations: of each item the one that holds most of it, then those that cover most."""
_ZERO = Decimal(0)
_Levels = Mapping[int, Sequence[Level]]
"""Levels of what is wanted, by location."""


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
    needs = _needs(demands, kits)
    there: dict[int, list[Level]] = {p.location_id: [] for p in usable}
    for x in levels:
        if x.location_id in there and x.item_id in needs and x.available > 0:
            there[x.location_id].append(x)
    known = [p for p in usable if there[p.location_id]]
    chosen = _choose(demands, needs, there, known, rule, kits, country)
    plan = plan_reservation(demands, _ranked(there, chosen), kits)
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


def _needs(demands: Sequence[Demand], kits: Kits) -> dict[int, Decimal]:
    """What is wanted of each item, kits by their components."""
    needs: dict[int, Decimal] = defaultdict(Decimal)
    for d in demands:
        for part, per in kits.get(d.item_id, {d.item_id: Decimal(1)}).items():
            needs[part] += d.quantity * per
    return needs


def _choose(
    demands: Sequence[Demand], needs: Mapping[int, Decimal], there: _Levels, known: Sequence[Place], rule: SourcingRule,
    kits: Kits, country: str | None,
) -> tuple[Place, ...]:
    """The best combination, in the order its locations are asked: of all single ones, of several among those compared, and of as
    many as it takes where those leave something short that others have."""
    cost_of = partial(_cost_of, rule=rule, country=country, by_km=in_kilometres(p.distance for p in known))
    known = sorted(known, key=lambda p: (cost_of((p,)), p.location_id))
    compared = _compared(needs, there, known)
    most = rule.max_locations or len(known)

    def short_of(group: Sequence[Place]) -> Decimal:
        return sum(plan_reservation(demands, _ranked(there, group), kits).short.values(), _ZERO)

    best: tuple[Place, ...] = ()
    least: tuple[Decimal, ...] | None = None
    several = (group for size in range(2, min(len(compared), most) + 1) for group in combinations(compared, size))
    for group in chain(((p,) for p in known), several):
        merit = (short_of(group), *cost_of(group), Decimal(len(group)))
        if least is None or merit < least:
            best, least = group, merit
    if least is not None and least[0] and len(known) > len(compared) and (lacks := short_of(known)) < least[0]:
        enough = tuple(known)
        for p in reversed(known):
            fewer = tuple(x for x in enough if x is not p)
            if short_of(fewer) <= lacks:
                enough = fewer
        best = enough if len(enough) <= most else best
    return best


def _compared(needs: Mapping[int, Decimal], there: _Levels, known: Sequence[Place]) -> list[Place]:
    """The MOST_LOCATIONS that combinations are tried of, in the order they came. Of each item no more counts than is wanted:
    plenty of one does not make up for none of another."""
    held = {p.location_id: {x.item_id: min(x.available, needs[x.item_id]) for x in there[p.location_id]} for p in known}
    by_cover = sorted(known, key=lambda p: -sum(held[p.location_id].values(), _ZERO))
    best = [max(by_cover, key=lambda p: held[p.location_id].get(item, _ZERO)) for item in needs] if known else []
    chosen = set(list(dict.fromkeys(p.location_id for p in [*best, *by_cover]))[:MOST_LOCATIONS])
    return [p for p in known if p.location_id in chosen]


def _cost_of(group: Sequence[Place], rule: SourcingRule, country: str | None, by_km: bool) -> tuple[Decimal, ...]:
    """What a combination costs by each criterion of the rule, the first criterion first."""
    costs = {
        Criterion.FEWEST_LOCATIONS: Decimal(len(group)),
        Criterion.PRIORITY: Decimal(sum(p.priority for p in group)),
        Criterion.SAME_COUNTRY: Decimal(sum(1 for p in group if p.country != country)),
        Criterion.COST: sum((p.cost for p in group), _ZERO),
        Criterion.DISTANCE: Decimal(sum((p.distance.km if by_km else p.distance.zone) or 0 for p in group))}
    return tuple(costs[criterion] for criterion in rule.prefer)


def _ranked(there: _Levels, group: Sequence[Place]) -> list[Level]:
    """The levels of these locations only, ranked in their order."""
    return [
        Level(x.item_id, x.location_id, x.on_hand, x.reserved, x.safety, rank, x.is_sellable, x.expired)
        for rank, p in enumerate(group) for x in there[p.location_id]]
