"""Samples are repeatable, open with ordinary readers, and their truth stands on the page."""

from __future__ import annotations

import email
import hashlib
import io
import json
import random
import re
from collections.abc import Iterable
from email import policy
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from PIL import Image
from python_calamine import CalamineWorkbook

from extraction.model.synth import KINDS, Sample, demo_samples, generate, make_company
from extraction.model.synth.generate import make_document, truth_of
from extraction.model.synth.layouts import layouts
from extraction.model.synth.orders import draw_order

FIELDS = {
    "doc_type",
    "kind",
    "po_number",
    "order_date",
    "requested_date",
    "currency",
    "buyer_name",
    "supplier_name",
    "ship_to",
    "bill_to",
    "payment_terms",
    "total",
    "lines",
    "extra",
}
LINE_FIELDS = {"line_no", "supplier_sku", "buyer_sku", "gtin", "description", "quantity", "uom", "unit_price", "amount"}


def _digests(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.rglob("*") if p.is_file()}


def _orders(sample: Sample) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = json.loads(sample.truth.read_text(encoding="utf-8"))["orders"]
    return loaded


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return generate(tmp_path_factory.mktemp("pdfs"), seed=21, count=60, kinds=["pdf"], company=make_company(1))


@pytest.mark.parametrize("kind", KINDS)
def test_equal_arguments_give_equal_bytes(kind: str, tmp_path: Path) -> None:
    count = 2 if kind == "scan" or kind.startswith("fax") else 6
    for name in ("one", "two"):
        generate(tmp_path / name, seed=5, count=count, kinds=[kind], company=make_company(1))
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")
    assert len(_digests(tmp_path / "one")) == 2 * count + 1


def test_another_seed_gives_another_document(tmp_path: Path) -> None:
    one, two = (generate(tmp_path / str(seed), seed=seed, count=1, kinds=["pdf"], company=make_company(1))[0] for seed in (1, 2))
    assert one.file.read_bytes() != two.file.read_bytes()


def test_a_larger_count_only_adds_samples(tmp_path: Path) -> None:
    few = generate(tmp_path / "few", seed=9, count=3, kinds=["csv"], company=make_company(1))
    many = generate(tmp_path / "many", seed=9, count=6, kinds=["csv"], company=make_company(1))
    assert [s.file.read_bytes() for s in few] == [s.file.read_bytes() for s in many[:3]]


def test_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="papyrus"):
        generate(tmp_path, seed=1, count=1, kinds=["papyrus"])


def test_parts_keep_to_their_layouts(tmp_path: Path) -> None:
    for part in ("train", "check"):
        samples = generate(tmp_path / part, seed=3, count=12, part=part, kinds=["pdf", "csv"], company=make_company(1))
        assert {s.part for s in samples} == {part}
        assert all(s.layout.startswith(part) for s in samples)


def test_truth_has_exactly_the_agreed_shape(tmp_path: Path) -> None:
    samples = generate(tmp_path, seed=9, count=20)
    rows = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["name"] for row in rows] == [s.name for s in samples]
    for sample in samples:
        for order in _orders(sample):
            assert set(order) == FIELDS
            assert all(set(line) == LINE_FIELDS for line in order["lines"])
            assert order["extra"]["language"] == sample.language


def test_printed_truth_is_found_in_the_text_of_native_pdfs(pdfs: list[Sample]) -> None:
    assert len({s.layout for s in pdfs}) >= 35
    for sample in pdfs:
        with pymupdf.open(sample.file) as document:
            text = _squeeze("".join(page.get_text() for page in document))
        for order in _orders(sample):
            for value in _printed_texts(order):
                assert _squeeze(value) in text, (sample.name, sample.layout, value)


def test_the_name_in_the_small_line_above_an_address_is_the_writers() -> None:
    company, found = make_company(1), [layout for layout in layouts() if layout.header == "line_head"]
    assert found
    for seed in range(12):
        rng = random.Random(seed)
        order = truth_of("x.pdf", make_document(rng, "pdf", company, draw_order(rng, company), found))["orders"][0]
        assert order["buyer_name"] or order["supplier_name"]
        assert order["doc_type"] != "purchase_order" or order["buyer_name"]


def test_places_hold_the_words_they_name(pdfs: list[Sample]) -> None:
    for sample in pdfs[:15]:
        with pymupdf.open(sample.file) as document:
            for place in (p for order in _orders(sample) for p in order["extra"]["places"]):
                page = document[place["page"]]
                clip = (pymupdf.Rect(place["box"]) + pymupdf.Rect(-1, -1, 1, 1)) * page.derotation_matrix
                found = page.get_text(clip=clip)
                assert _squeeze(place["text"])[:4] in _squeeze(found), (sample.name, place)


def test_line_sums_are_consistent_where_all_three_are_printed(pdfs: list[Sample]) -> None:
    checked = 0
    for line in (line for sample in pdfs for order in _orders(sample) for line in order["lines"]):
        if line["quantity"] and line["unit_price"] and line["amount"]:
            assert line["amount"] <= line["quantity"] * line["unit_price"] * 1.001 + 0.01
            assert line["amount"] >= line["quantity"] * line["unit_price"] * 0.87 - 0.01
            checked += 1
    assert checked > 200


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_workbooks_open_and_hold_the_quantities(kind: str, tmp_path: Path) -> None:
    for sample in generate(tmp_path, seed=2, count=6, kinds=[kind], company=make_company(1)):
        book = CalamineWorkbook.from_path(str(sample.file))
        rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
        cells = {cell for row in rows for cell in row if isinstance(cell, int | float)}
        texts = _squeeze(" ".join(str(cell) for row in rows for cell in row))
        for line in _orders(sample)[0]["lines"]:
            assert line["quantity"] in cells or str(line["quantity"]) in texts.replace(".", "").replace(",", "")
            assert line["description"] is None or _squeeze(line["description"]) in texts


