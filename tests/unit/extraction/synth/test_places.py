"""Places name the words that the reader finds: the same text in the same characters, lines and cells."""

from __future__ import annotations

import email
import json
import re
from email import policy
from pathlib import Path
from typing import Any

import pytest

from extraction.formats.html import parse_html
from extraction.formats.options import ParseOptions
from extraction.formats.sheet import parse_workbook
from extraction.formats.text import parse_text
from extraction.model.synth import Sample, generate, make_company
from models.domain.pages import Page

WORKBOOKS = frozenset({"xlsx", "xls", "ods"})


def _pages(sample: Sample) -> tuple[Page, ...]:
    content = sample.file.read_bytes()
    match sample.medium:
        case "text_mail" | "html_mail":
            message = email.message_from_bytes(content, policy=policy.default)
            body = message.get_body(("html",) if sample.medium == "html_mail" else ("plain",))
            assert body is not None
            text = body.get_content().encode()
            parse = parse_html if sample.medium == "html_mail" else parse_text
            return parse(text, ParseOptions(is_body=True)).parsed.pages
        case "csv":
            return parse_text(content, ParseOptions()).parsed.pages
        case _:
            return parse_workbook(content, ParseOptions()).parsed.pages


def _inside(page: Page, place: dict[str, Any]) -> str:
    left, top, right, bottom = place["box"]
    inside = [w.text for w in page.words if w.box[0] < right and w.box[2] > left and w.box[1] < bottom and w.box[3] > top]
    return re.sub(r"[\s,.'\u00a0]", "", "".join(inside))


@pytest.mark.parametrize("kind", ["text_mail", "html_mail", "xlsx", "xls", "ods", "csv"])
def test_each_place_holds_its_words(kind: str, tmp_path: Path) -> None:
    seen = 0
    for sample in generate(tmp_path, seed=12, count=10, kinds=[kind], company=make_company(1)):
        pages = _pages(sample)
        if kind.endswith("mail") and pages[0].kind != "text":
            continue                                       # a body that is a table from top to bottom is read as a sheet
        for order in json.loads(sample.truth.read_text(encoding="utf-8"))["orders"]:
            tags = {place["tag"] for place in order["extra"]["places"]}
            for place in order["extra"]["places"]:
                assert place["kind"] == pages[place["page"]].kind
                wanted = re.sub(r"[\s,.'\u00a0]", "", place["text"])
                # cells hold numbers and dates in forms of their own
                typed = kind in WORKBOOKS and place["tag"].endswith(("price", "amount", "quantity", "total", "_date"))
                if not typed:
                    assert wanted in _inside(pages[place["page"]], place), (sample.name, place)
                else:
                    assert _inside(pages[place["page"]], place)
                seen += 1
            told = {f"lines.{n}.{k}" for n, line in enumerate(order["lines"]) for k, v in line.items() if v is not None}
            missing = {tag for tag in told if not tag.endswith(".uom")} - tags
            assert not missing, (sample.name, missing)
    assert seen > 100
