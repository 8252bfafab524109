"""The same orders accepted by hand-written SQL on the bare driver: what a careful program without our services would send.

Each order is one transaction of the same durability that writes the same rows as `accept_order`: order and lines, promises on
locked levels, entries of the ledger, two messages with their JSON, one entry of the audit chain bound to the one before.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import make_url

from models.tables.base import SCALE

_AT = "2031-01-01 00:00:00+00"
_EVIDENCE = "x" * 550
"""Stands for where a line's values were read; with it the messages are as long as ours."""


class ByHand:
    """One connection of one client."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self._db: Any
        if self._is_sqlite:
            self._db = sqlite3.connect(str(parsed.database), isolation_level=None, timeout=30, check_same_thread=False)
            self._db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")
        else:
            plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
            self._db = psycopg.connect(plain, autocommit=True)
        self._cursor = self._db.cursor()

    def accept(self, n: int, items: Sequence[int]) -> None:
        """Accept order `n`: one piece of each of these items, as far as there is stock."""
        self._one("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        try:
            self._accept(n, items)
        except BaseException:
            self._one("ROLLBACK")
            raise
        self._one("COMMIT")

    def close(self) -> None:
        """Close the connection."""
        self._db.close()

    def _one(self, sql: str, *values: Any) -> Any:
        return self._cursor.execute(sql.replace("%s", "?") if self._is_sqlite else sql, values)

    def _many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._cursor.executemany(sql.replace("%s", "?") if self._is_sqlite else sql, rows)

    def _accept(self, n: int, items: Sequence[int]) -> None:
        one: Any = 10**SCALE if self._is_sqlite else Decimal(1)
        price: Any = one * 25 // 2 if self._is_sqlite else Decimal("12.5")
        if self._one("SELECT id FROM sales_orders WHERE case_id = %s AND case_version = 1", n).fetchone():
            return
        sender, customer_no, currency = self._one(
            "SELECT m.sender_address, u.customer_no, u.currency FROM cases c JOIN messages m ON m.id = c.message_id, customers u "
            "WHERE c.id = %s AND u.id = 1", n).fetchone()
        free = self._free(items)
        order_id = self._one(
            "INSERT INTO sales_orders (order_no, case_id, case_version, state, customer_id, po_number, currency, total, "
            "approved_by, created_at, source, revision, priority, ship_complete) "
            "VALUES (%s, %s, 1, 'accepted', 1, %s, %s, %s, 'bench', %s, 'case', 1, 0, %s) RETURNING id",
            f"new-{n}", n, f"PO-{n}", currency, price * len(items), _AT, False).fetchone()[0]
        order_no = f"SO-{order_id:06d}"
        self._one("UPDATE sales_orders SET order_no = %s WHERE id = %s", order_no, order_id)
        self._many(
            "INSERT INTO order_lines (order_id, position, item_id, description, quantity, uom, base_quantity, unit_price, "
            "amount, cancelled, shipped, over_allowed, allocated, returned, invoiced, credited) "
            "VALUES (%s, %s, %s, %s, %s, 'PCE', %s, %s, %s, 0, 0, 0, 0, 0, 0, 0)",
            [(order_id, k, item, f"Bench item {item}", one, one, price, price) for k, item in enumerate(items, 1)])
        self._one("SELECT id, item_id FROM order_lines WHERE order_id = %s ORDER BY position", order_id)
        got = []
        for line_id, item in self._cursor.fetchall():
            if free.get(item, 0) >= one:
                free[item] -= one
                got.append((line_id, item))
        self._promise(got, one)
        lines = [
            {"position": k, "sku": f"B{item:06d}", "quantity": "1", "price": "12.5", "evidence": _EVIDENCE}
            for k, item in enumerate(items, 1)]
        self._send(n, order_id, {"order_no": order_no, "customer_no": customer_no, "to": sender, "lines": lines})
        self._audit(order_no, n)

    def _free(self, items: Sequence[int]) -> dict[int, Any]:
        """What is free of each item, its level locked until the end."""
        wanted = sorted(set(items))
        lock = "" if self._is_sqlite else " FOR NO KEY UPDATE"
        self._one(
            "SELECT item_id, on_hand - reserved - safety FROM stock_levels WHERE location_id = 1 AND "
            f"item_id IN ({', '.join(['%s'] * len(wanted))}) ORDER BY item_id{lock}", *wanted)
        return dict(self._cursor.fetchall())

    def _promise(self, got: Sequence[tuple[int, int]], one: Any) -> None:
        taken = Counter(item for _, item in got)
        self._many(
            "UPDATE stock_levels SET reserved = reserved + %s "
            "WHERE item_id = %s AND location_id = 1 AND on_hand - reserved - safety >= %s",
            [(count * one, item, count * one) for item, count in sorted(taken.items())])
        self._many(
            "INSERT INTO reservations (order_line_id, item_id, location_id, quantity, state) VALUES (%s, %s, 1, %s, 'active')",
            [(line, item, one) for line, item in got])
        self._many(
            "INSERT INTO stock_entries (item_id, from_id, to_id, physical, promised, kind, order_line_id, actor, at) "
            "VALUES (%s, 1, 2, 0, %s, 'reservation', %s, 'bench', %s)", [(item, one, line, _AT) for line, item in got])

    def _send(self, n: int, order_id: int, content: dict[str, Any]) -> None:
        self._many(
            "INSERT INTO outbox (channel, kind, key, payload, order_id, case_id, state, tries, next_at, created_at) "
            "VALUES (%s, 'bench', %s, %s, %s, %s, 'pending', 0, %s, %s)",
            [(channel, f"{channel}:{n}", json.dumps(content), order_id, n, _AT, _AT) for channel in ("erp", "mail")])

    def _audit(self, order_no: str, n: int) -> None:
        lock = "" if self._is_sqlite else " FOR UPDATE"
        head = self._one(f"SELECT seq, hash FROM audit_head WHERE id = 1{lock}").fetchone()
        seq, content = head[0] + 1, json.dumps({"case": n, "version": 1})
        digest = hashlib.sha256(json.dumps([seq, _AT, "bench", "accepted", order_no, content, head[1]]).encode()).hexdigest()
        self._one(
            "INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash) "
            "VALUES (%s, %s, 'bench', 'accepted', %s, %s, %s, %s)", seq, _AT, order_no, content, head[1], digest)
        self._one("UPDATE audit_head SET seq = %s, hash = %s WHERE id = 1", seq, digest)
