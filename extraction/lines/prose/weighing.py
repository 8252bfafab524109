"""Which number of some words counts the goods: every number that may, with a score."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from extraction.layout.geometry import GAP, Token
from extraction.lines.prose.codes import AROUND, SET_APART, SIZE
from extraction.lines.prose.counts import MEASURE, SOLD_BY, TIMES, Count, count_at, is_counted_unit, times_before
from extraction.lines.prose.elsewhere import is_day, is_elsewhere, is_year
from extraction.lines.prose.naming import CODE_DIGITS, MOST, articles
from extraction.lines.prose.speech import Setting, Speech, folded
from extraction.lines.prose.words import is_common
from extraction.lines.values import is_code

_FRACTION = re.compile(r"^(?:\d+[/⁄]\d+|[¼-¾⅐-⅞])$")


def options(words: tuple[Token, ...], speech: Speech, setting: Setting) -> Iterable[tuple[float, int, Count]]:
    """The numbers that may count, each with a score, its place and what it says."""
    for at in range(len(words)):
        glued = times_before(words[at])
        count = Count(glued, words[at : at + 1], 1, times=True) if glued and at else count_at(words, at, speech)
        if count is not None and (at or count.size < len(words)):
            if at and _is_unit_before(words[at - 1], speech, first=at == 1) and (not count.unit or at == 1):
                size = count.size - len(count.unit)
                before = words[at - 1 : at]                      # "pcs 20"
                unit = replace(count, unit=before, unit_text=before[0].text.strip("(:"), size=size)
                yield _score(words, at, unit, speech, setting, glued=False), at, unit
            elif setting.line and _is_package(words, at, count):
                unit = replace(count, unit=words[-1:], unit_text=words[-1].text.strip(".;"), size=count.size + 1)
                yield _score(words, at, unit, speech, setting, glued=bool(glued)), at, unit
            else:
                yield _score(words, at, count, speech, setting, glued=bool(glued)), at, count


def _is_unit_before(word: Token, speech: Speech, *, first: bool) -> bool:
    """True for "pcs" in "pcs 20"; "Unit 2" is a place, "mm" a size. `first`: it begins the line, so that "kg 25" counts, too."""
    text = word.text.rstrip(":")
    is_size = bool(MEASURE.match(text)) and not (first and text.islower() and SOLD_BY.match(text))
    return is_counted_unit(text) and not is_size and not speech.spans([replace(word, text=text)], "no_count")


def _is_package(words: tuple[Token, ...], at: int, count: Count) -> bool:
    """True for one last word that is counted behind a comma, whatever it is called, but no town: "cream (CL-1), 24 bricks"."""
    last = words[-1].text.strip(".;")
    behind = at > 1 and words[at - 1].text.endswith(",") and at + count.size == len(words) - 1
    return behind and not count.unit and not count.word and len(last) > 2 and last.isalpha() and last.islower()


def _score(
    words: tuple[Token, ...], at: int, count: Count, speech: Speech, setting: Setting, *, glued: bool
) -> float:
    before, after = words[:at], words[at + count.size :]
    if count.unit and before and before[-1] is count.unit[0]:
        before = before[:-1]
    named = before[:-1] if before and before[-1].text == ":" else before             # "Qty : 20"
    previous = before[-1].text if before else ""
    front = at == 0 or all(t.text in SET_APART or speech.spans([t], "the") for t in before)
    end = all(t.text.strip(".,;()") == "" or t.text in SET_APART or speech.spans([t], "of") for t in after)       # "20 of"
    score = 0.0
    if front:
        score += 1.5 + setting.bullet + setting.asked
    if end:
        score += 0.5
    if count.is_sized:
        score -= 1.0 if front else -0.2
    elif count.unit:
        score += (1.6 if front else 0.2 if not end else 0.7) if count.is_measured else 2.0 if front or end else 1.0
    if front and count.times and after:
        score += 2.5
    if glued or (previous.casefold() in TIMES and end and len(before) > 1):
        sized = before[-2].text if not glued else previous
        is_code_like = sized.isdigit() and len(sized) > CODE_DIGITS              # "607298 x 4"
        score += 2.5 if is_code_like or not SIZE.match(sized) else 1.5 if sized[-1].isalpha() else 1.0       # "5L x 4", "25 x 33"
    elif previous.casefold() in TIMES and at > 1:
        score -= 4.0                                    # "25 mm x 33 m"
    if speech.spans(after, "of") and (front or count.unit or count.more):
        score += 1.0
    if count.more:
        score += 1.0
    if not (front or end) and count.unit_text != "" and not count.is_sized and _is_cell(words, at, count):
        score += 1.85 if count.is_measured else 1.5
    if at and count.times and previous in SET_APART and _is_one_size(after):
        score += 3.0                                    # "sugar - 2 x 25kg"
    if end and before:
        alone = len(before) == 1 and is_code(previous) and sum(c.isdigit() for c in previous) > 2      # "KX-4471 20"
        apart = alone or previous in SET_APART or previous.endswith((":", "|", ",")) or words[at].left - before[-1].right > GAP
        score += 1.6 if apart or words[at].text[0] in "([" else -1.0 if is_common(folded(before[:1])) else 0.0
    if named and speech.spans(named[-1:], "count_label"):
        score += 2.5
    elif named and not (count.unit and not count.is_measured) and speech.spans(
        [replace(named[-1], text=named[-1].text.rstrip(":"))], "no_count"
    ):
        score -= 3.0
    if front and after and is_code(after[0].text.strip(AROUND)) and any(c.isdigit() for c in after[0].text):
        score += 0.6
    if (after and after[0].text[0].isalpha() and is_day(words[at:], speech)) or is_year(words[: at + 1], speech):
        score -= 5.0
    is_label = len(after) > 1 and is_code(after[1].text.strip(AROUND)) and sum(map(str.isdigit, after[1].text)) > 1
    if after and ((speech.spans(after, "no_goods") and not is_label) or after[0].text.startswith("%")):
        score -= 5.0                                     # "5 items", not "5 item KX-44"
    if after and (_FRACTION.match(after[0].text) or (after[0].text.casefold() in TIMES and not front)):
        score -= 3.0                                    # "2 1/2", "25 x 33"
    if count.word and not count.unit and not count.more:
        # "a quotation", "one of our drivers"
        bare = after[0].text.strip(AROUND) if after else ""
        coded = sum(c.isdigit() for c in bare) > 1 and is_code(bare) and not SIZE.match(bare)
        score -= 0.0 if coded else 5.0 if count.value == 1 else 0.0 if setting.asked or setting.bullet else 2.0
    is_bare = not (count.unit or count.times or count.more or count.word)
    if is_bare and not setting.line and is_elsewhere(count, after[articles(after, speech) :], setting, speech):
        score -= 5.0
    if count.value is not None and count.value > MOST and not count.unit:
        score -= 3.0
    return score


def _is_one_size(words: Sequence[Token]) -> bool:
    """True for what one package holds and nothing else: "25kg", "5 l"."""
    text = "".join(t.text for t in words)
    return len(words) < 3 and text[:1].isdigit() and SIZE.match(text) is not None and text[-1].isalpha()


def _is_cell(words: Sequence[Token], at: int, count: Count) -> bool:
    """True when marks part a count from both its neighbours: "KX-4: 5 boxes (hinge)", "KX-4 - 5 boxes - for the gate"."""
    before, behind = words[at - 1].text, words[at + count.size].text
    last = words[at + count.size - 1].text
    return (before in SET_APART or before[-1] in ",;:|") and (behind in SET_APART or behind[0] in "([" or last[-1] in ",;:|")
