"""What the list of orders is asked for, as its address says it, and what that leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from models.domain.states import SalesOrderState
from oms.orders.listing import Listed, Wanted, find_orders
from review_ui.language import N_

PAGE = 100
STATES: Mapping[str, tuple[str, tuple[SalesOrderState, ...]]] = {
    "": (N_("Every state"), ()),
    "open": (N_("Open"), (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)),
    "accepted": (N_("Accepted"), (SalesOrderState.ACCEPTED,)),
    "released": (N_("Released"), (SalesOrderState.RELEASED,)),
    "offers": (N_("Drafts and quotes"), (SalesOrderState.DRAFT, SalesOrderState.QUOTED)),
    "closed": (N_("Closed"), (SalesOrderState.CLOSED,)),
    "cancelled": (N_("Cancelled"), (SalesOrderState.CANCELLED,)),
}
"""Views of the list: their words and the states they show."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the list as they stand in its address. `before`: the last id of the page before."""

    text: str = ""
    view: str = ""
    tag: str = ""
    held: bool = False
    before: int | None = None

    @property
    def is_narrowed(self) -> bool:
        """True when a filter leaves orders out."""
        return bool(self.text.strip() or self.view or self.tag or self.held)

    def query(self, *, before: int | None = None) -> str:
        """What stands behind the "?" of the list's address."""
        given = {"text": self.text.strip(), "view": self.view, "tag": self.tag, "held": "true" if self.held else "",
                 "before": before or ""}
        return urlencode({name: value for name, value in given.items() if value})


def load_orders(db: Session, asked: Asked) -> tuple[list[Listed], str]:
    """A page of orders, and the query of the next page; empty when there is none."""
    states = STATES[asked.view][1]
    wanted = Wanted(asked.text.replace("\0", ""), states, tag=asked.tag.strip().lower(), is_held=True if asked.held else None)
    rows = find_orders(db, wanted, before_id=asked.before, limit=PAGE + 1)
    return rows[:PAGE], asked.query(before=rows[PAGE - 1].id) if len(rows) > PAGE else ""
