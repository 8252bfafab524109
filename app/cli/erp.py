"""`erp`: is it there, what does it tell, and do both sides agree."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from app import erp
from app.cli.common import out, print_json, print_table, rooms
from oms.erp import pulls
from oms.erp.port import Noun

group = typer.Typer(no_args_is_help=True, help="The ERP: test the connection, pull masters, compare orders.")


@group.command()
def check() -> None:
    """Ask the ERP whether it answers and accepts us; exit code 1 and what to set when it does not."""
    with rooms() as here:
        out.print(here.erp.check(), soft_wrap=True, highlight=False)


@group.command()
def pull(
    nouns: Annotated[list[Noun] | None, typer.Argument(help="What to pull; everything the ERP offers if left out.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Everything, not only what changed since the last pull.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Bring customers, items, prices, stock, shipments and invoices from the ERP. Repeating a pull changes nothing."""
    with rooms() as here:
        wanted = [noun for noun in Noun if noun in nouns] if nouns else pulls.nouns_of(here.erp)
        reports = list(erp.pull(here, wanted, is_full=full))
    if as_json:
        print_json([asdict(report) for report in reports])
    else:
        print_table(
            ("What", "", "Added", "Changed", "Unchanged", "Refused", "Waiting", "Needs a look"),
            [(r.noun, "full" if r.is_full else "delta", r.added, r.changed, r.unchanged, r.refused, r.waiting, r.sentence)
             for r in reports],
            empty="Nothing is pulled from this ERP, or another process is pulling right now.")
    if any(report.code not in (None, pulls.ROWS_REFUSED) for report in reports):
        raise typer.Exit(1)


@group.command()
def reconcile(
    days: Annotated[int, typer.Option(help="Orders of so many days.", min=1, max=3_650)] = erp.COMPARED_DAYS,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Compare our orders with the ERP's sales; differences become exceptions, and close by themselves. Exit code 1 if any."""
    with rooms() as here:
        found = erp.compare_sales(here, days)
    if as_json:
        print_json([asdict(difference) for difference in found])
    else:
        rows = [(d.order_no, d.code, d.sentence) for d in found]
        print_table(("Order", "Code", "What differs, and what to do"), rows, empty="Orders and sales agree.")
    if found:
        raise typer.Exit(1)


@group.command(name="dry-run")
def dry_run(order_no: Annotated[str, typer.Argument(help="Our order number.")]) -> None:
    """Show what the ERP is told about an order, in the words of the adapter that is set. Nothing is sent."""
    with rooms() as here:
        for text in erp.preview(here, order_no):
            typer.echo(text)


def register(app: typer.Typer) -> None:
    """Add the group to the command line."""
    app.add_typer(group, name="erp")
