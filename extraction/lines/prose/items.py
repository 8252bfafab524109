"""Words that order one thing → a reading line: which number counts, what it counts, price and date beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extraction.fields.dates import find_dates, is_month
from extraction.fields.names import STREET
from extraction.layout.evidence import found, proof
from extraction.layout.geometry import GAP, Token
from extraction.lines.build import multiplies_out, settle
from extraction.lines.prose.beside import dated, priced, summed
from extraction.lines.prose.codes import AROUND, SET_APART, SIZE, coded, trimmed
from extraction.lines.prose.counts import MEASURE, SOLD_BY, TIMES, Count, count_at, is_counted_unit, times_before
from extraction.lines.prose.speech import Shape, Speech, folded
from extraction.lines.prose.words import is_common
from extraction.lines.values import is_code, measured
from models.domain.evidence import Candidate, Found
from models.domain.reading import ReadingLine

_SURE = 0.95
_OPEN = 0.4                   # one of the two numbers of "3-4"
_MOST = 99_999                # a bare number above it, with neither unit nor code beside it, counts nothing: it is a telephone
_LONGEST = 24                 # words; a longer text describes no goods
_YEARS = range(1990, 2100)
_DAYS = 31
_DATE = 4                     # words of a date at most
_LEADING_KINDS = frozenset({
    "rue", "boulevard", "chemin", "avenue", "calle", "c/", "avda", "via", "viale", "corso", "piazza", "ul", "ulica"})
"""What a street's name begins with; the other kinds of street stand at its end."""
_CODE_DIGITS = 4              # digits of a bare number from which on it is a code rather than a size
_HABIT = 1.6                   # by which a number counts rather where the other lines of the list have theirs
_ENOUGH = 2.0                 # score from which on a number counts goods
_SOME_COUNT = re.compile(r"^(?=.*[\d²³¹¼-¾⅐-⅞])[\dOoIl|/⁄.,²³¹¼-¾⅐-⅞+-]{1,9}$")      # "1O", "10²", "1/3": meant as a number
_TOWN = re.compile(r"^[A-Z]{2} [A-Z][a-z]")       # behind the four digits of a Dutch postcode
_HELD = re.compile(r"^\(\d{1,5}\)$")           # how many are in a package
_ELISION = re.compile(r"(\w['’]) (?=\w)")
_FRACTION = re.compile(r"^(?:\d+[/⁄]\d+|[¼-¾⅐-⅞])$")


@dataclass(frozen=True, slots=True)
class Setting:
    """How some words stand: `bullet` a mark of a list before them; `asked` a command or the line of a list above them.
    `line`: they are a whole line, all of which describes the goods; else part of a sentence, whose ends do not."""

    bullet: bool = False
    asked: bool = False
    line: bool = True


def item(tokens: Sequence[Token], speech: Speech, setting: Setting) -> ReadingLine | None:
    """The line these words order; None when they order nothing."""
    words, when = dated(tuple(t for t in tokens if t.text != "|"), speech)
    words, worth = summed(words, speech)
    words, price = priced(words, speech)
    beside = ReadingLine(unit_price=price, amount=worth if price else None, requested_date=when)
    is_listed = setting.line and (setting.bullet or setting.asked)
    options = sorted(
        ((score + _HABIT * (is_listed and _shape(words, at, count) == speech.habit), at, count)
         for score, at, count in _options(words, speech, setting)), key=lambda o: -o[0])
    for score, at, count in options:
        if score < _ENOUGH:
            break
        front, back = words[:at], words[at + count.size :]
        if count.unit and front and front[-1] is count.unit[0]:
            front = front[:-1]
        if not setting.line:
            back = _without_particle(_without_tail(back, speech), speech)
            if count.unit and speech.spans(back, "of") and not any(c.isdigit() for t in front for c in t.text):
                front = ()                               # "could we possibly get 20 boxes of screws"
        line = _named(count, front, back, speech, setting, sure=_SURE if score >= 3 else _SURE - 0.1)
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


def _options(
    words: tuple[Token, ...], speech: Speech, setting: Setting
) -> Iterable[tuple[float, int, Count]]:
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
        is_code_like = sized.isdigit() and len(sized) > _CODE_DIGITS              # "607298 x 4"
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
    if (after and after[0].text[0].isalpha() and is_day(words[at:], speech)) or _is_year(words[: at + 1], speech):
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
    if is_bare and not setting.line and _is_elsewhere(count, after[_articles(after, speech) :], setting, speech):
        score -= 5.0
    if count.value is not None and count.value > _MOST and not count.unit:
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


def is_day(words: Sequence[Token], speech: Speech) -> bool:
    """True when a number begins a date: "11 December 2030"."""
    day = words[0].text.rstrip(".")
    if len(words) > 1 and day.isdecimal() and int(day) <= _DAYS and is_month(words[1].text):
        return True                                      # "30 juni", in a year that nobody says
    match = next(iter(find_dates(" ".join(t.text for t in words[:_DATE]), speech.styles.date)), None)
    return match is not None and match.start == 0


def _is_year(words: Sequence[Token], speech: Speech) -> bool:
    """True when the last number ends a date: "dated October 3, 2031"."""
    bare = words[-1].text.strip(".,;:()")
    if not (bare.isdecimal() and int(bare) in _YEARS):
        return False
    text = " ".join(t.text for t in words[-_DATE:]).rstrip(".,;:()")
    return any(match.start < match.end - len(bare) and match.end == len(text) for match in find_dates(text, speech.styles.date))


