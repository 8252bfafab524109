"""Write the generated parts of the README: the commands and the settings. `--check` only tells whether they are up to date."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import typer.main

from app.cli.main import app
from runtime.settings import Settings

README = Path(__file__).parent.parent / "README.md"


def settings_table() -> str:
    """One row a setting: variable, default, meaning."""
    rows = ["| variable | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        value = json.dumps(field.default) if isinstance(field.default, list | dict) else str(field.default)
        default = f"`{value}`" if value not in {"None", "", "[]"} else ""
        meaning = field.description or MEANINGS[name]
        rows.append(f"| `ORDERMILL_{name.upper()}` | {default} | {meaning} |")
    return "\n".join(rows)


MEANINGS = {
    "data": "folder for database, blobs and search index",
    "log_level": "DEBUG, INFO, WARNING or ERROR",
    "mail_port": "IMAP port", "mail_user": "name to sign in with", "mail_password": "password, or the access token with XOAUTH2",
    "mail_auth": "`password` or `xoauth2`", "mail_token_command": "program that prints a fresh XOAUTH2 access token",
    "mail_folder": "folder orders arrive in", "mail_done_folder": "folder handled mail is moved to",
    "mail_tls": "`tls`, `starttls` or `none`", "smtp_port": "SMTP port", "smtp_user": "name to sign in with; empty: none",
    "smtp_password": "password", "smtp_tls": "`tls`, `starttls` or `none`",
    "sandbox": "walls of the parsers: `auto`, `bubblewrap`, `kernel`, or `none` with a warning on every page",
    "sandbox_cpu_s": "CPU seconds a document may take", "sandbox_wall_s": "seconds a document may take",
    "sandbox_memory_mb": "MB of memory a document may take", "sandbox_output_mb": "MB a parser may answer",
}


def commands_table() -> str:
    """One row a command: name and the first sentence of its help."""
    rows = ["| command | what it does |", "|---|---|"]
    group: Any = typer.main.get_command(app)
    for name, command in group.commands.items():
        subs = getattr(command, "commands", None)
        for title, one in [(f"{name} {n}", c) for n, c in subs.items()] if subs else [(name, command)]:
            sentence = re.split(r"(?<=[.])\s", " ".join((one.help or "").split()))[0]
            rows.append(f"| `ordermill {title}` | {sentence} |")
    return "\n".join(rows)


def documented(text: str) -> str:
    """The README with its generated parts renewed."""
    for part, table in (("commands", commands_table()), ("settings", settings_table())):
        between = rf"(<!-- {part}:begin -->\n).*?(<!-- {part}:end -->)"
        text = re.sub(between, lambda m, t=table: f"{m[1]}{t}\n{m[2]}", text, flags=re.S)
    return text


if __name__ == "__main__":
    old = README.read_text()
    new = documented(old)
    if "--check" in sys.argv:
        sys.exit(0 if old == new else "README.md is out of date; run: python scripts/document.py")
    README.write_text(new)
