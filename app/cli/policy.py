"""`policy`, `replay`: the rules of approval, what they rest on, and what others would do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Annotated

import typer
from rich.progress import Progress

from app.bootstrap import Rooms
from app.cli.common import err, out, print_json, print_table, rooms
from matching.approval import load_approval
from matching.changes import parse_change
from matching.promises import Promises
from matching.replay_diff import CaseChange, Replayed
from matching.sampling import Escaped
from runtime.clock import now

policy_app = typer.Typer(no_args_is_help=True, help="The rules of approval: which orders go through unseen, and why.")
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Customer = Annotated[str | None, typer.Option(help="Customer number; without it, the whole house.")]
Cases = Annotated[int, typer.Option(help="The newest cases to try it on.", min=1, max=10_000)]
_COMMAND_LINE = "the command line"


@policy_app.command()
def show(customer: Customer = None, as_json: AsJson = False) -> None:
    """The rules in force, the threshold with its evidence, what goes through unseen, and what escapes."""
    with rooms() as here, here.db.read() as db:
        state = load_approval(db, here.policy, now(), customer)
    if as_json:
        from app.api.approval import approval_out

        print_json(approval_out(state).model_dump(mode="json"))
        return
    out.print(state.sentence, highlight=False, soft_wrap=True)
    p, t, e = state.policy, state.tally, state.escaped
    print_table(["what", "value"], [
        ["level", p.approval.value.replace("_", " ")],
        ["target error rate", "none" if p.target is None else f"{p.target:g}"],
        ["two people agree above", "never" if p.two_people_above is None else f"{p.two_people_above:f}"],
        ["threshold in force", f"{state.promise.threshold:.4f}" if state.promise and state.promise.threshold else "none"],
        ["reviewed lines that count", f"{state.reviewed:,}"],
        [f"orders since {state.since:%Y-%m-%d}", f"{t.orders:,}"],
        ["of these approved unseen", f"{t.orders_unseen:,} ({t.touchless:.1%})"],
        ["drawn to be looked at", f"{t.sampled:,}"],
        ["errors among lines approved unseen", _escape(e)],
        ["errors reported later", f"{e.reported:,}"],
    ])


def _escape(found: Escaped) -> str:
    if not found.looked_at:
        return "not known yet: no blind sample"
    return f"{found.rate:.2%} ({found.least:.2%} to {found.most:.2%}; {found.wrong} of {found.looked_at} blind lines)"


@policy_app.command("set")
def set_rules(
    change: Annotated[list[str], typer.Argument(help="name=value, such as target_error_rate=0.001")],
    cases: Cases = 200,
    yes: Annotated[bool, typer.Option("--yes", help="Save without asking, after the replay was shown.")] = False,
) -> None:
    """Change the house's rules; what they would have done with the newest cases is shown before they are saved."""
    parsed = parse_change(change, is_for_house=True)
    with rooms() as here:
        _print_replay(_play(here, cases, None, lambda tick, ids: here.replayer.replay(ids, parsed, tick)))
        if not yes and not typer.confirm("Save these rules?"):
            raise typer.Exit(1)
        with here.db.write() as db:
            Promises(db).save_house(parsed.of(Promises(db).house(here.policy)), person=_COMMAND_LINE)
    out.print("Saved. The next order is decided by them.")


@policy_app.command()
def report(
    case_id: Annotated[int, typer.Argument(help="The case that went through unseen.")],
    line: Annotated[str, typer.Argument(help="The key of its line, as the case shows it.")],
) -> None:
    """Note that a line which was approved unseen turned out wrong; enough of these stop approval."""
    with rooms() as here, here.db.write() as db:
        Promises(db).report(case_id, line, person=_COMMAND_LINE)
    out.print(f"Noted: line {line} of case {case_id} was wrong.")


def replay(
    change: Annotated[list[str] | None, typer.Option("--set", help="name=value, such as price_tolerance=3")] = None,
    alias: Annotated[list[str] | None, typer.Option(help="CODE=SKU: what a part number should mean.")] = None,
    cases: Cases = 1_000,
    customer: Customer = None,
    as_json: AsJson = False,
) -> None:
    """Decide the newest cases anew under other rules and tell exactly which outcomes change; nothing is written."""
    parsed = parse_change(change or [], alias or [])
    with rooms() as here:
        told = _play(here, cases, customer, lambda tick, ids: here.replayer.replay(ids, parsed, tick))
    if as_json:
        print_json(asdict(told))
        return
    _print_replay(told)


def _play(
    here: Rooms, newest: int, customer: str | None, run: Callable[[Callable[[], None], Sequence[int]], Replayed]
) -> Replayed:
    ids = here.replayer.cases(newest, customer)
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("Playing cases", total=len(ids))
        return run(lambda: bar.advance(task), ids)


def _print_replay(told: Replayed) -> None:
    fates = ", ".join(f"{told.before[fate]:,} → {told.after[fate]:,} {fate}" for fate in told.before)
    out.print(f"{told.cases:,} cases in {told.seconds:.1f} s: {fates}.", highlight=False)
    print_table(
        ["case", "PO number", "customer", "before", "after", "what changes"],
        [[c.case_id, c.po_number, c.customer, c.before, c.after, _what(c)] for c in told.changes],
        empty="No outcome changes.")


def _what(change: CaseChange) -> str:
    values = [f"line {v.line} {v.field}: {v.before or 'none'} → {v.after or 'none'}" for v in change.values]
    return "\n".join(
        [*values, *(f"asks: {s}" for s in change.asked_anew), *(f"asks no more: {s}" for s in change.asked_no_more)])


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Look")(replay)
    app.add_typer(policy_app, name="policy", rich_help_panel="Look")
