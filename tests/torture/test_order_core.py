"""Any sequence of order, edit, hold, reserve, allocate, pick, pack, ship, void, cancel, bill, pay, credit, return, exchange,
count, transfer, receipt, scrap: the books agree after every step, and every order can be brought to its end.

ORDERMILL_TORTURE_SEQUENCES sets how many sequences are tried: in CI the same 300 each time, 10,000 random ones for the full run
(`ORDERMILL_TORTURE_SEQUENCES=10000 pytest tests/torture/test_order_core.py`), which has no time limit: one that strikes while the
database works breaks the sequence's transaction, and the test would blame the books.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from runtime.db import Database
from tests.support.order_core import House, make_schema, open_house

IN_CI = 300
SEQUENCES = int(os.environ.get("ORDERMILL_TORTURE_SEQUENCES", IN_CI))
numbers = st.integers(0, 239)
amounts = st.integers(1, 6)
lines = st.lists(st.tuples(st.integers(0, 3), amounts), min_size=1, max_size=3)
_folder = tempfile.TemporaryDirectory(prefix="ordermill-core-")
_database: list[Database] = []


def database() -> Database:
    """The house as it is before each sequence; made once, and never written to for good."""
    if not _database:
        made = Database(f"sqlite:///{Path(_folder.name) / 'core.db'}")
        make_schema(made)
        open_house(made)
        _database.append(made)
    return _database[0]


class OrderCore(RuleBasedStateMachine):
    """What people and programs ask for, in whatever order."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House(database())

    @initialize(what=lines, complete=st.booleans())
    def begin(self, what: list[tuple[int, int]], complete: bool) -> None:
        self.house.order(what, complete=complete)

    @rule(what=lines)
    def order(self, what: list[tuple[int, int]]) -> None:
        self.house.order(what, complete=False)

    @rule(n=numbers, what=numbers, quantity=amounts)
    def about_an_order(self, n: int, what: int, quantity: int) -> None:
        self.house.order_action(n, what, quantity)

    @rule(n=numbers)
    def let_go(self, n: int) -> None:
        for what in (0, 2):
            self.house.order_action(n, what, 1)

    @rule(n=numbers, what=numbers)
    def about_a_fulfilment_order(self, n: int, what: int) -> None:
        self.house.fulfilment_action(n, what)

    @rule(n=numbers, quantity=amounts)
    def pick(self, n: int, quantity: int) -> None:
        self.house.pick_some(n, quantity)

    @rule(n=numbers, what=numbers)
    def about_a_shipment(self, n: int, what: int) -> None:
        self.house.shipment_action(n, what)

    @rule(n=numbers, billed=st.booleans())
    def send(self, n: int, billed: bool) -> None:
        self.house.send(n, billed=billed)

    @rule(n=numbers, what=numbers, amount=amounts)
    def money(self, n: int, what: int, amount: int) -> None:
        self.house.money_action(n, what, amount)

    @rule(n=numbers, quantity=amounts)
    def ask_return(self, n: int, quantity: int) -> None:
        self.house.ask_return(n, quantity)

    @rule(n=numbers, what=numbers)
    def about_a_return(self, n: int, what: int) -> None:
        self.house.return_action(n, what)

    @rule(n=numbers, what=numbers, quantity=amounts)
    def book(self, n: int, what: int, quantity: int) -> None:
        self.house.book(n, what, quantity)

    @rule(n=numbers)
    def reverse(self, n: int) -> None:
        self.house.reverse(n)

    @invariant()
    def the_books_agree(self) -> None:
        self.house.check()

    def teardown(self) -> None:
        try:
            self.house.finish()
        finally:
            self.house.close()


OrderCore.TestCase.settings = settings(
    max_examples=SEQUENCES, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True,
    derandomize=SEQUENCES == IN_CI)
TestOrderCore = pytest.mark.torture(pytest.mark.slow(pytest.mark.timeout(1800 if SEQUENCES == IN_CI else 0)(OrderCore.TestCase)))
