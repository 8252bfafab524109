"""Orders per second through `accept_order`, beside hand-written SQL doing the same, and proof that nothing was oversold."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import func, inspect, select

from bench.oms_by_hand import ByHand
from bench.oms_data import draft, seed
from bench.rows import Row
from models.domain.draft import Draft
from models.errors import InputError
from models.tables import Base
from models.tables.inventory import StockLevelRow
from oms.inventory.reconcile import Figure, reconcile
from oms.orders.service import accept_order
from runtime.db import Database

POOLS = {"spread": 2_000, "hot": 20}
"""How many items the orders ask for, by case."""
WARM = 20
"""Orders accepted before the clock starts: connections are open and statements compiled then."""
Accept = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Run:
    rate: float                     # orders a second
    took: list[float]               # seconds of each order
    oversold: int


def run(
    *, orders: int, lines: int, database_url: str | None = None, clients: Sequence[int] = (1, 8), rounds: int = 3
) -> list[Row]:
    """Accept `orders` orders of `lines` lines by so many threads; on a fresh SQLite file unless a database is named.

    A named database must not hold our tables. Cases: lines spread over 2,000 items, and all on 20 hot items. Figures are
    medians of the rounds, in which ours and the hand-written ones take turns.
    """
    rows: list[Row] = []
    for count in clients:
        for case, pool in POOLS.items():
            ours, theirs = [], []
            for _ in range(rounds):
                ours.append(_measure(database_url, orders, lines, pool, count, by_hand=False))
                theirs.append(_measure(database_url, orders, lines, pool, count, by_hand=True))
            name = f"accept, {case} items, {count} client{'s' * (count > 1)}"
            baseline = median(r.rate for r in theirs)
            rows += [
                Row(name, median(r.rate for r in ours), "orders/s", baseline, "by hand", sum(r.oversold for r in ours)),
                *(Row(f"{name}, p{share}", median(percentile(r.took, share) for r in ours), "ms",
                      median(percentile(r.took, share) for r in theirs), "by hand") for share in (50, 99)),
            ]
    return rows


def _measure(database_url: str | None, orders: int, lines: int, pool: int, clients: int, *, by_hand: bool) -> _Run:
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{Path(folder) / 'bench.db'}"
        with empty_schema(url) as db:
            wanted = seed(db, orders + WARM, lines, pool)
            drafts = {n: draft(n, items) for n, items in wanted.items()}
            doors = _by_hand(url, drafts, clients) if by_hand else _ours(db, drafts, clients)
            with doors as accepts:
                _take_turns(accepts, list(wanted)[:WARM])
                began = time.perf_counter()
                took = _take_turns(accepts, list(wanted)[WARM:])
                seconds = time.perf_counter() - began
            return _Run(orders / seconds, took, _oversold(db))


@contextmanager
def empty_schema(url: str) -> Iterator[Database]:
    """Our tables in a database that has none yet; gone afterwards."""
    db = Database(url)
    try:
        if inspect(db.engine).has_table("sales_orders"):
            raise InputError("The benchmark writes and drops tables; name a database that has none of ours.", code="not_empty")
        Base.metadata.create_all(db.engine)
        try:
            yield db
        finally:
            with db.exclusive() as connection:          # with references checked, SQLite would look for each row's children
                Base.metadata.drop_all(connection)
    finally:
        db.close()


@contextmanager
def _ours(db: Database, drafts: dict[int, Draft], clients: int) -> Iterator[list[Accept]]:
    def accept(n: int) -> None:
        with db.write() as session:
            accept_order(session, case_id=n, case_version=1, draft=drafts[n], approved_by="bench")

    yield [accept] * clients


@contextmanager
def _by_hand(url: str, drafts: dict[int, Draft], clients: int) -> Iterator[list[Accept]]:
    connections = [ByHand(url) for _ in range(clients)]

    def through(connection: ByHand) -> Accept:
        return lambda n: connection.accept(n, drafts[n])

    yield [through(connection) for connection in connections]
    for connection in connections:
        connection.close()


def _take_turns(accepts: Sequence[Accept], numbers: Sequence[int]) -> list[float]:
    """Every client takes the next order until there is none; seconds of each."""
    waiting = iter(numbers)                         # next() and append() are atomic
    took: list[float] = []

    def client(accept: Accept) -> None:
        for n in waiting:
            began = time.perf_counter()
            accept(n)
            took.append(time.perf_counter() - began)

    with ThreadPoolExecutor(len(accepts)) as threads:
        list(threads.map(client, accepts))
    return took


def percentile(seconds: Sequence[float], share: int) -> float:
    """Milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) * share // 100, len(ordered) - 1)] * 1000, 2)


def _oversold(db: Database) -> int:
    """Levels promised beyond their stock, or that disagree with their reservations."""
    with db.read() as session:
        beyond = session.execute(
            select(func.count()).select_from(StockLevelRow).where(StockLevelRow.reserved > StockLevelRow.on_hand)).scalar_one()
        return beyond + sum(1 for d in reconcile(session) if d.figure is Figure.RESERVED)
