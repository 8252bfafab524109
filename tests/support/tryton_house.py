"""An installation reduced to its outbox, with a real Tryton on the other side."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from models.domain.outbox import Channel
from models.tables.outbox import OutboxRow
from oms.erp.adapters.tryton.assemble import marked
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.adapters.tryton.rpc import TrytonAccess
from oms.erp.identity import installation, key_of
from oms.erp.port import ErpSender
from oms.outbox import Dispatcher, Outbox
from runtime.clock import now
from runtime.db import Database
from tests.support.tryton import PrivateTryton, sale_message

_FIELDS = ["number", "state", "reference", "untaxed_amount", "payment_term.rec_name", "shipment_address.city", "shipment_address",
           "price_list.rec_name", "shipment_state", "shipments", "lines"]


_WORKER = """
import sys
from models.domain.outbox import Channel
from oms.erp.adapters.tryton.erp import TrytonErp
from oms.erp.adapters.tryton.rpc import TrytonAccess
from oms.erp.identity import installation
from oms.erp.port import ErpSender
from oms.outbox import Dispatcher
from runtime.db import Database
url, server, password, holder, dead = sys.argv[1:]
db = Database(url)
with db.write() as session:
    identity = installation(session)
erp = TrytonErp(TrytonAccess(server, "kestrel", "admin", password, 30.0), {}, identity)
dispatcher = Dispatcher(db, {Channel.ERP: ErpSender(erp, identity)}, holder)
dispatcher.take_over(dead)
dispatcher.drain()
"""


class House:
    """Our outbox on one side, Tryton on the other; time passes only when told.

    Every test is an installation of its own with the same order number: what one leaves in Tryton is nothing to another.
    """

    def __init__(self, db: Database, tryton: PrivateTryton) -> None:
        self.db, self.tryton, self.at = db, tryton, now()
        with db.write() as session:
            self.identity = installation(session)
        self.order_no = "SO-000001"

    def erp(self, access: TrytonAccess | None = None) -> TrytonErp:
        return TrytonErp(access or self.tryton.access(), {}, self.identity)

    def sender(self, erp: TrytonErp) -> ErpSender:
        return ErpSender(erp, self.identity)

    def key(self, key: str) -> str:
        return key_of(self.identity, key)

    def add(self, *, key: str | None = None, kind: str = "sales_order.created", **other: Any) -> str:
        key = key or f"so:{self.order_no}:1"
        with self.db.write() as db:
            Outbox(db).add(Channel.ERP, kind, key, sale_message(self.order_no, kind=kind, **other))
        return key

    def drain(self, access: TrytonAccess | None = None, times: int = 1) -> None:
        sender = self.sender(self.erp(access))
        dispatcher = Dispatcher(self.db, {Channel.ERP: sender}, "worker", clock=self._clock)
        for _ in range(times):
            self.at += timedelta(minutes=20)
            dispatcher.drain()

    def _clock(self) -> datetime:
        return self.at

    def row(self, key: str) -> OutboxRow:
        with self.db.read() as db:
            row = db.execute(select(OutboxRow).where(OutboxRow.key == key)).scalar_one()
            db.expunge(row)
            return row

    def sales(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.tryton.call(
            "model.sale.sale.search_read", [["reference", "=", self.order_no], marked(self.identity)], 0, None, None, _FIELDS)
        return found

    def work(self, holder: str, dead: str, fault: str = "") -> int:
        """Send what is due in a process of its own, which takes over from a dead one and may kill itself; its exit code."""
        url = self.db.engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-c", _WORKER, url, self.tryton.url, self.tryton.access().password, holder, dead]
        env = {**os.environ, "ORDERMILL_FAULT": fault}
        return subprocess.run(command, cwd=Path(__file__).parents[2], env=env, timeout=600, capture_output=True).returncode
