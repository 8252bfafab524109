"""A real Tryton server of our own: its own folder, its own process, a loopback port, one company in a SQLite database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from oms.erp.adapters.tryton.rpc import Rpc, TrytonAccess
from runtime.clock import now
from tests.support.ports import free_port

PASSWORD = "a-long-tryton-password"
MODULES = ("sale", "sale_price_list", "account_invoice_stock")
_START_S = 60


class PrivateTryton:
    """Start with `start()`, stop with `stop()`. Making the database takes about half a minute: share one in a test run."""

    database = "kestrel"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="ordermill-tryton-"))
        self.port = free_port()
        self._config = self.folder / "trytond.conf"
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    def access(self, *, port: int | None = None, user: str = "admin", password: str = PASSWORD) -> TrytonAccess:
        """What a client needs to log in; `port` may be that of a proxy."""
        return TrytonAccess(f"http://127.0.0.1:{port or self.port}", self.database, user, password, 30.0)

    def start(self) -> None:
        """Make the database if there is none yet, and start the server."""
        if not self._config.exists():
            self._make()
        self._server = subprocess.Popen(
            [self._command("trytond"), "-c", str(self._config), "-d", self.database], cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=(self.folder / "log").open("ab"))
        for _ in range(_START_S * 10):
            try:
                httpx.post(f"{self.url}/rpc/", json={"id": 0, "method": "common.server.version", "params": []}, timeout=60)
                return
            except httpx.TransportError:
                time.sleep(0.1)
        raise RuntimeError(f"Tryton did not start; see {self.folder / 'log'}.")

    def stop(self, *, keep: bool = False) -> None:
        """Kill the server as a crash would; without `keep` its folder goes too."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, method: str, *arguments: Any, **context: Any) -> Any:
        """A call as the administrator."""
        return Rpc(self.access()).call(method, *arguments, context=context)

    def sale(self, identity: str, *fields: str) -> dict[str, Any]:
        """The only sale of an installation that has this in its key."""
        ours = [["comment", "like", f"%[{identity}%"]]
        (found,) = self.call("model.sale.sale.search_read", ours, 0, None, None, ["number", "state", *fields])
        return dict(found)

    def ship(self, identity: str, *, only: Mapping[str, float] | None = None) -> None:
        """Send what a sale's open shipments hold, as its warehouse would; `only` so many units of some products."""
        waiting = [["id", "in", self.sale(identity, "shipments")["shipments"]], ["state", "=", "waiting"]]
        for shipment in self.call("model.stock.shipment.out.search_read", waiting, 0, None, None, ["inventory_moves"]):
            for move in self.call("model.stock.move.read", shipment["inventory_moves"], ["product.code"]):
                if move["product."]["code"] in (only or {}):
                    self.call("model.stock.move.write", [move["id"]], {"quantity": (only or {})[move["product."]["code"]]})
            for button in ("assign_force", "pick", "pack", "do"):
                self.call(f"model.stock.shipment.out.{button}", [shipment["id"]])

    def post_invoices(self, identity: str) -> None:
        """Post what a sale's draft invoices bill."""
        drafts = self.call("model.account.invoice.search", [
            ["id", "in", self.sale(identity, "invoices")["invoices"]], ["state", "=", "draft"]])
        self.call("model.account.invoice.write", drafts, {"invoice_date": now().date()})
        self.call("model.account.invoice.post", drafts)

    def invoice_by(self, method: str) -> None:
        """Whether sales are invoiced on "order" (how the company begins) or on "fulfillment"."""
        self.call("model.sale.configuration.write", [1], {"sale_invoice_method": method})

    def _make(self) -> None:
        self._config.write_text(
            f"[database]\nuri = sqlite://\npath = {self.folder}\n[web]\nlisten = 127.0.0.1:{self.port}\n"
            "[session]\nauthentications = password\nmax_attempt = 1000\n")
        (self.folder / "password").write_text(PASSWORD)
        (self.folder / f"{self.database}.sqlite").touch()
        self._run(
            self._command("trytond-admin"), "-c", str(self._config), "-d", self.database, "--email", "admin@kestrel.example",
            "--activate-dependencies", "-u", *MODULES)
        self._run(sys.executable, str(Path(__file__).with_name("tryton_company.py")), self.database, str(self._config))

    def _run(self, *command: str) -> None:
        env = {**os.environ, "TRYTONPASSFILE": str(self.folder / "password"), "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stderr[-3000:]}")

    @staticmethod
    def _command(name: str) -> str:
        return str(Path(sys.executable).parent / name)


def sale_message(order_no: str, **other: Any) -> dict[str, Any]:
    """An order of the seeded customer as the ERP hears of it: 100 brackets at the contract's price and two boxes of valves."""
    lines = [
        {"sku": "BRK-100", "quantity": "100", "uom": "H87", "unit_price": "3.90", "amount": "390.00", "description": "Bracket"},
        {"sku": "VLV-20", "quantity": "2", "uom": "XBX", "unit_price": "170.10", "amount": "340.20", "description": "Valve"}]
    message = {
        "kind": "sales_order.created", "order_no": order_no, "customer_no": "C-1001", "po_number": "4711", "currency": "EUR",
        "ship_to": None, "ship_to_text": None, "notes": None, "requested_date": None, "total": "730.20", "lines": lines}
    return message | other
