"""Shipments that left our own warehouse, into Tryton: the sale's waiting shipment holds what was sent and is done there too.

`reference` of Tryton's shipment is our shipment number and what the parcel is tracked by; by it a repeat is known, and so is
our own shipment when Tryton tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.sales import Sales, is_alive
from oms.erp.adapters.tryton.units import FIELDS as UNIT_FIELDS
from oms.erp.adapters.tryton.units import Units
from oms.erp.errors import ErpRefused
from runtime.faults import fault_point

_SHIPMENT = "stock.shipment.out"
_FIELDS = ["number", "state", "reference", "inventory_moves"]
_STEPS = (("waiting", "assign_force"), ("assigned", "pick"), ("picked", "pack"), ("packed", "do"))
ZERO = Decimal(0)


class TrytonShipments:
    """Tells Tryton what we sent. `house_units` as in `Units`."""

    def __init__(self, rpc: Rpc, sales: Sales, house_units: Mapping[str, str]) -> None:
        self._rpc = rpc
        self._sales = sales
        self._house_units = house_units

    def send(self, message: Mapping[str, Any]) -> str:
        """Do the shipment in Tryton; returns its number. Raises ErpRefused when Tryton does not wait for these goods."""
        number = message["shipment_no"]
        known = self._known(message)
        if known is None:
            known = self._fill(message)
            fault_point("tryton.filled")
        for step, button in _STEPS:
            if known["state"] == step:
                self._sales.write(_SHIPMENT, button, [known["id"]])
                known = self._read(known["id"])
        if known["state"] != "done":
            raise ErpRefused(
                f"The shipment {known['number']} in Tryton, ours {number}, is {known['state']}. Finish it there, then resend.",
                code="erp_not_shipped")
        return str(known["number"])

    def _known(self, message: Mapping[str, Any]) -> dict[str, Any] | None:
        number = message["shipment_no"]
        found = [x for x in self._shipments(message) if str(x["reference"] or "").split(" ")[0] == number]
        return found[0] if found else None

    def _fill(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Give one waiting shipment the goods that left, and our number, in one write."""
        wanted: dict[str, Decimal] = {}
        for line in message["lines"]:
            wanted[line["sku"]] = wanted.get(line["sku"], ZERO) + Decimal(line["quantity"])
        units = Units(self._rpc.call("model.product.uom.search_read", [], 0, None, None, UNIT_FIELDS), self._house_units)
        for shipment in self._shipments(message):
            if shipment["state"] != "waiting" or shipment["reference"]:
                continue
            moves = _taken(self._moves(shipment), wanted, units)
            if moves is not None:
                reference = " ".join(x for x in (message["shipment_no"], message["tracking_number"]) if x)
                self._sales.write(_SHIPMENT, "write", [shipment["id"]], {"reference": reference, "inventory_moves": moves})
                return self._read(shipment["id"])
        raise ErpRefused(
            f"Tryton has no waiting shipment of {message['order_no']} that holds what {message['shipment_no']} brought. Enter it "
            "there, then give this message up.", code="erp_no_shipment")

    def _shipments(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        sales = [sale for sale in self._sales.of(message["order_no"]) if is_alive(sale)]
        ids = [shipment for sale in sales for shipment in sale["shipments"]]
        found: list[dict[str, Any]] = self._rpc.call(f"model.{_SHIPMENT}.read", ids, _FIELDS) if ids else []
        return sorted(found, key=lambda shipment: shipment["id"])

    def _read(self, shipment_id: int) -> dict[str, Any]:
        (found,) = self._rpc.call(f"model.{_SHIPMENT}.read", [shipment_id], _FIELDS)
        return dict(found)

    def _moves(self, shipment: Mapping[str, Any]) -> list[dict[str, Any]]:
        fields = ["product.code", "product.default_uom", "unit", "quantity"]
        found: list[dict[str, Any]] = self._rpc.call("model.stock.move.read", shipment["inventory_moves"], fields)
        return sorted(found, key=lambda move: move["id"])


def _taken(moves: list[dict[str, Any]], wanted: Mapping[str, Decimal], units: Units) -> list[Any] | None:
    """The moves cut to what is wanted, as commands of a write; None when they hold less of anything."""
    left, commands = dict(wanted), []
    for move in moves:
        sku, factor = move["product."]["code"], units.factor(move["unit"], move["product."]["default_uom"])
        take = min(Decimal(str(move["quantity"])) * factor, left.get(sku, ZERO))
        left[sku] = left.get(sku, ZERO) - take
        commands.append(["write", [move["id"]], {"quantity": float(take / factor)}])
    return None if any(rest > 0 for rest in left.values()) else commands
