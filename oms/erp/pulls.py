"""How far pulls got, how they went, and what the ERP calls our orders' papers. In the caller's transaction, never committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from models.errors import ConflictError
from models.tables.base import Base
from models.tables.erp import ErpCursorRow, ErpLinkRow
from models.tables.orders import SalesOrderRow
from oms.erp.port import ErpPort, Noun
from oms.sql import changed, insert_once
from runtime.audit import record
from runtime.clock import now

FULL_EVERY = timedelta(days=1)
"""So often everything is pulled again: what deltas miss is missed for a day at most."""
LONG_AGO = timedelta(days=365)
LONGEST = timedelta(hours=1)
"""A pull that was begun so long ago without an end belongs to a process that died."""
ROWS_REFUSED = "erp_rows_refused"
RUNNING = "erp_pull_running"
BROKE_OFF = "erp_pull_broke_off"
WANTED = "erp_pull_wanted"
DIFFERS = "erp_differs"
_OF_A_LINE = frozenset({"order_no", "sku", "quantity", "amount"})
_CURSORS = Base.metadata.tables["erp_cursors"]
_LINKS = Base.metadata.tables["erp_links"]


def nouns_of(port: ErpPort) -> tuple[Noun, ...]:
    """What this ERP can be pulled for, in the order in which it must be."""
    return tuple(noun for noun in Noun if noun.capability in port.capabilities)


def ask(db: Session, system: str, nouns: Sequence[str], *, user: str, is_full: bool = False) -> None:
    """A person or program wants these pulled soon; the worker that looks next does it. Raises ConflictError while one runs."""
    c, at = _CURSORS.c, now()
    for noun in nouns:
        _know(db, system, noun, at)
        wanted = {"code": WANTED, "sentence": f"{user} asked for it.", **({"cursor": ""} if is_full else {})}
        if not changed(db, update(_CURSORS).where(c.system == system, c.noun == noun, _is_free(at)).values(wanted)):
            raise ConflictError(f"{noun.capitalize()} are being pulled right now. Wait until that has ended, then ask again.")
    record(db, actor=user, action="erp.pull_asked", subject=f"erp:{system}", content={"nouns": list(nouns), "full": is_full})


def begin(db: Session, system: str, noun: str, *, at: datetime, every: timedelta | None) -> ErpCursorRow | None:
    """Take a pull that is due or asked for (`every` None: only if asked for); None when not, or when somebody else is at it."""
    c = _CURSORS.c
    _know(db, system, noun, at)
    mine = (c.system == system, c.noun == noun)
    due = c.code == WANTED if every is None else or_(c.code == WANTED, c.pulled_at <= at - every)
    begun = update(_CURSORS).where(*mine, due, _is_free(at)).values(
        pulled_at=at, code=RUNNING, sentence="The pull is running, or its process died; it is tried again after an hour.")
    if not changed(db, begun):
        return None
    return db.execute(
        select(ErpCursorRow).where(ErpCursorRow.system == system, ErpCursorRow.noun == noun)
        .execution_options(populate_existing=True)).scalar_one()


def _is_free(at: datetime) -> ColumnElement[bool]:
    """That nobody is at it, or somebody who must be dead."""
    return or_(_CURSORS.c.code.is_distinct_from(RUNNING), _CURSORS.c.pulled_at <= at - LONGEST)


def _know(db: Session, system: str, noun: str, at: datetime) -> None:
    """A row for the noun, as if it had been pulled long ago."""
    db.execute(insert_once(db, _CURSORS), {
        "system": system, "noun": noun, "cursor": "", "full_at": None, "pulled_at": at - LONG_AGO, "code": None,
        "sentence": None})


def is_due_in_full(row: ErpCursorRow, at: datetime) -> bool:
    """Whether everything is to be pulled, not only what changed."""
    return not row.cursor or row.full_at is None or row.full_at <= at - FULL_EVERY


def finish(
    db: Session, system: str, noun: str, *, cursor: str | None = None, full_at: datetime | None = None, code: str | None = None,
    sentence: str | None = None,
) -> None:
    """Note how a pull ended; a cursor or a time of None leaves what is stored."""
    values: dict[str, object] = {"pulled_at": now(), "code": code, "sentence": sentence}
    values |= {name: value for name, value in (("cursor", cursor), ("full_at", full_at)) if value is not None}
    db.execute(update(_CURSORS).where(_CURSORS.c.system == system, _CURSORS.c.noun == noun).values(values))


def health(db: Session) -> list[ErpCursorRow]:
    """Every pull, by system and noun."""
    return list(db.execute(select(ErpCursorRow).order_by(ErpCursorRow.system, ErpCursorRow.noun)).scalars())


def link_papers(db: Session, system: str, noun: Noun, rows: Iterable[Mapping[str, str]]) -> int:
    """Note shipments or invoices of the ERP at the orders they are for; each state of each paper once. Returns how many are new.

    What was told is kept in the audit trail of the order, where its timeline reads it.
    """
    paper = noun.value.removesuffix("s")
    papers: dict[tuple[str, str, str], list[Mapping[str, str]]] = {}
    for row in rows:
        papers.setdefault((row["order_no"], row[paper], row["state"]), []).append(row)
    numbers = {order_no for order_no, _, _ in papers}
    orders = dict(db.execute(
        select(SalesOrderRow.order_no, SalesOrderRow.id).where(SalesOrderRow.order_no.in_(numbers))).all())
    new = 0
    for (order_no, number, state), lines in sorted(papers.items()):
        if order_no not in orders:
            continue
        made = db.execute(insert_once(db, _LINKS, returning=_LINKS.c.id), {
            "system": system, "noun": f"{paper}.{state}", "local_id": orders[order_no], "external_id": f"{order_no}/{number}",
            "seen_at": now()}).scalar_one_or_none()
        if made is not None:
            new += 1
            about = {name: value for name, value in lines[0].items() if name not in _OF_A_LINE and value}
            goods: dict[str, Decimal] = {}
            for line in lines:
                if line.get("sku"):
                    goods[line["sku"]] = goods.get(line["sku"], Decimal(0)) + Decimal(line["quantity"])
            record(db, actor=system, action=f"erp.{paper}.{state}", subject=f"order:{order_no}", content={
                **about, **({"quantities": {sku: f"{q:f}" for sku, q in goods.items()}} if goods else {})})
    return new


def links_of(db: Session, system: str, order_id: int) -> list[ErpLinkRow]:
    """Papers of one order over there, the oldest first."""
    return list(db.execute(select(ErpLinkRow).where(
        ErpLinkRow.system == system, ErpLinkRow.local_id == order_id,
        or_(ErpLinkRow.noun.like("shipment.%"), ErpLinkRow.noun.like("invoice.%"))).order_by(ErpLinkRow.id)).scalars())
