"""A small house in which everything that can happen to orders, stock and money happens, in whatever order it is told to.

Each action is what a person or program may ask for; what the house refuses, it refuses whole. `check` proves the books, `finish`
brings every order to its end: nothing may be stuck.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models.domain.billing import RefundState
from models.domain.fulfilment import LIVE_FULFILMENT, FulfilmentAction, ShipmentAction, ShipmentState
from models.domain.money import amount_kept
from models.domain.order_work import HoldKind
from models.domain.returns import Disposition, Grade, ReturnAction, ReturnOutcome
from models.domain.states import ReservationState, SalesOrderState
from models.domain.stock import LocationKind, Tracking
from models.errors import ConflictError, InputError, ServiceError
from models.tables import Base
from models.tables.billing import CreditMemoRow, InvoiceRow, PaymentRow, RefundRow
from models.tables.fulfilment import FulfilmentLineRow, FulfilmentOrderRow, ShipmentRow
from models.tables.inventory import LocationRow, LotRow, ReservationRow, StockEntryRow, StockLevelRow
from models.tables.items import ItemRow, KitComponentRow
from models.tables.orders import OrderHoldRow, OrderLineRow, SalesOrderRow
from models.tables.partners import CustomerRow
from models.tables.returns import ReturnLineRow, ReturnRow
from oms.allocation.choice import Shortage, decide_shortage
from oms.allocation.service import allocate_order
from oms.allocation.shortage import lines_undecided
from oms.billing.credits import issue_credit
from oms.billing.invoices import issue_invoice, receive_payment
from oms.billing.refunds import move_refund, request_refund
from oms.fulfilment.commands import do, do_shipment
from oms.fulfilment.decide import supported_shipment_actions
from oms.fulfilment.picking import pick, pick_all
from oms.fulfilment.repository import Fulfilments
from oms.fulfilment.shipments import open_shipment, shipment_facts
from oms.fulfilment.work import act, actions_of, withdraw
from oms.fulfilment.work import release_hold as release_fulfilment_hold
from oms.inventory.booking import Booking, Movement, book, take_back
from oms.inventory.reconcile import reconcile
from oms.orders.cancel import cancel_order
from oms.orders.changes.lines import named_line
from oms.orders.changes.plan import AddLine, CancelLine, EditLine
from oms.orders.changes.service import change_order
from oms.orders.holds import place_hold, release_hold, standing
from oms.orders.service import accept_order, release_order
from oms.returns.close import close_return
from oms.returns.inspection import inspect, receive_return
from oms.returns.requests import Wanted, approve_return, cancel_return, decline_return, request_return, send_return
from oms.returns.room import returnable
from runtime.db import Database
from tests.support.fulfilment import PREFIX
from tests.support.orders import AT, draft, open_case, open_shop

D = Decimal
T = TypeVar("T")
PLAIN, NO_BACKORDER, BY_LOT, KIT = range(4)
F, S = FulfilmentAction, ShipmentAction


def open_house(database: Database) -> None:
    """Three items and a kit of two of them, two warehouses of ours and one of somebody else's."""
    with database.write() as db:
        shop = open_shop(db, [[8, 3, 2], [5, 0, 0], [0, 0, 0], [0, 0, 0]])
        plain, strict, lots, kit = (db.get_one(ItemRow, item) for item in shop.item_ids)
        strict.backorder, lots.tracking, kit.is_kit = False, Tracking.LOT, True
        db.get_one(LocationRow, shop.location_ids[2]).kind = LocationKind.THIRD_PARTY
        db.execute(update(CustomerRow).values(over_tolerance=D(20)))
        db.add_all([
            KitComponentRow(kit_id=kit.id, component_id=plain.id, quantity=D(2)),
            KitComponentRow(kit_id=kit.id, component_id=lots.id, quantity=D(1))])
        db.flush()
        for place, lot, quantity in (("LOC0", "L1", 4), ("LOC0", "L2", 2), ("LOC1", "L1", 3)):
            book(db, Booking(Movement.RECEIPT, "WID-3", place, D(quantity), "delivery", lot=lot), actor="Ann")


