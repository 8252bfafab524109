"""The scorer's weights: a small JSON file, readable by people, never a pickle."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from models.errors import InputError


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature name (see `score.FEATURES`). `competition` (0.0–1.0) is how far candidates of one line exclude each
    other; with `veto` an attribute conflict keeps a candidate below `score.VETO_CEILING`."""

    weights: Mapping[str, float] = field(default_factory=dict)
    competition: float = 1.0
    veto: bool = True

    def to_json(self) -> str:
        """The file's text."""
        weights = {name: round(weight, 4) for name, weight in self.weights.items()}
        return json.dumps({"competition": round(self.competition, 4), "veto": self.veto, "weights": weights}, indent=2) + "\n"


def model_of(text: str) -> Model:
    """The model that a file's text is. Raises ValueError when it is none."""
    try:
        raw = json.loads(text)
        model = Model({str(k): float(v) for k, v in raw["weights"].items()}, float(raw["competition"]), bool(raw["veto"]))
    except (KeyError, TypeError, AttributeError) as e:
        raise ValueError(str(e)) from e
    if not all(map(math.isfinite, (*model.weights.values(), model.competition))):
        raise ValueError("a weight is no number")
    return model


def load_model(path: Path) -> Model:
    """Read a model file. Raises InputError when it is none."""
    try:
        return model_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as e:
        raise InputError(f"{path.name} is no match model ({e}). Make one with `ordermill match fit`.", code="bad_model") from e


@cache
def default_model() -> Model:
    """The model that comes with Ordermill."""
    return load_model(Path(__file__).with_name("weights.json"))
