"""Where the wordings of the lexicon stand in a line: "PO No.:", "Qty", "Liefertermin"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence
from functools import cache, lru_cache

from extraction import lexicon
from extraction.layout.geometry import Token
from models.domain.lean import lean

COLUMN = "lines."
MAX_WORDS = 7
LONGEST_PHRASE = 8
_SHORTEST_SPACED = 4      # letters of a wording that is known without its blanks
_MOST_PIECES = 16
_NUMBERED = re.compile(r"^\(?\d{1,2}[a-z]?[.)]$")
_WORD = re.compile(r"[^\W_]+|[#%‰]")
_SINGLE = re.compile(r"(?<![^\W_])([^\W_])\.(?=[^\W_](?![^\W_]))")


@lean
class Label:
    """A wording found: the fields it may name, commonest first, and the words `start`..`end` (exclusive) it covers."""

    fields: tuple[str, ...]
    start: int
    end: int
    text: str
    colon: bool


@lru_cache(maxsize=16_384)
def fold(text: str) -> tuple[str, ...]:
    """The words of a text without case, accents and punctuation; "P.O. No.:" gives ("po", "no")."""
    plain = text.casefold() if text.isascii() else _without_accents(text)
    plain = plain.replace("'", "").replace("’", "")
    return tuple(_WORD.findall(_SINGLE.sub(r"\1", plain) if "." in plain else plain))


def _without_accents(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("°", "o").replace("ł", "l").replace("Ł", "L")).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def _index(columns: bool) -> dict[tuple[str, ...], tuple[str, ...]]:
    index: dict[tuple[str, ...], dict[str, int]] = {}
    for field in lexicon.fields():
        if field.startswith(COLUMN) != columns or field.startswith(("word.", "mark.", "doc_type.")):
            continue
        for language in lexicon.LANGUAGES:
            for rank, wording in enumerate(lexicon.labels(field, language)):
                if words := fold(wording):
                    ranks = index.setdefault(words, {})
                    ranks[field] = min(rank, ranks.get(field, rank))
    return {words: tuple(sorted(ranks, key=lambda f: ranks[f])) for words, ranks in index.items()}


@cache
def _beginnings(columns: bool) -> frozenset[str]:
    """The words that labels begin with."""
    return frozenset(words[0] for words in _index(columns))


@cache
def phrases(field: str) -> frozenset[tuple[str, ...]]:
    """The folded wordings of one key of the lexicon, in all languages."""
    return frozenset(words for wording in lexicon.labels(field) if (words := fold(wording)))


def fields_of(text: str, *, columns: bool = False) -> tuple[str, ...]:
    """The fields a whole text names as a label; empty when it is none."""
    return _index(columns).get(fold(text), ())


def contains(words: Sequence[str], phrase: Sequence[str]) -> bool:
    """True when the folded phrase stands whole in the folded words."""
    n = len(phrase)
    return any(tuple(words[i : i + n]) == tuple(phrase) for i in range(len(words) - n + 1))


def heard(words: tuple[str, ...], phrases: Container[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The phrases that stand in folded words, from left to right, the longest at each place, without overlap."""
    i = 0
    while i < len(words):
        for size in range(min(LONGEST_PHRASE, len(words) - i), 0, -1):
            if (phrase := words[i : i + size]) in phrases:
                yield phrase
                i += size
                break
        else:
            i += 1


def leads(text: str) -> bool:
    """True for what leads from a label to its value: a colon, and dots or strokes that fill the room between ("DATE . . 3/4")."""
    return text.startswith(":") or not text.strip("._…·")


def label_at(tokens: Sequence[Token], start: int, *, columns: bool = False) -> Label | None:
    """The longest wording that begins with this word, or None. A colon after it, as a word of its own too, is noticed."""
    return _label_at([t.text for t in tokens], start, columns)


