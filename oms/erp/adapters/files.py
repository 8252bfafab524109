"""A message as a file of its own: JSON lines, CSV or UBL, put into a folder or on an SFTP server, for ERPs that import files.

The file's name follows from the message's key, so a repeat writes the same file. The importer must take a name once, and move
what it took to the folder `done` beside, where we find it again after a crash.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from edi.ubl import write as ubl
from oms.erp import payload
from oms.erp.adapters.file import as_line
from oms.erp.compare import There
from oms.erp.compare_credits import NoteThere
from oms.erp.errors import ErpRefused
from oms.erp.port import EVERY_PUSH, Capability, Noun, Pulled, cannot_pull
from runtime.zone import today

DONE = "done"
COLUMNS = (
    "kind", "key", "order_no", "customer_no", "po_number", "order_date", "requested_date", "currency", "ship_to", "ship_to_text",
    "payment_terms", "notes", "total", "reason")
LINE_COLUMNS = (
    "position", "sku", "customer_part_number", "description", "quantity", "uom", "base_quantity", "cancelled", "unit_price",
    "amount", "line_requested_date")


class Store(Protocol):
    """A place for files. Names have no folder in them, or `done/`."""

    def put(self, name: str, content: bytes) -> None:
        """Write the file whole or not at all, over one of the same name. Raises ErpAway, ErpMisconfigured, OutcomeUnknown."""

    def has(self, name: str) -> bool:
        """Whether the file is there. Raises ErpAway, ErpMisconfigured."""

    def check(self) -> str:
        """One sentence about the place. Raises ErpAway, ErpMisconfigured."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a message is written. `write` gets the message and its key."""

    name: str
    suffix: str
    capabilities: frozenset[Capability]
    write: Callable[[Mapping[str, Any], str], bytes]


class FilesErp:
    """An ErpPort over a store of files. The id of a message is the name of its file."""

    def __init__(self, form: Format, store: Store) -> None:
        self.system = form.name
        self.capabilities = form.capabilities
        self._form = form
        self._store = store

    def submit(self, message: Mapping[str, Any], *, key: str) -> str:
        """Write the file, unless it is there or was taken already; see `ErpPort.submit`."""
        name = self._name(key)
        if not self._is_there(name):
            self._store.put(name, self._form.write(message, key))
        return name

    def find(self, key: str) -> str | None:
        """The name of the file, if it is there or was taken."""
        name = self._name(key)
        return name if self._is_there(name) else None

    def preview(self, message: Mapping[str, Any], *, key: str) -> str:
        """The file's name and content."""
        return f"{self._name(key)}\n{self._form.write(message, key).decode()}"

    def check(self) -> str:
        """Whether the place can be written."""
        return self._store.check()

    def pull(self, noun: Noun, since: str | None) -> Pulled:
        """Files that are written tell nothing. Raises ErpRefused."""
        raise cannot_pull(self.system, noun)

    def sales(self, since: datetime) -> Sequence[There]:
        """What became of the files, nobody tells. Raises ErpRefused."""
        raise cannot_pull(self.system, "sales")

    def credits(self, since: datetime) -> Sequence[NoteThere]:
        """What became of the files, nobody tells. Raises ErpRefused."""
        raise cannot_pull(self.system, "credits")

    def _is_there(self, name: str) -> bool:
        return self._store.has(name) or self._store.has(f"{DONE}/{name}")

    def _name(self, key: str) -> str:
        """Readable, safe on every system, and different for different keys."""
        digest = hashlib.sha256(key.encode()).hexdigest()[:10]
        return f"{re.sub(r'[^A-Za-z0-9]+', '-', key)[:60]}-{digest}.{self._form.suffix}"


def jsonl_format() -> Format:
    """The message whole, on one line; files that are put together are JSON lines still."""
    return Format("jsonl", "jsonl", EVERY_PUSH, lambda message, key: as_line(message, key).encode() + b"\n")


def csv_format() -> Format:
    """One row a line, the order's columns repeating; a message without lines has one row. UTF-8, commas, CRLF (RFC 4180)."""
    return Format("csv", "csv", EVERY_PUSH, _csv)


def ubl_format(seller: str) -> Format:
    """UBL 2.1 Order and OrderCancellation."""
    def written(message: Mapping[str, Any], key: str) -> bytes:
        issued = today().isoformat()
        match message["kind"]:
            case payload.CREATED:
                return ubl.order(message, key, seller=seller, issued=issued)
            case payload.CANCELLED:
                return ubl.cancellation(message, key, issued=issued)
        raise ErpRefused(
            f"“{message['kind']}” has no UBL document. Do it by hand in the ERP, then give the message up.", code="erp_cannot_do")

    return Format("ubl", "xml", frozenset({Capability.PUSH_ORDER, Capability.PUSH_CANCEL}), written)


def _csv(message: Mapping[str, Any], key: str) -> bytes:
    out = io.StringIO(newline="")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow((*COLUMNS, *LINE_COLUMNS))
    head = {**message, "key": key}
    order = [_cell(head.get(name)) for name in COLUMNS]
    for line in message.get("lines") or [{}]:
        own = {**line, "line_requested_date": line.get("requested_date")}
        rows.writerow((*order, *(_cell(own.get(name)) for name in LINE_COLUMNS)))
    return out.getvalue().encode()


def _cell(value: object) -> str:
    return "" if value is None else str(value)
