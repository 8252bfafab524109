"""An order that stands in the subject of a mail alone: "Please send 5 boxes of gloves"."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from extraction.layout.reading_order import document_lines
from extraction.lines.build import Styles
from extraction.lines.prose.read import read_prose
from models.domain.evidence import Evidence, Found, Origin, PageKind
from models.domain.pages import Page, Word
from models.domain.reading import ReadingLine

_NOTE = "from the subject"


def read_subject(subject: str, styles: Styles) -> tuple[ReadingLine, ...]:
    """What a subject orders; its values have no place on a page, only their words."""
    words, at = [], 0
    for text in subject.split():
        words.append(Word(text, 0, (float(at), 0.0, float(at + len(text)), 1.0)))
        at += len(text) + 1
    page = Page(0, PageKind.TEXT, float(max(at, 1)), 1.0, tuple(words))
    return tuple(_unplaced(said.line) for said in read_prose(document_lines((page,)), styles))


def _unplaced(line: ReadingLine) -> ReadingLine:
    values: dict[str, Any] = {
        f.name: replace(
            value, evidence=_proof(value.evidence),
            candidates=tuple(replace(c, evidence=_proof(c.evidence)) for c in value.candidates))
        for f in fields(line) if isinstance(value := getattr(line, f.name), Found)}
    return replace(line, **values)


def _proof(evidence: Evidence) -> Evidence:
    return Evidence(Origin.CONTEXT, evidence.text, note=_NOTE)
