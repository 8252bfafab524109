"""Words about firms and places that only strange papers use, from parties.json: houses without a legal form, slogans,
sites, notes to drivers, and the fields of a form that somebody fills in.
"""

from __future__ import annotations

import json
import random
from functools import cache
from pathlib import Path
from typing import Any

from extraction.model.synth import words
from extraction.model.synth.orders import Order


@cache
def _load() -> dict[str, dict[str, Any]]:
    loaded: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("parties.json").read_text(encoding="utf-8"))
    return loaded


class PartyWords:
    """Draws such words in the language of one order, about its people and places."""

    def __init__(self, rng: random.Random, order: Order) -> None:
        self.rng, self.order = rng, order

    def pick(self, key: str, **given: str) -> str:
        """A filled-in wording; `key` is one of parties.json, `given` goes before what is drawn."""
        return self.pattern(key).format(**self._drawn() | given)

    def pattern(self, key: str) -> str:
        """A wording with its braces."""
        found: list[str] = _load()[self.order.customer.language][key]
        return self.rng.choice(found)

    def label(self, group: str, name: str) -> str:
        """A label of one of the groups `fields` and `listed`."""
        found: list[str] = _load()[self.order.customer.language][group][name]
        return self.rng.choice(found)

    def _drawn(self) -> dict[str, str]:
        """Invented values for all braces. A French name that follows its noun is `name2`, and without its preposition `name`."""
        rng, where = self.rng, words.place(self.order.customer.country)
        people = [f"{rng.choice(where.first)} {rng.choice(where.last)}" for _ in range(2)]
        name = rng.choice(where.names)
        return {
            "stem": rng.choice(where.stems), "city": rng.choice(where.cities), "name": name.split(" ", 1)[-1], "name2": name,
            "first": rng.choice(where.first), "last": rng.choice(where.last), "last2": rng.choice(where.last),
            "person": people[0], "person2": people[1], "phone": words.fill(rng, where.phone), "m": str(rng.randrange(1, 30)),
            "n": str(rng.randrange(1000, 99999)), "street": self.order.bill_to.street, "mail": self.order.contact.email,
        }
