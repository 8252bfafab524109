"""What every benchmark gives back: one row per measured case, beside a baseline measured in the same run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """`value` in `unit`; `baseline` in the same unit, None without a fair comparison. `extra` adds named figures."""

    case: str
    value: float
    unit: str
    baseline: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """ours / baseline, or None without a baseline."""
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, Any]:
        """The shape `ordermill bench … --json` prints."""
        figures = {"case": self.case, "value": self.value, "unit": self.unit, "baseline": self.baseline, "ratio": self.ratio}
        return figures | dict(self.extra)
