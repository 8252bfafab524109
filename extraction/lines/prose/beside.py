"""What stands beside ordered goods in running text: the date they are wanted, the price of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from extraction.fields.dates import find_dates
from extraction.fields.dating import covered
from extraction.fields.numbers import currency_in
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.lines.prose.counts import is_counted_unit
from extraction.lines.prose.speech import Speech, folded
from extraction.lines.values import measured, price_of
from models.domain.evidence import Found

_SURE = 0.95
_FOR_ONE = frozenset({"a", "an", "per", "pro", "je", "par", "por", "al", "alla", "za"})
_EQUALS = frozenset({"=", "→", "=>"})
_LONGEST_PRICE = 5             # words of a price with its currency and "each"


def dated(
    words: tuple[Token, ...], speech: Speech
) -> tuple[tuple[Token, ...], Found[date] | None]:
    """The words without "by 3 May", and that date."""
    joined = " ".join(t.text for t in words)
    for match in find_dates(joined, speech.styles.date):
        tokens = covered(words, match)
        text = " ".join(t.text for t in tokens)
        start = next(n for n, t in enumerate(words) if t is tokens[0])
        if start < 2 or len(text.strip(".,;()")) > match.end - match.start + 1:
            continue                                        # part of a code; or nothing is left to be ordered
        lead = next((n for n in range(min(4, start), 0, -1) if speech.spans(words[start - n : start], "when") == n), 0)
        if lead or text.startswith("("):
            kept = (*words[: start - lead], *words[start + len(tokens) :])
            return kept, found(match.value, tokens, 0.6 if match.open else 0.85)
    return words, None


def priced(
    words: tuple[Token, ...], speech: Speech
) -> tuple[tuple[Token, ...], Found[Decimal] | None]:
    """The words without "@ 5.97 EUR each", and that price."""
    for at in range(len(words) - 1, 1, -1):
        lead = speech.spans(words, "at", at) or (1 if words[at].text == "@" else 0)
        if not lead and not _is_money(words, at):
            continue
        value = words[at + lead :]
        end = _money_end(value, speech)
        tokens = value[:end]
        bare = tuple(t for t in tokens if any(c.isdigit() for c in t.text) or currency_in(t.text))
        price = price_of([_clean(t) for t in bare], speech.styles.number) if bare else None
        said = currency_in(" ".join(t.text for t in tokens)) or words[at].text == "@" or (lead and len(bare) < len(tokens))
        if price and said and not speech.holds(folded(words[max(0, at - 2) : at]), "together"):
            start = _before_price(words, at, speech)
            return (*words[:start], *value[end:]), measured(price.value, bare, speech.styles.number, _SURE)
    return words, None


def summed(
    words: tuple[Token, ...], speech: Speech
) -> tuple[tuple[Token, ...], Found[Decimal] | None]:
    """The words without "= 59.70 EUR" at their end, and that amount."""
    for at in range(len(words) - 1, 1, -1):
        is_sum = words[at].text in _EQUALS or speech.spans(words, "together", at) == 1
        value = words[at + 1 :]
        if is_sum and 0 < len(value) <= 2 and (price := price_of([_clean(t) for t in value], speech.styles.number)):
            return words[:at], measured(price.value, value, speech.styles.number, _SURE)
    return words, None


def _before_price(words: Sequence[Token], at: int, speech: Speech) -> int:
    """Where the words begin that lead to a price: "@", "zu je"."""
    for size in (2, 1):
        if at > size and (speech.spans(words, "at", at - size) >= size or (size == 1 and words[at - 1].text == "@")):
            return _before_price(words, at - size, speech)
    return at


def _is_money(words: Sequence[Token], at: int) -> bool:
    """True when a number with a currency begins here, in one word or two: "4.50 EUR", "EUR 4.50", "€4.50"."""
    text = " ".join(t.text for t in words[at : at + 2])
    return bool(currency_in(text) and any(c.isdigit() for c in text)) and bool(
        currency_in(words[at].text) or words[at].text[0].isdigit()) and not currency_in(words[at - 1].text)


def _clean(token: Token) -> Token:
    return replace(token, text=token.text.strip("(),;") or token.text)


def _money_end(words: Sequence[Token], speech: Speech) -> int:
    """How many words a price takes: number, currency, and "each" behind it."""
    end = 0
    while end < min(len(words), _LONGEST_PRICE):
        text = words[end].text.strip("(),;.")
        is_money = (any(c.isdigit() for c in text) and end < 2) or currency_in(text) or text == "/"
        size = 1 if is_money else speech.spans(words, "each", end) if end else 0
        if not size and text.startswith("/") and end:
            size = 1
        if not size and end and end + 1 < len(words) and is_counted_unit(words[end + 1].text):
            size = 2 * (text.casefold() in _FOR_ONE or speech.spans(words[end : end + 1], "the") == 1)       # "9.50 a bottle"
        if not size:
            break
        end += size
    return end


