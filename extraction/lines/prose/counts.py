"""Numbers that may count goods in running text: "20", "20x", "twenty-five boxes", "half a dozen", "3-4", "12pcs"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from extraction import lexicon
from extraction.fields.numbers import currency_in, parse_number
from extraction.layout.geometry import Token
from extraction.layout.labels import fold
from extraction.lines.cells import one_number
from extraction.lines.prose.numerals import LONGEST, first_numerals, numerals
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.prose.words import phrases
from extraction.lines.units import is_unit
from extraction.lines.values import quantity_of

TIMES = frozenset({"x", "×", "*"})
_GLUED_TIMES = re.compile(r"^(\d[\d.,'’]*)[x×]$", re.IGNORECASE)
_TIMES_GLUED = re.compile(r"^[x×](\d+(?:[.,'’]\d{3})*)$", re.IGNORECASE)
_GLUED_PACKAGE = re.compile(r"^(\d[\d.,'’]*)([^\W\d]{4,})$")                  # "48rolls"
_RANGE = re.compile(r"^(\d{1,5})[-–](\d{1,5})$")
MEASURE = re.compile(
    r"^(?:mm[²2]?|cm|[µu]m|k?va?|m?a|k?w|hz|bar|°c?|%|k|ml|mah|lm|lx|nm|db|kn|mpa|psi|\"|'|zoll|inch|in|ft|kg|g|l|ltr?|m|mtr?|m[²³23])$",
    re.IGNORECASE)
SOLD_BY = re.compile(r"^(?:ft|kg|g|l|ltr?|ml|m|mtr?|m[²³23]|lm)$", re.IGNORECASE)
_SIZE = re.compile(r"^(\d{1,4}(?:[.,]\d+)?)-?([a-zA-Z]*)$")        # "25kg", "5-gal", "25" with its unit behind it
_POSTCODE = re.compile(r"^[1-9]\d{3} [A-Z]{2} [A-Z][a-z]|^\d{2}-\d{3} [^\W\d_a-z]")  # "1234 AB Polderdam"
_BY_NUMBER = "no."             # of goods counted by the number: "60 no. sash weights"
_TEN = 10
_LONGEST_NUMBER = 9            # characters; a longer one is a telephone or a code
_REACH = 12                    # words that a count may take, with its unit


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its unit. `value` None: a count is meant but not said ("a few") or cannot be read.

    `other` is what it may be instead ("3-4": 3, or 4). `size` words are taken in all, `tokens` are the number's own.
    `times`: a sign of multiplication follows or is glued to it; `more`: "20 more of …"; `word`: spelled out; `sizes`: what one
    package holds, printed before its name: "2 5 gal pails".
    """

    value: Decimal | None
    tokens: tuple[Token, ...]
    size: int
    unit: tuple[Token, ...] = ()
    unit_text: str = ""
    other: Decimal | None = None
    times: bool = False
    more: bool = False
    word: bool = False
    sizes: tuple[Token, ...] = ()

    @property
    def is_measured(self) -> bool:
        """True when the unit is one that sizes have too: "10 mm", "5 kg"."""
        return bool(MEASURE.match(self.unit_text))

    @property
    def is_sized(self) -> bool:
        """True when the unit is one that hardly anything is ordered in: "10 mm", "230 V"."""
        return self.is_measured and not SOLD_BY.match(self.unit_text)

    @property
    def is_strong(self) -> bool:
        """True when more than the number says that goods are counted: "20 x", "20 more", "20 boxes"."""
        return self.times or self.more or bool(self.unit and not self.is_measured)


def is_counted_unit(text: str) -> bool:
    """True for a unit of measure or a package, in any number, that is no everyday word."""
    bare = text.strip("()[],;:").casefold().rstrip(".")
    folded_text = fold(bare)
    if folded_text in phrases("more_units"):
        return True
    return is_unit(bare) and folded_text not in phrases("no_units") and folded_text not in phrases("no_goods")


def is_size_of(count: Count, after: Sequence[Token]) -> bool:
    """True for a bare number that a unit of sizes follows which nothing is sold by: "7 W E14", "12 V"."""
    return bool(after) and not count.unit and bool(MEASURE.match(after[0].text)) and not SOLD_BY.match(after[0].text)


def count_at(tokens: Sequence[Token], at: int, speech: Speech) -> Count | None:
    """The count that begins at this word, with its unit; None when there is none."""
    if at >= len(tokens):
        return None
    token = tokens[at]
    known = speech.counts.get(id(token))
    if known is None or known[0] is not token or (known[1] and known[1].size > len(tokens) - at):
        known = token, _count(tokens[at : at + _REACH], speech)
        speech.counts[id(token)] = known
    count: Count | None = known[1]
    return count


def times_before(token: Token) -> Decimal | None:
    """The number of "x20"."""
    match = _TIMES_GLUED.match(token.text.rstrip(",;."))
    return Decimal(re.sub(r"\D", "", match[1])) if match else None


