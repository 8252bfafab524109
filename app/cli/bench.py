"""`bench`: figures, each beside a baseline measured in the same run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.progress import Progress

from app.cli.common import err, out, print_json, print_table
from bench.rows import Row
from runtime.log import configure_logging

bench_app = typer.Typer(no_args_is_help=True, help="Measure speed and accuracy; ratio = ours / baseline in the same run.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]
Seed = Annotated[int, typer.Option(help="Seed of the generated data.")]


def _print(rows: list[Row], as_json: bool) -> None:
    if as_json:
        print_json([row.as_json() for row in rows])
        return
    print_table(
        ["case", "value", "unit", "baseline", "of", "ratio"],
        [
            [
                r.case,
                f"{r.value:,.4g}",
                r.unit,
                "" if r.baseline is None else f"{r.baseline:,.4g}",
                r.baseline_name,
                "" if r.ratio is None else f"{r.ratio:.2f}",
            ]
            for r in rows
        ],
    )
    oversold = [r.oversold for r in rows if r.oversold is not None]
    if oversold:
        out.print(f"oversold: {sum(oversold)}")


def _check_choices(asked: Mapping[str, tuple[Sequence[str], Sequence[str]]]) -> None:
    """Option → what was asked for and what there is. Raises BadParameter for the first that does not exist."""
    for option, (wanted, known) in asked.items():
        if unknown := set(wanted) - set(known):
            raise typer.BadParameter(f"{', '.join(sorted(unknown))}: choose from {', '.join(known)}", param_hint=option)


@bench_app.callback()
def _quiet() -> None:
    configure_logging(level="ERROR")


@bench_app.command()
def read(
    corpus: Annotated[Path | None, typer.Option(help="Folder with documents/ and labels/ (or truth/) to score against.")] = None,
    count: Annotated[int, typer.Option(help="Generated documents of check layouts per medium; fewer scans and faxes.")] = 40,
    seed: Seed = 7,
    part: Annotated[str, typer.Option(help="check, or train: the layouts that training may learn from.")] = "check",
    medium: Annotated[
        list[str] | None, typer.Option(help="Only these: native, scan, fine fax, standard fax, sheet, mail, attachment.")
    ] = None,
    with_speed: Annotated[bool, typer.Option("--speed/--no-speed", help="Measure speed too.")] = True,
    with_learning: Annotated[bool, typer.Option("--learning/--no-learning", help="Measure what corrections teach too.")] = True,
    fields: Annotated[bool, typer.Option("--fields", help="Also precision, recall and calibration of each field.")] = False,
    worst: Annotated[bool, typer.Option("--worst", help="Also the ten documents read worst, and why.")] = False,
    diagram: Annotated[Path | None, typer.Option(help="Write the reliability diagram of the confidences here, as SVG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Accuracy on documents not tuned on, and what the confidences are worth; then speed, as `bench speed` measures it."""
    from bench import read as measure
    from bench.accuracy import worst as worst_of

    media = medium or list(measure.MEDIA)
    _check_choices({"--part": ([part], ("check", "train")), "--medium": (media, tuple(measure.MEDIA))})
    chosen: Literal["train", "check"] = "train" if part == "train" else "check"
    done = measure.run(
        corpus=corpus, synth_count=count, seed=seed, part=chosen, media=media, with_speed=with_speed,
        with_learning=with_learning, with_fields=fields)
    if diagram:
        diagram.write_text(measure.diagram(done.cases, seed=seed, part=chosen), encoding="utf-8")
    _print(done.rows, as_json)
    for sentence in worst_of(done.cases) if worst else ():
        (err if as_json else out).print(sentence, markup=False, highlight=False, soft_wrap=True)


@bench_app.command()
def ocr(
    count: Annotated[int, typer.Option(help="Pages of each grade of paper.")] = 8,
    seed: Seed = 7,
    part: Annotated[str, typer.Option(help="check, or train: the pages that scripts/fit_ocr.py may learn from.")] = "check",
    grade: Annotated[list[str] | None, typer.Option(help="Only these: g300, s300, s200, fax_fine, fax_std, phone.")] = None,
    reader: Annotated[list[str] | None, typer.Option(help="Only these readers.")] = None,
    least_type: Annotated[float, typer.Option(help="Only pages whose usual type has so many points.", min=0, max=9)] = 0,
    as_json: AsJson = False,
) -> None:
    """Errors, calibration and CPU of every reader on generated scans, faxes and photos, beside bare RapidOCR."""
    from bench import ocr as measure
    from extraction.model.synth.damage import PAPERS

    _check_choices({
        "--part": ([part], ("check", "train")), "--grade": (grade or [], PAPERS),
        "--reader": (reader or [], tuple(measure.READERS))})
    chosen: Literal["train", "check"] = "train" if part == "train" else "check"
    rows = measure.run(
        count=count, seed=seed, part=chosen, grades=grade or PAPERS, readers=reader or (), least_type=least_type)
    _print(rows, as_json)


