"""One correction, then never again: of orders in a customer's own words, the share that needs nobody.

Customers order the same few items again and again, by their own part numbers, which we do not have, and by two words that many
items share. A reviewer who knows the truth puts the items right and approves. After 0, 1, 2 and 5 such orders two kinds of fresh
ones are looked at: of any of the usual items, and of those that were put right before.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from app import schema
from app.bootstrap import Rooms
from app.cli.imports import import_file
from app.importing import Kind
from bench.rows import Row
from extraction.model.synth import make_company
from extraction.model.synth.company import Customer
from extraction.model.synth.import_files import write_import_files
from matching.cases import Cases
from matching.review import Review
from matching.reviewed import enter, hear
from models.domain.evidence import Evidence, Found, Origin, Place, T
from models.domain.messages import Source
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import CaseState, DocumentState, MessageState, Role
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from models.tables.items import ItemRow
from runtime.accounts import create_user
from runtime.clock import now
from runtime.codec import to_json
from runtime.settings import Settings

CORRECTED = (0, 1, 2, 5)
USUAL = 8            # items that a customer orders again and again
_ANY, _KNOWN = "usual items", "items put right"
LINES = 4            # of them on an order
FRESH = 3            # orders of each kind that are looked at after each step


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a customer's usual ones: what we call it, and what they do."""

    sku: str
    code: str
    text: str
    uom: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What became of a fresh order: whether nobody was asked, how many of its items are wrong, and whether all of them had been
    put right before."""

    is_untouched: bool
    wrong: int
    is_known: bool


def run(*, customers: int, seed: int) -> list[Row]:
    """The share of fresh orders that need nobody, and of wrong items among their lines, by how many were put right before."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "data", mail_host=None, company_name=make_company(seed).name, _env_file=None)
        rooms = Rooms(settings)
        try:
            return list(_figures(rooms, Path(folder), customers, seed))
        finally:
            rooms.close()


def _figures(rooms: Rooms, folder: Path, customers: int, seed: int) -> Iterator[Row]:
    schema.upgrade(rooms.db)
    company = make_company(seed)
    write_import_files(company, folder)
    for kind in (Kind.CUSTOMERS, Kind.ITEMS, Kind.PRICES):
        import_file(rooms, kind, folder / f"{kind.value}.csv", quiet=True)
    rooms.matcher.refresh()
    desk = _Desk(rooms)
    seen: dict[tuple[str, int], list[_Seen]] = {}
    for customer in [c for c in company.customers if len(_priced(c)) >= USUAL][:customers]:
        rng = random.Random(f"{seed} {customer.customer_no}")
        usual = desk.usual(customer, rng)
        known: dict[str, _Item] = {}
        corrected = 0
        for step in CORRECTED:
            while corrected < step:
                wanted = rng.sample(usual, LINES)
                desk.put_right(customer, wanted)
                known |= {item.sku: item for item in wanted}
                corrected += 1
            for asked, items in ((_ANY, usual), (_KNOWN, [known[sku] for sku in sorted(known)])):
                seen.setdefault((asked, step), []).extend(
                    desk.look(customer, rng.sample(items, LINES), known) for _ in range(FRESH if items else 0))
    for (asked, step), looked in seen.items():
        if looked:
            untouched = [s for s in looked if s.is_untouched]
            wrong = sum(s.wrong for s in untouched) / max(LINES * len(untouched), 1)
            possible = sum(s.is_known for s in looked) / len(looked)
            yield Row(
                f"orders of {asked} untouched, {step} put right before", len(untouched) / len(looked), "share", possible,
                "orders whose every item was put right before")
            yield Row(f"wrong items in orders of {asked} untouched, {step} put right before", wrong, "share of lines")


