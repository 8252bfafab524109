"""The rooms of the UI in the order of the bar: intake, the order core, the house."""

from __future__ import annotations

from dataclasses import dataclass

from models.domain.states import Role


@dataclass(frozen=True, slots=True)
class Room:
    """One entry of the bar. `group` parts it visibly from its neighbours; `also` are other beginnings of its addresses."""

    href: str
    word: str                      # English; translated where it is shown
    group: str
    lowest: Role = Role.VIEWER
    also: tuple[str, ...] = ()

    def is_here(self, path: str) -> bool:
        """True when the page at `path` belongs to this room."""
        own = path == "/" if self.href == "/" else path.startswith(self.href)
        return own or path.startswith(self.also) if self.also else own


ROOMS = (
    Room("/", "Queue", "intake", also=("/cases",)),
    Room("/messages", "Messages", "intake"),
    Room("/orders", "Orders", "orders"),
    Room("/fulfilment", "Fulfilment", "orders", also=("/shipments",)),
    Room("/stock", "Stock", "orders"),
    Room("/returns", "Returns", "orders"),
    Room("/invoices", "Invoices", "orders"),
    Room("/exceptions", "Exceptions", "orders"),
    Room("/dashboard", "Dashboard", "house"),
    Room("/metrics", "Metrics", "house"),
    Room("/exchange-rates", "Exchange rates", "house"),
    Room("/masterdata/customers", "Master data", "house", also=("/masterdata",)),
    Room("/learned", "Learned", "house"),
    Room("/approval", "Approval", "house"),
    Room("/operations", "Operations", "house"),
    Room("/erp", "ERP", "house"),
    Room("/letters", "Letters", "house"),
    Room("/webhooks", "Webhooks", "house", Role.ADMIN),
    Room("/admin/users", "Administration", "house", Role.ADMIN, also=("/admin",)),
)
