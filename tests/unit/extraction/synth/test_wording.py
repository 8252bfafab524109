"""Typed mails say things in many ways, and the check part in ways of its own."""

from __future__ import annotations

import email
import json
import re
from email import policy

import pytest

from extraction.model.synth import Sample, generate, make_company
from extraction.model.synth.wording import templates


def _text(sample: Sample) -> str:
    message = email.message_from_bytes(sample.file.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Sample]]:
    folder = tmp_path_factory.mktemp("letters")
    company = make_company(1)
    return {part: generate(folder / part, seed=31, count=110, part=part, kinds=["text_mail"], company=company)
            for part in ("train", "check")}


def _sentences(part: str) -> set[str]:
    """Whole sentences without holes, long enough to be told from anything else."""
    found = templates("train") if part == "train" else templates("check")
    return {text for _, text in found if "{" not in text and len(text) > 18}


def test_train_and_check_share_no_template() -> None:
    assert not templates("train") & templates("check")
    assert len(templates("check")) > 120


def test_no_mail_uses_a_template_of_the_other_part(letters: dict[str, list[Sample]]) -> None:
    for part, other in (("train", "check"), ("check", "train")):
        texts = [re.sub(r"\s+", " ", _text(sample)) for sample in letters[part]]
        assert not [phrase for phrase in _sentences(other) if any(phrase in text for text in texts)]
        used = [phrase for phrase in _sentences(part) if any(phrase in text for text in texts)]
        assert len(used) > 12
        assert {sample.part for sample in letters[part]} == {part}


def test_all_languages_and_kinds_of_letter_occur(letters: dict[str, list[Sample]]) -> None:
    samples = letters["train"] + letters["check"]
    assert {s.language for s in samples} == {"en", "de", "fr", "es", "nl", "it", "pl"}
    kinds = {json.loads(s.truth.read_text(encoding="utf-8"))["orders"][0]["kind"] for s in samples}
    assert kinds >= {"purchase_order", "order_change", "cancellation", "quote", "order_confirmation", "other"}


def test_quantities_may_be_words_and_stand_in_quotes(letters: dict[str, list[Sample]]) -> None:
    words, quotes = 0, 0
    for sample in letters["train"] + letters["check"]:
        lines = _text(sample).split("\n")
        for place in json.loads(sample.truth.read_text(encoding="utf-8"))["orders"][0]["extra"]["places"]:
            if place["tag"].endswith("quantity"):
                words += place["text"].replace(" ", "").isalpha()
                quotes += lines[int(place["box"][1])].startswith(">")
    assert words >= 15
    assert quotes >= 3
