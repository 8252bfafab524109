"""Reviewed lines as columns: what a promise about lines nobody looked at is drawn from. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.domain.outcomes import Seen

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line that a person has judged. `order` is the id of its case; `score` the probability (0.0–1.0) at which its order
    would have gone through unseen: that of its least sure line. `share`: the probability that the line was looked at at all."""

    order: int
    score: float
    wrong: bool
    seen: Seen = Seen.ASKED
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class History:
    """Outcomes in the order in which they became known, oldest first, as columns of equal length."""

    order: Numbers
    score: Floats
    wrong: Flags
    blind: Flags
    reported: Flags
    share: Floats

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> History:
        """The columns of these outcomes."""
        rows = list(outcomes)
        return cls(
            np.array([o.order for o in rows], dtype=np.int64), np.array([o.score for o in rows], dtype=np.float64),
            np.array([o.wrong for o in rows], dtype=np.bool_), np.array([o.seen is Seen.BLIND for o in rows], dtype=np.bool_),
            np.array([o.seen is Seen.REPORTED for o in rows], dtype=np.bool_),
            np.array([o.share for o in rows], dtype=np.float64))

    def __len__(self) -> int:
        return len(self.order)

    def at(self, chosen: slice | Flags | Numbers) -> History:
        """The outcomes chosen by a slice, a mask or positions."""
        return History(
            self.order[chosen], self.score[chosen], self.wrong[chosen], self.blind[chosen], self.reported[chosen],
            self.share[chosen])
