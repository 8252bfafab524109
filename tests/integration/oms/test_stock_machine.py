"""Any sequence of what happens to stock: the ledger, the levels and the promises never disagree, and nothing is oversold."""

from __future__ import annotations

import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select

from models.domain.states import ReservationState
from models.errors import ConflictError, InputError
from models.tables import Base
from models.tables.inventory import ReservationRow, StockEntryRow, StockLevelRow
from models.tables.orders import OrderLineRow
from oms.allocation.service import allocate_order
from oms.inventory import ledger
from oms.inventory.count import count
from oms.inventory.levels import release
from oms.inventory.reconcile import reconcile
from oms.orders.service import accept_order, release_order
from runtime.db import Database
from tests.support.orders import draft, open_case, open_shop

amounts = st.integers(1, 9).map(Decimal)
places = st.integers(0, 1)
picks = st.integers(0, 10_000)


class Stock(RuleBasedStateMachine):
    """Two items at two locations, and orders for them."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{Path(self.folder.name) / 'stock.db'}")
        Base.metadata.create_all(self.database.engine)
        with self.database.write() as db:
            self.shop = open_shop(db, [[12, 5], [9, 0]])
        self.orders: list[int] = []

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    def _try(self, work: object) -> None:
        """What is refused changes nothing; what is done is kept."""
        assert callable(work)
        try:
            with self.database.write() as db:
                work(db)
        except (ConflictError, InputError):
            pass

    def _goods(self, item: int, place: int, **more: object) -> dict[str, object]:
        return {"item_id": self.shop.item_ids[item], "location_id": self.shop.location_ids[place], "actor": "Ann", **more}

    @rule(first=amounts, second=amounts)
    def order(self, first: Decimal, second: Decimal) -> None:
        with self.database.write() as db:
            self.orders.append(accept_order(
                db, case_id=open_case(db), case_version=1, draft=draft(self.shop, [(0, first), (1, second), (0, 1)]),
                approved_by="Ann"))

    @precondition(lambda self: self.orders)
    @rule(which=picks)
    def let_go(self, which: int) -> None:
        self._try(lambda db: release_order(db, self.orders[which % len(self.orders)], user="Ann"))

    @precondition(lambda self: self.orders)
    @rule(which=picks)
    def allocate(self, which: int) -> None:
        self._try(lambda db: allocate_order(db, self.orders[which % len(self.orders)]))

    @precondition(lambda self: self.orders)
    @rule(which=picks, most=amounts)
    def give_back(self, which: int, most: Decimal) -> None:
        def work(db):  # type: ignore[no-untyped-def]
            lines = db.execute(select(OrderLineRow.id).order_by(OrderLineRow.id)).scalars().all()
            line = lines[which % len(lines)]
            assert sum(release(db, [line], at_most={line: most}).values()) <= most
        self._try(work)

    @precondition(lambda self: self.orders)
    @rule(which=picks, place=places, quantity=amounts)
    def ship(self, which: int, place: int, quantity: Decimal) -> None:
        def work(db):  # type: ignore[no-untyped-def]
            lines = db.execute(select(OrderLineRow.id, OrderLineRow.item_id).order_by(OrderLineRow.id)).all()
            line, item = lines[which % len(lines)]
            ledger.ship(
                db, order_line_id=line, item_id=item, location_id=self.shop.location_ids[place], quantity=quantity,
                reference="SH", actor="Ann")
        self._try(work)

    @rule(item=places, place=places, quantity=amounts)
    def come_back(self, item: int, place: int, quantity: Decimal) -> None:
        with self.database.write() as db:       # never refused
            ledger.take_back(db, quantity=quantity, reference="RMA", **self._goods(item, place))  # type: ignore[arg-type]

    @rule(item=places, place=places, counted=st.integers(0, 12).map(Decimal))
    def recount(self, item: int, place: int, counted: Decimal) -> None:
        with self.database.write() as db:       # never refused
            count(db, counted=counted, reference="sheet", **self._goods(item, place))  # type: ignore[arg-type]

    @rule(item=places, place=places, quantity=amounts)
    def transfer(self, item: int, place: int, quantity: Decimal) -> None:
        here, there = self.shop.location_ids[place], self.shop.location_ids[1 - place]
        self._try(lambda db: ledger.move(
            db, item_id=self.shop.item_ids[item], from_id=here, to_id=there, quantity=quantity, reference="T", actor="Ann"))

    @rule(item=places, place=places, quantity=amounts)
    def scrap(self, item: int, place: int, quantity: Decimal) -> None:
        self._try(lambda db: ledger.scrap(db, quantity=quantity, reference="x", **self._goods(item, place)))

    @rule(which=picks)
    def reverse(self, which: int) -> None:
        def work(db):  # type: ignore[no-untyped-def]
            ids = db.execute(select(StockEntryRow.id).order_by(StockEntryRow.id)).scalars().all()
            ledger.reverse(db, ids[which % len(ids)], actor="Ann")
        self._try(work)

    @invariant()
    def the_books_agree(self) -> None:
        with self.database.read() as db:
            assert reconcile(db) == []
            assert all(0 <= x.reserved <= x.on_hand for x in db.execute(select(StockLevelRow)).scalars())
            active = select(func.sum(ReservationRow.quantity)).where(ReservationRow.state == ReservationState.ACTIVE)
            promised = select(func.sum(StockEntryRow.promised))
            assert (db.execute(active).scalar_one() or 0) == (db.execute(promised).scalar_one() or 0)


Stock.TestCase.settings = settings(
    max_examples=8, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
TestStock = Stock.TestCase
