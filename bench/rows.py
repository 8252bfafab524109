"""What every benchmark reports: one figure, its unit, and the same figure of a named baseline in the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure. `ratio` is ours / baseline in the same run; None where there is nothing to compare with."""

    case: str
    value: float
    unit: str
    baseline: float | None = None
    baseline_name: str = ""
    oversold: int | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by the baseline's."""
        return self.value / self.baseline if self.baseline else None

    def as_json(self) -> dict[str, Any]:
        """The row as `--json` prints it; `oversold` only where it was measured."""
        row = {**asdict(self), "ratio": self.ratio}
        if self.oversold is None:
            del row["oversold"]
        return row
