"""Text lines → what they order. A line of a list is read whole; a sentence is cut where another counted thing begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from extraction.fields.addresses import says_where
from extraction.fields.names import POSTAL
from extraction.fields.payment import terms_in
from extraction.fields.said_address import announces_place
from extraction.fields.view import text_of
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import label_at
from extraction.lines.build import Styles
from extraction.lines.prose.changes import changed_line
from extraction.lines.prose.counts import count_at
from extraction.lines.prose.items import item
from extraction.lines.prose.leads import heading, is_about_delivery, is_date, is_labelled, line_number, unjoined
from extraction.lines.prose.passages import Passage, numbered, parts, passages, sentences
from extraction.lines.prose.sentence import is_denied, read_sentence
from extraction.lines.prose.speech import Setting, Shape, Speech, folded
from extraction.lines.prose.spread import spread
from extraction.lines.prose.stacked import read_stacked
from extraction.lines.prose.words import spoken_in
from models.domain.reading import ReadingLine

_BRACKETED = re.compile(r"^\(\d{1,3}\)$")
_DENIAL = 3                    # words at the front of a list's line that may say that it is not wanted
_TIGHT = 1.1                   # ems between two lines without a blank one between them
_APART = 3.5                   # ems between two lines of one list
_TOLD_BY = 200                 # lines whose words tell the language


@dataclass(frozen=True, slots=True)
class Said:
    """A line that orders something, and the text lines `first`..`last` (indexes) it stands on.

    `alone`: the text lines say nothing but this; else it stands in a sentence with other things.
    """

    first: int
    last: int
    line: ReadingLine
    alone: bool


def read_prose(lines: Sequence[Line], styles: Styles, *, added_only: bool = False) -> tuple[Said, ...]:
    """What the lines of a text order. `added_only`: only sentences that add to an order standing elsewhere ("also 5 KX-4")."""
    stacks = () if added_only else read_stacked(lines, styles)
    out = [Said(stack.first, stack.last, line, alone=True) for stack in stacks for line in stack.lines]
    lines = [x for x in lines if not any(stack.first <= x.index <= stack.last for stack in stacks)]
    speech = speech_of(lines, styles)
    texts = passages(lines, speech)
    said = tuple(_in_passages(texts, speech, added_only=added_only))
    if habit := _habit(speech.shapes):
        said = tuple(_in_passages(texts, replace(speech, habit=habit, shapes=[]), added_only=added_only))
    out += said
    if not out and not added_only:
        out += _in_passages(texts, replace(speech, eager=True), added_only=False)
    return tuple(out)


def _habit(shapes: Sequence[Shape]) -> Shape | None:
    """How most lines of the lists say how many, where it is more than half of several."""
    shape, times = max(Counter(shapes).items(), key=lambda x: x[1], default=(None, 0))
    return shape if times > 1 and 2 * times > len(shapes) else None


def _in_passages(texts: Sequence[Passage], speech: Speech, *, added_only: bool) -> Iterable[Said]:
    running = numbered(texts)
    listed, below = False, 0.0                 # inside a list: after a line that ends in a colon, or after one of its lines
    place = _places(texts)
    for n, passage in enumerate(texts):
        if n in place:
            continue
        listed = listed and passage.top - below < _APART
        bullet = passage.has_bullet or n in running
        found = tuple(_read(passage, speech, listed=listed, bullet=bullet, added_only=added_only))
        yield from (Said(passage.first, passage.last, line, alone) for line, alone in found)
        goes_on = listed and (bool(found) or passage.top - below < _TIGHT)
        is_open = bool(found) and passage.tokens[-1].text[-1] not in ".!?"        # "need 6 tubs of wax", and more below it
        listed, below = passage.tokens[-1].text.endswith(":") or goes_on or is_open, passage.top


def _places(texts: Sequence[Passage]) -> frozenset[int]:
    """Which passages are an address: those right below one that says where to deliver and ends with a colon, "Ship to:"."""
    found: set[int] = set()
    for n, passage in enumerate(texts):
        if not (passage.tokens[-1].text.endswith(":") and _announces(passage.tokens)):
            continue
        under: list[int] = []
        for m in range(n + 1, len(texts)):
            if texts[m].top - texts[m - 1].top > _TIGHT:
                break
            under.append(m)
        towns = [m for m in under if POSTAL.search(text_of(texts[m].tokens))]
        found |= {m for m in under if towns and m <= towns[-1]}
    return frozenset(found)


def _announces(words: Sequence[Token]) -> bool:
    label = label_at(words, 0)
    return announces_place(text_of(words)) or bool(label and {"ship_to", "bill_to"} & set(label.fields[:1]))


def speech_of(lines: Sequence[Line], styles: Styles) -> Speech:
    """How a text speaks."""
    return Speech(styles, spoken_language(lines))


def spoken_language(lines: Sequence[Line]) -> str | None:
    """ISO 639-1 of the language a text is written in, by its common words; None when they do not tell."""
    return spoken_in(word for line in lines[:_TOLD_BY] for word in folded(line.tokens))


def _read(
    passage: Passage, speech: Speech, *, listed: bool, bullet: bool, added_only: bool
) -> Iterable[tuple[ReadingLine, bool]]:
    """The lines of a passage, each with whether it is all that the passage says."""
    if not line_number(passage.tokens, speech) and is_labelled(passage.tokens, speech):
        return
    if says_where(text := text_of(passage.tokens)) or (text.endswith(":") and "@" in text):
        return                                      # where to deliver; "ann@example.com wrote on 3 May:"
    if is_about_delivery(passage.tokens, speech) or 2 * len(terms_in(passage.tokens, says_so=False)) > len(passage.tokens):
        return                                      # "30 day account"
    words = passage.tokens[1:] if bullet else passage.tokens
    if bullet and _BRACKETED.match(passage.tokens[0].text) and any(c.isalpha() for t in words for c in t.text) and not any(
        (count := count_at(words, n, speech)) and not count.is_sized for n in range(len(words))
    ):
        words = passage.tokens                       # "(12) hinges" says how many, where nothing else does
    numbered_words, words = words, words[line_number(words, speech) :]
    if lead := heading(words, speech):
        for sentence in sentences(words[lead:], speech):
            yield from ((line, False) for line in read_sentence(sentence, speech, listed=True, added_only=added_only))
        return
    plain = folded(words)
    asked = speech.holds(plain, "command")
    by_number = len(numbered_words) > len(words)
    if (by_number or not asked) and not added_only and (changed := changed_line(numbered_words, speech)):
        yield changed, True
        return
    is_list = not (asked or added_only or is_denied(plain[:_DENIAL], (), speech))
    if is_list and (whole := _whole(words, speech, Setting(bullet, listed))):
        yield from ((line, True) for line in whole)
        return
    for sentence in sentences(words, speech):
        yield from ((line, False) for line in read_sentence(sentence, speech, bullet or listed, added_only=added_only))


def _whole(words: tuple[Token, ...], speech: Speech, setting: Setting) -> tuple[ReadingLine, ...]:
    """The line of a list; several where each part counts something in units."""
    if len(words) < 2 or is_date(words, speech) or words[-1].text.endswith("?"):
        return ()
    words = unjoined(words, speech)
    said = tuple(sentences(words, speech))
    if len(said) > 1 and all(any(count_at(part, n, speech) for n in range(len(part))) for part in said):
        return tuple(line for part in said for line in _whole(part, speech, setting))
    if several := spread(words, speech, setting):
        return several
    pieces = parts(words, speech, loose=False)
    found = [item(piece, speech, setting if n == 0 else replace(setting, bullet=False)) for n, piece in enumerate(pieces)]
    if all(found):
        return tuple(line for line in found if line)
    one = item(words, speech, setting) if len(pieces) > 1 else None
    return (one,) if one else ()
