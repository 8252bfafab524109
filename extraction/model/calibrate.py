"""Probabilities from clues: for each family of values a logistic model, and a curve that says how often such scores were right.

`scripts/calibrate.py` fits both on generated training layouts and writes calibration.json; nothing here learns while reading.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import msgspec

Clues = Mapping[str, float]
LEAST, MOST = 0.005, 0.9995        # nothing read by a machine is certain
_FAR = 12.0

FAMILIES: Mapping[str, str] = {
    "doc_type": "kind", "po_number": "number", "order_date": "date", "requested_date": "date", "currency": "currency",
    "buyer_name": "name", "supplier_name": "name", "ship_to": "address", "bill_to": "address", "payment_terms": "terms",
    "total": "total", "lines.line_no": "line_no", "lines.supplier_sku": "code", "lines.buyer_sku": "code", "lines.gtin": "code",
    "lines.description": "description", "lines.quantity": "quantity", "lines.uom": "unit", "lines.unit_price": "money",
    "lines.amount": "money", "line": "line",
}
"""Field → family. A field that no truth judges has none: its confidence stays what its reader said."""


@dataclass(frozen=True, slots=True)
class Family:
    """Weights by clue, and the curve from score to probability: its points by rising score, straight lines between them."""

    weights: Mapping[str, float]
    curve: tuple[tuple[float, float], ...]

    def score(self, clues: Clues) -> float:
        """The weighted sum; scores of parts of the clues add up to that of the whole."""
        weights, total = self.weights, 0.0
        for name, value in clues.items():
            if value and (weight := weights.get(name)):      # most clues are silent
                total += weight * value
        return total

    def probability(self, score: float) -> float:
        """How likely a value with this score is right."""
        at = bisect_right(self.curve, (score, math.inf))
        if at in {0, len(self.curve)}:
            chance = self.curve[0 if at == 0 else -1][1]
        else:
            (x, low), (further, high) = self.curve[at - 1], self.curve[at]
            chance = low + (high - low) * (score - x) / (further - x)
        return round(min(MOST, max(LEAST, chance)), 4)


@cache
def families() -> Mapping[str, Family]:
    """The fitted families by name; empty when nothing was fitted yet."""
    stored = files("extraction.model") / "calibration.json"
    fitted: dict[str, Any] = msgspec.json.decode(stored.read_bytes()) if stored.is_file() else {}
    return msgspec.convert(fitted.get("families", {}), type=dict[str, Family])


@lru_cache(maxsize=4096)
def logit(probability: float) -> float:
    """Log odds, within ±12."""
    inside = min(1 - 1e-9, max(1e-9, probability))
    return max(-_FAR, min(_FAR, math.log(inside / (1 - inside))))
