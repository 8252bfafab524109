"""Terms of payment: the words from the first that only such terms use to the last that still belongs to them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extraction.fields.running_text import sentences
from extraction.fields.terms import labelled_values, tagged
from extraction.fields.view import View, text_of
from extraction.layout.evidence import found
from extraction.layout.geometry import Token
from extraction.layout.pairs import is_label
from models.domain.evidence import Found, PageKind


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DAYS = _set("day days tag tage tagen jour jours día días dia dias dagen dag dgn giorni gg dni dzień")
_METHODS = _set(
    "cod cia cwo prepaid prepayment deposit statement account cash cheque card direct debit skonto vorkasse vorauskasse "
    "lastschrift bankeinzug sepa überweisung nachnahme comptant virement prélèvement prelevement traite lcr relevé chèque "
    "mandat contado transferencia pagaré pagare confirming giro recibo domiciliación domiciliado incasso machtiging "
    "vooruitbetaling contant overboeking bonifico riba ri.ba rb rid rimessa contanti przelew przelewem gotówka gotówką "
    "pobranie pobraniem przedpłata eom prox proximo proforma")
_MONEYS = _set(
    "net netto balance due invoice invoices inv month months monthly weekly week terms immediately immediate sofort rein "
    "abzug ohne rechnung rechnungsdatum rechnungserhalt rechnungseingang monatsende facture factures réception reception mois "
    "fin fecha factura recepción mes final factuur factuurdatum ontvangst maand einde fattura data ricevuta bancaria bancario "
    "fine mese vista faktury wystawienia dostawy odbiorze fm f.m df d.f dffm ff f.f administratif automatische standard "
    "strictly prompt receipt date deduction delivery order goods itemized valid correct payable zahlbar payment bal abzgl zzgl")
"""Words that belong to terms beside those that make them."""

_BETWEEN = _set(
    "from of after at on the a an à au aux de du des le la les el ab nach zum der dem den na van het od przy da dal del della "
    "di per par por con mit met with and und et y en e i to upon by for within binnen innerhalb innert sous usual tot w ciągu "
    "día pago + & / -")
"""Words that stand between others: neither the first nor the last of terms, but for these."""

_TELLING = _set(
    "net netto invoice inv rechnungsdatum rechnungserhalt facture factura factuurdatum fattura faktury bancaria administratif")
"""Words by which days are those of a payment, where no label says so."""

_ANNOUNCING = _set("payment payable zahlbar")
"""Words that say that terms follow, as a label does."""

_FIRST = _set("usual within binnen innerhalb innert sous")
_NUMBER = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?%?|%|\d{1,2}(?:st|nd|rd|th)|\d{1,2}/\d{1,2}", re.IGNORECASE)
_NET_DAYS = re.compile(r"\d{1,3}(?:st|nd|rd|th)?", re.IGNORECASE)
_SHORT_NET = re.compile(r"n/?\d{1,3}", re.IGNORECASE)                     # "2% 10, N30"
_NUMBER_OF_DAYS = re.compile(r"\d{1,3}-?(?:days?|tage?|jours?|gg|dni|dagen|d[ií]as)", re.IGNORECASE)
_ASKED = re.compile(
    r"\b(?:pay(?:ment|able)?|account|terms|zahl\w*|règlement|paiement|régler|pagos?|betal\w+|pagamento|płatno\w+|zapłat\w+)\b",
    re.IGNORECASE)
_AS_ALWAYS = re.compile(
    r"wie (?:immer|gehabt|bisher|üblich|vereinbart)|as (?:always|usual|before|agreed)|"
    r"comme (?:d['’]\s?habitude|toujours|convenu)|como (?:siempre|de costumbre)|"
    r"zoals (?:altijd|gebruikelijk)|come (?:sempre|al solito)|jak (?:zawsze|zwykle)", re.IGNORECASE)
_MARKS = ".,;:()"
_SHORTENED = _set("bal inv abzgl zzgl incl excl disc pmt acct")
"""Words of terms that are mostly written short, with a full stop that ends no sentence."""
_ABBREVIATED = 3         # characters of the longest word whose full stop may end no sentence
_EDGE, _CLOSE, _FEW = 0.4, 0.8, 4      # ems to the side and below, and words, of the rest of a wrapped value
_CLAUSE = 16             # words of a paper's small print
_LONGEST = 20            # words of terms
_SHORT = 5               # words of unusual terms
_LEAST_SURE = 0.6        # of a label's value that uses no word of such terms


def payment_terms(view: View) -> Found[str] | None:
    """The terms as printed, without the words around them: behind their label, where the tagger sees them, or in a sentence."""
    best = _labelled(view)
    seen = _seen(view)
    if seen and best:
        return seen if seen.value not in best.value and seen.confidence > best.confidence - 0.2 else best
    return best or seen or _in_passing(view) or _unusual(view)


def _labelled(view: View) -> Found[str] | None:
    """The value of the clearest label that holds terms."""
    told: list[Found[str]] = []
    for pair, words, weight in labelled_values(view, "payment_terms"):
        whole = (*words, *_wrapped(view, words))[:_LONGEST]
        terms = _without_always(terms_in(whole, says_so=True))
        if terms:
            told.append(found(_printed(terms), terms, round((0.93 if pair.first == "payment_terms" else 0.6) * weight, 4)))
    return max(told, key=lambda t: t.confidence, default=None)


def _unusual(view: View) -> Found[str] | None:
    """What stands beside a clear label, in words nobody else uses: "PER CONTRACT"."""
    for pair, words, weight in labelled_values(view, "payment_terms"):
        text = text_of(words)
        if pair.clear and weight == 1.0 and len(words) <= _SHORT and not any(c.isdigit() for c in text) and not _is_asking(words):
            return found(text.strip(" ,;"), words, _LEAST_SURE)
    return None


def _is_asking(words: Sequence[Token]) -> bool:
    return text_of(words).endswith((":", "?")) or not any(c.isalnum() for c in text_of(words))


def _seen(view: View) -> Found[str] | None:
    told = tagged(view, "payment_terms")
    terms = _without_always(terms_in(told[0], says_so=True)) if told else ()
    return found(_printed(terms), terms, round(0.95 * told[1], 4)) if told and terms else None


def _in_passing(view: View) -> Found[str] | None:
    """Terms that a sentence, or a line without a label, names."""
    lines = [line for line in view.all_lines if line.kind is not PageKind.SHEET]
    alone = (s.tokens for line in lines if len(line.segments) > 1 for s in line.segments)
    for sentence in (x for part in (*sentences(lines), *alone) for x in _sentences(part)):
        if len(sentence) >= _CLAUSE and sentence[0].kind is not PageKind.TEXT:
            continue
        terms = _without_always(terms_in(sentence, says_so=False))
        is_sure = any(_bare(t.text) in _TELLING | _METHODS for t in terms) or _ASKED.search(text_of(sentence))
        if terms and is_sure and _has_days(terms):
            return found(_printed(terms), terms, _LEAST_SURE)
    return None


def terms_in(words: Sequence[Token], *, says_so: bool) -> tuple[Token, ...]:
    """The words of terms of payment among these; none where nothing makes them such: days with their number, "net" with one, a
    way of payment. `says_so`: a label names them, so that small words unknown to us belong to them too.
    """
    first = next((n for n in range(len(words)) if _makes(words, n, says_so=says_so)), None)
    if first is None:
        return ()
    last = first
    for n in range(first + 1, len(words)):
        goes_on = _kind(words[n].text) is not None or (says_so and _is_small(words[n].text))
        if not goes_on or _ends_sentence(words[n - 1], words[n]):
            break
        last = n
    begin = _begin(words, first, says_so=says_so)
    while last > begin and (_kind(words[last].text) == "between" or _is_astray(words, last)):
        last -= 1
    return tuple(words[begin : last + 1])


def _begin(words: Sequence[Token], first: int, *, says_so: bool) -> int:
    """Where terms begin whose first telling word is this."""
    begin = first
    while begin and not words[begin - 1].text.endswith(":") and not _ends_sentence(words[begin - 1], words[begin]) and (
            says_so or _kind(words[begin - 1].text)):
        begin -= 1
    may_begin = _FIRST if says_so else _FIRST - {"usual"}
    while begin < first and _bare(words[begin].text) not in may_begin and (
            _kind(words[begin].text) == "between" or _bare(words[begin].text) in _ANNOUNCING):
        begin += 1
    return begin


def _makes(words: Sequence[Token], n: int, *, says_so: bool) -> bool:
    """True for a word that makes terms of what stands around it."""
    word, behind = _bare(words[n].text), _bare(words[n + 1].text) if n + 1 < len(words) else ""
    if word.isdecimal() and len(word) <= 3 and behind in _DAYS:
        return True
    if word in {"net", "netto"} and _NET_DAYS.fullmatch(behind):
        return True
    if says_so and _SHORT_NET.fullmatch(word):
        return True
    return bool(_NUMBER_OF_DAYS.fullmatch(word)) or (says_so and (word in _METHODS or word in _MONEYS))


def _has_days(words: Sequence[Token]) -> bool:
    return any(_makes(words, n, says_so=False) for n in range(len(words)))


def _kind(word: str) -> str | None:
    """What a word does in terms of payment; None for one of something else."""
    bare = _bare(word)
    if bare in _METHODS:
        return "method"
    if bare in _MONEYS:
        return "money"
    if bare in _DAYS:
        return "days"
    if any(pattern.fullmatch(bare) for pattern in (_NUMBER, _NUMBER_OF_DAYS, _SHORT_NET)):
        return "number"
    return "between" if bare in _BETWEEN or not bare else None


def _is_small(word: str) -> bool:
    """True for a word in small letters or in brackets: a phrase goes on with it."""
    return word[0] == "(" or word[0].islower()


def _is_astray(words: Sequence[Token], n: int) -> bool:
    """True for a number at the end that belongs to what follows: "30 days 12"; not for a day of the month behind "le", "+"."""
    return _bare(words[n].text).isdecimal() and _kind(words[n - 1].text) not in {"between", "money", "days"}


def _ends_sentence(word: Token, following: Token) -> bool:
    text = word.text
    if _bare(text) in _SHORTENED:
        return False
    ends = text.endswith((".", "!", "?")) and "." not in text[:-1] and (len(text) > _ABBREVIATED or text[:-1].isdecimal())
    return ends and following.text[0].isupper()


def _sentences(words: Sequence[Token]) -> Iterable[tuple[Token, ...]]:
    begin = 0
    for n in range(1, len(words) + 1):
        if n == len(words) or _ends_sentence(words[n - 1], words[n]):
            yield tuple(words[begin:n])
            begin = n


def _without_always(words: tuple[Token, ...]) -> tuple[Token, ...]:
    """Without "as always" before or behind."""
    text = text_of(words)
    for said in _AS_ALWAYS.finditer(text):
        before, length = len(text[: said.start()].split()), len(said[0].split())
        words = words[length:] if before == 0 and len(words) > length else words[:before] if before else words
        break
    return words


def _printed(words: Sequence[Token]) -> str:
    text = text_of(words).strip(" ,;")
    last = text.rpartition(" ")[2]
    ended = last.endswith(".") and "." not in last[:-1] and (len(last) > _ABBREVIATED or last[:-1].isdecimal())
    return text[:-1] if ended else text


def _bare(word: str) -> str:
    return word.casefold().strip(_MARKS) or word.strip(_MARKS)


def _wrapped(view: View, value: Sequence[Token]) -> tuple[Token, ...]:
    """The rest of a value that had no room on its line: a short line right below it or its label, which goes on in small
    letters."""
    line = next((s for s in view.segments if value and value[-1] is s.tokens[-1]), None)
    if line is None or value[0].kind is not PageKind.PAPER:
        return ()
    below = (s for s in view.segments if s.line in range(line.line + 1, line.line + 3))
    under = next((s for s in below if abs(s.left - line.left) < _EDGE and s.top - line.bottom < _CLOSE), None)
    if under is None or not under.text[0].islower() or is_label(under) or len(under.tokens) > _FEW:
        return ()
    return under.tokens
