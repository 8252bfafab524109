"""`ordermill`: the command line. Each command lives in a module of its own and loads its room only when it is called."""

from __future__ import annotations

import sys

import typer
from pydantic import ValidationError
from rich.console import Console

from app.cli import admin, bench, demo, erp, imports, intake, match, policy, read, serve
from models.errors import ServiceError

app = typer.Typer(
    name="ordermill",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="""Order intake: from the mailbox to the order-management core.

    [bold]First steps[/bold]: [cyan]ordermill demo[/cyan] builds a sample company and shows the UI. For your own:
    set ORDERMILL_* (see the README), run [cyan]ordermill db upgrade[/cyan], [cyan]ordermill user add[/cyan],
    [cyan]ordermill import[/cyan] your master data, then [cyan]ordermill serve[/cyan].""",
)
for module in (demo, serve, intake, read, match, policy, imports, erp, bench, admin):
    module.register(app)


def run() -> None:
    """Entry point: errors of ours become one sentence on stderr and exit code 1 (2: wrong settings)."""
    try:
        app()
    except ServiceError as e:
        Console(stderr=True).print(f"[red]{e.code}[/red]: {e.sentence}", highlight=False, markup=True, soft_wrap=True)
        sys.exit(1)
    except ValidationError as e:
        console = Console(stderr=True)
        for problem in e.errors():
            name = "ORDERMILL_" + "_".join(str(part) for part in problem["loc"]).upper() if problem["loc"] else "settings"
            console.print(f"[red]{name}[/red]: {problem['msg']}", highlight=False, soft_wrap=True)
        sys.exit(2)
