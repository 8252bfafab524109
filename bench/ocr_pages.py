"""Generated order pages as pictures of known grades, with the words that stand on them: what OCR is measured against."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from extraction.formats.options import ParseOptions
from extraction.formats.parse import parse_document
from extraction.model.synth.company import Company, make_company
from extraction.model.synth.damage import PAPERS, damaged, draw_paper
from extraction.model.synth.generate import make_document
from extraction.model.synth.layouts import Layout, layouts
from extraction.model.synth.orders import Wishes, draw_order
from models.domain.pages import PageImage, Word

Part = Literal["train", "check"]
_MOST_WORDS = 400                  # longer first pages cost OCR seconds and teach no more


@dataclass(frozen=True, slots=True)
class TruthPage:
    """A page as an engine is given it, after our own parsing of its file, and the words a person sees on its original.

    Word boxes are those of the undamaged page, in PDF points.
    """

    grade: str
    language: str
    words: tuple[Word, ...]
    image: PageImage


def pages(
    *, count: int, seed: int, part: Part, grades: Sequence[str] = PAPERS, least_type: float = 0.0,
) -> Iterator[TruthPage]:
    """`count` pages of every grade, each the first page of an order of its own; equal arguments give equal pages.

    Companies of the two parts differ, as layouts do; the languages of a company's customers take turns. With `least_type` only
    pages whose usual type has at least so many points.
    """
    allowed = layouts(part)
    for grade in grades:
        for number in range(count):
            rng = random.Random(f"{seed}/{part}/{grade}/{number}")
            company = make_company(seed * 8 + 2 * (number % 4) + (part == "check"))
            yield _page(rng, grade, company, _customer_language(company, number), allowed, least_type)


def _customer_language(company: Company, number: int) -> str:
    spoken = sorted({c.language for c in company.customers})
    return spoken[number % len(spoken)]


def _page(
    rng: random.Random, grade: str, company: Company, language: str, allowed: Sequence[Layout], least_type: float,
) -> TruthPage:
    while True:
        customer = rng.choice([c for c in company.customers if c.language == language])
        order = draw_order(rng, company, Wishes(customer=customer, doc_type="purchase_order"))
        pdf = make_document(rng, "pdf", company, order, allowed).content
        words = tuple(w for w in parse_document(pdf, ParseOptions()).parsed.pages[0].words if w.seen)
        if 20 <= len(words) <= _MOST_WORDS and median(w.size or 0.0 for w in words) >= least_type:
            break
    damage, container = draw_paper(rng, grade)
    picture = damaged(pdf, damage, rng.getrandbits(32), container)
    image = parse_document(picture, ParseOptions(image_budget=1)).parsed.images[0]
    return TruthPage(grade, language, words, image)
