"""Writes samples: a document, its truth, and a line in the manifest. Each has a random state of its own."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from extraction.model.synth.company import Company, make_company
from extraction.model.synth.conventions import CURRENCY_SIGNS
from extraction.model.synth.csv_files import carries_number, write_csv
from extraction.model.synth.damage import Container, Damage, damaged, draw_fax, draw_scan
from extraction.model.synth.edi850 import write_edi850
from extraction.model.synth.form import make_form, printed_values, truth
from extraction.model.synth.form_lines import number_of
from extraction.model.synth.form_parts import Form
from extraction.model.synth.grid import Grid, fill_table, finish_grid, start_grid
from extraction.model.synth.layouts import Layout, layouts
from extraction.model.synth.letter import Letter
from extraction.model.synth.mails import (
    chatter_letter,
    cover_letter,
    forwarded_html,
    forwarded_letter,
    html_letter,
    write_mail,
)
from extraction.model.synth.orders import DocType, Order, Wishes, draw_order
from extraction.model.synth.papers import Part
from extraction.model.synth.pdf.document import write_pdf
from extraction.model.synth.places import Placed
from extraction.model.synth.template import fill_template
from extraction.model.synth.typed import text_letter
from extraction.model.synth.wording import Wording
from extraction.model.synth.workbooks import write_ods, write_xls, write_xlsx

KIND_WEIGHTS: dict[str, float] = {
    "pdf": 50,
    "scan": 8,
    "fax": 6,
    "xlsx": 6,
    "xls": 1,
    "ods": 1,
    "csv": 3,
    "text_mail": 8,
    "html_mail": 3,
    "attachment_mail": 10,
    "edi850": 4,
}
FAX_ROWS: dict[str, int] = {"fax_fine": 196, "fax_std": 98}
"""Kinds that are faxes of one resolution, in rows per inch; a "fax" is of either."""
KINDS = (*KIND_WEIGHTS, *FAX_ROWS)
TABLE_SHAPES = frozenset({
    "one_row", "codes_below", "code_in_text", "kit", "sections", "delivery_columns", "delivery_tables", "styles", "sizes",
    "numbered_text", "site_rows", "releases", "note_rows", "discounts_below",
})
"""Row shapes that make sense in cells."""
FLAT_SHAPES = frozenset({"one_row", "code_in_text", "kit", "delivery_columns", "sizes", "releases", "note_rows"})
"""Row shapes that make sense in a flat file."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One generated document. Paths are absolute; `layout` is "" for media without a laid-out form.

    `part` is train or check; "all" for letters worded as in both, "" for what has neither layout nor wordings.
    """

    name: str
    file: Path
    truth: Path
    layout: str
    part: str
    language: str
    medium: str
    doc_type: str
    seed: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document before it is stored: bytes, extension, orders with their printed tags, and what the truth says besides.

    `part` is that of the layout, or of the wordings where there is no layout.
    """

    content: bytes
    extension: str
    orders: tuple[tuple[Order, Mapping[str, Any]], ...]
    medium: str
    layout: Layout | None = None
    damage: Damage | None = None
    places: Sequence[Sequence[Placed]] = ()
    part: str = ""


