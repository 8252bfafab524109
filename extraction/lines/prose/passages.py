"""Text lines → passages that are read in one go, and their sentences and parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from extraction.fields.addresses import says_where
from extraction.fields.dates import is_month
from extraction.fields.numbers import currency_in
from extraction.fields.view import text_of
from extraction.layout.geometry import Line, Token, piece
from extraction.layout.labels import fold
from extraction.lines.cells import one_number
from extraction.lines.prose.codes import is_code_label
from extraction.lines.prose.counts import TIMES, Count, count_at, is_counted_unit, is_size_of, is_spelled_unit
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.words import phrases
from models.domain.pages import WordFlag

_BULLET = re.compile(r"^(?:[-–—•*·►▪o]|\(?\d{1,3}[.)]{1,2}|\(?[a-z]\))$")
_NUMBERED = re.compile(r"^[(#]?(\d{1,3})[.):/]{0,2}$")
_DAY = re.compile(r"^\(?\d{1,2}\.$")
_SIZE_LETTERS = re.compile(r"^(?:\d?X{0,3}[SML]|X+[SL])[,;]?$")      # behind "rozm.", "Gr."
_FULL = 25.0                   # ems: a text line from 50 characters on may have been wrapped
_WIDEST = 36.0                 # ems: mail programs wrap lines at 72 characters
_WRAPPED = 40.0                # ems: hardly anything wraps lines later
_RAGGED = 0.8                  # of the longest line: how full people's own lines are when they end them
_BLANK = 0.5
_ELIDING = frozenset({"fr", "it", None})
_ELIDED = re.compile(r"(?:d|l|qu|n|s|j|dell|all|nell|dall|sull|un)['’](?=\w)", re.IGNORECASE)
_CODE_DIGITS = 4               # digits from which on a word without letters is a code rather than a size
_SHORT_FORM = 4                # letters of the longest unit that is written with a point
_LONGEST = 120                 # words of a passage; a longer line is cut, as nobody says so much in one sentence


@dataclass(frozen=True, slots=True)
class Passage:
    """A text line, or a sentence over wrapped lines: `first`..`last` are the indexes of its lines, `top` its height in ems."""

    first: int
    last: int
    tokens: tuple[Token, ...]
    top: float

    @property
    def has_bullet(self) -> bool:
        """True when it begins with the mark or the number of a list."""
        return len(self.tokens) > 1 and bool(_BULLET.match(self.tokens[0].text))


def passages(lines: Sequence[Line], speech: Speech) -> tuple[Passage, ...]:
    """The lines, each joined with the next where a program has wrapped it."""
    out: list[Passage] = []
    room = _RAGGED * min(_WRAPPED, max((line.segments[-1].right for line in lines), default=0.0))
    for line in lines:
        for n in range(0, len(line.tokens), _LONGEST):
            tokens = _unelided(_unquoted(line.tokens[n : n + _LONGEST]), speech)
            if not tokens:
                continue
            part = Passage(line.index, line.index, tokens, line.top)
            if out and n == 0 and len(line.segments) == 1 and _goes_on(out[-1], part, room, speech):
                out[-1] = replace(out[-1], last=line.index, tokens=(*out[-1].tokens, *part.tokens), top=line.top)
            else:
                out.append(part)
    return tuple(out)


def _unquoted(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without the signs of quoting in front, where the quoted text is what is ordered."""
    while tokens and not tokens[0].text.strip(">") and WordFlag.QUOTED in tokens[0].word.flags:
        tokens = tokens[1:]
    return tokens


