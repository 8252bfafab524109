"""`match`: catalogue matching on files, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.common import out, print_json, print_table
from matching import files

match_app = typer.Typer(no_args_is_help=True, help="Match order lines to a catalogue, from files alone.")
File = {"exists": True, "dir_okay": False}
Catalog = Annotated[Path, typer.Option(**File, help="CSV: sku,gtin,mpn,brand,description,…; cells may be empty.")]
Lines = Annotated[Path, typer.Option(**File, help="CSV: id,code,description,quantity,uom,price; cells may be empty.")]
Model = Annotated[Path | None, typer.Option(**File, help="Model made by `match fit`; default: the one shipped.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


@match_app.command()
def find(catalog: Catalog, lines: Lines, model: Model = None, as_json: AsJson = False) -> None:
    """Candidates for each line, best first, each with its probability and reasons."""
    found = files.find(catalog, lines, model)
    if as_json:
        print_json(found)
        return
    print_table(
        ["line", "sku", "probability", "reasons"],
        [[f["id"], c["sku"], f"{c['probability']:.3f}", "; ".join(c["reasons"])] for f in found for c in f["candidates"][:3]],
    )


@match_app.command()
def score(
    catalog: Catalog,
    lines: Lines,
    pairs: Annotated[Path, typer.Option(**File, help="CSV: id,sku.")],
    model: Model = None,
    as_json: AsJson = False,
) -> None:
    """The probability of each (line, sku) pair asked for."""
    scored: list[dict[str, Any]] = files.score(catalog, lines, pairs, model)
    if as_json:
        print_json(scored)
        return
    print_table(["line", "sku", "probability"], [[s["id"], s["sku"], f"{s['probability']:.3f}"] for s in scored])


@match_app.command()
def fit(
    catalog: Catalog,
    lines: Lines,
    decisions: Annotated[Path, typer.Option(**File, help="CSV: id,sku,label (1 right, 0 wrong).")],
    model: Annotated[Path, typer.Option(dir_okay=False, help="File to write the model to.")],
) -> None:
    """Learn from reviewed decisions."""
    files.fit(catalog, lines, decisions, model)
    out.print(f"Model written to {model}")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(match_app, name="match", rich_help_panel="Tools")
