"""Orders per second through `accept_order`, beside raw sqlite3 writing the same rows, and proof that nothing was oversold."""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import func, insert, inspect, select

from bench.rows import Row
from models.domain.draft import CustomerMatch, Draft, DraftLine, ItemMatch
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import MailKind, Source
from models.domain.reading import DocumentType
from models.domain.states import CaseState, LineState
from models.domain.stock import LocationKind
from models.errors import InputError
from models.tables import Base
from models.tables.base import SCALE
from models.tables.cases import CaseRow
from models.tables.intake import MessageRow
from models.tables.inventory import LocationRow, StockLevelRow
from models.tables.items import ItemRow
from models.tables.partners import CustomerRow
from oms.inventory.reconcile import Figure, reconcile
from oms.orders.service import accept_order
from runtime.db import Database

ITEMS = 2_000
HOT_ITEMS = 20
T = TypeVar("T")
_AT = datetime(2031, 1, 1, tzinfo=UTC)


def run(*, orders: int, lines: int, database_url: str | None = None, clients: int = 1) -> list[Row]:
    """Accept `orders` orders of `lines` lines by `clients` threads; on a fresh SQLite file unless a database is named.

    A named database must not hold our tables. Cases: lines spread over 2,000 items, and all on 20 hot items.
    """
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        baseline = _raw_sqlite(Path(folder) / "raw.db", orders, lines)
        for case, pool in (("spread", ITEMS), ("hot", HOT_ITEMS)):
            db = Database(database_url or f"sqlite:///{Path(folder) / case}.db")
            with _schema(db):
                rows += _measure(db, f"accept, {case} items", orders, lines, pool, clients, baseline)
            db.close()
    return rows


@contextmanager
def _schema(db: Database) -> Iterator[None]:
    """Our tables in a database that has none yet; gone afterwards."""
    if inspect(db.engine).has_table("sales_orders"):
        raise InputError("The benchmark writes and drops tables; name a database that has none of ours.", code="not_empty")
    Base.metadata.create_all(db.engine)
    try:
        yield
    finally:
        Base.metadata.drop_all(db.engine)


def _measure(db: Database, case: str, orders: int, lines: int, pool: int, clients: int, baseline: float) -> Iterator[Row]:
    drafts = _seed(db, orders, lines, pool)
    took: list[float] = []                          # append is atomic

    def accept(case_id: int) -> None:
        began = time.perf_counter()
        with db.write() as session:
            accept_order(session, case_id=case_id, case_version=1, draft=drafts[case_id], approved_by="bench")
        took.append(time.perf_counter() - began)

    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(accept, drafts))
    yield Row(case, orders / (time.perf_counter() - began), "orders/s", baseline, "raw sqlite3", _oversold(db))
    yield Row(f"{case}, p50", _percentile(took, 0.5), "ms")
    yield Row(f"{case}, p99", _percentile(took, 0.99), "ms")


def _percentile(seconds: Sequence[float], share: float) -> float:
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 2)


def _oversold(db: Database) -> int:
    """Levels promised beyond their stock, or that disagree with their reservations."""
    with db.read() as session:
        beyond = session.execute(
            select(func.count()).select_from(StockLevelRow).where(StockLevelRow.reserved > StockLevelRow.on_hand)).scalar_one()
        return beyond + sum(1 for d in reconcile(session) if d.figure is Figure.RESERVED)


