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
from extraction.learned.derive import corrected, learned_from
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
ALL, CORRECTED, RIGHT = "", ", something was wrong on them", ", all was right on them"
_GROUPS = (ALL, CORRECTED, RIGHT)


@dataclass(frozen=True, slots=True)
class Copy:
    """One filled-in copy of a form: its pages, and its orders as they should be read."""

    parsed: Parsed
    truth: Sequence[Any]


def run(*, seed: int, forms: int, told: Callable[[], None] = lambda: None) -> list[Row]:
    """Header F1, line F1 and the share wholly right with 0, 1, 2 and 5 copies put right, over the first `forms` check layouts:
    of all forms, then of those on which something was wrong, and of those on which there was nothing to put right.

    The baseline is the same documents without a lesson. `told` is called after each form.
    """
    company = make_company(seed)
    untaught = Case("0 corrected")
    cases = {(taught, group): (Case(group), Case("untaught")) for taught in TAUGHT if taught for group in _GROUPS}
    for layout in layouts("check")[:forms]:
        copies = list(form_copies(seed, company, layout, max(TAUGHT) + _NEXT))
        lessons, asked = copies[: max(TAUGHT)], copies[max(TAUGHT) :]
        nothing = Context(own_names=(company.name,))
        _read(untaught, layout, asked, nothing)
        for taught in TAUGHT[1:]:
            context, wrong = taught_context(lessons[:taught], nothing)
            for group in (ALL, CORRECTED if wrong else RIGHT):
                with_lessons, without = cases[taught, group]
                _read(with_lessons, layout, asked, context)
                _read(without, layout, asked, nothing)
        told()
    rows = list(_rows("native, 0 corrected documents of the form:", untaught, None))
    for (taught, group), (case, before) in cases.items():
        rows += _rows(f"native, {taught} corrected documents of the form{group}:", case, before) if case.documents else ()
    return rows


def _read(case: Case, layout: Layout, copies: Sequence[Copy], context: Context) -> None:
    for n, copy in enumerate(copies):
        found = [reading_to_json(r, file=layout.id, seconds=0) for r in assemble(copy.parsed, context)]
        add(case, f"{layout.id}-{n}", copy.truth, found)


def taught_context(copies: Sequence[Copy], context: Context) -> tuple[Context, int]:
    """The context in which the next document is read, after a reviewer has put these copies right one after the other, and on
    how many of them something was wrong."""
    seen: list[tuple[Parsed, Sequence[Reading], Sequence[Any]]] = []
    now, wrong = context, 0
    for copy in copies:
        readings = assemble(copy.parsed, now)
        seen.append((copy.parsed, readings, copy.truth))
        wrong += any(corrected(r, t).is_anything for r, t in zip(readings, copy.truth, strict=False))
        now = replace(context, learned=learned_from(seen))
    return now, wrong


def form_copies(seed: int, company: Company, layout: Layout, count: int) -> Iterable[Copy]:
    """Copies of one customer's form: the same words, styles and places, each time with another order."""
    drawn = random.Random(f"learning/{seed}/{layout.id}")
    customer = drawn.choice(company.customers)
    first: Form | None = None
    for _ in range(count):
        wishes = Wishes(customer=customer, doc_type="purchase_order", line_count=drawn.choice((1, 2, 3, 5, 9)))
        order = draw_order(drawn, company, wishes)
        if first is None:
            drawn_first = make_form(random.Random(f"form/{seed}/{layout.id}"), order, layout)
            first = make_form(random.Random(f"form/{seed}/{layout.id}"), order, layout, drawn_first.style)
        form = _filled_in(first, make_form(random.Random(f"form/{seed}/{layout.id}"), order, layout, first.style))
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
    goods_go = replace(form.parties["ship_to"], label=first.parties["ship_to"].label)
    parties = {**first.parties, "ship_to": goods_go}        # both firms are called alike on all of them
    return replace(
        form, info=info, totals=totals, parties=parties, title=first.title, letterhead=first.letterhead, terms=first.terms,
        footer=first.footer, signature=first.signature)


def _rows(name: str, case: Case, untaught: Case | None) -> Iterable[Row]:
    before = _figures(untaught) if untaught else ()
    for n, (what, unit, value) in enumerate(_figures(case)):
        yield Row(f"{name} {what}", value, unit, *((before[n][2], "nothing learned") if before else ()))


def _figures(case: Case) -> tuple[tuple[str, str, float], ...]:
    score = case.score
    return (
        ("header", "F1", score.header_f1), ("lines", "F1", score.lines.f1),
        ("wholly right", "share", score.whole / max(score.documents, 1)))