def _is_elsewhere(count: Count, after: tuple[Token, ...], setting: Setting, speech: Speech) -> bool:
    """True for a bare number in a sentence that is a house's, a postcode, a year or an order's rather than a quantity."""
    if not after or (is_code(after[0].text.strip(AROUND)) and any(c.isdigit() for c in after[0].text)):
        return False
    text = " ".join(t.text for t in after[:6])
    bare = count.tokens[0].text
    if bare.isdecimal() and len(bare) == 4 and _TOWN.match(text):
        return True
    is_long = bare.isdecimal() and (len(bare) > 4 or (len(bare) > 3 and (not setting.asked or int(bare) in _YEARS)))
    return is_long or _is_street(text) or speech.holds(folded(after[:1]), "verb")


def _is_street(text: str) -> bool:
    """True for words that name a street: "Mill Lane 7", "rue des Lilas", "Hauptstraße"; not "O-ring", "drive belts"."""
    for match in STREET.finditer(text):
        before, kind = text[: match.start()], match[0].casefold().rstrip(".")
        if before.endswith("-"):
            continue
        if not before.strip():
            if kind in _LEADING_KINDS and text[match.end() :].strip():
                return True
        elif kind.endswith(("straße", "str", "straat")) or all(w[0].isupper() for w in (*before.split(), match[0])):
            return True
    return False


def _named(
    count: Count, front: tuple[Token, ...], back: tuple[Token, ...], speech: Speech, setting: Setting, *, sure: float
) -> ReadingLine | None:
    """The line when what is counted has a code or a description."""
    is_loose = setting.bullet or setting.asked or not setting.line
    if all(speech.spans([t], "of") or not t.text.strip(".,;") for t in back):
        back = ()
    skipped = _articles(back, speech) if is_loose or count.unit or count.more or count.word else 0
    front = front[:-1] if front and front[-1].text == ":" else front
    front = front[: len(front) - speech.spans(front[-1:], "count_label")]
    rest = trimmed((*trimmed(front[_articles(front, speech) :]), *count.sizes, *trimmed(back[skipped:])))
    if not rest:
        return None
    owner, code, text = coded(rest, speech)
    if not code and not count.unit and count.value is not None and count.value > _MOST:
        return None
    if not code and not _describes(text):
        return None
    line = ReadingLine(
        quantity=_quantity(count, speech, sure),
        uom=found(count.unit_text, count.unit, sure) if count.unit_text else None,
        description=found(described(text), text, sure - 0.1) if text else None,
    )
    if code:
        value = found(" ".join(t.text for t in code).strip(AROUND), code, sure)
        line = replace(line, supplier_sku=value) if owner == "supplier_sku" else replace(line, buyer_sku=value)
    return line


def _quantity(count: Count, speech: Speech, sure: float) -> Found[Decimal] | None:
    if count.value is None:
        return None
    if count.other is not None:
        return Found(count.value, _OPEN, proof(count.tokens), (Candidate(count.other, _OPEN, proof(count.tokens)),))
    if count.word or any(not t.text[0].isdigit() for t in count.tokens):
        return found(count.value, count.tokens, sure - 0.03)
    return measured(count.value, count.tokens, speech.styles.number, sure)


def _unread(words: tuple[Token, ...], speech: Speech, setting: Setting) -> ReadingLine | None:
    """ "1O x KX-4 hinge", "2 1/2 x KX-4": a line whose count cannot be read, so that a person is asked how many."""
    at = next((n for n in (1, 2) if len(words) > n + 1 and words[n].text.casefold() in TIMES), 0)
    if not at or not setting.line:
        return None
    line = _named(Count(None, words[:at], at + 1), (), words[at + 1 :], speech, setting, sure=_SURE)
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


def _articles(words: Sequence[Token], speech: Speech) -> int:
    """How many words at the front are "of the", "von den", "(100) of", …"""
    held = int(len(words) > 1 and bool(_HELD.match(words[0].text)) and speech.spans(words, "of", 1) > 0)
    size = held + speech.spans(words, "of", held)
    size += speech.spans(words, "the", size)
    return size if size < len(words) else 0


def described(text: Sequence[Token]) -> str:
    """The words without marks around them; "(M8 bolt)" loses its brackets."""
    plain = _ELISION.sub(r"\1", " ".join(t.text for t in text)).strip(" ,;:-").removesuffix(".").removesuffix("?")
    is_around = plain.startswith("(") and plain.count("(") == 1 and ")" not in plain[:-1]
    return plain.removeprefix("(").removesuffix(")") if is_around else plain


def names_goods(text: Sequence[Token]) -> bool:
    """True when some of the words may name goods: a text, or a number of an item."""
    return any(sum(c.isalpha() for c in t.text) > 2 or sum(c.isdigit() for c in t.text) > _CODE_DIGITS or (
        is_code(t.text.strip(AROUND)) and any(c.isdigit() for c in t.text)) for t in text)


def _describes(text: Sequence[Token]) -> bool:
    return any(sum(c.isalpha() for c in t.text) >= 3 for t in text) and len(text) <= _LONGEST