def generate(
    out: Path, *, seed: int, count: int, part: Part = "all", kinds: Sequence[str] | None = None, company: Company | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Sample]:
    """Write `count` samples to OUT/documents and OUT/truth, and OUT/manifest.jsonl; equal arguments give equal bytes.

    `part` restricts the layouts; papers asked for of the train part alone are strange (see `Order`). `kinds` (of `KINDS`)
    restricts the media; without a company four are drawn from the seed, and four more for each further thousand of samples.
    Raises ValueError for an unknown kind.
    """
    unknown = set(kinds or ()) - set(KINDS)
    if unknown:
        raise ValueError(f"unknown kinds {sorted(unknown)}; known are {', '.join(KINDS)}")
    chosen = list(kinds or KIND_WEIGHTS)
    samples: list[Sample] = []
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        kind = rng.choices(chosen, [KIND_WEIGHTS.get(k, 1) for k in chosen])[0]
        drawn = company or make_company(seed * 64 + number % 4 + number // 1000 % 4 * 4)
        order = draw_order(rng, drawn, replace(_wishes(rng, kind), strange=part == "train"))
        document = make_document(rng, kind, drawn, order, layouts(_part(rng, part)))
        samples.append(store(out, f"{kind}-{seed}-{number:06d}", document, seed=number))
        if progress:
            progress(number + 1, count)
    write_manifest(out, samples)
    return samples


def make_document(
    rng: random.Random, kind: str, company: Company, order: Order, allowed: Sequence[Layout], *, forwards: bool = True
) -> Document:
    """A document of one kind with an order, on one of the allowed layouts where it has a layout.

    With `forwards` one mail in twelve or so comes from a colleague, with the customer's mail inside.
    """
    forwarded = forwards and rng.random() < 0.08
    wording = Wording(rng, order.customer.language, _wording_part(allowed))
    if kind == "text_mail":
        chats = order.doc_type == "other" and rng.random() < 0.3
        letter = chatter_letter(wording, order) if chats else text_letter(wording, order)
        letter = forwarded_letter(order, letter) if forwarded else letter
        content = write_mail(rng, order, letter, forwarded=forwarded)
        return Document(content, ".eml", ((order, _dated(order, letter)),), kind, places=(letter.places(),), part=wording.part)
    if kind == "edi850":
        content, printed = write_edi850(rng, order)
        return Document(content, ".edi", ((order, printed),), kind)
    if kind == "attachment_mail":
        inner = rng.choices(("pdf", "xlsx", "csv", "scan"), (7, 2, 1, 1))[0]
        return mail_around(rng, order, make_document(rng, inner, company, order, allowed), forwarded=forwarded, part=wording.part)
    in_cells = kind in {"xlsx", "xls", "ods", "csv", "html_mail"}
    shapes = FLAT_SHAPES if kind == "csv" else TABLE_SHAPES
    layout = rng.choice([found for found in allowed if not in_cells or found.row_shape in shapes])
    if kind == "csv":
        return _delimited(rng, company, order, layout)
    form = make_form(rng, order, layout)
    if kind == "html_mail":
        letter, body = html_letter(wording, order, form)
        if forwarded:
            letter, body = forwarded_letter(order, letter), forwarded_html(order, letter.subject, body)
        content = write_mail(rng, order, letter, html_body=body.text, forwarded=forwarded)
        return Document(content, ".eml", ((order, _dated(order, letter)),), kind, layout, places=(body.places(),))
    return _sheet(rng, kind, order, form) if in_cells else _page(rng, kind, company, order, form)


def _dated(order: Order, letter: Letter) -> dict[str, Any]:
    """What a mail says; where it names no day, its order is of the day it is sent."""
    return {"order_date": order.order_date.isoformat(), **letter.printed}


def _wording_part(allowed: Sequence[Layout]) -> Part:
    """The part whose wordings a letter may use: that of the layouts."""
    parts = {layout.part for layout in allowed}
    return parts.pop() if len(parts) == 1 else "all"


def mail_around(
    rng: random.Random, order: Order, inner: Document, *, forwarded: bool = False, part: Part = "all"
) -> Document:
    """A short mail that carries a document."""
    stem = rng.choice((f"PO_{order.po_number}", "order", f"Bestellung {order.po_number}", "scan0042", "Document1"))
    name = stem.replace("/", "-") + inner.extension
    letter = cover_letter(Wording(rng, order.customer.language, part), order)
    letter = forwarded_letter(order, letter) if forwarded else letter
    content = write_mail(rng, order, letter, attachments=((name, inner.content),), forwarded=forwarded)
    orders = inner.orders if len(inner.orders) > 1 else tuple((o, {**letter.printed, **printed}) for o, printed in inner.orders)
    return Document(content, ".eml", orders, "attachment_mail", inner.layout, inner.damage, inner.places)


def _part(rng: random.Random, part: Part) -> Literal["train", "check"]:
    drawn: Literal["train", "check"] = "train" if rng.random() < 2 / 3 else "check"
    return drawn if part == "all" else part


def _wishes(rng: random.Random, kind: str) -> Wishes:
    """Typed mails are short and never invoices; an 850 orders, changes or cancels."""
    types: dict[str, dict[DocType, float]] = {
        "text_mail": {"purchase_order": 70, "order_change": 6, "cancellation": 5, "quote": 7, "invoice": 2, "other": 10},
        "html_mail": {"purchase_order": 76, "order_change": 6, "cancellation": 4, "quote": 7, "invoice": 1, "other": 6},
        "edi850": {"purchase_order": 88, "order_change": 7, "cancellation": 5},
    }
    if kind not in types:
        return Wishes()
    weights = types[kind]
    return Wishes(
        doc_type=rng.choices(tuple(weights), tuple(weights.values()))[0],
        line_count=rng.choice((1, 1, 2, 3, 4, 6, 9)) if kind != "edi850" else None,
    )


def _page(rng: random.Random, kind: str, company: Company, order: Order, form: Form) -> Document:
    """A native PDF, or its picture after a scanner or fax."""
    forms, orders = [form], [order]
    if kind == "pdf" and rng.random() < 0.03:
        second = draw_order(
            rng, company, Wishes(customer=order.customer, doc_type=order.doc_type, line_count=rng.randrange(1, 6),
                                strange=order.strange)
        )
        forms.append(make_form(rng, second, form.layout))
        orders.append(second)
    invisible = "PO 99999 total 1.00" if rng.random() < 0.02 else ""
    content, places = write_pdf(rng, forms, invisible=invisible)
    printed = tuple((o, printed_values(f, o)) for o, f in zip(orders, forms, strict=True))
    if kind == "pdf":
        return Document(content, ".pdf", printed, kind, form.layout, places=places)
    is_fax = kind != "scan"
    damage = draw_fax(rng, FAX_ROWS.get(kind)) if is_fax else draw_scan(rng)
    container = _container(rng, is_fax, places)
    fax_line = (
        f"{order.order_date:%d-%b-%Y} 09:{rng.randrange(60):02d}  {order.contact.phone}  {company.name}"
        if is_fax
        else ""
    )
    picture = damaged(content, damage, rng.getrandbits(32), container, fax_line=fax_line if rng.random() < 0.7 else "")
    return Document(picture, f".{container}", printed, kind, form.layout, damage, places)


def _container(rng: random.Random, is_fax: bool, places: Sequence[Sequence[Placed]]) -> Container:
    """PNG and JPEG only for documents of one page."""
    several = any(placed.page for group in places for placed in group)
    options: tuple[Container, ...] = ("pdf", "pdf", "tiff") if several else ("pdf", "pdf", "pdf", "tiff", "png", "jpg")
    found = rng.choice(options)
    return "tiff" if is_fax and found == "jpg" else found


def _sheet(rng: random.Random, kind: str, order: Order, form: Form) -> Document:
    sheet = int(kind == "xlsx" and rng.random() < 0.08)         # behind a cover
    grid, row = start_grid(rng, form, sheet)
    if rng.random() < 0.15 and order.doc_type == "purchase_order" and all(line.item for line in order.lines):
        row = fill_template(rng, grid, order, row)
    else:
        row = fill_table(rng, grid, form, row, struck=kind == "xlsx")
    finish_grid(grid, form, row)
    writers = {"xlsx": lambda: write_xlsx(rng, grid, order), "xls": lambda: write_xls(grid), "ods": lambda: write_ods(grid)}
    printed = ((order, _in_cells(grid, order, form)),)
    return Document(writers[kind](), f".{kind}", printed, kind, form.layout, places=(grid.places,))


def _delimited(rng: random.Random, company: Company, order: Order, layout: Layout) -> Document:
    """One order as CSV, or two of one customer, which then write alike."""
    state = rng.getstate()
    forms, orders = [make_form(rng, order, layout)], [order]
    if carries_number(forms[0]) and order.doc_type == "purchase_order" and rng.random() < 0.1:
        same = random.Random()
        same.setstate(state)
        wishes = Wishes(
            customer=order.customer, doc_type=order.doc_type, line_count=rng.randrange(1, 6), strange=order.strange)
        orders.append(draw_order(rng, company, wishes))
        forms.append(make_form(same, orders[1], layout))
    content, grids = write_csv(rng, forms)
    printed = tuple((o, _in_cells(grid, o, form)) for o, grid, form in zip(orders, grids, forms, strict=True))
    return Document(content, ".csv", printed, "csv", layout, places=[grid.places for grid in grids])


def _in_cells(grid: Grid, order: Order, form: Form) -> dict[str, Any]:
    """The values whose tags stand in the cells, and a currency that is seen there."""
    tags = grid.tags
    printed = {tag: value for tag, value in printed_values(form, order).items() if tag in tags} | grid.printed
    if grid.shows(CURRENCY_SIGNS[order.currency]) or grid.shows(order.currency):
        printed["currency"] = order.currency
    return printed


def store(out: Path, name: str, document: Document, *, seed: int) -> Sample:
    """Write a document and its truth below `out`."""
    file = out / "documents" / f"{name}{document.extension}"
    path = out / "truth" / f"{name}.json"
    for folder in (file.parent, path.parent):
        folder.mkdir(parents=True, exist_ok=True)
    file.write_bytes(document.content)
    path.write_text(json.dumps(truth_of(file.name, document), ensure_ascii=False, sort_keys=True), encoding="utf-8")
    first, layout = document.orders[0][0], document.layout
    return Sample(
        name, file, path, layout.id if layout else "", layout.part if layout else document.part, first.customer.language,
        document.medium, first.doc_type, seed,
    )


def truth_of(file: str, document: Document) -> dict[str, Any]:
    """The truth file's content: orders in the shape of `read --json`, each with an `extra` of what is known besides."""
    found = []
    for number, (order, printed) in enumerate(document.orders):
        places = document.places[number] if number < len(document.places) else ()
        told = truth(order, printed)
        found.append(told | {"extra": told["extra"] | _extra(order, document, places)})
    return {"file": file, "orders": found}


def _extra(order: Order, document: Document, places: Sequence[Placed]) -> dict[str, Any]:
    return {
        "customer_no": order.customer.customer_no,
        "lines": [
            {
                "sku": line.item.sku, "base_quantity": number_of(line.quantity * unit.factor),
                "list_price": number_of(line.item.list_price / line.item.price_unit), "uom": line.uom,
            } if line.item and (unit := line.unit) else None for line in order.lines
        ],
        "layout": document.layout.id if document.layout else None, "language": order.customer.language, "medium": document.medium,
        "damage": document.damage.as_json() if document.damage else None,
        "places": [asdict(placed) for placed in places],
    }


def write_manifest(out: Path, samples: Sequence[Sample]) -> None:
    """One JSON line per sample."""
    rows = (
        {"name": s.name, "file": f"documents/{s.file.name}", "layout": s.layout, "part": s.part, "language": s.language,
         "medium": s.medium, "doc_type": s.doc_type, "seed": s.seed} for s in samples
    )
    (out / "manifest.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
