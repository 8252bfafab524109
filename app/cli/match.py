"""`match`: catalogue matching on files, without a database; and the matcher fitted to this installation's own reviews."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from app.cli.common import err, out, print_json, print_table, rooms
from matching import files

match_app = typer.Typer(no_args_is_help=True, help="Match order lines to a catalogue; learn from decisions.")
PERSON = "command line"
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
    """Learn from reviewed decisions, as far as what they teach holds for decisions that were held out."""
    learned = files.fit(catalog, lines, decisions, model)
    if learned.is_better:
        out.print(
            f"Learned from {learned.decisions} decisions: the loss on those held out fell from {learned.before:.4f} to "
            f"{learned.after:.4f}.")
    else:
        out.print(
            f"The {learned.decisions} decisions teach nothing surely better on those held out (loss {learned.before:.4f}); the "
            "model that comes with Ordermill is kept. Try again with more decisions.")
    out.print(f"Model written to {model}")


@match_app.command()
def learn(
    most: Annotated[int, typer.Option(min=1, help="How many of the last cases that people approved are learned from.")] = 5_000,
    forget: Annotated[bool, typer.Option("--forget", help="Go back to the model that comes with Ordermill.")] = False,
    as_json: AsJson = False,
) -> None:
    """Fit the matcher to this installation's own reviews; taken when it is better on cases held out."""
    from matching.model_store import retire_model
    from matching.own_model import learn_model

    with rooms() as here:
        if forget:
            with here.db.write() as db:
                gone = retire_model(db, person=PERSON)
            out.print("Back to the model that comes with Ordermill." if gone else "Nothing of your own is in force.")
            return
        here.matcher.refresh()
        with Progress(console=err, disable=as_json) as bar:
            task = bar.add_task("reviewed cases", total=None)
            trial = learn_model(
                here.db, here.index, here.policy, person=PERSON, most=most,
                on_progress=lambda done, whole: bar.update(task, completed=done, total=whole))
    if as_json:
        print_json({**asdict(trial), "is_better": trial.is_better})
        return
    print_table(
        [f"{trial.held_out} lines held out", "before", "after"],
        [
            ["mean log loss of a line", f"{trial.loss_before:.3f}", f"{trial.loss_after:.3f}"],
            ["likeliest item right", f"{trial.right_before:.3f}", f"{trial.right_after:.3f}"],
            ["wrong and at least 0.9 sure", str(trial.wrong_and_sure_before), str(trial.wrong_and_sure_after)],
        ],
    )
    out.print("The new model is in force." if trial.is_better else "It is not clearly better; the model in force stays.")


@match_app.command()
def export(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where catalog.csv, lines.csv and decisions.csv are written.")],
    most: Annotated[int, typer.Option(min=1, help="How many of the last cases that people approved.")] = 5_000,
) -> None:
    """Write this installation's reviewed lines as the files that `match fit` takes."""
    from matching.decision_files import write_decisions
    from matching.own_model import reviewed_lines

    with rooms() as here, Progress(console=err) as bar:
        here.matcher.refresh()
        task = bar.add_task("reviewed cases", total=None)
        lines = reviewed_lines(
            here.db, here.index, here.policy, most, lambda done, whole: bar.update(task, completed=done, total=whole))
        count = write_decisions(lines, folder)
    out.print(f"{count:,} decisions about {len(lines):,} lines written to {folder}")


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(match_app, name="match", rich_help_panel="Tools")
