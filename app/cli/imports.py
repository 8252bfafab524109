"""`import`: master data, stock and open orders from CSV or XLSX."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from app.bootstrap import Rooms
from app.cli.common import err, out, print_json, print_table, rooms
from app.importing import Kind, as_dict, renew_index, run
from runtime.exports import WriteRow, csv_file
from runtime.imports import UNWATCHED, Change, ImportReport, Refused, Watch
from runtime.tabular import open_table

SHOWN = 50


class _Speed(TextColumn):
    """Rows done, and how many a second."""

    def __init__(self) -> None:
        super().__init__("")

    def render(self, task: Task) -> Text:
        """ "120,000/1,000,000 rows, 9,800/s"."""
        rate = task.finished_speed or task.speed
        speed = f", {rate:,.0f}/s" if rate else ""
        return Text(f"{task.completed:,.0f}/{task.total or 0:,.0f} rows{speed}")


def import_file(here: Rooms, kind: Kind, file: Path, *, quiet: bool = False, watch: Watch = UNWATCHED, dry_run: bool = False,
                ) -> ImportReport:
    """Read a file into the database with a progress bar; a changed catalogue renews the search index.

    Raises InputError for a file that is no such table; nothing of it was taken then.
    """
    table = open_table(file)
    columns = (TextColumn(f"{kind.value:<13}"), BarColumn(), _Speed(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=err, disable=quiet) as bar:
        task = bar.add_task(kind.value, total=table.count)
        seen = Watch(lambda done: bar.advance(task, done), watch.refused, watch.changed, "command line", file.name)
        report = run(here, kind, table.rows, seen, dry_run=dry_run)
        bar.update(task, completed=table.count)
    if dry_run:
        return report
    began = time.perf_counter()
    if renew_index(here, kind, report) and not quiet:
        err.print(f"search index   {time.perf_counter() - began:.1f} s", highlight=False)
    return report


def command(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX; the first row names the columns.")],
    report: Annotated[Path | None, typer.Option(help="Write every refused row here, as CSV.")] = None,
    changes: Annotated[Path | None, typer.Option(help="Write here what changed from what to what, as CSV.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what the import would do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Import master data, stock or open orders. Repeating an import changes nothing; refused rows are listed with their reason.

    A column that the file lacks leaves what is stored; an empty cell of one that it has empties it. The columns of every kind
    are explained in docs/howto/master-data.md; the first of each must be there:

    customers: customer_no, name; vat_id, gln, group, email_domain, emails, language, currency, payment_terms, credit_limit,
    order_minimum, pack_rule …; contact_email, contact_name, contact_phone (one contact a row); address_code, address_kind
    (ship_to, bill_to), address_name, street, postcode, city, region, country, ship_to_default, latitude, longitude …
    (one address a row)

    items: sku, description, base_uom; gtin, mpn, brand, manufacturer, product_line, status, superseded_by, attributes, attr_…,
    order_multiple, lead_time_days, catch_weight …; uom, factor, uom_gtin, list_price, currency (one row a unit)

    prices: sku, uom, price, currency; kind (contract, customer, promotion, group, list), customer_no, group, reference,
    price_unit, min_quantity, valid_from, valid_to

    part-numbers: customer_no, part_number, sku

    substitutes: sku, substitute; rank

    minimums: customer_no, product_line, amount

    closed-days: day; name

    locations: code; name, kind, priority, is_active, channel_pool, street, postcode, city, country, latitude, longitude,
    cost_per_order, capacity_per_day

    kits: kit, component, quantity

    stock: location, sku, on_hand; safety

    lots: location, sku, lot, on_hand; expires_on

    safety-stock: location, sku, safety

    supplies: reference, sku, location, quantity, expected_on

    exchange-rates: currency, company_currency, day, rate, source

    orders: customer_no, po_number, sku, quantity, uom, unit_price; order_date
    """
    with rooms() as here, ExitStack() as files:
        refused = files.enter_context(_csv(report, Refused.COLUMNS))
        changed = files.enter_context(_csv(changes, Change.COLUMNS))
        watch = Watch(refused=lambda r: refused(r.cells), changed=lambda c: changed(c.cells))
        done = import_file(here, kind, file, quiet=as_json, watch=watch, dry_run=dry_run)
    if as_json:
        print_json(as_dict(done))
    else:
        _print(done, dry_run=dry_run)
    if done.refused_count:
        raise typer.Exit(1)


def _csv(path: Path | None, header: Sequence[str]) -> AbstractContextManager[WriteRow]:
    """A function that writes a row to the file; to nowhere without one."""
    return csv_file(path, header) if path else nullcontext(lambda _: None)


def _print(report: ImportReport, *, dry_run: bool) -> None:
    removed = f"{report.removed} removed, " if report.removed else ""
    out.print(
        f"{'Nothing was written. Would be: ' if dry_run else ''}{report.added} added, {report.changed} changed, {removed}"
        f"{report.unchanged} unchanged, {report.refused_count} refused", highlight=False)
    if report.fields:
        fields = sorted(report.fields.items(), key=lambda entry: (-entry[1], entry[0]))
        out.print(f"Changed fields: {', '.join(f'{name} {count}' for name, count in fields)}", highlight=False)
    if report.refused_count:
        print_table(["row", "code", "reason"], [[r.line, r.code, r.sentence] for r in report.refused[:SHOWN]])
        if report.refused_count > SHOWN:
            out.print(f"… and {report.refused_count - SHOWN} more; --report FILE writes all of them.", highlight=False)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import", rich_help_panel="Master data")(command)
