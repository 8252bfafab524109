"""Every text of the screens is there in every language, with the same placeholders."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import review_ui
from models.domain.order_work import ExceptionKind, HoldKind
from models.domain.stock import EntryKind
from review_ui.language import KINDS
from scripts.strings import languages, read, texts

PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def strings(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)           # type: ignore[arg-type]


@pytest.mark.parametrize("path", languages(), ids=lambda path: path.stem)
def test_no_text_is_without_a_translation(path: Path) -> None:
    known = {message.id for message in read(path) if message.id and all(strings(message.string))}
    missing = [message.id for message in texts() if message.id and message.id not in known]
    assert missing == [], f"run make strings, then translate them in {path.name}"


@pytest.mark.parametrize("path", languages(), ids=lambda path: path.stem)
def test_a_translation_has_the_placeholders_of_its_text(path: Path) -> None:
    for message in read(path):
        if message.id:
            wanted = {name for text in strings(message.id) for name in PLACEHOLDER.findall(text)}
            for text in strings(message.string):
                found = PLACEHOLDER.findall(text)
                assert set(found) <= wanted and ("num" in wanted or set(found) == wanted), message.id
                assert not re.search(r"%(?!\()", text), f"a bare percent sign breaks the text: {text}"


def test_the_catalogues_hold_no_text_that_is_gone() -> None:
    there = {message.id for message in texts()}
    for path in languages():
        assert [m.id for m in read(path) if m.id and m.id not in there] == [], "run make strings"


def test_what_templates_call_by_its_own_name_has_a_word() -> None:
    for kind in (*ExceptionKind, *HoldKind, *EntryKind):
        word = kind.replace("_", " ")
        assert {word, word.capitalize()} & set(KINDS), f"name {word} in review_ui.language.KINDS"


TEMPLATES = Path(review_ui.__file__).parent / "templates"
NAMES = re.compile(r"Ordermill|GTIN|SSCC|PDF|CSV|XLSX|XBX|YYYY-MM-DD|UTC|https?://\S+|[\w.]+\.\S+")
"""What is the same in every language."""


def bare_texts(template: str) -> list[str]:
    """Words people see that stand in a template as they are, not as a text to be translated."""
    without = re.sub(r"\{#.*?#\}|<(kbd|script|style|code)\b.*?</\1>", "", template, flags=re.DOTALL)
    without = re.sub(r"\{%-?\s*(block|extends|set)\b.*?%\}\w*(\{% endblock %\})?", "\0", without, flags=re.DOTALL)
    without = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\0", without, flags=re.DOTALL)
    shown = re.findall(r'\b(?:title|aria-label|placeholder|alt)="([^"]*)"', without)
    shown += re.sub(r"<[^<>]*>", "\n", without).split("\n") if "<" in without else []
    return [text.strip() for text in shown if re.search(r"[A-Za-z]{3}", NAMES.sub("", text)) and "data-" not in text]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_text_of_a_template_can_be_translated(path: Path) -> None:
    assert bare_texts(path.read_text(encoding="utf-8")) == []


def test_a_text_that_stands_bare_is_found() -> None:
    assert bare_texts('<p>Stands bare.</p><b title="Bare, too">{{ _("Not bare") }}</b>') == ["Bare, too", "Stands bare."]
