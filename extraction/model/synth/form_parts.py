"""The parts of a filled-in form: texts with tags, labelled pairs, blocks, and the form as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extraction.model.synth.conventions import Conventions
from extraction.model.synth.form_table import Column, FormLine, Style
from extraction.model.synth.layouts import Layout


@dataclass(frozen=True, slots=True)
class Text:
    """Printed words; `tag` names the truth they show, `value` is that truth as JSON (text, number or ISO date)."""

    text: str
    tag: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value (which may be empty) and, on bilingual forms, the label in the other language."""

    label: str
    value: Text
    other: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A party or other block of lines under a label, which may be empty."""

    label: str
    lines: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that is printed, in no place yet; `other` is the second language of bilingual labels, or empty.

    `orders` tells whether the paper is an order, a change or a cancellation; `style` is what it does the same way on every line.
    """

    layout: Layout
    language: str
    other: str
    orders: bool
    conventions: Conventions
    title: str
    po_beside_title: Text | None
    letterhead: Block
    parties: Mapping[str, Block]
    info: tuple[Pair, ...]
    style: Style
    columns: tuple[Column, ...]
    lines: tuple[FormLine, ...]
    totals: tuple[Pair, ...]
    notices: tuple[str, ...]
    notes: tuple[str, ...]
    boilerplate: tuple[str, ...]
    terms: tuple[str, ...]
    signature: str
    footer: tuple[str, ...]
    stamp: str
    appendix: tuple[tuple[str, ...], ...]
