"""One sentence for several goods: "10/20/30 pcs of A/B/C", "5 each of A, B and C"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.lines.prose.counts import count_at, is_counted_unit
from extraction.lines.prose.items import item
from extraction.lines.prose.speech import Setting, Speech
from models.domain.evidence import Found
from models.domain.reading import ReadingLine

_MOST = 20                     # goods of one such sentence
_SHARED = 0.85                 # one count for several goods


def spread(words: tuple[Token, ...], speech: Speech, setting: Setting) -> tuple[ReadingLine, ...]:
    """The lines of such a sentence; none when it is another."""
    return _by_slashes(words, speech, setting) or _of_each(words, speech, setting)


def _by_slashes(words: tuple[Token, ...], speech: Speech, setting: Setting) -> tuple[ReadingLine, ...]:
    """ "10/20/30 pcs of A/B/C": as many counts as goods, in one order."""
    at = next((n for n, t in enumerate(words) if _numbers(t.text)), None)
    if at is None:
        return ()
    numbers = _numbers(words[at].text)
    unit = 1 if at + 1 < len(words) and is_counted_unit(words[at + 1].text) else 0
    goods = next((n for n in range(at + 1 + unit, len(words)) if words[n].text.count("/") == len(numbers) - 1), None)
    if goods is None:
        return ()
    names = [name.strip(" ,.;()") for name in words[goods].text.split("/")]
    shared = tuple(t for t in words[at + 1 + unit : goods] if not speech.spans([t], "of"))
    lines = []
    for number, name in zip(numbers, names, strict=True):
        counted = (replace(words[at], text=number), *words[at + 1 : at + 1 + unit])
        named = (*shared, replace(words[goods], text=name), *words[goods + 1 :])
        lines.append(item((*counted, *named), speech, replace(setting, asked=True)))
    return tuple(line for line in lines if line) if all(lines) else ()


def is_slashed(text: str) -> bool:
    """True for "10/20/30"."""
    return bool(_numbers(text))


def _numbers(text: str) -> tuple[str, ...]:
    """The numbers of "10/20/30"; two of them may be a date or a fraction, so there must be three, or two above 12."""
    parts = text.split("/")
    if not 2 <= len(parts) <= _MOST or not all(p.isdecimal() and p.isascii() and 0 < len(p) < 6 and int(p) for p in parts):
        return ()
    return tuple(parts) if len(parts) > 3 or all(int(p) % 5 == 0 for p in parts) else ()


def _of_each(words: tuple[Token, ...], speech: Speech, setting: Setting) -> tuple[ReadingLine, ...]:
    """ "5 boxes each of A, B and C", "je 5 Stück A, B und C": one count for all."""
    lead = speech.spans(words, "each_of")
    count = count_at(words, lead, speech)
    if count is None or count.value is None or count.other is not None:
        return ()
    value, rest = count.value, words[lead + count.size :]
    size = speech.spans(rest, "each_of")
    if speech.spans(count.unit, "each_of") and speech.spans(rest, "of"):              # "20 each of A and B"
        size, count = size + speech.spans(rest, "of"), replace(count, unit=())
    if not (lead or size) or len(rest) == size:
        return ()
    goods = _goods(rest[size:], speech)
    if not 2 <= len(goods) <= _MOST:
        return ()
    counted = tuple(replace(t) for t in (*count.tokens, *count.unit))          # what was found out about them holds no longer
    lines = [item((*counted, *good), speech, replace(setting, asked=True)) for good in goods]
    if not all(lines):
        return ()
    shared: Found[Decimal] = found(value, count.tokens, _SHARED)
    return tuple(replace(line, quantity=shared) for line in lines if line)


def _goods(words: Sequence[Token], speech: Speech) -> list[tuple[Token, ...]]:
    """The names of a list in a sentence, without what parts them."""
    out: list[list[Token]] = [[]]
    n = 0
    while n < len(words):
        joint = speech.spans(words, "and", n)
        if joint:
            out.append([])
            n += joint
            continue
        text = words[n].text
        out[-1].append(replace(words[n], text=text.rstrip(",;.:") or text))
        if text.endswith((",", ";", ":")):
            out.append([])
        n += 1
    return [tuple(part) for part in out if part]
