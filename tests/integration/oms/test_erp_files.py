"""Orders as files: whole or not there, the same file for a repeat; in a folder, and on a real SFTP server."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from edi.ubl.parse import parse
from models.domain.reading import DocumentType
from oms.erp.adapters.files import FilesErp, Format, csv_format, jsonl_format, ubl_format
from oms.erp.adapters.folder import FolderStore
from oms.erp.adapters.sftp import SftpAccess, SftpStore
from oms.erp.errors import ErpAway, ErpMisconfigured, ErpRefused
from oms.erp.port import Noun
from tests.support.sftp import PrivateSftp
from tests.support.tryton import sale_message

KEY = "so:12:3"
CANCEL = {"kind": "sales_order.cancelled", "order_no": "SO-000012", "reason": "Not needed any more."}


def message() -> dict[str, Any]:
    made = sale_message("SO-000012", ship_to="3", requested_date="2031-05-02", notes="Gate 4 <north> & south")
    for position, line in enumerate(made["lines"], 1):
        line |= {"position": position, "customer_part_number": f"CP-{position}", "requested_date": None}
    made["lines"][1]["description"] = 'Valve, "brass"\nDN20'
    return made


@pytest.fixture
def server() -> Iterator[PrivateSftp]:
    with PrivateSftp() as running:
        yield running


def test_csv_carries_every_line_with_its_order(tmp_path: Path) -> None:
    erp = FilesErp(csv_format(), FolderStore(tmp_path / "out"))
    name = erp.submit(message(), key=KEY)
    assert name.startswith("so-12-3-") and name.endswith(".csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out" / name).read_text(), newline="")))
    assert [(r["order_no"], r["sku"], r["quantity"], r["uom"], r["unit_price"], r["key"]) for r in rows] == [
        ("SO-000012", "BRK-100", "100", "H87", "3.90", KEY), ("SO-000012", "VLV-20", "2", "XBX", "170.10", KEY)]
    assert rows[1]["description"] == 'Valve, "brass"\nDN20'
    (cancelled,) = csv.DictReader(io.StringIO((tmp_path / "out" / erp.submit(CANCEL, key="so-cancel:12")).read_text()))
    assert (cancelled["kind"], cancelled["reason"], cancelled["sku"]) == ("sales_order.cancelled", "Not needed any more.", "")


def test_json_lines_carry_the_message_whole_and_files_can_be_put_together(tmp_path: Path) -> None:
    erp = FilesErp(jsonl_format(), FolderStore(tmp_path))
    names = [erp.submit(message(), key=KEY), erp.submit(CANCEL, key="so-cancel:12")]
    assert names[0].startswith("so-12-3-") and names[0].endswith(".jsonl")
    together = "".join((tmp_path / name).read_text(encoding="utf-8") for name in names).splitlines()
    assert [json.loads(line) for line in together] == [{"key": KEY, **message()}, {"key": "so-cancel:12", **CANCEL}]


def test_what_ubl_writes_our_own_reader_reads_back(tmp_path: Path) -> None:
    erp = FilesErp(ubl_format("Kestrel Supplies Ltd"), FolderStore(tmp_path))
    (reading,) = parse((tmp_path / erp.submit(message(), key=KEY)).read_bytes())
    assert reading.doc_type.value is DocumentType.PURCHASE_ORDER
    lines = [
        tuple(str(getattr(line, name).value) for name in ("supplier_sku", "buyer_sku", "quantity", "uom", "unit_price", "amount"))
        for line in reading.lines]
    assert lines == [("BRK-100", "CP-1", "100", "H87", "3.90", "390.00"), ("VLV-20", "CP-2", "2", "XBX", "170.10", "340.20")]
    (cancelled,) = parse((tmp_path / erp.submit(CANCEL, key="so-cancel:12")).read_bytes())
    assert cancelled.doc_type.value is DocumentType.CANCELLATION
    with pytest.raises(ErpRefused):
        erp.submit({"kind": "sales_order.changed", "order_no": "SO-000012"}, key="so-change:12:2")


@pytest.mark.parametrize("form", [jsonl_format(), csv_format(), ubl_format("Kestrel Supplies Ltd")], ids=lambda x: x.name)
@pytest.mark.parametrize("where", ["folder", "sftp"])
def test_a_file_is_written_once_also_when_it_was_taken(where: str, form: Format, tmp_path: Path, server: PrivateSftp) -> None:
    folder = tmp_path if where == "folder" else server.folder
    erp = FilesErp(form, FolderStore(tmp_path) if where == "folder" else SftpStore(server.access()))
    assert erp.find(KEY) is None
    name = erp.submit(message(), key=KEY)
    assert (erp.find(KEY), [path.name for path in folder.iterdir()]) == (name, [name])
    (folder / "done").mkdir()
    (folder / name).rename(folder / "done" / name)
    assert (erp.find(KEY), erp.submit(message(), key=KEY)) == (name, name)
    assert [path.name for path in folder.iterdir()] == ["done"]
    assert erp.find("so:12:30") is None
    assert str(folder if where == "folder" else "127.0.0.1") in erp.check()
    with pytest.raises(ErpRefused):
        erp.pull(Noun.ITEMS, None)


def test_a_torn_file_never_bears_the_name(tmp_path: Path) -> None:
    erp = FilesErp(csv_format(), FolderStore(tmp_path))
    name = erp.submit(message(), key=KEY)
    whole = (tmp_path / name).read_bytes()
    (tmp_path / name).unlink()
    (tmp_path / f".{name}.part").write_bytes(whole[:10])       # a crash in the middle
    assert erp.find(KEY) is None
    erp.submit(message(), key=KEY)
    assert (tmp_path / name).read_bytes() == whole


@pytest.mark.parametrize("wrong, code", [
    (lambda s: s.access(password="wrong"), "erp_login_refused"),
    (lambda s: s.access(host_key=PrivateSftp.another_key()), "erp_host_key_differs"),
    (lambda s: s.access(host_key="nonsense"), "erp_host_key_bad"),
    (lambda s: s.access(folder="nowhere"), "erp_not_found"),
])
def test_a_wrong_setting_needs_a_person_and_nothing_is_sent(
    server: PrivateSftp, wrong: Callable[[PrivateSftp], SftpAccess], code: str
) -> None:
    with pytest.raises(ErpMisconfigured) as e:
        FilesErp(csv_format(), SftpStore(wrong(server))).submit(message(), key=KEY)
    assert e.value.code == code
    assert list(server.folder.iterdir()) == []


def test_places_that_are_away_are_tried_again(tmp_path: Path, server: PrivateSftp) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ErpAway) as e:
        FilesErp(csv_format(), FolderStore(tmp_path / "file")).submit(message(), key=KEY)
    assert e.value.code == "erp_folder_unavailable"
    access = server.access()
    server.close()
    with pytest.raises(ErpAway):
        FilesErp(csv_format(), SftpStore(access)).check()
