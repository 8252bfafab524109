"""The words that ask for delivery as soon as possible, where a paper gives no date for it or besides one. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from extraction.fields.view import View, text_of, values
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.lines.build import Styles
from extraction.lines.prose.passages import passages, sentences
from extraction.lines.prose.read import speech_of
from extraction.lines.prose.speech import Speech, folded
from models.domain.evidence import Found, PageKind

_LABELLED, _SAID = 0.95, 0.85
_ALONE = 4                     # words of a piece of a paper that says nothing but this
_NEAR = 6                      # words of a label's value that are looked at


def urgency(view: View, styles: Styles) -> Found[str] | None:
    """The words as printed: "ASAP" beside a label for the delivery date, else in a text that does not merely want an answer
    so, or as a mark of its own on a paper."""
    is_text = bool(view.all_lines) and view.all_lines[0].kind is PageKind.TEXT
    speech = speech_of(view.all_lines, styles) if is_text else Speech(styles, None)       # labels do not tell the language
    for pair in view.named("requested_date"):
        for tokens, _ in values(pair):
            if said := _in(tokens[:_NEAR], speech, "urgent") or _in(tokens[:_NEAR], speech, "at_once"):
                return found(text_of(said).strip(",;.!()"), said, _LABELLED)
    for words in _said(view, speech) if is_text else _marks(view):
        if (said := _in(words, speech, "urgent")) and not speech.holds(folded(words), "answer"):
            return found(text_of(said).strip(",;.!()"), said, _SAID)
    return None


def _said(view: View, speech: Speech) -> Iterable[tuple[Token, ...]]:
    return (words for passage in passages(view.all_lines, speech) for words in sentences(passage.tokens, speech))


def _marks(view: View) -> Iterable[tuple[Token, ...]]:
    return (part.tokens for part in view.segments if len(part.tokens) <= _ALONE)


def _in(words: Sequence[Token], speech: Speech, role: str) -> tuple[Token, ...]:
    """The wording of a role among some words; none when there is none, or when the one before it denies it."""
    for n in range(len(words)):
        if size := speech.spans(words, role, n):
            denied = n and speech.spans(words[n - 1 : n], "not")
            return () if denied else tuple(words[n : n + size])
    return ()
