"""What the largest pieces of deciding cost: an order of very many lines, and other rules tried on very many past cases."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.match_goods import Goods
from bench.match_lines import Line, make_lines
from bench.rows import Row
from matching import masterdata
from matching.cases import Cases
from matching.catalog_index import CatalogIndex
from matching.changes import parse_change
from matching.policy import Policy
from matching.replay import Replayer
from matching.service import Matcher
from models.domain.evidence import Evidence, Found, Origin, Place
from models.domain.messages import Source
from models.domain.reading import DocumentType, Header, Reading, ReadingLine
from models.domain.states import DocumentState, MessageState
from models.tables import Base
from models.tables.intake import DocumentRow, MessageRow, ReadingRow
from runtime.clock import now
from runtime.codec import to_json
from runtime.db import Database
from runtime.garbage import freeze_startup

ORDER_MAY_TAKE, REPLAY_MAY_TAKE = 30.0, 60.0      # seconds
_LINES = 4                                        # of a past case


def run(*, lines: int, cases: int, items: int, seed: int) -> list[Row]:
    """CPU seconds of matching and deciding one order of `lines` lines of every kind of noise, and of replaying `cases` cases of
    four such lines under another tolerance, threshold and part number, on SQLite with `items` items.

    The baselines are what they may take."""
    goods = Goods(items, seed)
    with tempfile.TemporaryDirectory() as folder:
        db, index = Database(f"sqlite:///{folder}/ordermill.db"), CatalogIndex(Path(folder) / "index")
        Base.metadata.create_all(db.engine)
        _company(db, goods)
        matcher = Matcher(db, index, Policy())
        matcher.refresh()
        past = make_lines(goods, cases * _LINES, seed + 1)
        ids = [_case(db, n, past[n * _LINES:(n + 1) * _LINES]) for n in range(cases)]
        for case_id in ids:
            matcher.match_case(case_id)
        freeze_startup()                                                # as the process that works does
        order = _case(db, cases, make_lines(goods, lines, seed + 2))
        rows = [Row(f"order of {lines} lines", _cpu(lambda: matcher.match_case(order)), "s CPU", ORDER_MAY_TAKE, "may take")]
        player = Replayer(db, index, matcher.policy)
        sku = goods.item(0).sku
        for name, change in {
            "another tolerance": parse_change(["price_tolerance=3"]), "another threshold": parse_change(["line_confidence=0.95"]),
            "another part number": parse_change([], [f"X-{sku}={sku}"]),
        }.items():
            spent = _cpu(lambda change=change: player.replay(ids, change))      # type: ignore[misc]
            rows.append(Row(f"replay of {cases} cases, {name}", spent, "s CPU", REPLAY_MAY_TAKE, "may take"))
        db.close()
    return rows


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _company(db: Database, goods: Goods) -> None:
    made = (goods.item(n) for n in range(len(goods)))
    masterdata.import_items(db, ({
        "sku": i.sku, "description": i.description, "base_uom": i.base_uom, "mpn": i.mpn or "", "brand": i.brand or "",
        "gtin": min(i.gtins), "list_price": str(i.prices[0].price), "currency": "EUR"} for i in made))
    masterdata.import_customers(db, [{"customer_no": "C1", "name": "Sample Works Ltd", "currency": "EUR"}])


def _case(db: Database, number: int, lines: Sequence[Line]) -> int:
    """A case that waits for the matcher; its id."""
    po = f"PO-{number}"
    header = Header(po_number=_read(po), buyer_name=_read("Sample Works Ltd"), currency=_read("EUR"))
    reading = Reading(_read(DocumentType.PURCHASE_ORDER), header, tuple(map(_line, lines)))
    with db.write() as session:
        message = MessageRow(source=Source.UPLOAD, sha256="0" * 64, size=1, received_at=now(), state=MessageState.READ)
        session.add(message)
        session.flush()
        document = DocumentRow(
            message_id=message.id, position=0, sha256=f"{number:064d}", size=1, state=DocumentState.READ, name="order.pdf")
        session.add(document)
        session.flush()
        session.add(ReadingRow(
            document_id=document.id, position=0, doc_type=reading.doc_type.value, po_number=po, content=to_json(reading)))
        session.flush()
        return Cases(session).open_for_message(message.id)[0]


def _line(line: Line) -> ReadingLine:
    asked = line.query
    said: dict[str, Any] = {
        "buyer_sku": asked.codes[0] if asked.codes else None, "description": asked.description or None, "uom": asked.uom,
        "unit_price": asked.price}
    found: dict[str, Any] = {name: _read(value) for name, value in said.items() if value is not None}
    return ReadingLine(quantity=_read(Decimal(1 + len(asked.description) % 50)), **found)


def _read(value: Any) -> Found[Any]:
    return Found(value, 0.99, Evidence(Origin.READ, str(value), (Place(0, (1.0, 2.0, 3.0, 4.0)),)))
