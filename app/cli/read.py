"""`read` and `synth`: extraction alone, and documents to try it on."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track

from app.cli.common import err, out, print_json, print_table, rooms
from app.reading import read_file
from extraction.export import reading_to_json


class Part(StrEnum):
    """Which layouts: those for training, those only for measuring, or both."""

    TRAIN = "train"
    CHECK = "check"
    ALL = "all"


def read(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="PDF, picture, sheet, mail, EDI, text, ZIP …")],
    as_json: Annotated[bool, typer.Option("--json", help="JSON: a list with one object per order found.")] = False,
    customer: Annotated[str | None, typer.Option(help="Customer number, when it is known.")] = None,
    evidence: Annotated[bool, typer.Option(help="With --json: where each value stands.")] = False,
) -> None:
    """Read orders from files; no database is needed. What cannot be read says why, with a code and a sentence."""
    found: list[dict[str, Any]] = []
    with rooms(database=False) as here:
        for path in track(files, "Reading", console=err, transient=True, disable=len(files) < 2):
            result = read_file(here, path, customer_no=customer)
            found += [reading_to_json(r, file=result.file, seconds=result.seconds, evidence=evidence) for r in result.readings]
    if as_json:
        print_json(found)
        return
    for order in found:
        _show(order)


_ELSEWHERE = frozenset({"file", "doc_type", "kind", "lines", "confidence", "problems", "seconds", "evidence"})


def _show(order: dict[str, Any]) -> None:
    out.print(f"[bold]{order['file']}[/bold]  {order['kind'].replace('_', ' ')}  {order['seconds']:.2f} s", highlight=False)
    for name, value in order.items():
        if value is not None and name not in _ELSEWHERE:
            sure = order["confidence"].get(name)
            out.print(f"  {name:<16}{value}" + (f"  [dim]{sure:.2f}[/dim]" if sure is not None else ""), highlight=False)
    columns = ["line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount"]
    print_table(columns, [[line[c] for c in columns] for line in order["lines"]], empty="  no lines")
    for problem in order["problems"]:
        out.print(f"  [yellow]{problem['code']}[/yellow] {problem['message']}", highlight=False)
    out.print()


def synth(
    folder: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to write documents/, truth/ and manifest.jsonl to.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same orders.")] = 1,
    count: Annotated[int, typer.Option(min=1, help="How many documents.")] = 100,
    part: Annotated[Part, typer.Option(help="Layouts of which part.")] = Part.ALL,
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="Only these (repeatable): pdf, scan, fax, xlsx, xls, ods, csv, text_mail, html_mail, attachment_mail, edi850."
        ),
    ] = None,
) -> None:
    """Generate orders with their truth, for training, demonstration and measurement."""
    from rich.progress import Progress

    from extraction.model.synth import generate

    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("Writing", total=count)
        samples = generate(
            folder,
            seed=seed,
            count=count,
            part=part.value,
            kinds=kind,
            progress=lambda done, total: bar.update(task, completed=done),
        )
    out.print(f"{len(samples)} documents written to {folder}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Tools")(read)
    app.command(rich_help_panel="Tools")(synth)