_MOVED = select(StockEntryRow.from_id, StockEntryRow.to_id, StockEntryRow.physical)
_LEVELS = select(StockLevelRow.reserved, StockLevelRow.on_hand)
_HOLDING = select(ReservationRow.order_line_id).where(ReservationRow.state == ReservationState.ACTIVE)
_LINES_OF_ORDERS = (
    select(OrderLineRow.__table__, SalesOrderRow.state, SalesOrderRow.currency)
    .join(SalesOrderRow, SalesOrderRow.id == OrderLineRow.order_id))
_TOTALS = select(SalesOrderRow.id, SalesOrderRow.total)
_INVOICES = select(InvoiceRow.__table__)
_MONEY = (
    select(CreditMemoRow.invoice_id, CreditMemoRow.total), select(CreditMemoRow.invoice_id, CreditMemoRow.fee),
    select(PaymentRow.invoice_id, PaymentRow.amount),
    select(RefundRow.invoice_id, RefundRow.amount).where(RefundRow.state != RefundState.FAILED))
_BILLED_WHOLE = (
    select(SalesOrderRow.id, SalesOrderRow.total, func.min(
        OrderLineRow.invoiced + OrderLineRow.cancelled - OrderLineRow.base_quantity) >= 0)
    .join(OrderLineRow, OrderLineRow.order_id == SalesOrderRow.id)
    .where(OrderLineRow.over_allowed == 0).group_by(SalesOrderRow.id, SalesOrderRow.total))


def _sums(db: Session, statement: Any) -> dict[int, Decimal]:
    """The amounts of (id, amount) rows by id."""
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for key, amount in db.execute(statement):
        sums[key] += amount
    return sums


class _Forgotten(Exception):
    """Ends a transaction that is not to be kept."""