def test_pictures_open_in_the_resolution_they_claim(tmp_path: Path) -> None:
    for sample in generate(tmp_path, seed=4, count=8, kinds=["scan", "fax_fine", "fax_std"], company=make_company(1)):
        damage = _orders(sample)[0]["extra"]["damage"]
        if sample.file.suffix == ".pdf":
            with pymupdf.open(sample.file) as document:
                assert not document[0].get_text().strip()
                assert document[0].get_images()
        else:
            with Image.open(sample.file) as picture:
                assert tuple(round(float(x)) for x in picture.info["dpi"]) == tuple(damage["dpi"])
                assert picture.mode == ("1" if damage["kind"] == "fax" else "L")


def test_mails_parse_and_their_attachments_open(tmp_path: Path) -> None:
    company = make_company(7)
    for sample in generate(tmp_path, seed=6, count=30, kinds=["text_mail", "html_mail", "attachment_mail"], company=company):
        message = email.message_from_bytes(sample.file.read_bytes(), policy=policy.default)
        assert message["To"] == company.order_mailbox
        assert not message.defects
        for part in message.iter_attachments():
            content = part.get_content()
            if str(part.get_filename()).endswith(".pdf"):
                with pymupdf.open(stream=io.BytesIO(content).read(), filetype="pdf") as document:
                    assert document.page_count


def test_what_a_typed_mail_says_is_its_truth(tmp_path: Path) -> None:
    for sample in generate(tmp_path, seed=8, count=30, kinds=["text_mail"], company=make_company(1)):
        message = email.message_from_bytes(sample.file.read_bytes(), policy=policy.default)
        body = message.get_body(("plain",))
        assert body is not None
        text = _squeeze(str(message["Subject"]) + body.get_content())
        for order in _orders(sample):
            for value in _printed_texts(order):
                assert _squeeze(value) in text, (sample.name, value)


def test_edi_counts_its_segments_and_lines(tmp_path: Path) -> None:
    for sample in generate(tmp_path, seed=8, count=8, kinds=["edi850"], company=make_company(1)):
        segments = [s.strip().split("*") for s in sample.file.read_text(encoding="utf-8").split("~") if s.strip()]
        names = [s[0] for s in segments]
        start, end = names.index("ST"), names.index("SE")
        assert int(segments[end][1]) == end - start + 1
        assert len(sample.file.read_text(encoding="utf-8").split("~")[0]) == 105
        order = _orders(sample)[0]
        assert [float(s[2]) for s in segments if s[0] == "PO1"] == [line["quantity"] for line in order["lines"]]
        assert next(s for s in segments if s[0] == "BEG")[3] == order["po_number"]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return demo_samples(make_company(1), tmp_path_factory.mktemp("demo"), 1)


def test_the_demo_is_varied_and_comes_from_known_customers(demo: list[Sample]) -> None:
    company, samples = make_company(1), demo
    assert len(samples) >= 30
    assert {s.doc_type for s in samples} == {"purchase_order", "order_change", "cancellation", "invoice", "quote", "other"}
    assert {s.file.suffix for s in samples} >= {".eml", ".edi", ".xlsx", ".pdf"}
    domains = {c.email_domain for c in company.customers}
    for sample in (s for s in samples if s.file.suffix == ".eml"):
        message = email.message_from_bytes(sample.file.read_bytes(), policy=policy.default)
        assert message["From"].addresses[0].domain in domains
        assert message["To"] == company.order_mailbox


def test_the_demo_repeats_changes_and_cancels_earlier_orders(demo: list[Sample]) -> None:
    by_name = {s.name.partition("-")[2]: _orders(s)[0] for s in demo}
    again, first = by_name["sent-again"], by_name["pdf-two"]
    assert again["po_number"] == first["po_number"]
    assert [line["quantity"] for line in again["lines"]] == [line["quantity"] for line in first["lines"]]
    assert by_name["change"]["po_number"] == by_name["pdf-three"]["po_number"]
    assert by_name["change"]["lines"][0]["quantity"] == 2 * by_name["pdf-three"]["lines"][0]["quantity"]
    assert by_name["cancellation"]["po_number"] == by_name["pdf-four"]["po_number"]
    assert by_name["newsletter"]["lines"] == by_name["out-of-office"]["lines"] == []


def _printed_texts(order: dict[str, Any]) -> Iterable[str]:
    """Every text of the truth that must stand on the page; what may wrap in its place goes word by word."""
    for name in ("po_number", "buyer_name", "supplier_name", "payment_terms"):
        yield from (order[name] or "").split()
    for name in ("ship_to", "bill_to"):
        yield from (order[name] or "").replace(", ", " ").split()
    for line in order["lines"]:
        yield from (line[name] for name in ("line_no", "supplier_sku", "buyer_sku", "gtin", "uom") if line[name])
        yield from (line["description"] or "").split()


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)
