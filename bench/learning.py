"""How much corrected documents of a form help with the next one: every check layout as a form of one customer, filled in anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.accuracy import Case, add
from bench.rows import Row
from extraction.assemble import assemble
from extraction.export import reading_to_json
from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.learned.derive import learned_from
from extraction.model.synth import make_company
from extraction.model.synth.company import Company
from extraction.model.synth.form import make_form, printed_values, truth
from extraction.model.synth.form_parts import Form, Text
from extraction.model.synth.layouts import Layout, layouts
from extraction.model.synth.orders import Wishes, draw_order
from extraction.model.synth.pdf.document import write_pdf
from models.domain.pages import Parsed
from models.domain.reading import Context, Reading

TAUGHT = (0, 1, 2, 5)
_NEXT = 2                          # documents of each form that are read after the lesson


@dataclass(frozen=True, slots=True)
class Copy:
    """One filled-in copy of a form: its pages, and its orders as they should be read."""

    parsed: Parsed
    truth: Sequence[Any]


def run(*, seed: int, forms: int, told: Callable[[], None] = lambda: None) -> list[Row]:
    """Header F1, line F1 and the share wholly right with 0, 1, 2 and 5 corrected copies, over the first `forms` check layouts.

    The baseline is the same documents without a lesson. `told` is called after each form.
    """
    company = make_company(seed)
    cases = {taught: Case(f"{taught} corrected") for taught in TAUGHT}
    for layout in layouts("check")[:forms]:
        copies = list(form_copies(seed, company, layout, max(TAUGHT) + _NEXT))
        lessons, asked = copies[: max(TAUGHT)], copies[max(TAUGHT) :]
        for taught, case in cases.items():
            context = taught_context(lessons[:taught], Context(own_names=(company.name,)))
            for n, copy in enumerate(asked):
                found = [reading_to_json(r, file=layout.id, seconds=0) for r in assemble(copy.parsed, context)]
                add(case, f"{layout.id}-{n}", copy.truth, found)
        told()
    return [row for taught, case in cases.items() for row in _rows(taught, case, cases[0])]


def taught_context(copies: Sequence[Copy], context: Context) -> Context:
    """The context in which the next document is read, after a reviewer has put these copies right one after the other."""
    seen: list[tuple[Parsed, Sequence[Reading], Sequence[Any]]] = []
    now = context
    for copy in copies:
        seen.append((copy.parsed, assemble(copy.parsed, now), copy.truth))
        now = replace(context, learned=learned_from(seen))
    return now


def form_copies(seed: int, company: Company, layout: Layout, count: int) -> Iterable[Copy]:
    """Copies of one customer's form: the same words, styles and places, each time with another order."""
    drawn = random.Random(f"learning/{seed}/{layout.id}")
    customer = drawn.choice(company.customers)
    first: Form | None = None
    for _ in range(count):
        wishes = Wishes(customer=customer, doc_type="purchase_order", line_count=drawn.choice((1, 2, 3, 5, 9)))
        order = draw_order(drawn, company, wishes)
        form = make_form(random.Random(f"form/{seed}/{layout.id}"), order, layout)
        first = first or form
        form = _filled_in(first, form)
        content, _ = write_pdf(random.Random(f"look/{seed}/{layout.id}"), [form])
        yield Copy(parse_document(content, ParseOptions()).parsed, [truth(order, printed_values(form, order))])


def _filled_in(first: Form, form: Form) -> Form:
    """A form in the words of its first copy: what is drawn along with an order differs from copy to copy, but a customer's
    form does not."""
    values = {pair.value.tag: pair.value for pair in form.info if pair.value.tag}
    info = tuple(
        replace(pair, value=values.get(pair.value.tag, Text("")) if pair.value.tag else pair.value) for pair in first.info)
    words = {pair.value.tag: pair for pair in first.totals}
    totals = tuple(
        replace(pair, label=words[pair.value.tag].label, other=words[pair.value.tag].other) if pair.value.tag in words else pair
        for pair in form.totals)
    same = [c.key for c in first.columns] == [c.key for c in form.columns]
    parties = {name: replace(block, label=first.parties[name].label) for name, block in form.parties.items()}
    return replace(
        form, info=info, totals=totals, columns=first.columns if same else form.columns, parties=parties, title=first.title,
        letterhead=first.letterhead, terms=first.terms, footer=first.footer, signature=first.signature)


def _rows(taught: int, case: Case, untaught: Case) -> Iterable[Row]:
    name = f"native, {taught} corrected documents of the form:"
    for (what, unit, value), (_, _, before) in zip(_figures(case), _figures(untaught), strict=True):
        yield Row(f"{name} {what}", value, unit, *((before, "nothing learned") if taught else ()))


def _figures(case: Case) -> tuple[tuple[str, str, float], ...]:
    score = case.score
    return (
        ("header", "F1", score.header_f1), ("lines", "F1", score.lines.f1),
        ("wholly right", "share", score.whole / max(score.documents, 1)))