def _seed(db: Database, orders: int, lines: int, pool: int) -> dict[int, Draft]:
    """A customer, items with stock for half of the demand, one case per order; returns the drafts by case id."""
    random = Random(7)
    stock = Decimal(max(orders * lines // pool // 2, 1))
    with db.write() as session:
        session.execute(insert(CustomerRow), [{"id": 1, "customer_no": "C1", "name": "Bench Buyer", "currency": "EUR"}])
        session.execute(insert(LocationRow), [
            {"code": "MAIN", "name": "Main"}, {"code": "@customer", "name": "Customer", "kind": LocationKind.CUSTOMER}])
        session.execute(insert(ItemRow), [
            {"id": i, "sku": f"B{i:06d}", "sku_folded": f"8{i:06d}", "description": f"Bench item {i}", "base_uom": "PCE"}
            for i in range(1, pool + 1)])
        session.execute(insert(StockLevelRow), [{"item_id": i, "location_id": 1, "on_hand": stock} for i in range(1, pool + 1)])
        session.execute(insert(MessageRow), [{
            "id": 1, "source": Source.MAIL, "sha256": "0" * 64, "size": 0, "received_at": _AT, "kind": MailKind.ORDINARY,
            "sender_address": "buyer@example.com"}])
        session.execute(insert(CaseRow), [{
            "id": n, "message_id": 1, "state": CaseState.APPROVED, "doc_type": DocumentType.PURCHASE_ORDER, "version": 1,
            "received_at": _AT, "moved_at": _AT} for n in range(1, orders + 1)])
    return {n: _draft(n, [random.randint(1, pool) for _ in range(lines)]) for n in range(1, orders + 1)}


def _found(value: T) -> Found[T]:
    return Found(value, 0.99, Evidence(Origin.READ, str(value), (Place(0, (72.0, 100.0, 120.0, 110.0)),), document_id=1))


def _draft(n: int, items: Sequence[int]) -> Draft:
    lines = tuple(
        DraftLine(
            key=str(k), state=LineState.CONFIRMED, item=_found(ItemMatch(item, f"B{item:06d}", f"Bench item {item}", 0.99)),
            quantity=_found(Decimal(1)), uom=_found("PCE"), unit_price=_found(Decimal("12.50")), base_quantity=Decimal(1),
            list_price=Decimal("12.50"))
        for k, item in enumerate(items, 1))
    customer = _found(CustomerMatch(1, "C1", "Bench Buyer", 0.99))
    return Draft(
        DocumentType.PURCHASE_ORDER, customer=customer, po_number=_found(f"PO-{n}"), currency=_found("EUR"), lines=lines)


def _raw_sqlite(path: Path, orders: int, lines: int) -> float:
    """Orders per second of bare sqlite3 in our schema, equally durable: the same rows in one transaction an order."""
    db = Database(f"sqlite:///{path}")
    Base.metadata.create_all(db.engine)
    _seed(db, orders, lines, ITEMS)
    db.close()
    raw = sqlite3.connect(path, isolation_level=None)
    raw.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
    random, text = Random(7), "x" * (400 * lines)
    began = time.perf_counter()
    for n in range(1, orders + 1):
        raw.execute("BEGIN IMMEDIATE")
        _raw_order(raw, n, [random.randint(1, ITEMS) for _ in range(lines)], text)
        raw.execute("COMMIT")
    seconds = time.perf_counter() - began
    raw.close()
    return orders / seconds


def _raw_order(raw: sqlite3.Connection, n: int, items: Sequence[int], text: str) -> None:
    one, first, at = 10**SCALE, (n - 1) * len(items), "2031-01-01 00:00:00"
    raw.execute(
        "INSERT INTO sales_orders (id, order_no, case_id, case_version, state, customer_id, po_number, currency, total, "
        "approved_by, created_at, source, revision, priority, ship_complete) "
        "VALUES (?, ?, ?, 1, 'accepted', 1, ?, 'EUR', ?, 'bench', ?, 'case', 1, 0, 0)",
        (n, f"SO-{n}", n, f"PO-{n}", one, at))
    raw.executemany(
        "INSERT INTO order_lines (id, order_id, position, item_id, description, quantity, uom, base_quantity, unit_price, "
        "amount, cancelled, shipped, over_allowed, allocated, returned, invoiced, credited) "
        "VALUES (?, ?, ?, ?, 'Bench item', ?, 'PCE', ?, ?, ?, 0, 0, 0, 0, 0, 0, 0)",
        [(first + k, n, k, item, one, one, one, one) for k, item in enumerate(items, 1)])
    got = [
        (first + k, item) for k, item in enumerate(items, 1)
        if raw.execute(
            "UPDATE stock_levels SET reserved = reserved + ? WHERE item_id = ? AND location_id = 1 AND on_hand - reserved >= ?",
            (one, item, one)).rowcount]
    raw.executemany(
        "INSERT INTO reservations (order_line_id, item_id, location_id, quantity, state) VALUES (?, ?, 1, ?, 'active')",
        [(line, item, one) for line, item in got])
    raw.executemany(
        "INSERT INTO stock_entries (item_id, from_id, to_id, physical, promised, kind, order_line_id, actor, at) "
        "VALUES (?, 1, 2, 0, ?, 'reservation', ?, 'bench', ?)", [(item, one, line, at) for line, item in got])
    raw.executemany(
        "INSERT INTO outbox (channel, kind, key, payload, order_id, case_id, state, tries, next_at, created_at) "
        "VALUES (?, 'bench', ?, ?, ?, ?, 'pending', 0, ?, ?)",
        [(channel, f"{channel}:{n}", text, n, n, at, at) for channel in ("erp", "mail")])
    raw.execute(
        "INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash) "
        "VALUES (?, ?, 'bench', 'bench', ?, ?, ?, ?)",
        (n, at, f"order:{n}", text[:200], "0" * 64, "0" * 64))
