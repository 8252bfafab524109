"""The same orders accepted by hand-written SQL on the bare driver: what a careful program without our services would send.

Each order is one transaction of the same durability that asks the same questions and writes the same rows as `accept_order`: the
draft's lines are looked over and the holds that the house's rules ask for (`oms_by_hand_checks`); order and lines, promises on
locked levels, entries of the ledger, the messages to the ERP and the customer, one entry of the audit chain bound to the one
before. Kits and holds do not occur among the orders of the benchmark, so it asks for them and has nothing to do.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.oms_by_hand_checks import Wish, for_customer, for_erp, must_be_held, wishes_of
from models.domain.draft import Draft
from models.tables.base import SCALE

_AT = "2031-01-01 00:00:00+00"
_FACTS = """
SELECT o.id, u.customer_no, u.name, u.currency, u.language, u.email_domain, u.credit_limit, u.open_balance, u.overdue,
       u.price_tolerance, m.kind, m.sender_address, m.reply_to, m.message_id,
       (SELECT content FROM house_settings WHERE name = 'hold_rules' ORDER BY id DESC LIMIT 1)
FROM cases c JOIN messages m ON m.id = c.message_id LEFT JOIN customers u ON u.id = %s
LEFT JOIN sales_orders o ON o.case_id = c.id AND o.case_version = 1 WHERE c.id = %s"""


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

    def accept(self, n: int, draft: Draft) -> None:
        """Accept order `n`, whose draft this is, as far as there is stock."""
        self._one("BEGIN IMMEDIATE" if self._is_sqlite else "BEGIN")
        try:
            self._accept(n, draft)
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

    def _among(self, values: Sequence[int]) -> str:
        return f"IN ({', '.join(['%s'] * len(values))})"

    def _stored(self, amount: Decimal) -> Any:
        return int(amount.scaleb(SCALE)) if self._is_sqlite else amount

    def _accept(self, n: int, draft: Draft) -> None:
        assert draft.customer and draft.po_number and draft.currency
        customer_id = draft.customer.value.customer_id
        facts = self._one(_FACTS, customer_id, n).fetchone()
        if facts[0] is not None:
            return
        wishes = wishes_of(draft)
        total = sum((x.amount for x in wishes), Decimal(0))
        items = self._items(wishes)
        order_id = self._one(
            "INSERT INTO sales_orders (order_no, case_id, case_version, state, customer_id, po_number, order_date, "
            "requested_date, currency, ship_to_id, ship_to_text, payment_terms, notes, total, approved_by, created_at, source, "
            "revision, priority, ship_complete) VALUES (%s, %s, 1, 'accepted', %s, %s, %s, %s, %s, NULL, NULL, NULL, NULL, %s, "
            "'bench', %s, 'case', 1, 0, %s) RETURNING id",
            f"new-{n}", n, customer_id, draft.po_number.value, None, None, draft.currency.value, self._stored(total), _AT,
            False).fetchone()[0]
        order_no = f"SO-{order_id:06d}"
        self._one("UPDATE sales_orders SET order_no = %s WHERE id = %s", order_no, order_id)
        self._many(
            "INSERT INTO order_lines (order_id, position, customer_line_no, customer_part_number, item_id, description, "
            "quantity, uom, base_quantity, unit_price, list_price, amount, requested_date, discount, cancelled, shipped, "
            "over_allowed, allocated, returned, invoiced, credited) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, 0, 0, 0, 0)",
            [(order_id, x.position, x.line_no, x.part_number, x.item_id, x.description, self._stored(x.quantity), x.uom,
              self._stored(x.base_quantity), self._stored(x.price), self._stored(x.list_price), self._stored(x.amount), None,
              None) for x in wishes])
        self._one("SELECT id, position FROM order_lines WHERE order_id = %s", order_id)
        line_ids = {position: line_id for line_id, position in self._cursor.fetchall()}
        short = self._promise(wishes, line_ids)
        self._send(n, order_id, [
            ("erp", for_erp(draft, wishes, order_no, facts, total, short)),
            ("mail", for_customer(draft, wishes, order_no, facts, total, short, items))])
        self._audit(order_no, n, total, short)
        if must_be_held(wishes, facts, total):
            self._one(
                "INSERT INTO order_holds (order_id, kind, sentence, placed_by, placed_at) VALUES (%s, 'price', 'See.', 'x', %s)",
                order_id, _AT)

    def _items(self, wishes: Sequence[Wish]) -> dict[int, str]:
        """The base unit of each item; kits and items that are not sold on backorder would be told apart here."""
        wanted = sorted({x.item_id for x in wishes})
        self._one(
            "SELECT i.id, i.base_uom, i.backorder, k.component_id, k.quantity FROM items i "
            f"LEFT JOIN kit_components k ON k.kit_id = i.id AND i.is_kit = %s WHERE i.id {self._among(wanted)}", True, *wanted)
        return {row[0]: row[1] for row in self._cursor.fetchall()}

    def _promise(self, wishes: Sequence[Wish], line_ids: Mapping[int, int]) -> dict[int, Decimal]:
        """Promise each line what there is of its item, its levels locked until the end; what is short, by position."""
        wanted = sorted({x.item_id for x in wishes})
        lock = "" if self._is_sqlite else " FOR NO KEY UPDATE OF s"
        self._one(
            "SELECT s.item_id, s.location_id, s.on_hand - s.reserved - s.safety FROM stock_levels s "
            "JOIN locations p ON p.id = s.location_id WHERE p.kind IN ('own', 'third_party') AND p.is_active = %s AND "
            f"s.item_id {self._among(wanted)} ORDER BY s.item_id, p.priority, s.location_id{lock}", True, *wanted)
        free: dict[int, list[list[Any]]] = defaultdict(list)
        for item, place, quantity in self._cursor.fetchall():
            free[item].append([place, quantity])
        taken: Counter[tuple[int, int]] = Counter()
        got, short = [], {}
        for x in wishes:
            left = self._stored(x.base_quantity)
            for spot in free[x.item_id]:
                take = min(left, spot[1])
                if take > 0:
                    got.append((line_ids[x.position], x.item_id, spot[0], take))
                    taken[x.item_id, spot[0]] += take
                    spot[1] -= take
                    left -= take
            if left:
                short[x.position] = Decimal(left).scaleb(-SCALE) if self._is_sqlite else left
        self._many(
            "UPDATE stock_levels SET reserved = reserved + %s "
            "WHERE item_id = %s AND location_id = %s AND on_hand - reserved - safety >= %s",
            [(count, item, place, count) for (item, place), count in sorted(taken.items())])
        self._many(
            "INSERT INTO reservations (order_line_id, item_id, location_id, quantity, state) VALUES (%s, %s, %s, %s, 'active')",
            got)
        customer = self._one("SELECT min(id) FROM locations WHERE kind = 'customer'").fetchone()[0]
        self._many(
            "INSERT INTO stock_entries (item_id, from_id, to_id, physical, promised, kind, order_line_id, actor, at) "
            "VALUES (%s, %s, %s, 0, %s, 'reservation', %s, 'bench', %s)",
            [(item, place, customer, take, line, _AT) for line, item, place, take in got])
        return short

    def _send(self, n: int, order_id: int, messages: Sequence[tuple[str, dict[str, Any]]]) -> None:
        self._many(
            "INSERT INTO outbox (channel, kind, key, payload, order_id, case_id, state, tries, next_at, created_at) "
            "VALUES (%s, 'bench', %s, %s, %s, %s, 'pending', 0, %s, %s)",
            [(channel, f"{channel}:{n}", json.dumps(content), order_id, n, _AT, _AT) for channel, content in messages])

    def _audit(self, order_no: str, n: int, total: Decimal, short: Mapping[int, Decimal]) -> None:
        lock = "" if self._is_sqlite else " FOR UPDATE"
        head = self._one(f"SELECT seq, hash FROM audit_head WHERE id = 1{lock}").fetchone()
        seq, content = head[0] + 1, json.dumps({
            "case": n, "version": 1, "total": str(total), "short": {str(k): str(v) for k, v in short.items()}})
        digest = hashlib.sha256(json.dumps([seq, _AT, "bench", "accepted", order_no, content, head[1]]).encode()).hexdigest()
        self._one(
            "INSERT INTO audit_entries (seq, at, actor, action, subject, content, previous, hash) "
            "VALUES (%s, %s, 'bench', 'accepted', %s, %s, %s, %s)", seq, _AT, order_no, content, head[1], digest)
        self._one("UPDATE audit_head SET seq = %s, hash = %s WHERE id = 1", seq, digest)
