"""`demo`: a sample company, its orders processed before your eyes, then the UI."""

from __future__ import annotations

import secrets
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import func, select

from app import schema
from app.bootstrap import Rooms
from app.cli.common import err, out, print_table
from app.cli.imports import import_file
from app.cli.serve import serve_until_stopped
from app.sample import SEED, import_sample
from models.domain.messages import Source
from models.domain.states import CaseState, Role
from models.tables.cases import CaseRow, DoubtRow
from models.tables.intake import MessageRow
from models.tables.partners import CustomerRow
from runtime import accounts
from runtime.clock import now
from runtime.log import configure_logging
from runtime.settings import Settings
from runtime.zone import day_at

if TYPE_CHECKING:
    from extraction.model.synth import Company


def demo(
    data: Annotated[Path, typer.Option(help="Folder to keep everything in.")] = Path("ordermill-data"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    only_process: Annotated[bool, typer.Option("--no-serve", help="Process the sample orders and stop.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Throw away what an earlier demo left in the folder.")] = False,
) -> None:
    """Create a sample company (catalogue, customers, prices, stock), process its sample orders, show the result, serve the UI.

    Everything is made up and lives in one folder; nothing leaves this machine.
    """
    from app.work import Work
    from extraction.model.synth import make_company

    if fresh and (data / "ordermill.db").exists():
        shutil.rmtree(data)
    company = make_company(SEED)
    settings = Settings(data=data, company_name=company.name, currency=company.currency, mail_host=None, smtp_host=None)
    configure_logging(level="ERROR")
    here = Rooms(settings)
    try:
        schema.upgrade(here.db)
        password = _sign_in(here)
        if _is_empty(here):
            _import(here, company)
            _receive(here, company)
        with Work(here, receive=True) as work:
            _watch(here)
            _summary(here)
            if not only_process:
                banner = (
                    f"\n  The review UI is at [bold]http://{host}:{port}/[/bold]\n"
                    f"  Sign in as [bold]demo[/bold] with password [bold]{password}[/bold]   (Ctrl+C stops it)\n"
                )
                serve_until_stopped(here, work, host=host, port=port, banner=banner)
    finally:
        here.close()


def _sign_in(here: Rooms) -> str:
    password = "-".join(secrets.token_hex(2) for _ in range(3))
    with here.db.write() as db:
        accounts.create_user(db, login="demo", name="Demo User", role=Role.ADMIN, password=password)
    return password


def _is_empty(here: Rooms) -> bool:
    with here.db.read() as db:
        return db.execute(select(func.count()).select_from(CustomerRow)).scalar_one() == 0


def _import(here: Rooms, company: Company) -> None:
    err.print(f"[bold]1. The sample company[/bold]: {company.name}", highlight=False)
    import_sample(company, lambda kind, file: import_file(here, kind, file))


def _receive(here: Rooms, company: Company) -> None:
    from extraction.model.synth import demo_samples

    err.print("[bold]2. Its customers send orders[/bold]")
    with tempfile.TemporaryDirectory() as folder:
        for sample in demo_samples(company, Path(folder), SEED, today=day_at(now())):
            with sample.file.open("rb") as f:
                here.receiver.receive(f, source=Source.UPLOAD, account="demo", name=sample.file.name)


def _watch(here: Rooms) -> None:
    """Show how the orders go through until none waits for an automatic step."""
    from app import pipeline

    if not pipeline.waiting(here.db):
        return
    err.print("[bold]3. Ordermill reads, matches and decides[/bold]")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as bar:
        with here.db.read() as db:
            messages = db.execute(select(func.count()).select_from(MessageRow)).scalar_one()
        task = bar.add_task("messages", total=messages)
        while left := pipeline.waiting(here.db):
            bar.update(task, completed=max(0, messages - left))
            time.sleep(0.2)
        bar.update(task, completed=messages)


def _summary(here: Rooms) -> None:
    with here.db.read() as db:
        messages = db.execute(select(MessageRow).order_by(MessageRow.id)).scalars().all()
        cases = db.execute(
            select(CaseRow, CustomerRow.name).outerjoin(CustomerRow).order_by(CaseRow.message_id, CaseRow.id)
        ).all()
        doubts: dict[int, list[str]] = {}
        for d in db.execute(
            select(DoubtRow)
            .join(CaseRow, (CaseRow.id == DoubtRow.case_id) & (CaseRow.version == DoubtRow.version))
            .order_by(DoubtRow.position)
        ).scalars():
            doubts.setdefault(d.case_id, []).append(d.sentence)
    by_message: dict[int, list[tuple[CaseRow, str | None]]] = {}
    for case, name in cases:
        by_message.setdefault(case.message_id, []).append((case, name))
    rows = []
    for m in messages:
        what = m.subject or m.name
        for case, customer in by_message.get(m.id, []):
            why = case.sentence or "; ".join(doubts.get(case.id, [])[:1])
            rows.append([m.id, _short(what, 34), _short(customer, 24), case.po_number, case.state.value, _short(why, 70)])
        if m.id not in by_message:
            rows.append(
                [
                    m.id,
                    _short(what, 34),
                    _short(m.sender_name or m.sender_address, 24),
                    None,
                    m.state.value,
                    _short(m.sentence, 70),
                ]
            )
    print_table(["#", "arrived as", "customer", "PO number", "became", "why"], rows)
    states = Counter(case.state for case, _ in cases)
    automatic, asked = states[CaseState.HANDED_OVER] + states[CaseState.APPROVED], states[CaseState.NEEDS_REVIEW]
    out.print(
        f"{len(messages)} messages, {len(cases)} cases: {automatic} went through untouched, {asked} wait for a person, "
        f"{len(cases) - automatic - asked} ended otherwise.",
        highlight=False,
    )


def _short(text: str | None, width: int) -> str:
    text = " ".join((text or "").split())
    return text if len(text) <= width else text[: width - 1] + "…"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Run")(demo)
