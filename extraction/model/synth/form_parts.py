"""The parts of a filled-in form: texts with tags, labelled pairs, blocks, and the form as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from extraction.model.synth.conventions import Conventions
from extraction.model.synth.form_table import Column, FormLine, Run, Style
from extraction.model.synth.layouts import Layout


@dataclass(frozen=True, slots=True)
class Text:
    """Printed words; `tag` names the truth they show, `value` is that truth as JSON (text, number or ISO date).

    What stands `before` and `after` them on their line is no part of it; cells leave it out.
    """

    text: str
    tag: str | None = None
    value: Any = None
    before: str = ""
    after: str = ""

    @property
    def runs(self) -> tuple[Run, ...]:
        """The whole line."""
        return tuple(run for run in ((self.before, None), (self.text, self.tag), (self.after, None)) if run[0])


@dataclass(frozen=True, slots=True)
class Pair:
    """A label with its value (which may be empty) and, on bilingual forms, the label in the other language."""

    label: str
    value: Text
    other: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A party or other block of lines under a label, which may be empty; `pairs` are fields that somebody filled in below."""

    label: str
    lines: tuple[Text, ...]
    pairs: tuple[Pair, ...] = ()

    @property
    def texts(self) -> tuple[Text, ...]:
        """All values in it."""
        return (*self.lines, *(pair.value for pair in self.pairs))


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that is printed, in no place yet; `other` is the second language of bilingual labels, or empty.

    `orders` tells whether the paper is an order, a change or a cancellation; `styled` that its parties are
    printed in all ways; `style` is what it does the same way on every line;
    `signed_by` stands below the signature.
    """

    layout: Layout
    language: str
    other: str
    orders: bool
    conventions: Conventions
    title: str
    po_beside_title: Text | None
    styled: bool
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
    signed_by: Text | None
    footer: tuple[str, ...]
    stamp: str
    appendix: tuple[tuple[str, ...], ...]