def _count(tokens: Sequence[Token], speech: Speech) -> Count | None:
    if pair := speech.spans(tokens, "couple"):              # two, or thereabouts
        return _with_unit(Count(Decimal(2), tuple(tokens[:pair]), pair, other=Decimal(3), word=True), tokens, speech)
    if vague := speech.spans(tokens, "few"):
        return _with_unit(Count(None, tuple(tokens[:vague]), vague, word=True), tokens, speech)
    if _is_measured_out(tokens) or _POSTCODE.match(" ".join(t.text for t in tokens[:3])):
        return None
    skipped = speech.spans(tokens, "more") or speech.spans(tokens, "about")
    count = _number(tokens[skipped:], speech) if skipped < len(tokens) else None
    if count is None:
        return None
    count = replace(count, size=count.size + skipped)
    return count if count.unit else _with_unit(_dozens(count, tokens, speech), tokens, speech)


def _is_measured_out(tokens: Sequence[Token]) -> bool:
    """True for the three sides of a thing: "300 x 200 x 150 mm"."""
    return len(tokens) > 4 and all(t.text.casefold() in TIMES for t in (tokens[1], tokens[3])) and all(
        t.text[0].isdigit() for t in (tokens[0], tokens[2], tokens[4]))


def _number(tokens: Sequence[Token], speech: Speech) -> Count | None:
    """The number at the front; a unit only where it is glued to it."""
    text = tokens[0].text.lstrip("~≈±•·").strip("()[]")
    if text[:1] in {"-", "–"} and text[1:].isdecimal():   # a bullet without a blank behind it, or a minus
        return _with_unit(Count(Decimal(text[1:]), tuple(tokens[:1]), 1, other=-Decimal(text[1:])), tokens, speech)
    text = text.lstrip("*")
    if not text or not text[0].isdigit():
        return _spelled(tokens, speech) if text else None
    if currency_in(text):
        return None
    first = tuple(tokens[:1])
    if (glued := _GLUED_TIMES.match(text)) and (times := parse_number(glued[1], speech.styles.number)):
        return Count(times, first, 1, times=True)
    packed = _GLUED_PACKAGE.match(text)
    if packed and is_counted_unit(packed[2]) and (value := parse_number(packed[1], speech.styles.number)):
        return _after(Count(value, first, 1), tokens, first, packed[2])
    if (between := _RANGE.match(text)) and _is_range(Decimal(between[1]), Decimal(between[2])):
        return Count(Decimal(between[1]), first, 1, other=Decimal(between[2]))
    size = 1
    bare = replace(tokens[1], text=tokens[1].text.rstrip(")]x×")) if len(tokens) > 1 else None
    if bare and one_number(replace(tokens[0], text=text), bare):
        size = 2
        if (tokens[1].text[-1] in "x×") and (value := parse_number(f"{text} {bare.text}", speech.styles.number)):
            return Count(value, tuple(tokens[:2]), 2, times=True)
    joined = " ".join((text, *(t.text for t in tokens[1:size]))).rstrip(",;:)]")
    if (text.startswith("0") and text.isdigit()) or len(joined) > _LONGEST_NUMBER:
        return None
    value = parse_number(joined, speech.styles.number)
    if value is None:
        amount = quantity_of(first, speech.styles.number)
        if amount is None or not amount.unit or not is_counted_unit(amount.unit) or amount.value <= 0:
            return None
        return _after(Count(amount.value, first, 1), tokens, first, amount.unit)
    if value < 0 or (value == 0 and not (len(tokens) > size and tokens[size].text.casefold() in TIMES)):
        return None
    upper, end = _upper(value, tokens, size, speech)
    return Count(value, tuple(tokens[:end]), end, other=upper)


def _is_range(low: Decimal, high: Decimal) -> bool:
    return 0 < low < high <= 3 * low


def _upper(value: Decimal, tokens: Sequence[Token], size: int, speech: Speech) -> tuple[Decimal | None, int]:
    """The other end of "3 - 4", "3 to 4", "3 or 4", and how many words the whole takes."""
    joint = 1 if size < len(tokens) and tokens[size].text in {"-", "–"} else speech.spans(tokens, "to", size)
    if not joint or size > 1 or len(tokens) <= size + joint:
        return None, size
    upper = parse_number(tokens[size + joint].text, speech.styles.number)
    return (upper, size + joint + 1) if upper is not None and _is_range(value, upper) else (None, size)


