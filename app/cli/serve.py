"""`serve` and `worker`: the processes that run for ever."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from app import schema
from app.bootstrap import Rooms
from app.cli.common import err, rooms
from runtime import first_run
from runtime.garbage import freeze_startup

if TYPE_CHECKING:
    from app.work import Work


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default ORDERMILL_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (default ORDERMILL_PORT).")] = None,
) -> None:
    """Run everything in one process: API and review UI, mailbox poller, folder watcher, workers, outbox.

    The database is created or upgraded at start. Stop it with Ctrl+C; what was begun is finished at the next start.
    """
    from app.work import Work

    with rooms(database=False) as here:
        schema.upgrade(here.db)
        address, number = host or here.settings.host, here.settings.port if port is None else port
        with Work(here, receive=True) as work:
            banner = f"Ordermill is at [bold]http://{address}:{number}/[/bold]  (Ctrl+C stops it)"
            with here.db.read() as db:
                is_new = first_run.is_new(db)
            if is_new:
                code = first_run.setup_code(here.settings.data)
                banner += f"\nSet it up at [bold]http://{address}:{number}/setup/start?code={code}[/bold]"
            serve_until_stopped(here, work, host=address, port=number, banner=banner)


def serve_until_stopped(here: Rooms, work: Work, *, host: str, port: int, banner: str) -> None:
    """Serve the web application beside work that has begun; returns after SIGINT or SIGTERM."""
    import uvicorn

    from app.main import create_app

    config = uvicorn.Config(
        create_app(here, nudge=work.nudge, is_stopping=lambda: server.should_exit),
        host=host,
        port=port,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=20,
        timeout_graceful_shutdown=10,
    )
    err.print(banner, highlight=False)
    server = uvicorn.Server(config)
    freeze_startup()
    server.run()


def worker() -> None:
    """Run workflows and the outbox beside a `serve`, on this or another machine with the same database and data folder."""
    from app.work import Work

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with rooms() as here, Work(here, receive=False):
        err.print("Ordermill worker is running  (Ctrl+C stops it)")
        stop.wait()


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Run")(serve)
    app.command(rich_help_panel="Run")(worker)
