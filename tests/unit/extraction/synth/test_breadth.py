"""What is generated reaches what is promised: every row shape, every kind of paper, sheets and files of many habits."""

from __future__ import annotations

import io
import json
import random
import re
from pathlib import Path

import pymupdf
import pytest
from python_calamine import CalamineWorkbook
from reportlab.pdfgen.canvas import Canvas

from extraction.model.synth import Company, Sample, generate, make_company
from extraction.model.synth.form import make_form, printed_values
from extraction.model.synth.form_parties import sides
from extraction.model.synth.generate import make_document, truth_of
from extraction.model.synth.headers import LEARNED_HEADERS, SELLERS_FORMS
from extraction.model.synth.layouts import ROW_SHAPES, layouts
from extraction.model.synth.orders import Wishes, draw_order
from extraction.model.synth.papers import FROM_SELLER, OTHER_PAPERS, titles
from extraction.model.synth.pdf.sheet import Sheet


@pytest.fixture(scope="module")
def company() -> Company:
    return make_company(6)


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("shape", ROW_SHAPES)
def test_every_row_shape_prints_its_lines_where_it_says(shape: str, company: Company) -> None:
    rng = random.Random(f"shape-{shape}")
    order = draw_order(rng, company, Wishes(doc_type="purchase_order", line_count=4))
    document = make_document(rng, "pdf", company, order, [layout for layout in layouts() if layout.row_shape == shape])
    told = truth_of("x.pdf", document)["orders"][0]
    assert len(told["lines"]) == len(order.lines)
    assert [line["quantity"] for line in told["lines"]] == [float(line.quantity) for line in order.lines]
    with pymupdf.open(stream=document.content, filetype="pdf") as pdf:
        for place in told["extra"]["places"]:
            page = pdf[place["page"]]
            clip = (pymupdf.Rect(place["box"]) + pymupdf.Rect(-1, -1, 1, 1)) * page.derotation_matrix
            assert _squeeze(place["text"])[:3] in _squeeze(page.get_text(clip=clip)), place
    quantities = {place["tag"] for place in told["extra"]["places"] if place["tag"].endswith(".quantity")}
    assert len(quantities) == len(order.lines)


def test_every_kind_of_paper_is_drawn_and_titled_as_what_it_is(company: Company) -> None:
    seen: dict[str, bool] = {}
    for seed in range(160):
        rng = random.Random(seed)
        order = draw_order(rng, company, Wishes(doc_type="other", line_count=2))
        layout = rng.choice(layouts())
        form = make_form(rng, order, layout)
        assert form.title.lower() in {title.lower() for title in titles(order.paper, form.language)}
        printed = printed_values(form, order)
        if order.inbound:
            assert order.paper in FROM_SELLER
            seller = sides(order)[1].name
            assert printed.get("supplier_name", seller).lower() == seller.lower()
        seen[order.paper] = seen.get(order.paper, False) or order.inbound
    assert set(seen) == set(OTHER_PAPERS)
    assert {paper for paper, inbound in seen.items() if inbound} == FROM_SELLER - {"invoice"}


def test_a_delivery_note_without_prices_has_no_totals(company: Company) -> None:
    bare = 0
    for seed in range(40):
        rng = random.Random(seed)
        order = draw_order(rng, company, Wishes(doc_type="other", line_count=2))
        if order.paper != "delivery_note":
            continue
        form = make_form(rng, order, rng.choice(layouts()))
        if not {"unit_price", "amount"} & {column.key for column in form.columns}:
            assert form.totals == ()
            bare += 1
    assert bare


def test_two_copies_of_a_form_write_every_line_alike(company: Company) -> None:
    in_titles = 0
    for layout in layouts("train"):
        drawn = random.Random(layout.id)
        wishes = Wishes(customer=company.customers[0], doc_type="purchase_order", line_count=1)
        first, second = (draw_order(drawn, company, wishes) for _ in range(2))
        before = make_form(random.Random(layout.id), first, layout).style
        after = make_form(random.Random(2), second, layout, before).style
        assert (after.code_form, after.code_owner, after.numbering) == (before.code_form, before.code_owner, before.numbering)
        assert {line.uom for line in second.lines} <= after.units.keys()
        assert before.units.items() <= after.units.items()
        in_titles += before.uom_in == "title"
        assert after.uom_in == ("quantity" if before.uom_in == "title" else before.uom_in)
        assert not any(f"({unit})" in title for unit in after.units.values() for c in after.columns for title in c.titles)
    assert in_titles


def test_a_turned_page_is_shown_upright_with_its_words_in_place() -> None:
    sheet = Sheet(0, 400.0, 600.0, turned=True)
    sheet.text(50, 100, "Bestellung", "Helvetica", 12, tag="title")
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    sheet.write(canvas, "drawing")
    canvas.save()
    with pymupdf.open(stream=buffer.getvalue(), filetype="pdf") as pdf:
        page = pdf[0]
        assert page.rotation == 90
        assert (page.rect.width, page.rect.height) == (400, 600)
        word = pymupdf.Rect(page.get_text("words")[0][:4]) * page.rotation_matrix
        assert word.intersects(pymupdf.Rect(sheet.places()[0].box))