def _spelled(tokens: Sequence[Token], speech: Speech) -> Count | None:
    half = speech.spans(tokens, "half")
    if half and speech.spans(tokens, "dozen", half):
        return Count(Decimal(6), tuple(tokens[: half + 1]), half + 1, word=True)
    first = fold(tokens[0].text)
    if first and first[0] in first_numerals(speech.language):
        known = numerals(speech.language)
        for size in range(min(LONGEST, len(tokens)), 0, -1):
            words = folded(tokens[:size])
            if known.get(words) == 1 and any(speech.spans(tokens, role, size) for role in ("command", "heading")):
                return None                              # "un pedido de", "an order for"
            if words in known and not any(t.text.endswith((",", ";", ".")) for t in tokens[: size - 1]):
                return Count(Decimal(known[words]), tuple(tokens[:size]), size, word=True)
    if speech.spans(tokens[:1], "dozen"):
        return Count(Decimal(12), tuple(tokens[:1]), 1, word=True)
    return None


def _dozens(count: Count, tokens: Sequence[Token], speech: Speech) -> Count:
    """ "two dozen bolts" are 24 bolts, "2 dozen boxes" 24 boxes; "2 dozen bolts" are two of the unit dozen."""
    end = count.size + 1
    if count.value is None or not speech.spans(tokens[:end], "dozen", count.size):
        return count
    if count.word or (end < len(tokens) and is_counted_unit(tokens[end].text)):
        return Count(count.value * 12, tuple(tokens[:end]), end, word=True)
    return count


def _with_unit(count: Count, tokens: Sequence[Token], speech: Speech) -> Count:
    """The count with "more", a sign of multiplication and the unit behind it, as far as they are there."""
    more = speech.spans(tokens, "more", count.size)
    at = count.size + more
    times = at < len(tokens) and (tokens[at].text.casefold() in TIMES or speech.spans(tokens, "times", at) == 1)
    at += times
    if count.word and count.value is not None and count.value >= _TEN and not times:
        of = speech.spans(tokens, "of", at)
        at += of if at + of < len(tokens) and is_counted_unit(tokens[at + of].text) else 0       # "une douzaine de cartons"
    count = replace(count, size=at, times=times or count.times, more=bool(more))
    for size in (2, 1):
        unit = tuple(tokens[at : at + size])
        text = " ".join(t.text for t in unit).strip("()[],;:")
        if len(unit) == size and (is_unit(text) if size == 2 else is_counted_unit(text)):
            return _after(replace(count, size=at + size), tokens, unit, text)
    if at + 2 < len(tokens) and speech.language == "en" and not times and _is_measure_of(tokens[at:], speech):
        return _after(replace(count, size=at + 1), tokens, tuple(tokens[at : at + 1]), tokens[at].text)
    if at < len(tokens) and tokens[at].text.casefold() == _BY_NUMBER and not count.word and speech.language in {None, "en"}:
        return _after(replace(count, size=at + 1), tokens, tuple(tokens[at : at + 1]), tokens[at].text)
    sizes = _package_size(tokens[at:]) if at and not tokens[at - 1].text.endswith((",", ";")) else 0
    if sizes:
        unit = tuple(tokens[at + sizes : at + sizes + 1])
        sized = replace(count, size=at + sizes + 1, sizes=tuple(tokens[at : at + sizes]))
        return _after(sized, tokens, unit, unit[0].text.strip("()[],;:"))
    return count


def _is_measure_of(tokens: Sequence[Token], speech: Speech) -> bool:
    """True for a word in the plural that goods are counted in, whatever it is: "two pins of the dark ale"."""
    word = tokens[0].text
    is_plural = word.isalpha() and word.islower() and len(word) > 3 and word.endswith("s")
    roles = ("no_goods", "more", "verb", "heading")
    return is_plural and fold(tokens[1].text) == ("of",) and not any(speech.spans(tokens[:1], role) for role in roles)


def _package_size(tokens: Sequence[Token]) -> int:
    """How many words say what one package holds, where its name follows them: "5 gal pails", "25kg bags"."""
    size = _SIZE.match(tokens[0].text) if tokens else None
    words = 0 if not size else 1 if size[2] else 2
    if not words or len(tokens) <= words:
        return 0
    measure, package = (size[2] if size else "") or tokens[1].text, tokens[words].text.strip("()[],;:")
    is_package = is_counted_unit(package) and package[0].isalpha() and len(package) > 2 and not MEASURE.match(package)
    return words if is_package and is_unit(measure) and not measure.endswith(",") else 0


def _after(count: Count, tokens: Sequence[Token], unit: tuple[Token, ...], text: str) -> Count:
    """The count with its unit; a sign of multiplication may follow: "20 pcs x KX-4"."""
    times = count.size < len(tokens) and tokens[count.size].text.casefold() in TIMES
    text = text.rstrip(",;:")
    if text.endswith(".") and not is_spelled_unit(text):
        text = text[:-1]                                 # the point ends the sentence
    return replace(count, size=count.size + times, unit=unit, unit_text=text, times=count.times or times)


def is_spelled_unit(text: str) -> bool:
    """True for a spelling of a unit as it stands, with its point: "pcs."."""
    return text in _spelled_units()


@cache
def _spelled_units() -> frozenset[str]:
    return frozenset(text for spellings in lexicon.units().values() for text in spellings)