@bench_app.command()
def speed(
    count: Annotated[int, typer.Option(help="Generated native PDFs and HTML mails.")] = 20,
    ocr_pages: Annotated[int, typer.Option(help="Pages for each grade of paper that OCR reads; 0: none.")] = 3,
    long_sheet: Annotated[int, typer.Option(help="Rows of the longer of two sheets.")] = 20_000,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """CPU, pages per second and memory of reading every kind of file, beside the bare libraries."""
    from bench import speed as measure

    _print(measure.run(count=count, ocr_pages=ocr_pages, seed=seed, long_sheet=long_sheet), as_json)


@bench_app.command()
def match(
    items: Annotated[int, typer.Option(help="Items in the catalogue.")] = 10_000,
    lines: Annotated[int, typer.Option(help="Order lines to match.")] = 500,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Recall, time and calibration of finding items, beside rapidfuzz over the whole catalogue and SQLite's full-text search."""
    from bench import match as measure

    with Progress(console=err, transient=True, disable=as_json) as bar:
        task = bar.add_task("Making and indexing items", total=2 * items)
        rows = measure.run(items=items, lines=lines, seed=seed, tick=lambda count: bar.advance(task, count))
    _print(rows, as_json)


@bench_app.command()
def partners(
    customers: Annotated[int, typer.Option(help="Customers to tell apart, a third of them near-twins.")] = 1_000,
    orders: Annotated[int, typer.Option(help="Orders to find the customer and the ship-to of.")] = 1_000,
    part: Annotated[str, typer.Option(help="check, or dev: the words that weights may be tuned on.")] = "check",
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """How often customer and ship-to are found, how often wrongly, and whether a new address is taken for a known one."""
    from bench import partners as measure

    _check_choices({"--part": ([part], ("check", "dev"))})
    _print(measure.run(customers=customers, orders=orders, seed=seed, check=part == "check"), as_json)


@bench_app.command("import")
def import_items(
    items: Annotated[int, typer.Option(help="Items in the file.")] = 20_000,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Items a second from a CSV file into a fresh database, beside bare inserts of the same rows."""
    from bench import importing as measure

    _print(measure.run(items=items, seed=seed), as_json)


@bench_app.command()
def promise(
    streams: Annotated[int, typer.Option(help="Streams of orders for each target.")] = 100,
    days: Annotated[int, typer.Option(help="Days of 150 orders in each.")] = 150,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """How many streams of orders keep a promised error rate though the world drifts, beside a threshold without bound."""
    from bench import promise as measure

    _print(measure.run(streams=streams, days=days, seed=seed), as_json)


@bench_app.command()
def deciding(
    lines: Annotated[int, typer.Option(help="Lines of the long order.")] = 10_000,
    cases: Annotated[int, typer.Option(help="Past cases to replay, of four lines each.")] = 1_000,
    items: Annotated[int, typer.Option(help="Items in the catalogue.")] = 20_000,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """What an order of very many lines costs, and trying other rules on very many past cases, beside what they may take."""
    from bench import deciding as measure

    _print(measure.run(lines=lines, cases=cases, items=items, seed=seed), as_json)


@bench_app.command()
def pipeline(
    count: Annotated[int, typer.Option(help="One-page PDF orders to process.")] = 60,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Documents per second from stored bytes to sales order, and where the time goes."""
    from bench import pipeline as measure

    _print(measure.run(count=count, seed=seed), as_json)


@bench_app.command()
def ui(
    lines: Annotated[int, typer.Option(help="Lines of the order that is changed.")] = 200,
    rounds: Annotated[int, typer.Option(help="How often each change is made.")] = 7,
    as_json: AsJson = False,
) -> None:
    """What opening a long order and one change of it cost the server until it is drawn, beside what they may take."""
    from bench import ui as measure

    _print(measure.run(lines=lines, rounds=rounds), as_json)


@bench_app.command()
def pages(
    cases: Annotated[int, typer.Option(help="Cases that wait for review; as many are decided, as many orders stand.")] = 10_000,
    rounds: Annotated[int, typer.Option(help="How often each page is asked for.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What each page costs the server of a busy house, beside the 100 ms it may take."""
    from bench import pages as measure

    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("pages", total=None)
        rows = measure.run(cases=cases, rounds=rounds, told=lambda address: progress.update(task, description=address))
    _print(rows, as_json)


@bench_app.command()
def aliases(
    customers: Annotated[int, typer.Option(help="How many customers order in words of their own.")] = 10,
    seed: Seed = 7,
    as_json: AsJson = False,
) -> None:
    """Orders in a customer's own words: the share that needs nobody after 0, 1, 2 and 5 corrected ones."""
    from bench import aliases as bench

    _print(bench.run(customers=customers, seed=seed), as_json)


@bench_app.command()
def oms(
    orders: Annotated[int, typer.Option(help="Orders to accept.")] = 500,
    lines: Annotated[int, typer.Option(help="Lines in each.")] = 10,
    clients: Annotated[list[int] | None, typer.Option(help="How many at a time; may be given again. Default: 1 and 8.")] = None,
    rounds: Annotated[int, typer.Option(help="How often each is measured; figures are medians.")] = 3,
    database_url: Annotated[str | None, typer.Option(help="Default: SQLite in a temporary folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """Orders per second with reservations, messages and audit, beside hand-written SQL doing the same."""
    from bench import oms as measure

    _print(measure.run(
        orders=orders, lines=lines, database_url=database_url, clients=clients or (1, 8), rounds=rounds), as_json)


@bench_app.command()
def orders(
    count: Annotated[int, typer.Option(help="Orders there are.")] = 1_000_000,
    rounds: Annotated[int, typer.Option(help="How often each question is asked, each time about another order.")] = 20,
    database_url: Annotated[str | None, typer.Option(help="Default: SQLite in a temporary folder.")] = None,
    as_json: AsJson = False,
) -> None:
    """What the list of orders and the search in it take with a million of them, beside the 100 ms a page may take."""
    from bench import orders as measure

    _print(measure.run(orders=count, rounds=rounds, database_url=database_url), as_json)


def register(app: typer.Typer) -> None:
    """Add the command group."""
    app.add_typer(bench_app, name="bench", rich_help_panel="Tools")
