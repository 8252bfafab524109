"""Near-twin questions: the line states every attribute, the catalogue has only items that differ in one."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

from bench.match_goods import Goods, Made
from bench.match_lines import make_line
from matching.model import Model
from matching.records import ItemRecord
from matching.score import candidates_with_features, probabilities

_KINDS = ("plain", "reordered", "languages", "abbreviated", "glued", "typos")


def wrong_twins(model: Model, seed: int, questions: int = 2_000) -> tuple[int, int]:
    """(questions to which a wrong item was more than 0.5 probable, questions asked). Of every second one the catalogue lacks the
    item itself; then the twins differ in an attribute that has a number, a colour, a side or a material."""
    rng = Random(seed)
    goods = Goods(50_000, seed)
    wrong = 0
    for place in range(questions):
        made = goods.made(rng.randrange(len(goods)))
        has_it = place % 2 == 0
        query = make_line(rng, made, 0, _KINDS[place // 2 % len(_KINDS)], is_missing=not has_it).query
        pool = _twins(rng, made, plain_words=has_it) + ([replace(made.item, item_id=0)] if has_it else [])
        ranked = probabilities(candidates_with_features(query, pool, {t.item_id: 1.0 for t in pool}, {}), model)
        wrong += bool(ranked) and ranked[0].probability > 0.5 and ranked[0].item.item_id != 0
    return wrong, questions


_TELLING = tuple(map(re.compile, (
    r".*\d.*", "black|white|red|blue|green|grey|yellow|brown", "left|right", "brass|steel|stainless")))


def _twins(rng: Random, made: Made, *, plain_words: bool) -> list[ItemRecord]:
    """One item for each axis of attributes, other than the item in that attribute alone."""
    found = []
    for axis, values in enumerate(made.family.axes):
        own = made.spec[axis]
        others = [v for v in values if v != own and (plain_words or any(t.fullmatch(v) and t.fullmatch(own) for t in _TELLING))]
        if others:
            spec = [*made.spec[:axis], rng.choice(others), *made.spec[axis + 1:]]
            text = " ".join([made.family.name, *spec, made.series, made.brand])
            found.append(replace(
                made.item, item_id=axis + 1, sku=f"TWIN-{axis + 1}", mpn=None, gtins=frozenset(), brand=made.brand,
                description=text))
    return found