class House:
    """The house during one sequence; nothing of it is kept."""

    def __init__(self, database: Database) -> None:
        self.stack = ExitStack()
        self.database = self.stack.enter_context(database.together())
        with self.database.read() as db:
            self.db = db
        self.made = 0
        self.done = 0
        self.checked = -1

    def close(self) -> None:
        """Forget the sequence: its one transaction is taken back."""
        with suppress(_Forgotten):
            self.stack.__exit__(_Forgotten, _Forgotten(), None)

    def attempt(self, work: Callable[[Session], object]) -> bool:
        """Do it; what is refused is taken back whole and said, never a defect."""
        try:
            with self.database.write() as db:
                work(db)
        except (ConflictError, InputError, ServiceError) as e:
            assert str(e).endswith((".", "?")) and len(str(e)) > 20, e      # a sentence that somebody can act on
            return False
        finally:
            self.db.expire_all()
        self.done += 1
        return True

    def ids(self, column: Any, *where: Any) -> list[int]:
        """Ids of rows, in order."""
        return list(self.db.execute(select(column).where(*where).order_by(column)).scalars())

    def one(self, column: Any, n: int, *where: Any) -> int | None:
        """One of the ids, by a random number; None where there is none."""
        found = self.ids(column, *where)
        return found[n % len(found)] if found else None

    # -- orders

    def order(self, lines: Sequence[tuple[int, int]], *, complete: bool) -> None:
        """A case is approved; its order may be told to leave complete."""
        shop = self._shop()
        def work(db: Session) -> None:
            made = accept_order(
                db, case_id=open_case(db), case_version=1, draft=draft(shop, [(item, q) for item, q in lines]), approved_by="Ann")
            db.execute(update(SalesOrderRow).where(SalesOrderRow.id == made).values(ship_complete=complete))
        self.attempt(work)

    def order_action(self, n: int, what: int, quantity: int) -> None:
        """One of what is done to an order: release, hold, edit, add, cancel, choose, allocate, withdraw."""
        order = self.one(SalesOrderRow.id, n)
        if order is None:
            return
        position = 1 + n % 3
        some = D(quantity)
        actions: list[Callable[[Session], object]] = [
            lambda db: release_order(db, order, user="Ann"),
            lambda db: release_order(db, order, user="Ann"),
            lambda db: allocate_order(db, order),
            lambda db: allocate_order(db, order),
            lambda db: place_hold(db, order, kind=HoldKind.CREDIT, sentence="Over the limit.", by="Ann"),
            lambda db: [release_hold(db, hold.id, by="Ann", reason="Paid.", is_admin=True) for hold in standing(db, order)],
            lambda db: change_order(db, order, [EditLine(position, quantity=some)], actor="Ann", reason="asked"),
            lambda db: change_order(db, order, [CancelLine(position, some)], actor="Ann", reason="asked"),
            lambda db: change_order(db, order, [AddLine(named_line(
                db, sku=f"WID-{1 + quantity % 4}", quantity=some, uom=None, unit_price=D("1.50"), currency="EUR"))],
                actor="Ann", reason="asked"),
            lambda db: cancel_order(db, order, user="Ann", reason="asked"),
            lambda db: withdraw(db, order, actor="Ann", reason="asked"),
            lambda db: decide_shortage(
                db, order, position, list(Shortage)[quantity % 3], actor="Ann", reason="asked", sku="WID-1")]
        self.attempt(actions[what % len(actions)])

    # -- fulfilment

    def fulfilment_action(self, n: int, what: int) -> None:
        """Something that the fulfilment order says it takes; saying so and refusing would be a defect."""
        found = self.one(FulfilmentOrderRow.id, n, FulfilmentOrderRow.state.in_(LIVE_FULFILMENT))
        if found is None:
            return
        action = (can := actions_of(self.db, found))[what % len(can)]
        holds = Fulfilments(self.db).holds(found) if action is F.RELEASE_HOLD else ()
        assert self.attempt(lambda db: do(
            db, found, action, actor="Ann", note="because", ship_by=AT.date(), hold_id=holds[0].id if holds else None)), action

    def pick_some(self, n: int, quantity: int) -> None:
        """Some of a line into a shipment, perhaps beyond the order within the customer's tolerance."""
        share = self.one(FulfilmentLineRow.id, n)
        if share is not None:
            fulfilment = self.db.get_one(FulfilmentLineRow, share).fulfilment_order_id
            self.attempt(lambda db: pick(db, open_shipment(db, fulfilment, actor="carl"), share, D(quantity)))

    def shipment_action(self, n: int, what: int) -> None:
        """Something that the shipment says it takes; a lot may be missing on the shelf, or stock be gone."""
        shipment = self.one(ShipmentRow.id, n)
        if shipment is None:
            return
        can = supported_shipment_actions(shipment_facts(self.db, [shipment])[shipment])
        if can:
            action = can[what % len(can)]
            self.attempt(lambda db: do_shipment(db, shipment, action, actor="carl", company_prefix=PREFIX, note="because"))

    def send(self, n: int, *, billed: bool) -> None:
        """An order as far as its stock goes: released, allocated, sent, perhaps billed."""
        order = self.one(SalesOrderRow.id, n)
        if order is None:
            return
        self.attempt(lambda db: release_order(db, order, user="Ann"))
        self.attempt(lambda db: allocate_order(db, order))
        of_order = FulfilmentOrderRow.order_id == order
        for fulfilment in self.ids(FulfilmentOrderRow.id, of_order, FulfilmentOrderRow.state.in_(LIVE_FULFILMENT)):
            self.send_one(fulfilment)
        of_fulfilment = ShipmentRow.fulfilment_order_id.in_(select(FulfilmentOrderRow.id).where(of_order))
        for shipment in self.ids(ShipmentRow.id, of_fulfilment, ShipmentRow.state == ShipmentState.SHIPPED) if billed else ():
            self.attempt(lambda db, s=shipment: issue_invoice(db, s, actor="Ann"))

    def send_one(self, fulfilment: int) -> bool:
        """True: it left whole."""
        def work(db: Session) -> None:
            for hold in Fulfilments(db).holds(fulfilment):
                release_fulfilment_hold(db, hold.id, actor="Ann")
            self._get_ready(db, fulfilment)
            shipment = open_shipment(db, fulfilment, actor="carl")
            for action in (S.PICK, S.FINISH_PICKING, S.PACK, S.SHIP):
                if action in supported_shipment_actions(shipment_facts(db, [shipment])[shipment]):
                    pick_all(db, shipment) if action is S.PICK else do_shipment(
                        db, shipment, action, actor="carl", company_prefix=PREFIX)
        return self.attempt(work)

    def _get_ready(self, db: Session, fulfilment: int) -> None:
        """Whatever was asked of the warehouse is answered, so that the goods can be picked."""
        for action in (F.REJECT_CANCELLATION, F.OPEN, F.SUBMIT, F.ACCEPT):
            if F.PICK in (can := actions_of(db, fulfilment)):
                return
            if action in can:
                act(db, fulfilment, action, actor="Ann", note="because")

    # -- money

    def money_action(self, n: int, what: int, amount: int) -> None:
        """Bill, pay, credit, pay back; with a key of its own, so that nothing is a repeat."""
        self.made += 1
        key = f"key-{self.made}"
        shipment = self.one(ShipmentRow.id, n, ShipmentRow.state == ShipmentState.SHIPPED)
        invoice = self.one(InvoiceRow.id, n)
        if what % 3 == 0 and shipment is not None:
            self.attempt(lambda db: issue_invoice(db, shipment, actor="Ann"))
        elif invoice is not None and what % 3 == 1:
            self.attempt(lambda db: receive_payment(
                db, invoice, key=key, amount=D(amount) + D("0.33"), received_at=AT, actor="Ann"))
        elif invoice is not None:
            self._give_money_back(invoice, n, what, D(amount), key)

    def _give_money_back(self, invoice: int, n: int, what: int, amount: Decimal, key: str) -> None:
        lines = self.ids(OrderLineRow.id, OrderLineRow.order_id == self.db.get_one(InvoiceRow, invoice).order_id)
        pending = self.one(RefundRow.id, n, RefundRow.state == RefundState.PENDING)
        if what % 2 and pending is not None:
            self.attempt(lambda db: move_refund(db, pending, RefundState.FAILED, actor="Ann", sentence="No such account."))
        elif what % 4:
            self.attempt(lambda db: request_refund(db, invoice, key=key, amount=amount, actor="Ann"))
        else:
            self.attempt(lambda db: issue_credit(
                db, invoice, key=key, quantities={lines[n % len(lines)]: amount}, reason="x", actor="Ann"))

    # -- returns

    def ask_return(self, n: int, quantity: int) -> None:
        """What a customer has is to come back."""
        order = self.one(SalesOrderRow.id, n)
        if order is None:
            return
        lines = [(line, left) for line, left in returnable(self.db, order).items() if left]
        if lines:
            line, left = lines[n % len(lines)]
            self.attempt(lambda db: request_return(
                db, order_id=order, lines=[Wanted(min(D(quantity), left), line)], reason="broken", actor="Ann"))

    def return_action(self, n: int, what: int) -> None:
        """One step of a return."""
        found = self.one(ReturnRow.id, n)
        if found is None:
            return
        lines = self.db.execute(select(ReturnLineRow).where(ReturnLineRow.return_id == found)).scalars().all()

        def judge(db: Session) -> None:
            """Every line, of kits that come back as their parts too."""
            for line in lines:
                inspect(
                    db, found, line_id=line.id, quantity=line.received - line.inspected, grade=list(Grade)[what % 5], actor="Ann",
                    disposition=list(Disposition)[what % 3], outcome=list(ReturnOutcome)[(what // 3) % 3],
                    lots=self._labels(line.item_id, line.received - line.inspected, n))

        steps: dict[ReturnAction, Callable[[Session], object]] = {
            ReturnAction.APPROVE: lambda db: approve_return(db, found, actor="Ann", fee=D(what % 3) / 10),
            ReturnAction.DECLINE: lambda db: decline_return(db, found, actor="Ann", answer="Too late."),
            ReturnAction.SEND: lambda db: send_return(db, found, actor="Ann"),
            ReturnAction.RECEIVE: lambda db: receive_return(
                db, found, quantities={line.id: line.quantity - line.received for line in lines}, actor="Ann"),
            ReturnAction.INSPECT: judge,
            ReturnAction.CLOSE: lambda db: close_return(db, found, actor="Ann"),
            ReturnAction.CANCEL: lambda db: cancel_return(db, found, actor="Ann")}
        likely = [ReturnAction.APPROVE, ReturnAction.RECEIVE, ReturnAction.INSPECT, ReturnAction.CLOSE]
        if what % 8:
            for action in likely[:1 + what % 5]:
                self.attempt(steps[action])
        else:
            self.attempt(steps[list(steps)[n % len(steps)]])

    # -- stock

    def book(self, n: int, what: int, quantity: int) -> None:
        """A movement of stock by hand."""
        item = n % 3
        sku, here, there = f"WID-{item + 1}", f"LOC{n % 3}", f"LOC{(n + 1 + what % 2) % 3}"
        kind = list(Movement)[what % 5]
        amount = D(quantity if what % 2 else -quantity) if kind is Movement.ADJUSTMENT else D(quantity)
        lot = f"L{1 + quantity % 2}" if item == BY_LOT else None
        self.attempt(lambda db: book(db, Booking(kind, sku, here, amount, "by hand", to=there, lot=lot), actor="Ann"))

    def reverse(self, n: int) -> None:
        """An entry of the ledger is taken back."""
        entry = self.one(StockEntryRow.id, n)
        if entry is not None:
            self.attempt(lambda db: take_back(db, entry, actor="Ann"))

    # -- proof

    def check(self) -> None:
        """Every promise of the books. What was refused has changed nothing, so it is checked after what was done."""
        if self.done == self.checked:
            return
        self.checked = self.done
        assert reconcile(self.db) == []                  # balances are what the ledger says, and what the reservations say
        places: dict[int, Decimal] = defaultdict(Decimal)
        for frm, to, quantity in self.db.execute(_MOVED):
            places[frm] -= quantity
            places[to] += quantity
        assert sum(places.values(), D(0)) == 0
        assert all(0 <= reserved <= on_hand for reserved, on_hand in self.db.execute(_LEVELS))
        self._check_lines()
        self._check_money()

    def _check_lines(self) -> None:
        holding = set(self.db.execute(_HOLDING).scalars())
        totals: dict[int, Decimal] = defaultdict(Decimal)
        for x in self.db.execute(_LINES_OF_ORDERS):
            assert x.shipped + x.cancelled <= x.base_quantity + x.over_allowed and x.allocated >= x.shipped
            assert 0 <= x.credited <= x.invoiced <= x.shipped and 0 <= x.returned <= x.shipped
            if x.state in (SalesOrderState.CLOSED, SalesOrderState.CANCELLED):
                assert x.shipped + x.cancelled >= x.base_quantity and x.id not in holding
            totals[x.order_id] += amount_kept(x.amount, x.base_quantity, x.cancelled, x.currency)
        assert totals == dict(self.db.execute(_TOTALS).all())

    def _check_money(self) -> None:
        memos, fees, paid, back = (_sums(self.db, statement) for statement in _MONEY)
        billed: dict[int, Decimal] = defaultdict(Decimal)
        for i in self.db.execute(_INVOICES):
            assert i.net + i.charges + i.tax == i.total
            assert (i.credited, i.paid, i.refunded) == (memos[i.id], paid[i.id], back[i.id])
            assert memos[i.id] + fees[i.id] <= i.total and i.refunded <= i.paid
            billed[i.order_id] += i.net
        for order, total, is_billed in self.db.execute(_BILLED_WHOLE):
            assert not is_billed or billed[order] == total

    def finish(self) -> None:
        """Goods come, holds are released, choices are made: then every order reaches its end. One that does not is stuck."""
        for sku, lot in (("WID-1", None), ("WID-2", None), ("WID-3", "L9")):
            assert self.attempt(lambda db, s=sku, lt=lot: book(
                db, Booking(Movement.RECEIPT, s, "LOC0", D(500), "plenty", lot=lt), actor="Ann"))
        for shipment in self.ids(ShipmentRow.id):
            if S.VOID in supported_shipment_actions(shipment_facts(self.db, [shipment])[shipment]):
                assert self.attempt(lambda db, s=shipment: do_shipment(
                    db, s, S.VOID, actor="carl", company_prefix=PREFIX, note="again"))
        open_ = (SalesOrderState.ACCEPTED, SalesOrderState.RELEASED)
        for order in self.ids(SalesOrderRow.id, SalesOrderRow.state.in_(open_)):
            self._finish(order)
        assert self.ids(SalesOrderRow.id, SalesOrderRow.state.in_(open_)) == []
        self.check()
        assert not self.ids(ReservationRow.id, ReservationRow.state == ReservationState.ACTIVE)

    def _finish(self, order: int) -> None:
        for hold in self.ids(OrderHoldRow.id, OrderHoldRow.order_id == order, OrderHoldRow.released_at.is_(None)):
            assert self.attempt(lambda db, h=hold: release_hold(db, h, by="Ann", reason="Settled.", is_admin=True))
        if self.db.get_one(SalesOrderRow, order).state is SalesOrderState.ACCEPTED:
            assert self.attempt(lambda db: release_order(db, order, user="Ann"))
        for line in sorted(lines_undecided(self.db, order)):
            position = self.db.get_one(OrderLineRow, line).position
            self.attempt(lambda db, p=position: decide_shortage(db, order, p, Shortage.WAIT, actor="Ann", reason="Waits."))
        for _ in range(3):                               # a fulfilment order that goes wrong is cancelled and planned again
            assert self.attempt(lambda db: allocate_order(db, order))
            live = self.ids(
                FulfilmentOrderRow.id, FulfilmentOrderRow.order_id == order, FulfilmentOrderRow.state.in_(LIVE_FULFILMENT))
            if not [self.attempt(lambda db: withdraw(db, order, actor="Ann", reason="again"))
                    for fulfilment in live if not self.send_one(fulfilment)]:
                break

    def _shop(self) -> Any:
        from tests.support.orders import Shop

        return Shop(1, 1, tuple(self.ids(ItemRow.id)), tuple(self.ids(LocationRow.id))[:3])

    def _labels(self, item: int, quantity: Decimal, n: int) -> list[str]:
        """What stands on so many units of an item: nothing, one of its lots, or a serial number each."""
        tracking = self.db.get_one(ItemRow, item).tracking
        known = self.db.execute(select(LotRow.code).where(LotRow.item_id == item).order_by(LotRow.id)).scalars().all()
        if tracking is Tracking.NONE or not known:
            return []
        count = int(quantity) if tracking is Tracking.SERIAL else 1
        return [known[(n + at) % len(known)] for at in range(count)]


def make_schema(database: Database) -> None:
    """Tables and triggers."""
    Base.metadata.create_all(database.engine)