def _label_at(texts: Sequence[str], start: int, columns: bool) -> Label | None:
    spaced = _letter_spaced(texts, columns) if start == 0 and len(texts) > 1 else None
    if start == 0 and not columns and (both := _in_two_languages(texts)):
        return both
    opening = fold(texts[start].partition(":")[0])
    if opening and opening[0] not in _beginnings(columns):
        return spaced
    index = _index(columns)
    folded: list[str] = []
    best: Label | None = None
    for end in range(start, min(len(texts), start + MAX_WORDS)):
        head, separated, tail = texts[end].partition(":")
        folded += fold(head)
        if len(folded) > MAX_WORDS + 1 or (folded and folded[0] not in _beginnings(columns)):
            break
        if folded and (fields := index.get(tuple(folded))) and not (separated and tail):
            colon = bool(separated) or (end + 1 < len(texts) and bool(leads(texts[end + 1])))
            best = Label(fields, start, end + 1, " ".join(folded), colon)
        if separated:
            break
    return spaced if spaced and (best is None or spaced.end > best.end) else best


def _in_two_languages(texts: Sequence[str]) -> Label | None:
    """A whole title in two languages of which one wording at least is known: "Betaalwijze/Payment", "Data / Issued on:".

    A wording may have lost its blanks, as where a form's letters are set close.
    """
    if not any("/" in text for text in texts):
        return None
    title = " ".join(texts)
    halves = title.removesuffix(":").split("/")
    if len(halves) != 2 or not all(half.strip() for half in halves) or any(c.isdigit() or c == ":" for c in "".join(halves)):
        return None
    known = [_known(half) for half in halves]
    if not any(known) or fold(title) in _index(False):
        return None
    shared = tuple(f for f in known[0] if f in known[1]) if all(known) else known[0] or known[1]
    wording = " ".join(fold(halves[0] if known[0] else halves[1]))
    return Label(shared, 0, len(texts), wording, title.endswith(":")) if shared else None


def _known(half: str) -> tuple[str, ...]:
    words = fold(half)
    return _index(False).get(words, ()) or _index(False).get(_unspaced(False).get("".join(words), ()), ())


def after_number(tokens: Sequence[Token]) -> int:
    """Where a label begins that is numbered as on official forms ("7. CONTRACTOR"): 1, else 0."""
    return int(len(tokens) > 1 and bool(_NUMBERED.match(tokens[0].text)))


@cache
def _unspaced(columns: bool) -> dict[str, tuple[str, ...]]:
    """Wordings without their blanks."""
    return {joined: words for words in _index(columns) if len(joined := "".join(words)) >= _SHORTEST_SPACED}


@cache
def _openings(columns: bool) -> frozenset[str]:
    """All letters that a wording without its blanks may begin with."""
    return frozenset(joined[:n] for joined in _unspaced(columns) for n in range(len(joined) + 1))


def _letter_spaced(texts: Sequence[str], columns: bool) -> Label | None:
    """A wording torn apart by wide letters, which is all of the words or ends with a colon: "PO NU MBER", "D A T E :"."""
    if "".join(fold(texts[0].partition(":")[0])) not in _openings(columns):
        return None
    pieces: list[str] = []
    for end, text in enumerate(texts[:_MOST_PIECES], 1):
        head, colon, tail = text.partition(":")
        pieces += fold(head)
        if (colon or end == len(texts)) and not tail:
            words = _unspaced(columns).get("".join(pieces))
            if words and len(pieces) > len(words):
                return Label(_index(columns)[words], 0, end, " ".join(words), bool(colon))
        if colon:
            return None
    return None


def labels_in(tokens: Sequence[Token], *, columns: bool = False) -> tuple[Label, ...]:
    """All wordings in these words, the longest first at each place, without overlap."""
    if len(tokens) == 1 and (opening := fold(tokens[0].text.partition(":")[0])) and opening[0] not in _beginnings(columns):
        return ()
    return _labels_in(tuple([t.text for t in tokens]), columns)


@lru_cache(maxsize=16_384)
def _labels_in(texts: tuple[str, ...], columns: bool) -> tuple[Label, ...]:
    out, i = [], 0
    while i < len(texts):
        label = _label_at(texts, i, columns)
        if label:
            out.append(label)
        i = label.end if label else i + 1
    return tuple(out)
