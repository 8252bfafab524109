"""Our order in Tryton's ids: party, address, currency, products, units, and the taxes its own rules give."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.assemble import SaleLine, charges_of, net_price, sale_values
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.units import FIELDS as UNIT_FIELDS
from oms.erp.adapters.tryton.units import Units
from oms.erp.errors import ErpRefused


class SaleValues:
    """Asks Tryton for what a sale needs. `house_units` as in `Units`; `charge_item`: code of the product that charges are entered
    as, "" for none."""

    def __init__(self, rpc: Rpc, house_units: Mapping[str, str], charge_item: str) -> None:
        self._rpc = rpc
        self._house_units = house_units
        self._charge_item = charge_item

    def of(self, message: Mapping[str, Any], key: str) -> dict[str, Any]:
        """The values for `sale.sale.create`; Tryton is asked, and nothing entered. Raises ErpRefused, ErpMisconfigured."""
        defaults = self.header(message["customer_no"])
        units = Units(self._rpc.call("model.product.uom.search_read", [], 0, None, None, UNIT_FIELDS), self._house_units)
        lines = [self._line(line, units, defaults) for line in message["lines"]]
        lines += [self._charge(charge, defaults) for charge in charges_of(message)]
        return sale_values(
            message, key, defaults, lines, shipment_address=self._address(message, defaults["party"]),
            currency=self._currency(message["currency"]))

    def header(self, customer_no: str) -> dict[str, Any]:
        """What Tryton itself fills in for a sale to this customer. Raises ErpRefused."""
        party = self._party(customer_no)
        base = self._rpc.call(
            "model.sale.sale.default_get", ["company", "currency", "warehouse", "invoice_method", "shipment_method"])
        filled = self._rpc.call("model.sale.sale.on_change_party", {**_plain(base), "party": party, "lines": []})
        return {**base, **filled, "party": party}

    def _party(self, customer_no: str) -> int:
        found = self._rpc.call("model.party.party.search", [["code", "=", customer_no]], 0, 2)
        if not found:
            raise ErpRefused(
                f"Tryton has no party with the code {customer_no}. Add it there, then resend.", code="erp_unknown_customer")
        return int(found[0])

    def _address(self, message: Mapping[str, Any], party: int) -> int | None:
        """The address of Tryton that goods go to; our code for an address that came from Tryton is its id there."""
        code = message.get("ship_to")
        if not code and not message.get("ship_to_text"):
            return None
        if code and code.isdecimal():
            domain = [["id", "=", int(code)], ["party", "=", party]]
            if found := self._rpc.call("model.party.address.search", domain, 0, 1):
                return int(found[0])
        raise ErpRefused(
            f"Tryton does not know the delivery address {code or message['ship_to_text']} of {message['customer_no']}. Add it "
            "there, pull customers, and choose it for the order.", code="erp_unknown_address")

    def _currency(self, code: str) -> int:
        found = self._rpc.call("model.currency.currency.search", [["code", "=", code]], 0, 1)
        if not found:
            raise ErpRefused(f"Tryton has no currency {code}. Add it there, then resend.", code="erp_unknown_currency")
        return int(found[0])

    def _line(self, line: Mapping[str, Any], units: Units, sale: Mapping[str, Any]) -> SaleLine:
        product = self._product(line["sku"])
        unit = units.find(line["uom"], product["sale_uom"])
        return SaleLine(
            product["id"], unit, Decimal(line["quantity"]), net_price(line), self._taxes(product["id"], unit, line, sale),
            line["description"] or line["sku"])

    def _charge(self, charge: Mapping[str, Any], sale: Mapping[str, Any]) -> SaleLine:
        """A discount or charge as one of the house's product for them; without one Tryton knows no taxes of it."""
        one, amount = Decimal(1), Decimal(charge["amount"])
        if not self._charge_item:
            return SaleLine(None, None, one, amount, (), charge["name"])
        product = self._product(self._charge_item)
        taxes = self._taxes(product["id"], product["sale_uom"], {"quantity": one}, sale)
        return SaleLine(product["id"], product["sale_uom"], one, amount, taxes, charge["name"])

    def _product(self, code: str) -> Mapping[str, Any]:
        found = self._rpc.call("model.product.product.search_read", [["code", "=", code]], 0, 1, None, ["sale_uom", "salable"])
        if not found or not found[0]["salable"]:
            raise ErpRefused(
                f"Tryton has no product {code} for sale. Add it there, or mark it as salable, then resend.",
                code="erp_unknown_item")
        return dict(found[0])

    def _taxes(self, product: int, unit: int, line: Mapping[str, Any], sale: Mapping[str, Any]) -> tuple[int, ...]:
        """The taxes Tryton's own rules give this line."""
        values = {"type": "line", "product": product, "unit": unit, "quantity": float(line["quantity"])}
        values |= {f"_parent_sale.{name}": value for name, value in _plain(sale).items()}
        return tuple(self._rpc.call("model.sale.line.on_change_product", values).get("taxes") or ())


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without the names that Tryton sends beside ids."""
    return {name: value for name, value in values.items() if not name.endswith(".") and value is not None}
