"""Who orders and where it goes, among a thousand customers with near-twins: how often we are sure, and how often wrongly."""

from __future__ import annotations

import time
from random import Random

from bench.partner_data import Printed, make_customers, make_orders
from bench.rows import Row
from matching.customer import rank_customers
from matching.partners_sql import LightCustomer, pick
from matching.records import CustomerRecord
from matching.ship_to import rank_addresses
from models.domain.draft import CustomerMatch

SURE = 0.9
_NEAR = ("other number", "other street", "new place")


def run(*, customers: int, orders: int, seed: int, check: bool = True) -> list[Row]:
    """Figures on generated orders; the check part has words of its own, which nobody tuned on."""
    rng = Random(f"{seed} {check}")
    known = make_customers(rng, customers, check=check)
    asked = make_orders(rng, known, orders, check=check)
    began = time.perf_counter()
    found = _rank(known, asked)
    spent = (time.perf_counter() - began) * 1000 / max(len(asked), 1)
    return [*_customer_rows(asked, found), *_address_rows(asked), Row("time an order, customers", spent, "ms")]


def _rank(known: list[CustomerRecord], asked: list[Printed]) -> list[tuple[CustomerMatch, ...]]:
    light = [LightCustomer(c.customer_id, c.customer_no, c.name, c.vat_id, c.email_domain, c.gln) for c in known]
    by_id = {c.customer_id: c for c in known}
    senders = {email: c.customer_id for c in known for email in c.emails}
    ranked = []
    for order in asked:
        ids = pick(order.clues, light) | ({senders[order.clues.sender]} if order.clues.sender in senders else set())
        ranked.append(rank_customers(order.clues, [by_id[i] for i in sorted(ids)]))
    return ranked


def _share(hits: int, of: int) -> float:
    return hits / max(of, 1)


def _customer_rows(asked: list[Printed], found: list[tuple[CustomerMatch, ...]]) -> list[Row]:
    best = [(o, r[0] if r else None) for o, r in zip(asked, found, strict=True)]
    ours = [(o, b) for o, b in best if o.customer_id is not None]
    sure = [(o, b) for o, b in best if b is not None and b.probability >= SURE]
    wrong = [1 for o, b in sure if b.customer_id != o.customer_id]
    strangers = [b for o, b in best if o.customer_id is None]
    return [
        Row("customer: right one first",
            _share(sum(b is not None and b.customer_id == o.customer_id for o, b in ours), len(ours)), "share"),
        Row("customer: right one, at least 0.9 sure",
            _share(sum(b.customer_id == o.customer_id for o, b in sure if o.customer_id is not None), len(ours)), "share"),
        Row("customer: wrong one, at least 0.9 sure", _share(len(wrong), len(best)), "share"),
        Row("strangers taken for a customer, at least 0.9 sure",
            _share(sum(b is not None and b.probability >= SURE for b in strangers), len(strangers)), "share"),
    ]


def _address_rows(asked: list[Printed]) -> list[Row]:
    printed = [(o, rank_addresses(o.ship_to, o.owner.addresses)) for o in asked if o.ship_to is not None]
    own = [(o, r[0]) for o, r in printed if o.address_id is not None and r]
    new = [(o, r[0]) for o, r in printed if o.address_id is None and r]
    rows = [
        Row("ship-to: right one, at least 0.9 sure",
            _share(sum(b.address_id == o.address_id and b.probability >= SURE for o, b in own), len(own)), "share"),
        Row("ship-to: wrong one, at least 0.9 sure",
            _share(sum(b.address_id != o.address_id and b.probability >= SURE for o, b in own), len(own)), "share"),
    ]
    for kind in _NEAR:
        forced = [b.probability >= 0.5 for o, b in new if o.kind == kind]
        rows.append(Row(f"ship-to, {kind}: forced on a known one", _share(sum(forced), len(forced)), "share"))
    return rows
