"""The adapter the settings choose, and what a dry run shows of an order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app import erp
from app.bootstrap import Rooms
from models.domain.outbox import Channel
from models.errors import NotFound
from models.tables.orders import SalesOrderRow
from oms.erp.errors import ErpMisconfigured
from oms.orders.service import accept_order
from oms.outbox import Outbox
from runtime.db import Database
from runtime.settings import Settings
from tests.support.orders import draft, open_case, open_shop

MAPPING = b'{"sales_order.created": {"path": "/orders", "body": {"no": "$.order_no"}}, "find": {"path": "/orders?k={key}"}}'
KEY = "ssh-ed25519 AAAA"


def rooms_for(database: Database, folder: Path, **settings: Any) -> Rooms:
    here = Rooms(Settings(_env_file=None, data=folder, **settings))
    here.__dict__["db"] = database
    return here


@pytest.mark.parametrize("adapter, says", [
    ("file", '"order_no":"SO-'), ("jsonl", '{"key":"{identity}/so:1:1",'), ("csv", "sales_order.created,{identity}/so:1:1,SO-"),
    ("ubl", "<cbc:Note>Key: {identity}/so:1:1</cbc:Note>"),
    ("rest", "POST https://erp.example/api/orders\n"),
])
def test_a_dry_run_shows_the_message_and_sends_nothing(
    sqlite_database: Database, tmp_path: Path, adapter: str, says: str
) -> None:
    (tmp_path / "mapping.json").write_bytes(MAPPING)
    more = {"erp_url": "https://erp.example/api", "erp_mapping": tmp_path / "mapping.json"} if adapter == "rest" else {}
    here = rooms_for(sqlite_database, tmp_path / "data", erp_adapter=adapter, **more)
    with here.db.write() as db:
        shop = open_shop(db)
        order_id = accept_order(db, case_id=open_case(db), case_version=1, draft=draft(shop), approved_by="Ann")
        order_no = db.get_one(SalesOrderRow, order_id).order_no
    (shown,) = erp.preview(here, order_no)
    assert says.replace("{identity}", here.identity) in shown and order_no in shown
    assert [path.name for path in (tmp_path / "data").iterdir()] == []
    with here.db.read() as db:
        assert len(Outbox(db).due([Channel.ERP], [], db.get_one(SalesOrderRow, order_id).created_at.replace(year=2999))) == 1
    with pytest.raises(NotFound):
        erp.preview(here, "SO-999999")


@pytest.mark.parametrize("settings", [
    {"erp_adapter": "tryton", "erp_url": "https://x.example"},
    {"erp_adapter": "tryton", "erp_url": "ftp://x.example", "erp_database": "d", "erp_user": "u"},
    {"erp_adapter": "tryton", "erp_url": "https://u:p@x.example", "erp_database": "d", "erp_user": "u"},
    {"erp_adapter": "tryton", "erp_url": "https://x.example", "erp_database": "d", "erp_user": "u", "bill_on_shipment": True},
    {"erp_adapter": "csv", "erp_url": "https://x.example", "erp_user": "u", "erp_host_key": KEY},
    {"erp_adapter": "csv", "erp_url": "sftp://x.example/in", "erp_user": "u"},
    {"erp_adapter": "jsonl", "erp_url": "https://x.example", "erp_user": "u", "erp_host_key": KEY},
    {"erp_adapter": "rest", "erp_url": "https://x.example"},
    {"erp_adapter": "sap"},
])
def test_settings_that_cannot_work_are_refused_at_start(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **settings)


def test_a_mapping_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ErpMisconfigured, match="ORDERMILL_ERP_MAPPING"):
        erp.adapter(Settings(
            _env_file=None, erp_adapter="rest", erp_url="https://x.example", erp_mapping=tmp_path / "nothing.json"), "house")
