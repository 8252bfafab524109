"""What changed in Tryton: read by the time records were written, with an overlap, because times are taken before the commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from oms.erp.adapters.tryton.assemble import mark, marked
from oms.erp.adapters.tryton.rows import (
    INVOICE_STATES,
    SHIPMENT_STATES,
    Record,
    customer_rows,
    group_of,
    invoice_line,
    invoice_rows,
    item_rows,
    price_rows,
    sale_line,
    shipment_rows,
    stock_rows,
)
from oms.erp.adapters.tryton.rpc import Rpc
from oms.erp.adapters.tryton.units import FIELDS as UNIT_FIELDS
from oms.erp.adapters.tryton.units import Units
from oms.erp.compare_credits import NoteThere
from oms.erp.identity import key_of
from oms.erp.payload import CREDIT_KEY
from oms.erp.port import Noun, Pulled

_OVERLAP = timedelta(minutes=5)
_CHUNK = 500
_PRODUCT = ["code", "name", "default_uom", "sale_uom", "salable", "active", "template"]


class TrytonPulls:
    """Reads masters and papers. `house_units` as in `Units`, `identity` of the installation, `charge_item` as in `SaleValues`."""

    def __init__(self, rpc: Rpc, house_units: Mapping[str, str], identity: str, charge_item: str) -> None:
        self._rpc = rpc
        self._ours = marked(identity)
        self._our_credit = mark(key_of(identity, CREDIT_KEY))[:-1]                # how the comments of our credit notes begin
        self._house_units = house_units
        self._charge_item = charge_item
        self._nouns: Mapping[Noun, Callable[[_Since], Iterable[Mapping[str, str]]]] = {
            Noun.CUSTOMERS: self._customers, Noun.ITEMS: self._items, Noun.PRICES: self._prices, Noun.STOCK: self._stock,
            Noun.SHIPMENTS: self._shipments, Noun.INVOICES: self._invoices}

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """See `ErpPort.pull`. The cursor is the newest time seen, ISO 8601."""
        seen = _Since(self._rpc, datetime.fromisoformat(since) if since else None)
        rows = list(self._nouns[noun](seen))
        return Pulled(rows, seen.cursor, tuple(seen.skipped))

    def credits(self, since: datetime) -> list[NoteThere]:
        """Our credit notes that were entered since then, those that people posted there for sales of ours, and those of theirs
        that were cancelled since then."""
        domain = [["type", "=", "out"], ["state", "!=", "cancelled"], ["comment", "like", f"%{self._our_credit}%"],
                  ["create_date", ">=", since]]
        fields = ["number", "state", "reference", "total_amount", "currency.code", "comment"]
        ours = [NoteThere(
            "", str(x["number"] or f"no. {x['id']}"), x["reference"] or "", x["state"] in INVOICE_STATES, x["currency."]["code"],
            -x["total_amount"]) for x in self._search("account.invoice", domain, fields)]
        told = {row["invoice"]: row for row in self._invoices(_Since(self._rpc, since)) if row["credits"]}
        posted = [NoteThere(
            row["order_no"], number, "", True, row["currency"], -Decimal(row["total"])) for number, row in told.items()]
        domain = [["type", "=", "out"], ["state", "=", "cancelled"], ["number", "!=", None], ["write_date", ">=", since]]
        cancelled = [NoteThere(
            "", x["number"], "", False, x["currency."]["code"], -x["total_amount"], is_cancelled=True)
            for x in self._search("account.invoice", domain, fields)
            if x["total_amount"] < 0 and self._our_credit not in (x["comment"] or "")]
        return ours + posted + cancelled

    def _customers(self, since: _Since) -> list[dict[str, str]]:
        company, currency = self._company()
        touched = since.ids("party.party") | since.owners("party.address", "party") | since.owners(
            "party.contact_mechanism", "party")
        fields = ["code", "name", "active", "lang.code", "tax_identifier.code", "customer_payment_term.rec_name",
                  "sale_price_list.name"]
        parties = self._read("party.party", touched - {company}, [["code", "!=", None]], fields, active_test=False)
        of_them = [["party", "in", [party["id"] for party in parties]]]
        addresses, emails = defaultdict(list), defaultdict(list)
        fields = [
            "party", "party_name", "street", "postal_code", "city", "subdivision.name", "country.code", "delivery", "invoice"]
        for address in self._search("party.address", of_them, fields):
            addresses[address["party"]].append(address)
        for contact in self._search("party.contact_mechanism", [*of_them, ["type", "=", "email"]], ["party", "value"]):
            emails[contact["party"]].append(contact["value"])
        return list(customer_rows(parties, addresses, emails, currency, since.skipped))

    def _items(self, since: _Since) -> list[dict[str, str]]:
        touched = since.ids("product.product") | since.owners("product.template", "products") | since.owners(
            "product.identifier", "product")
        only = [] if since.at else [["salable", "=", True], ["active", "=", True]]
        products = self._products(touched, only)
        gtins = self._search("product.identifier", [["type", "=", "ean"]], ["product", "code"])
        return list(item_rows(products, {x["product"]: x["code"] for x in gtins}, self._units(), since.skipped))

    def _prices(self, since: _Since) -> list[dict[str, str]]:
        """All of them as soon as anything changed that prices follow from: which ones a formula touches, only Tryton knows."""
        sources = ("product.price_list", "product.price_list.line", "product.template", "product.product")
        if not set().union(*map(since.ids, sources)):                 # all are asked: the cursor is the newest of them
            return []
        _, currency = self._company()
        products, units = self._products(None, [["salable", "=", True], ["active", "=", True]]), self._units()
        rows = list(price_rows(products, self._priced(products), units, currency=currency, group=""))
        for price_list in self._search("product.price_list", [], ["name", "unit"]):
            lines = self._search("product.price_list.line", [["price_list", "=", price_list["id"]]], ["quantity"])
            breaks = sorted({Decimal(str(line["quantity"] or 0)) for line in lines} | {Decimal(0)})
            rows += self._list_prices(price_list, breaks, products, units, currency)
        return rows

    def _list_prices(
        self, price_list: Record, breaks: Sequence[Decimal], products: Sequence[Record], units: Units, currency: str
    ) -> list[dict[str, str]]:
        """A list counts its breaks in the product's own or its sales unit; prices of ours count in the unit sold."""
        by_factor = defaultdict(list)
        for product in products:
            base = product["default_uom"]
            in_sale_units = price_list["unit"] == "product_sale" or not product["sale_uom"]
            by_factor[Decimal(1) if in_sale_units else units.factor(product["sale_uom"], base)].append(product)
        rows: list[dict[str, str]] = []
        for factor, some in by_factor.items():
            before: dict[int, Decimal | None] = {}
            for at in breaks:
                least = (at / factor).quantize(Decimal("0.000001")).normalize()
                prices = self._priced(some, price_list=price_list["id"], quantity=float(least or 1))
                new = [product for product in some if prices.get(product["id"]) != before.get(product["id"])]
                rows += price_rows(new, prices, units, currency=currency, group=group_of(price_list), least=least)
                before = prices
        return rows

    def _stock(self, since: _Since) -> list[dict[str, str]]:
        touched = since.owners("stock.move", "product")
        rows: list[dict[str, str]] = []
        today = self._rpc.call("model.ir.date.today")
        for place in self._search("stock.location", [["type", "=", "warehouse"]], ["code", "storage_location"]):
            where = {"locations": [place["storage_location"]], "stock_date_end": today, "with_childs": True}
            domain = [["code", "!=", None], ["type", "=", "goods"], ["salable", "=", True]]
            products = self._read("product.product", touched, domain, ["code", "quantity"], **where)
            rows += stock_rows(products, place["code"] or f"T{place['id']}")
        return rows

    def _shipments(self, since: _Since) -> list[dict[str, str]]:
        fields = ["number", "state", "reference", "outgoing_moves"]
        touched = since.ids("stock.shipment.out")
        shipments = self._read("stock.shipment.out", touched, [["state", "in", list(SHIPMENT_STATES)]], fields)
        ids = [move for shipment in shipments for move in shipment["outgoing_moves"]]
        moves = self._by_ids("stock.move", ids, ["origin", "product.code", "internal_quantity"])
        return list(shipment_rows(shipments, moves, self._order_numbers(moves.values())))

    def _invoices(self, since: _Since) -> list[dict[str, str]]:
        domain = [["type", "=", "out"], ["state", "in", list(INVOICE_STATES)]]
        fields = ["number", "state", "invoice_date", "tax_amount", "total_amount", "currency.code", "lines", "comment"]
        invoices = [
            invoice for invoice in self._read("account.invoice", since.ids("account.invoice"), domain, fields)
            if self._our_credit not in (invoice["comment"] or "")]
        ids = [line for invoice in invoices for line in invoice["lines"]]
        fields = ["origin", "type", "product.code", "product.default_uom", "unit", "quantity", "amount", "invoice.number"]
        lines = self._by_ids("account.invoice.line", ids, fields)
        billed = self._by_ids("account.invoice.line", [x for row in lines.values() if (x := invoice_line(row))], fields)
        every = {**billed, **lines}
        return list(invoice_rows(
            invoices, every, self._order_numbers(every.values()), self._units(), charge_item=self._charge_item))

    def _order_numbers(self, rows: Iterable[Record]) -> dict[int, str]:
        """Our order numbers by line of a sale, for the rows that come from a sale of ours."""
        lines = {line for row in rows if (line := sale_line(row))}
        sales = {line: row["sale"] for line, row in self._by_ids("sale.line", list(lines), ["sale"]).items()}
        ours = [self._ours, ["reference", "!=", None]]
        numbers = {x["id"]: x["reference"] for x in self._read("sale.sale", set(sales.values()), ours, ["reference"])}
        return {line: numbers[sale] for line, sale in sales.items() if sale in numbers}

    def _company(self) -> tuple[int, str]:
        """Our own party there, and the currency prices are in."""
        mine = self._rpc.call("model.res.user.get_preferences", True)["company"]
        (company,) = self._search("company.company", [["id", "=", mine]], ["party", "currency.code"])
        return company["party"], company["currency."]["code"]

    def _units(self) -> Units:
        return Units(self._search("product.uom", [], UNIT_FIELDS), self._house_units)

    def _products(self, ids: set[int] | None, domain: list[Any]) -> list[dict[str, Any]]:
        only = [["code", "!=", None], *domain]
        if ids is None:
            return self._search("product.product", only, _PRODUCT)
        return self._read("product.product", ids, only, _PRODUCT, active_test=False)

    def _priced(self, products: Sequence[Record], **context: Any) -> dict[int, Decimal | None]:
        ids = [product["id"] for product in products]
        full = {"quantity": 1.0, **context}
        return {x["id"]: x["sale_price_uom"] for chunk in _chunks(ids)
                for x in self._rpc.call("model.product.product.read", chunk, ["sale_price_uom"], context=full)}

    def _read(self, model: str, ids: set[int], domain: list[Any], fields: list[str], **context: Any) -> list[dict[str, Any]]:
        return [row for chunk in _chunks(sorted(ids))
                for row in self._search(model, [["id", "in", chunk], *domain], fields, **context)]

    def _by_ids(self, model: str, ids: Sequence[int], fields: list[str]) -> dict[int, dict[str, Any]]:
        return {row["id"]: row for row in self._read(model, set(ids), [], fields)}

    def _search(self, model: str, domain: list[Any], fields: list[str], **context: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._rpc.call(
            f"model.{model}.search_read", domain, 0, None, [["id", "ASC"]], fields, context=context)
        return found


class _Since:
    """Which records were written since a time (None: ever), and the newest time seen on the way."""

    def __init__(self, rpc: Rpc, at: datetime | None) -> None:
        self.at = at
        self.skipped: list[str] = []
        self._rpc = rpc
        self._newest = at

    @property
    def cursor(self) -> str:
        """Where to go on; empty when there was nothing at all."""
        return self._newest.isoformat() if self._newest else ""

    def ids(self, model: str) -> set[int]:
        """Ids of the records written since, archived ones too."""
        return {row["id"] for row in self._written(model, [])}

    def owners(self, model: str, link: str) -> set[int]:
        """What those records' `link` points to, one or many."""
        found: set[int] = set()
        for row in self._written(model, [link]):
            value = row[link]
            found.update(value if isinstance(value, list | tuple) else [value] if value is not None else [])
        return found

    def _written(self, model: str, fields: list[str]) -> list[dict[str, Any]]:
        domain: list[Any] = []
        if self.at is not None:
            since = self.at - _OVERLAP
            domain = ["OR", ["write_date", ">=", since], ["create_date", ">=", since]]
        rows: list[dict[str, Any]] = self._rpc.call(
            f"model.{model}.search_read", domain, 0, None, None, [*fields, "write_date", "create_date"],
            context={"active_test": False})
        for row in rows:
            at = row["write_date"] or row["create_date"]
            if at and (self._newest is None or at > self._newest):
                self._newest = at
        return rows


def _chunks(ids: Sequence[int]) -> list[list[int]]:
    return [list(ids[n:n + _CHUNK]) for n in range(0, len(ids), _CHUNK)]
