"""`poll`, `sweep`, `messages`, `cases`, `orders`, `raw`: what came in and what became of it."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import schema
from app.cli.common import err, out, print_json, print_table, rooms
from app.mailboxes import MailboxCrew
from intake.mail.boxes import mailboxes_in_force
from intake.mail.poll import poll_all
from models.domain.messages import Source
from models.domain.money import round_money
from models.domain.states import CaseState
from models.errors import InputError, NotFound
from models.tables.cases import CaseRow, DoubtRow
from models.tables.intake import MessageRow
from models.tables.orders import OrderLineRow, SalesOrderRow
from models.tables.partners import CustomerRow
from runtime.seal import Seal

AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


def poll(once: Annotated[bool, typer.Option("--once", help="One pass over every mailbox, then stop.")] = False) -> None:
    """Fetch new mail from the mailboxes of the settings, store it, and move it to the done folder.

    It only stores: `serve`, `worker` or `sweep` reads what came. It may be killed at any instant and started again.
    """
    with rooms(database=False) as here:
        schema.upgrade(here.db)
        with here.db.read() as db:
            boxes = mailboxes_in_force(db, here.settings, Seal(here.settings.data))
        if not boxes:
            raise InputError(
                "No mailbox is set. Set ORDERMILL_MAIL_HOST, _USER and _PASSWORD, or add one in Administration.",
                code="no_mailbox")
        if not once:
            _watch(here)
            return
        reports = poll_all(here.settings, here.db, here.blobs)
        for report in reports:
            ending = f"; ended early: {report.sentence}" if report.code else ""
            err.print(
                f"{report.account}/{report.folder}: {report.taken} taken, {report.moved} moved, {report.carried} met again, "
                f"{report.failed + report.given_up} failed{ending}",
                highlight=False,
            )
        if any(report.code for report in reports):
            raise typer.Exit(1)


def _watch(here: Any) -> None:
    stop = threading.Event()
    crew = threading.Thread(target=MailboxCrew(here).run, args=(stop,), daemon=True)
    crew.start()
    try:
        crew.join()
    except KeyboardInterrupt:
        stop.set()


def sweep() -> None:
    """Read, match and hand over everything that waits, send what the outbox holds, then stop. For cron, or after a crash."""
    from app.drain import drain

    with rooms() as here:
        drain(here)


def messages(as_json: AsJson = False, limit: Annotated[int, typer.Option(help="Newest N.")] = 1_000_000) -> None:
    """List what arrived and what became of it."""
    with rooms() as here, here.db.read() as db:
        rows = db.execute(select(MessageRow).order_by(MessageRow.id.desc()).limit(limit)).scalars().all()
        if as_json:
            print_json([_message(row) for row in reversed(rows)])
            return
        print_table(
            ["id", "received", "source", "from", "subject or file", "state", "why"],
            [
                [r.id, f"{r.received_at:%Y-%m-%d %H:%M}", r.source, r.sender_address, r.subject or r.name, r.state, r.sentence]
                for r in reversed(rows)
            ],
            empty="Nothing has arrived yet.",
        )


def _message(row: MessageRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "source": row.source,
        "account": row.account,
        "received_at": row.received_at.isoformat(),
        "state": row.state,
        "code": row.code,
        "sentence": row.sentence,
        "from": row.sender_address,
        "subject": row.subject,
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "tries": row.tries,
        "message_id": row.message_id,
    }


def cases(
    as_json: AsJson = False,
    state: Annotated[CaseState | None, typer.Option(help="Only cases in this state.")] = None,
) -> None:
    """List cases: one purchase order each, on its way through intake."""
    with rooms() as here, here.db.read() as db:
        stmt = select(CaseRow, CustomerRow.customer_no, CustomerRow.name).outerjoin(CustomerRow).order_by(CaseRow.id)
        if state:
            stmt = stmt.where(CaseRow.state == state)
        found = [_case(db, *row) for row in db.execute(stmt)]
    if as_json:
        print_json(found)
        return
    print_table(
        ["id", "state", "customer", "PO number", "type", "why"],
        [
            [
                c["id"],
                c["state"],
                c["customer_name"],
                c["po_number"],
                c["doc_type"],
                c["sentence"] or "; ".join(d["sentence"] for d in c["doubts"]),
            ]
            for c in found
        ],
        empty="No cases." if not state else f"No case is {state}.",
    )


def _case(db: Session, row: CaseRow, customer_no: str | None, name: str | None) -> dict[str, Any]:
    doubts = db.execute(
        select(DoubtRow).where(DoubtRow.case_id == row.id, DoubtRow.version == row.version).order_by(DoubtRow.position)
    ).scalars()
    return {
        "id": row.id,
        "message_id": row.message_id,
        "state": row.state,
        "code": row.code,
        "sentence": row.sentence,
        "doc_type": row.doc_type,
        "customer_no": customer_no,
        "customer_name": name,
        "po_number": row.po_number,
        "version": row.version,
        "received_at": row.received_at.isoformat(),
        "related_case_id": row.related_case_id,
        "doubts": [{"code": d.code, "sentence": d.sentence, "path": d.path} for d in doubts],
    }


def orders(as_json: AsJson = False) -> None:
    """List the sales orders of the OMS core."""
    lines = select(OrderLineRow.order_id, func.count().label("lines")).group_by(OrderLineRow.order_id).subquery()
    stmt = (
        select(SalesOrderRow, CustomerRow.customer_no, CustomerRow.name, lines.c.lines)
        .join(CustomerRow, CustomerRow.id == SalesOrderRow.customer_id)
        .outerjoin(lines, lines.c.order_id == SalesOrderRow.id)
        .order_by(SalesOrderRow.id)
    )
    with rooms() as here, here.db.read() as db:
        found = [
            {
                "id": o.id,
                "order_no": o.order_no,
                "case_id": o.case_id,
                "state": o.state,
                "customer_no": no,
                "customer_name": name,
                "po_number": o.po_number,
                "currency": o.currency,
                "total": str(round_money(o.total, o.currency)),
                "lines": n or 0,
                "approved_by": o.approved_by,
                "created_at": o.created_at.isoformat(),
            }
            for o, no, name, n in db.execute(stmt)
        ]
    if as_json:
        print_json(found)
        return
    print_table(
        ["order", "state", "customer", "PO number", "lines", "total", "approved by"],
        [
            [
                o["order_no"],
                o["state"],
                o["customer_name"],
                o["po_number"],
                o["lines"],
                f"{o['total']} {o['currency']}",
                o["approved_by"],
            ]
            for o in found
        ],
        empty="No orders yet.",
    )


def raw(
    message_id: Annotated[int | None, typer.Argument(help="Id of the message; its bytes go to stdout.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All messages, one file each.")] = False,
    folder: Annotated[Path | None, typer.Option("--out", help="Folder for --all; made if it is not there.")] = None,
) -> None:
    """Give back the bytes of a message exactly as they arrived: `ordermill raw 12 > mail.eml`, or `raw --all --out DIR`."""
    if everything == (message_id is not None) or everything != (folder is not None):
        raise InputError("Say either MESSAGE_ID, or --all --out DIR.", code="usage")
    with rooms() as here:
        with here.db.read() as db:
            stmt = select(MessageRow.id, MessageRow.sha256, MessageRow.source)
            found = db.execute(stmt if everything else stmt.where(MessageRow.id == message_id)).all()
        if folder is None:
            if not found:
                raise NotFound(f"There is no message {message_id}; `ordermill messages` lists them.")
            sys.stdout.buffer.write(here.blobs.get(found[0].sha256))
            return
        folder.mkdir(parents=True, exist_ok=True)
        for row in found:
            suffix = "eml" if row.source is Source.MAIL else "bin"
            (folder / f"{row.id}.{suffix}").write_bytes(here.blobs.get(row.sha256))
        out.print(f"{len(found)} messages written to {folder}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (poll, sweep):
        app.command(rich_help_panel="Run")(command)
    for command in (messages, cases, orders, raw):
        app.command(rich_help_panel="Look")(command)
