"""What a text or a stamp says about the order besides its goods, and a person must decide: "same as last time", "not the gloves",
"instead of 5", "TEST". Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extraction.fields.numbers import parse_number
from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import fold
from extraction.lines.build import Styles
from extraction.lines.prose.changes import is_changed
from extraction.lines.prose.passages import passages, sentences
from extraction.lines.prose.read import speech_of
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.words import phrases
from models.domain.evidence import PageKind
from models.domain.pages import Problem
from models.domain.reading import ReadingLine

_MOST = 5                      # remarks of one sort
_SHOWN = 120                   # characters of a sentence that are told
_SENTENCES = {
    "refers_to_earlier_order": "The sender refers to an earlier order (“{}”). Look it up and complete this one.",
    "not_wanted": "The sender does not want something (“{}”). Check the lines against that.",
    "changed_in_text": "The sender changes a quantity in the text (“{}”). Check the line it means.",
}
_STAMPS = {
    "test": ("test_order", "It is marked “{}”. Ask the sender before anything is delivered."),
    "copy": ("marked_copy", "It is marked “{}”. Check whether the order is here already."),
}


def remarks(lines: Sequence[Line], styles: Styles) -> tuple[Problem, ...]:
    """The problems in the order they are met; none for a text that only orders."""
    found = list(_stamped(lines))
    if lines and lines[0].kind is PageKind.TEXT:
        speech = speech_of(lines, styles)
        for passage in passages(lines, speech):
            for words in sentences(passage.tokens, speech):
                found += [_problem(code, words) for code in _said(words, speech)]
    counts: dict[str, int] = {}
    out = []
    for problem in dict.fromkeys(found):
        counts[problem.code] = counts.get(problem.code, 0) + 1
        if counts[problem.code] <= _MOST:
            out.append(problem)
    return tuple(out)


def unsure(lines: Sequence[ReadingLine]) -> Iterable[Problem]:
    """The lines whose quantity is said as "3-4"."""
    for n, line in enumerate(lines, 1):
        quantity = line.quantity
        if quantity and len(quantity.candidates) == 1 and parse_number(quantity.evidence.text or "") is None:
            yield Problem(
                "unsure_quantity",
                f"Line {n}: “{quantity.evidence.text}” may mean {quantity.value:f} or {quantity.candidates[0].value:f}. "
                "Ask the sender how many.")


def _said(words: tuple[Token, ...], speech: Speech) -> Iterable[str]:
    plain = folded(words)
    if speech.holds(plain, "earlier"):
        yield "refers_to_earlier_order"
    if is_changed(words, speech):
        yield "changed_in_text"
    if speech.holds(plain, "unwanted"):
        yield "not_wanted"


def _problem(code: str, words: tuple[Token, ...]) -> Problem:
    text = " ".join(t.text for t in words)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return Problem(code, _SENTENCES[code].format(shown), words[0].word.page, words[0].word.box)


def _stamped(lines: Sequence[Line]) -> Iterable[Problem]:
    """Marks that stand by themselves: stamps, watermarks, a line of the mail."""
    for line in lines[:120]:
        for part in line.segments:
            words = fold(part.text)
            for role, (code, sentence) in _STAMPS.items():
                if words in phrases(f"stamp_{role}") and _stands_out(part, line):
                    yield Problem(code, sentence.format(part.text), line.page, part.tokens[0].word.box)


def _stands_out(part: Segment, line: Line) -> bool:
    return len(fold(part.text)) > 1 or part.text.isupper() or part.height > 1.3 or len(line.segments) == 1