@pytest.fixture(scope="module")
def flat_files(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return generate(tmp_path_factory.mktemp("csv"), seed=14, count=60, kinds=["csv"], company=make_company(6))


def test_some_flat_files_hold_two_orders_told_apart_by_their_numbers(flat_files: list[Sample]) -> None:
    pairs = [found for s in flat_files if len(found := json.loads(s.truth.read_text(encoding="utf-8"))["orders"]) == 2]
    assert pairs
    for first, second in pairs:
        assert first["po_number"] and second["po_number"] and first["po_number"] != second["po_number"]
        rows = [{place["box"][1] for place in order["extra"]["places"]} for order in (first, second)]
        assert max(rows[0]) < min(rows[1])


def test_some_sheets_are_templates_with_few_quantities(tmp_path: Path) -> None:
    templates = 0
    for sample in generate(tmp_path, seed=15, count=40, kinds=["xlsx"], company=make_company(6)):
        order = json.loads(sample.truth.read_text(encoding="utf-8"))["orders"][0]
        places = [place for place in order["extra"]["places"] if place["tag"].endswith("supplier_sku")]
        if not places:
            continue
        book = CalamineWorkbook.from_path(str(sample.file))
        rows = book.get_sheet_by_index(places[0]["page"]).to_python(skip_empty_area=False)
        column = int(places[0]["box"][0])
        cells = [str(row[column]) for row in rows if len(row) > column]
        codes = [cell for cell in cells if any(map(str.isdigit, cell))]
        templates += len(codes) > 2 * len(order["lines"]) + 4
    assert templates >= 2


@pytest.mark.parametrize("header", LEARNED_HEADERS)
def test_every_learned_header_prints_its_parties_where_it_says(header: str, company: Company) -> None:
    layout = next(layout for layout in layouts("train") if layout.header == header)
    for seed in range(4):
        rng = random.Random(f"{header}{seed}")
        order = draw_order(rng, company, Wishes(doc_type="purchase_order", line_count=2, strange=seed % 2 == 0))
        document = make_document(rng, "pdf", company, order, [layout])
        told = truth_of("x.pdf", document)["orders"][0]
        buyer, seller = sides(order)
        assert (told["buyer_name"] or "").lower() == buyer.name.lower()
        assert (told["supplier_name"] or seller.name).lower() == seller.name.lower()
        with pymupdf.open(stream=document.content, filetype="pdf") as pdf:
            places = [place for place in told["extra"]["places"] if place["tag"] in {"buyer_name", "supplier_name", "ship_to"}]
            assert {place["tag"] for place in places} == {tag for tag in ("buyer_name", "supplier_name", "ship_to") if told[tag]}
            for place in places:
                page = pdf[place["page"]]
                clip = (pymupdf.Rect(place["box"]) + pymupdf.Rect(-1, -1, 1, 1)) * page.derotation_matrix
                assert _squeeze(place["text"])[:3] in _squeeze(page.get_text(clip=clip)), place


def test_a_sellers_form_bears_the_sellers_head_and_the_buyer_in_its_fields(company: Company) -> None:
    filled = 0
    for layout in (layout for layout in layouts("train") if layout.header in SELLERS_FORMS):
        order = draw_order(random.Random(layout.id), company, Wishes(doc_type="purchase_order", line_count=1))
        form = make_form(random.Random(layout.id), order, layout)
        assert {text.tag for text in form.letterhead.lines} >= {"supplier_name"}
        assert [text.tag for text in form.parties["buyer"].texts].count("buyer_name") == 1
        filled += bool(form.parties["buyer"].pairs)
    assert filled


def test_only_strange_papers_show_houses_and_the_check_part_no_learned_header(company: Company) -> None:
    assert not {layout.header for layout in layouts("check")} & set(LEARNED_HEADERS)
    houses = 0
    for seed in range(60):
        usual, strange = (
            draw_order(random.Random(seed), company, Wishes(doc_type="purchase_order", line_count=1, strange=is_strange))
            for is_strange in (False, True))
        own = set(usual.customer.name.split())
        assert own & set(sides(usual)[0].name.split())
        houses += not own & set(sides(strange)[0].name.split())
    assert houses > 5


def test_some_letters_of_the_train_part_say_an_address_line_by_line(tmp_path: Path) -> None:
    in_lines = 0
    for sample in generate(tmp_path, seed=8, count=60, part="train", kinds=["text_mail"], company=make_company(1)):
        order = json.loads(sample.truth.read_text(encoding="utf-8"))["orders"][0]
        rows = [place["box"][1] for place in order["extra"]["places"] if place["tag"] == "ship_to"]
        in_lines += len(set(rows)) > 2
    assert in_lines


def test_a_number_before_a_name_and_the_date_of_a_reference_are_no_values(company: Company) -> None:
    numbered = dated = 0
    for seed in range(60):
        rng = random.Random(seed)
        order = draw_order(rng, company, Wishes(doc_type="purchase_order", line_count=1, strange=True))
        form = make_form(rng, order, rng.choice(layouts("train")))
        for text in (text for block in form.parties.values() for text in block.lines if text.before.strip().isdigit()):
            assert text.tag in {"buyer_name", "supplier_name", "ship_to", "bill_to"}
            assert not str(text.value).startswith(text.before)
            numbered += 1
        quoted = [number for _, number in order.references]
        dated += sum(pair.value.tag is None and any(pair.value.text.startswith(f"{number} ") for number in quoted)
                     for pair in form.info)
    assert numbered and dated
