"""SIGKILL at each point of the way out, in a real process: the ERP has each order once, the customer at most one mail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from models.domain.outbox import Channel
from models.domain.states import OutboxState
from models.tables import Base
from models.tables.outbox import OutboxRow
from oms.orders.service import accept_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop
from tests.support.smtp import Mailserver

ORDERS = 4
_WORKER = """
import sys
from pathlib import Path
from models.domain.outbox import Channel
from oms.letters.smtp import SmtpSender
from runtime.blobs import Blobs
from oms.erp.adapters.file import FileErp
from oms.erp.port import ErpSender
from oms.outbox import Dispatcher
from runtime.db import Database
from runtime.settings import Settings
url, erp, port, holder, dead = sys.argv[1:]
db = Database(url)
settings = Settings(_env_file=None, smtp_host="127.0.0.1", smtp_port=port, smtp_tls="none", smtp_from="orders@okapi.example")
blobs = Blobs(Path(erp).parent / "blobs")
senders = {Channel.ERP: ErpSender(FileErp(Path(erp)), "house"), Channel.MAIL: SmtpSender(settings, db, blobs)}
dispatcher = Dispatcher(db, senders, holder)
dispatcher.take_over(dead)
dispatcher.drain()
"""


def work(url: str, erp: Path, port: int, holder: str, dead: str, fault: str = "") -> int:
    environment = {**os.environ, "ORDERMILL_FAULT": fault}
    command = [sys.executable, "-c", _WORKER, url, str(erp), str(port), holder, dead]
    return subprocess.run(command, cwd=Path(__file__).parents[3], env=environment, timeout=600, capture_output=True).returncode


@pytest.mark.torture
@pytest.mark.parametrize("nth", [2])
@pytest.mark.parametrize("point", ["outbox.claimed", "erp.delivered", "mail.accepted", "outbox.noted"])
def test_killed_there_and_taken_over(point: str, nth: int, tmp_path: Path) -> None:
    url, erp = f"sqlite:///{tmp_path / 'ordermill.db'}", tmp_path / "erp.jsonl"
    db = Database(url)
    Base.metadata.create_all(db.engine)
    with db.write() as session:
        shop = open_shop(session, [[60]])
        for _ in range(ORDERS):
            accept_order(session, case_id=open_case(session), case_version=1, draft=draft(shop), approved_by="Ann")
    with Mailserver() as server:
        assert work(url, erp, server.port, "first", "nobody", f"{point}:{nth}") == -signal.SIGKILL
        assert work(url, erp, server.port, "second", "first") == 0
        recipients = Counter(str(mail.message["Message-ID"]) for mail in server.received)
    keys = Counter(json.loads(line)["key"] for line in erp.read_text().splitlines())
    assert keys == Counter(f"house/so:{n}:1" for n in range(1, ORDERS + 1))
    assert max(recipients.values()) == 1
    with db.read() as session:
        ended = session.execute(select(OutboxRow.channel, OutboxRow.state, OutboxRow.code)).all()
    db.close()
    unclear = [(channel, code) for channel, state, code in ended if state is not OutboxState.SENT]
    assert unclear == ([(Channel.MAIL, "maybe_sent")] if point == "mail.accepted" else [])
    assert len(recipients) == ORDERS
