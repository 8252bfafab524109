"""Words that order one thing → a reading line: which number counts, what it counts, price and date beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extraction.layout.geometry import Token
from extraction.lines.build import multiplies_out, settle
from extraction.lines.prose.beside import dated, priced, summed
from extraction.lines.prose.codes import SET_APART
from extraction.lines.prose.counts import TIMES, Count
from extraction.lines.prose.naming import named
from extraction.lines.prose.speech import Setting, Shape, Speech
from extraction.lines.prose.weighing import options
from models.domain.reading import ReadingLine

_SURE = 0.95
_HABIT = 1.6                   # by which a number counts rather where the other lines of the list have theirs
_ENOUGH = 2.0                 # score from which on a number counts goods
_SOME_COUNT = re.compile(r"^(?=.*[\d²³¹¼-¾⅐-⅞])[\dOoIl|/⁄.,²³¹¼-¾⅐-⅞+-]{1,9}$")      # "1O", "10²", "1/3": meant as a number


def item(tokens: Sequence[Token], speech: Speech, setting: Setting) -> ReadingLine | None:
    """The line these words order; None when they order nothing."""
    words, when = dated(tuple(t for t in tokens if t.text != "|"), speech)
    words, worth = summed(words, speech)
    words, price = priced(words, speech)
    beside = ReadingLine(unit_price=price, amount=worth if price else None, requested_date=when)
    is_listed = setting.line and (setting.bullet or setting.asked)
    likely = sorted(
        ((score + _HABIT * (is_listed and _shape(words, at, count) == speech.habit), at, count)
         for score, at, count in options(words, speech, setting)), key=lambda o: -o[0])
    for score, at, count in likely:
        if score < _ENOUGH:
            break
        front, back = words[:at], words[at + count.size :]
        if count.unit and front and front[-1] is count.unit[0]:
            front = front[:-1]
        if not setting.line:
            back = _without_particle(_without_tail(back, speech), speech)
            if count.unit and speech.spans(back, "of") and not any(c.isdigit() for t in front for c in t.text):
                front = ()                               # "could we possibly get 20 boxes of screws"
        line = named(count, front, back, speech, setting, sure=_SURE if score >= 3 else _SURE - 0.1)
        if line:
            if setting.line:
                speech.shapes.append(_shape(words, at, count))
            return _with(line, beside)
    line = _unread(words, speech, setting)
    return _with(line, beside) if line else None


def _shape(words: Sequence[Token], at: int, count: Count) -> Shape:
    end = all(not t.text.strip(".,;()") or t.text in SET_APART for t in words[at + count.size :])
    times = count.times or (at > 0 and words[at - 1].text.casefold() in TIMES)
    return "front" if at == 0 else "end" if end else "inside", times, bool(count.unit)


def _with(line: ReadingLine, beside: ReadingLine) -> ReadingLine:
    """The line with what stands beside its goods; a price and an amount say how its numbers are meant."""
    line = replace(line, unit_price=beside.unit_price, amount=beside.amount, requested_date=beside.requested_date)
    return settle(line) if multiplies_out(line) is not None else line


def _unread(words: tuple[Token, ...], speech: Speech, setting: Setting) -> ReadingLine | None:
    """ "1O x KX-4 hinge", "2 1/2 x KX-4": a line whose count cannot be read, so that a person is asked how many."""
    at = next((n for n in (1, 2) if len(words) > n + 1 and words[n].text.casefold() in TIMES), 0)
    if not at or not setting.line:
        return None
    line = named(Count(None, words[:at], at + 1), (), words[at + 1 :], speech, setting, sure=_SURE)
    return line if line and (line.buyer_sku or _SOME_COUNT.match("".join(t.text for t in words[:at]))) else None


def _without_tail(words: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """The words before those that belong to the sentence and not to the goods: "…, same as last time but to the Leeds site"."""
    for at in range(1, len(words)):
        if speech.spans(words, "tail", at):
            return words[:at]
    return words


def _without_particle(words: tuple[Token, ...], speech: Speech) -> tuple[Token, ...]:
    """The words without the rest of the verb behind them: "senden Sie uns 5 Stück KX-4 zu"."""
    return words[:-1] if len(words) > 1 and speech.spans(words[-1:], "particle") else words