def _unelided(tokens: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """The words with their elided articles as words of their own: "d'huile", "un'altra"."""
    if speech.language not in _ELIDING:
        return tokens
    cut = [(t, m.end()) if (m := _ELIDED.match(t.text)) else (t, 0) for t in tokens]
    return tuple(p for t, at in cut for p in ((piece(t, 0, at), piece(t, at, len(t.text))) if at else (t,)))


def _goes_on(held: Passage, part: Passage, room: float, speech: Speech) -> bool:
    """True when a line was wrapped into the next: it is long, so that the next word had no `room` (ems), and the next begins
    in the middle of a sentence."""
    last, first = held.tokens[-1], part.tokens[0]
    if part.top - held.top > 1.01 or last.right < _FULL or last.text[-1] in ".:;!?" or part.has_bullet:
        return False
    if len(held.tokens) + len(part.tokens) > _LONGEST:
        return False
    if last.right + _BLANK + (first.right - first.left) < room:
        return False
    if currency_in(last.text) and not speech.spans([first], "and") and _begins_anew(part, speech):
        return False                                     # each line ends with its price
    if first.text[0].islower() or last.text.endswith(",") or speech.spans([last], "at"):
        return True
    is_full = last.right + _BLANK + (first.right - first.left) > _WIDEST
    if is_full and (_asks(held, speech) or says_where(text_of(held.tokens)) or not _begins_anew(part, speech)):
        return True
    is_joint = any(speech.spans([last], role) for role in ("of", "and", "the"))
    is_open = is_joint or last.text.isdigit() or is_counted_unit(last.text)
    return is_open and speech.holds(folded(held.tokens), "command")


def _asks(passage: Passage, speech: Speech) -> bool:
    plain = folded(passage.tokens)
    return not passage.has_bullet and (speech.holds(plain, "command") or speech.holds(plain, "modal"))


def _begins_anew(part: Passage, speech: Speech) -> bool:
    """True when a line counts goods of its own."""
    counts = (count_at(part.tokens, n, speech) for n in range(len(part.tokens)))
    return any(count is not None and count.is_strong for count in counts) or count_at(part.tokens, 0, speech) is not None


def numbered(texts: Sequence[Passage]) -> frozenset[int]:
    """The passages that begin with a running number, by their place: 1, 2, 3 or 10, 20, 30."""
    numbers = [_running_number(p.tokens) for p in texts]
    if any(_is_grouped(p) for p in texts) and not all(_is_grouped(p) for p in texts if p.tokens[0].text[0].isdigit()):
        numbers = [None if _is_grouped(p) else number for p, number in zip(texts, numbers, strict=True)]
    out: set[int] = set()
    for n, (a, b) in enumerate(pairwise(numbers)):
        if a is not None and b is not None and (b - a == 1 or (a % 10 == 0 and b - a == 10)) and (a in {1, 10} or n in out):
            out |= {n, n + 1}
    return frozenset(out)


def _is_grouped(passage: Passage) -> bool:
    """True when the number it begins with may be one with a blank between its thousands: "1 200 x KX-4"."""
    return len(passage.tokens) > 1 and one_number(*passage.tokens[:2])


def _running_number(tokens: Sequence[Token]) -> int | None:
    match = _NUMBERED.match(tokens[0].text)
    if not match or len(tokens) < 3 or _says_times(tokens[1]) or is_counted_unit(tokens[1].text):
        return None
    return int(match[1])


def _says_times(token: Token) -> bool:
    return token.text.casefold() in TIMES or fold(token.text) in phrases("times")


def sentences(words: tuple[Token, ...], speech: Speech) -> Iterable[tuple[Token, ...]]:
    """The sentences of a passage."""
    start = 0
    for n in range(1, len(words)):
        if _ends(words[n - 1], words[n], speech):
            yield words[start:n]
            start = n
    yield words[start:]


def _ends(last: Token, following: Token, speech: Speech) -> bool:
    """True when a sentence ends between two words. A point behind a short form ("pcs.", "no.", "approx.") ends none."""
    text = last.text
    if text[-1] in "!?;":
        return True
    if not text.endswith(".") or not following.text[0].isupper() or _SIZE_LETTERS.match(following.text):
        return False
    if _DAY.match(text) and is_month(following.text):
        return False                                     # "Monday, 18. August"
    if (following.text.isupper() or following.text[0].isdigit()) and is_code_label(last, speech):
        return False                                     # "Art.-Nr. KX-4471"
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    is_short = letters <= _SHORT_FORM and is_counted_unit(text) and (letters < _SHORT_FORM or is_spelled_unit(text))
    return digits > 1 or (letters > 3 and not is_short and not speech.spans([last], "about"))


def parts(words: tuple[Token, ...], speech: Speech, *, loose: bool) -> tuple[tuple[Token, ...], ...]:
    """The parts that each count something, cut at "and" and commas before a count. `loose`: a bare number begins one too."""
    cuts, has_count = [0], count_at(words, 0, speech) is not None
    ends = [0]
    for n in range(1, len(words) - 1):
        joint = speech.spans(words, "and", n)
        if joint or words[n - 1].text.endswith((",", ";")):
            label = speech.spans(words, "count_label", n + joint)
            start = n + joint + label
            count = count_at(words, start, speech)
            after = words[start + count.size :] if count else ()
            begins = count is not None and (label > 0 or _begins_part(count, after, speech, loose=loose, joined=bool(joint)))
            behind = has_count and _ends_counted(words[cuts[-1] : n], speech) and _is_counted_part(words[n + joint :], speech)
            if behind or (begins and has_count):
                cuts.append(n + joint)
                ends.append(n)
        has_count = has_count or count_at(words, n, speech) is not None
    return tuple(words[a:b] for a, b in zip(cuts, [*ends[1:], len(words)], strict=True))


def _ends_counted(words: Sequence[Token], speech: Speech) -> bool:
    """True when a part ends with its count: "KX-4471 20 pcs", "KX-4471 (20)"."""
    for n in range(max(1, len(words) - 4), len(words)):
        count = count_at(words, n, speech)
        if count is not None and n + count.size >= len(words) and not count.is_measured:
            return True
    return False


def _is_counted_part(words: Sequence[Token], speech: Speech) -> bool:
    """True when what follows, up to the next comma or "and", names something and ends with its count, too."""
    end = len(words)
    for n in range(1, len(words)):
        if speech.spans(words, "and", n) or words[n - 1].text.endswith((",", ";")):
            end = n
            break
    return end > 1 and any(c.isalpha() for t in words[:1] for c in t.text) and _ends_counted(words[:end], speech)


def _begins_part(count: Count, after: Sequence[Token], speech: Speech, *, loose: bool, joined: bool) -> bool:
    if not after or speech.spans(after, "no_goods") or speech.spans(after, "each"):
        return False
    if count.is_strong or (joined and count.is_measured and not count.is_sized):
        return True
    if not count.unit and sum(c.isdigit() for c in after[0].text) > 2 and any(c.isalpha() for c in after[0].text):
        letters = sum(c.isalpha() for c in after[0].text)
        return joined or not after[0].text[0].isdigit() or (letters > 1 and "/" in after[0].text)
    if not loose or count.is_measured or after[0].text.casefold() in TIMES or is_size_of(count, after):
        return False
    return any(c.isalpha() for c in after[0].text) or sum(c.isdigit() for c in after[0].text) > _CODE_DIGITS
