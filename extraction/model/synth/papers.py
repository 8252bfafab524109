"""The kinds of paper besides orders: who writes them, how they are titled and worded, from papers.json."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

Part = Literal["train", "check", "all"]

OTHER_PAPERS: dict[str, float] = {
    "order_confirmation": 3.5, "delivery_note": 3, "forecast": 1, "statement": 0.7, "return_note": 0.7, "reminder": 0.7,
    "price_list": 0.5,
}
"""What documents of type `other` are, by how often."""
FROM_SELLER = frozenset({"invoice", "order_confirmation", "delivery_note", "statement", "price_list"})
NAMES_ORDER = frozenset({"invoice", "order_confirmation", "delivery_note", "return_note", "reminder"})
"""Papers that refer to an order by its number."""
FINE_KINDS = frozenset({"order_confirmation", "delivery_note"})
"""Those of type `other` that have a kind of their own."""


@cache
def _load() -> dict[str, dict[str, dict[str, list[str]]]]:
    loaded: dict[str, Any] = json.loads(Path(__file__).with_name("papers.json").read_text(encoding="utf-8"))
    return loaded


def is_paper(paper: str) -> bool:
    """Whether papers.json words this kind; orders, changes and cancellations are worded elsewhere."""
    return paper in _load()["en"]


def titles(paper: str, language: str) -> list[str]:
    """How a paper of this kind is titled."""
    return _load()[language][paper]["titles"]


def number_labels(paper: str, language: str) -> list[str]:
    """Labels of the paper's own number."""
    return _load()[language][paper]["numbers"]


def worded(rng: random.Random, paper: str, language: str, what: str, part: Part) -> str:
    """One of the part's `openers` (sentence on paper), `letters` (sentence in a mail) or `subjects`, with braces to fill."""
    return rng.choice(wordings(_load()[language][paper][what], part))


def wordings(options: Sequence[str], part: Part) -> Sequence[str]:
    """The wordings of a part: of three or more, each third belongs to the check part and the others to the train part."""
    if part == "all" or len(options) < 3:
        return options
    return [text for n, text in enumerate(options) if (n % 3 == 2) == (part == "check")]
