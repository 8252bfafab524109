"""Changes and cancellations of orders, in Tryton's own ways.

A sale that is not processed goes back to draft and is rewritten. One that is processed, of which nothing has left and nothing is
posted, is withdrawn as a person would (its waiting shipments and draft invoices cancelled and left so); after a change, a sale
with the order as it is now takes its place. What is beyond that is done by a person in Tryton: the refusal says what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oms.erp.adapters.tryton.assemble import check_total, mark, still_wanted
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.sales import Sale, Sales, called, is_alive
from oms.erp.adapters.tryton.values import SaleValues
from oms.erp.errors import ErpRefused
from runtime.faults import fault_point

_OPEN = frozenset({"draft", "quotation", "confirmed"})
_UNTOUCHED = frozenset({"request", "draft", "waiting", "assigned"})
_EXCEPTIONS = (("shipment", "moves"), ("invoice", "invoices"))
"""What can be in exception on a sale, and what the wizard that settles it calls its parts."""


class TrytonChanges:
    """Changes and cancels sales."""

    def __init__(self, rpc: Rpc, sales: Sales, values: SaleValues) -> None:
        self._rpc = rpc
        self._sales = sales
        self._values = values

    def cancel(self, message: Mapping[str, Any]) -> str:
        """Nothing more of the order is to leave. Returns the sales' numbers. Raises ErpRefused (erp_too_late), OutcomeUnknown."""
        alive = [sale for sale in self._sales.of(message["order_no"]) if is_alive(sale)]
        for sale in alive:
            if sale["state"] in _OPEN:
                self._cancel_open(sale)
            elif sale["state"] == "processing":
                self._withdraw(sale)
        return ", ".join(called(sale) for sale in alive) or "none"

    def change(self, message: Mapping[str, Any], key: str) -> str:
        """The order whole as it is now becomes the sale. Returns its number. Raises ErpRefused, OutcomeUnknown."""
        wanted = still_wanted(message)
        done = [sale for sale in self._sales.with_key(key) if is_alive(sale)]
        if done:
            return self._confirm(done[0], wanted)
        alive = [sale for sale in self._sales.of(message["order_no"]) if is_alive(sale)]
        if len(alive) > 1:
            raise ErpRefused(
                f"Tryton has {len(alive)} sales for {message['order_no']}. Make the change there, then give this message up.",
                code="erp_too_late")
        values = self._values.of(wanted, key)
        if alive and alive[0]["state"] in _OPEN:
            return self._confirm(self._rewrite(alive[0], values, key), wanted)
        for sale in alive:
            if sale["shipment_state"] in {"partially shipped", "sent"}:
                raise _too_late(sale, "a part of it has left. Change the rest of the sale")
            self._withdraw(sale)
        self._sales.write("sale.sale", "create", [values])
        fault_point("tryton.changed")
        (made,) = self._sales.with_key(key)
        return self._confirm(made, wanted)

    def _confirm(self, sale: Sale, wanted: Mapping[str, Any]) -> str:
        check_total(wanted, sale["untaxed_amount"])
        return self._sales.confirm(sale)

    def _rewrite(self, sale: Sale, values: Mapping[str, Any], key: str) -> dict[str, Any]:
        """One write, so that the sale carries the change's key when, and only when, it has the change."""
        if sale["state"] != "draft":
            sale = self._sales.press("draft", sale)
        changed = {name: value for name, value in values.items() if name not in {"reference", "party", "company"}}
        changed["comment"] = f"{sale['comment']}\n{mark(key)}"
        changed["lines"] = [["delete", list(sale["lines"])], *values["lines"]]
        self._sales.write("sale.sale", "write", [sale["id"]], changed)
        fault_point("tryton.changed")
        return self._sales.again(sale)

    def _cancel_open(self, sale: Sale) -> None:
        for step, button in (("confirmed", "draft"), ("draft", "cancel"), ("quotation", "cancel")):
            if sale["state"] == step:
                sale = self._sales.press(button, sale)

    def _withdraw(self, sale: Sale) -> None:
        """Take a processed sale back as far as nothing has left. Raises ErpRefused before anything is changed."""
        shipments = self._of("stock.shipment.out", sale["shipments"])
        invoices = self._of("account.invoice", sale["invoices"])
        if in_work := [x for x in shipments if x["state"] in {"picked", "packed", "shipped"}]:
            raise _too_late(sale, f"its shipment {in_work[0]['number']} is {in_work[0]['state']}. Stop it")
        if posted := [x for x in invoices if x["state"] in {"validated", "posted", "paid"} and not any_left(shipments)]:
            raise _too_late(sale, f"its invoice {posted[0]['number']} is {posted[0]['state']}. Credit it")
        if any_left(shipments) and sale["invoice_method"] == "order":
            raise _too_late(sale, "a part of it has left, but it is billed whole. Cancel its open shipments, correct the bill")
        for model, some in (("stock.shipment.out", shipments), ("account.invoice", [] if any_left(shipments) else invoices)):
            if ids := [x["id"] for x in some if x["state"] in _UNTOUCHED]:
                self._sales.write(model, "cancel", ids)
        fault_point("tryton.withdrawn")
        for part, things in _EXCEPTIONS:
            if self._sales.again(sale)[f"{part}_state"] == "exception":
                self._leave_cancelled(sale, f"sale.handle.{part}.exception", things)

    def _leave_cancelled(self, sale: Sale, wizard: str, things: str) -> None:
        """Answer Tryton's question what to make of what was cancelled: nothing."""
        context = {"active_model": "sale.sale", "active_id": sale["id"], "active_ids": [sale["id"]]}
        session, start, _ = self._rpc.call(f"wizard.{wizard}.create")
        asked = self._rpc.call(f"wizard.{wizard}.execute", session, {}, start, context=context)["view"]["defaults"]
        ids = asked[f"domain_{things}"]
        answer = {f"domain_{things}": ids, f"ignore_{things}": ids, f"recreate_{things}": []}
        self._rpc.call(f"wizard.{wizard}.execute", session, {start: answer}, "handle", context=context)
        self._rpc.call(f"wizard.{wizard}.delete", session)

    def _of(self, model: str, ids: list[int]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rpc.call(f"model.{model}.read", ids, ["number", "state"]) if ids else []
        return found


def any_left(shipments: list[dict[str, Any]]) -> bool:
    """Whether goods of these shipments are gone."""
    return any(shipment["state"] == "done" for shipment in shipments)


def _too_late(sale: Sale, why: str) -> ErpRefused:
    return ErpRefused(
        f"The sale {called(sale)} is processed in Tryton, and {why} there, then give this message up.", code="erp_too_late")
