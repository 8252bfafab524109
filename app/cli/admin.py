"""`db`, `audit`, `blobs`, `user`, `token`: the operator's commands."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import select

from app import schema
from app.cli.common import err, out, print_json, rooms
from models.domain.scopes import SCOPES
from models.domain.states import Role
from models.errors import InputError
from models.tables.intake import DocumentRow, MessageKeepingRow, MessageRow
from runtime import accounts, audit
from runtime.clock import now

db_app = typer.Typer(no_args_is_help=True, help="The database's schema.")
audit_app = typer.Typer(no_args_is_help=True, help="The audit chain.")
blobs_app = typer.Typer(no_args_is_help=True, help="The store of original bytes.")
user_app = typer.Typer(no_args_is_help=True, help="People who sign in.")
token_app = typer.Typer(no_args_is_help=True, help="API tokens.")


@db_app.command("upgrade")
def upgrade() -> None:
    """Create the database or bring its schema to this version."""
    with rooms(database=False) as here:
        schema.upgrade(here.db)
        out.print(f"The database is at schema {schema.current(here.db)}.")


@audit_app.command("verify")
def verify_audit(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Check every entry of the audit chain. Exit code 1 when one was changed, removed, inserted or reordered."""
    with rooms() as here, here.db.read() as db:
        breaks = list(audit.verify(db))
    if as_json:
        print_json([{"seq": b.seq, "sentence": b.sentence} for b in breaks])
    else:
        for b in breaks:
            err.print(f"[red]broken[/red] {b.sentence}")
        if not breaks:
            out.print("The audit chain is whole.")
    if breaks:
        raise typer.Exit(1)


@blobs_app.command("verify")
def verify_blobs() -> None:
    """Check that every stored byte still has its digest and that every row has its bytes. Exit code 1 when not."""
    with rooms() as here:
        with here.db.read() as db:
            erased = select(MessageKeepingRow.message_id).where(MessageKeepingRow.erased_at.is_not(None))
            wanted = {
                *db.execute(select(MessageRow.sha256).where(MessageRow.id.not_in(erased))).scalars(),
                *db.execute(select(DocumentRow.sha256).where(DocumentRow.message_id.not_in(erased))).scalars(),
                *db.execute(select(DocumentRow.pages_sha256).where(DocumentRow.pages_sha256.is_not(None))).scalars(),
            }
        held = set(here.blobs.digests())
        damaged = [digest for digest in sorted(held) if not here.blobs.is_intact(digest)]
    for digest in sorted(wanted - held, key=str):
        err.print(f"[red]missing[/red] {digest}")
    for digest in damaged:
        err.print(f"[red]damaged[/red] {digest}")
    if damaged or wanted - held:
        raise typer.Exit(1)
    out.print(f"{len(held)} blobs are intact; {len(wanted)} are referred to.")


@user_app.command("add")
def add_user(
    login: Annotated[str, typer.Argument(help="Name to sign in with.")],
    name: Annotated[str, typer.Option(help="Name shown to others.")] = "",
    role: Annotated[Role, typer.Option(help="viewer sees, clerk corrects, approver approves, admin operates.")] = Role.APPROVER,
) -> None:
    """Add a user, or set name, role and password of an existing one. The password is asked for, or taken from
    ORDERMILL_NEW_PASSWORD."""
    password = os.environ.get("ORDERMILL_NEW_PASSWORD") or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with rooms() as here, here.db.write() as db:
        accounts.create_user(db, login=login, name=name or login, role=role, password=password)
        audit.record(db, actor="command line", action="user.set", subject=f"user:{login}", content={"role": role})
    out.print(f"{login} may sign in as {role}.")


@token_app.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What uses it.")],
    scope: Annotated[list[str], typer.Option(help=f"May be repeated; one of {', '.join(SCOPES)}.")],
    days: Annotated[int | None, typer.Option(min=1, help="Days until it expires; default: never.")] = None,
) -> None:
    """Make an API token. It is shown once and cannot be shown again."""
    if unknown := set(scope) - set(SCOPES):
        raise InputError(f"Unknown scope {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}.", code="unknown_scope")
    with rooms() as here, here.db.write() as db:
        at = now()
        expires = at + timedelta(days=days) if days else None
        secret = accounts.create_token(db, name=name, scopes=tuple(scope), at=at, expires_at=expires)
        audit.record(db, actor="command line", action="token.made", subject=f"token:{name}", content={"scopes": scope})
    typer.echo(secret)


def register(app: typer.Typer) -> None:
    """Add the command groups."""
    for name, group in (("db", db_app), ("audit", audit_app), ("blobs", blobs_app), ("user", user_app), ("token", token_app)):
        app.add_typer(group, name=name, rich_help_panel="Operate")
