"""Tryton as an ErpPort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from oms.erp.adapters.tryton.orders import TrytonOrders
from oms.erp.adapters.tryton.pull import TrytonPulls
from oms.erp.adapters.tryton.rpc import Rpc, TrytonAccess
from oms.erp.compare import There
from oms.erp.compare_credits import NoteThere
from oms.erp.port import Capability, Noun, Pulled


class TrytonErp:
    """An ErpPort over one company of one Tryton server, with the modules `sale`, `sale_price_list` and `account_invoice_stock`.

    `house_units` maps names or symbols of units beyond Tryton's standard ones to UN/ECE codes. `identity` of the
    installation: sales of other installations in the same Tryton are none of our business. `charge_item`: code of the product
    that charges and discounts of an order are entered as; "": as lines without a product.
    """

    system = "tryton"
    capabilities = frozenset(Capability)

    def __init__(self, access: TrytonAccess, house_units: Mapping[str, str], identity: str, charge_item: str = "") -> None:
        self._access = access
        self._rpc = Rpc(access)
        self._orders = TrytonOrders(self._rpc, house_units, identity, charge_item)
        self._pulls = TrytonPulls(self._rpc, house_units, identity, charge_item)

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """See `TrytonOrders.submit`."""
        return self._orders.submit(message, key=key)

    def find(self, key: str) -> str | None:
        """See `TrytonOrders.find`."""
        return self._orders.find(key)

    def preview(self, message: Mapping[str, Any], *, key: str) -> str:
        """See `TrytonOrders.preview`."""
        return self._orders.preview(message, key)

    def check(self) -> str:
        """Log in and look whom we act for. Raises ErpMisconfigured, ErpAway."""
        version = self._rpc.version()
        company = self._rpc.call("model.res.user.get_preferences", True).get("company.rec_name") or "no company"
        return f"Tryton {version} answers; user {self._access.user} enters sales for {company}."

    def sales(self, since: datetime) -> Sequence[There]:
        """See `TrytonOrders.sales`."""
        return self._orders.sales(since)

    def credits(self, since: datetime) -> Sequence[NoteThere]:
        """See `TrytonPulls.credits`."""
        return self._pulls.credits(since)

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """See `TrytonPulls.pull`."""
        return self._pulls.pull(noun, since)