class _Desk:
    """Puts orders in as if they had been read, has them matched, and reviews them with knowledge of the truth."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._review = Review(rooms.db, rooms.index, rooms.policy)
        self._number = 0
        with rooms.db.write() as db:
            self._user = create_user(db, login="bench", name="Bench Reviewer", role=Role.APPROVER, password="no-secret-at-all")
            self._items = {row.sku: (row.description, row.base_uom) for row in db.execute(select(ItemRow)).scalars()}

    def usual(self, customer: Customer, rng: random.Random) -> list[_Item]:
        """What a customer orders again and again: its own number, and two words of our text."""
        chosen = rng.sample(_priced(customer), USUAL)
        words = {sku: " ".join(self._items[sku][0].split()[:2]) for sku in chosen}
        return [_Item(sku, customer.part_numbers[sku], words[sku], self._items[sku][1]) for sku in chosen]

    def look(self, customer: Customer, wanted: Sequence[_Item], known: Collection[str]) -> _Seen:
        """An order arrives and is matched; nobody reviews it."""
        case_id = self._arrive(customer, wanted)
        state = self._rooms.matcher.match_case(case_id)
        with self._rooms.db.read() as db:
            taken = [line.item.value.sku if line.item else None for line in Cases(db).draft(case_id).lines]
        wrong = sum(sku != item.sku for sku, item in zip(taken, wanted, strict=True))
        return _Seen(state is CaseState.APPROVED, wrong, all(item.sku in known for item in wanted))

    def put_right(self, customer: Customer, wanted: Sequence[_Item]) -> None:
        """An order arrives, is matched, put right where it is wrong or doubtful, and approved; the corrections are learned."""
        case_id = self._arrive(customer, wanted)
        if self._rooms.matcher.match_case(case_id) is CaseState.APPROVED:
            return
        with self._rooms.db.read() as db:
            version, draft = Cases(db).get(case_id).version, Cases(db).draft(case_id)
            asked = {d.path for d in Cases(db).doubts(case_id)}
        for line, item in zip(draft.lines, wanted, strict=True):
            path = f"lines.{line.key}.item"
            if path in asked or line.item is None or line.item.value.sku != item.sku:
                version = self._review.correct(case_id, version, path, item.sku, self._user)
        self._review.approve(case_id, version, self._user)
        with self._rooms.db.write() as db:
            if heard := hear(db, self._rooms.policy, case_id):
                enter(db, heard)

    def _arrive(self, customer: Customer, wanted: Sequence[_Item]) -> int:
        self._number += 1
        number = f"B-{self._number:06}"
        reading = _reading(customer, number, wanted)
        with self._rooms.db.write() as db:
            message = MessageRow(
                source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ,
                sender_address=customer.contacts[0].email)
            db.add(message)
            db.flush()
            document = DocumentRow(
                message_id=message.id, position=0, sha256="0" * 64, size=1, state=DocumentState.READ, name=f"{number}.pdf")
            db.add(document)
            db.flush()
            db.add(ReadingRow(
                document_id=document.id, position=0, doc_type=DocumentType.PURCHASE_ORDER, po_number=number,
                content=to_json(reading)))
            db.flush()
            return Cases(db).open_for_message(message.id)[0]


def _priced(customer: Customer) -> list[str]:
    """SKUs that a customer has a number and a price of its own for."""
    return sorted(customer.part_numbers.keys() & customer.prices.keys())


def _reading(customer: Customer, number: str, wanted: Sequence[_Item]) -> Reading:
    header = Header(po_number=_read(number), buyer_name=_read(customer.name), currency=_read(customer.currency))
    lines = tuple(
        ReadingLine(
            buyer_sku=_read(item.code), description=_read(item.text), quantity=_read(Decimal(3)), uom=_read(item.uom),
            confidence=0.999)
        for item in wanted)
    return Reading(_read(DocumentType.PURCHASE_ORDER), header, lines)


def _read(value: T) -> Found[T]:
    """A value that was surely read, somewhere on the first page."""
    return Found(value, 0.999, Evidence(Origin.READ, str(value), (Place(0, (0.0, 0.0, 1.0, 1.0)),)))
