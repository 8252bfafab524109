"""The purchase order number among its many look-alikes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace

from extraction.fields.dates import find_dates
from extraction.fields.numbers import currency_in
from extraction.fields.tagged import runs
from extraction.fields.view import View, rank, text_of
from extraction.layout.evidence import found, proof
from extraction.layout.geometry import Segment, Token, piece
from extraction.layout.labels import fold, label_at, phrases
from extraction.layout.pairs import Pair
from models.domain.codes import clean_code
from models.domain.evidence import Candidate, Evidence, Found, Origin, PageKind
from models.domain.pages import Problem

_SHAPE = re.compile(r"^[#(]*(?P<code>[^\W_](?:[\w./\\–-]*[\w])?)[,;:.)]*$")
_GENERIC = frozenset(
    {
        "number",
        "nummer",
        "document number",
        "document no",
        "doc no",
        "contract no",
        "order",
        "order id",
        "bestellung",
        "pedido",
        "inkooporder",
        "purchase order",
        "no document",
        "nr dokumentu",
        "numero documento",
    }
)
_SENTENCE = re.compile(
    r"\b(?:order|bestell|bestel|command|ped[ií]|ordin|zam[aó])\w*\s+(?:[^\W\d]+\s+){0,3}?(?:n\.|no\.?|nr\.?|n[°º]|num(?:ber|mer|er|éro)|n[úu]mero)\s*"
    r"([^\W_][\w./-]*\d[\w/-]*|\d+)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"(?:\bP\.?\s?O\b\.?|order|bestellung|best(?:ell|\.)?-?n(?:r|ummer)|auftrag|commande|cde|\bBC\b|pedido|orden(?: de compra)?|"
    r"bestelling|"
    r"inkooporder|ordine|\bOdA\b|zam[óo]wieni[ea]|\bzam\b)(?:\s*(?:no|nr|n°|nº|numer|number|nummer|num|n|#|:|\.|-|_))*\s*([A-Z0-9][\w/.-]*\d[\w/-]*|\d+)",
    re.IGNORECASE,
)

_ORDER_WORD = re.compile(
    r"\W*(?:PO|P\.O\.|order\w*|bestell?\w*|auftrag\w*|command\w*|cde|pedid\w*|ordin[ei]|zam[óo]wieni\w*)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\W*(?:r[ée]f|r[ei]fer[ei]n|numer|num[ée]r|n[úu]mer|number|nummer|n[ro]?\.|n[°º]|sygnatur)", re.IGNORECASE)
_BETWEEN = 3             # words from the word for an order to the word for its number
_AWAY = 4                # words from either to the number itself

_GLUED = re.compile(r"^(?P<title>[^\W\d_]{4,})\d")

TAGGED = 1.0
"""What the tagger's probability is worth beside the wording of a label (0..1)."""

_SAID = 0.7              # what a claim is worth from which the paper says the number itself
_AGAIN = 0.04             # for each time the number stands elsewhere
_NAMED_OUTSIDE = 0.3      # the subject or the file's name has it too
_LEAST = 0.5              # less is no number of an order
_NEAR = 0.38              # probability of a rival from which a person must choose
_LONGEST_REVISION = 4      # characters of the number of a change: "REVISION 002"
_FEWEST_DIGITS = 2
_CLOSE = 1.0             # ems between two parts of a torn number
_LONGEST_KIND = 4        # letters that say of what kind a number is
_UNDER_TITLE = 3         # lines below a title in which its number stands behind "No." alone
_NUMBER_WORDS = frozenset({("no",), ("nr",), ("n",), ("n", "o"), ("number",), ("nummer",), ("numer",), ("numero",), ("num",)})
_NUMBERED = re.compile(r"^\d[\d./-]*\d$")
_NAMES = phrases("po_number") | {("nr",), ("no",), ("num",), ("ref",), ("rev",), ("vom",), ("of",), ("dated",), ("page",)}
_BEFORE_TITLE = re.compile(
    r"^[\W_]*(?:\d{1,2}[.)]\s+)?(?:our|my|unsere?|notre|nuestro|il nostro|nasze)?\s*(?:purchase\s+)?", re.IGNORECASE)
_AFTER_HEADING = re.compile(r"\s*(?:[:;,(–-]|$|(?:vom|of|from|dated|du|del|van|z dnia)\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Claim:
    value: str
    tokens: tuple[Token, ...]
    score: float


def po_number(view: View) -> Found[str] | None:
    """The best-supported number with its rivals as candidates; the mail's subject and the file's name count as support."""
    claims = [*_labelled(view), *_beside_title(view), *_in_sentences(view), *_headed(view)]
    claims += _outside_tables(_tagged(view), view) if any(c.score > _SAID for c in claims) else _tagged(view)
    outside = {clean_code(x) for x in _context_numbers(view)}
    counts = Counter(clean_code(t.text) for line in view.all_lines for t in line.tokens)
    scores: dict[str, float] = {}
    best: dict[str, _Claim] = {}
    typed = bool(view.lines) and view.lines[0].kind is PageKind.TEXT
    for claim in claims:
        key = clean_code(claim.value)
        if typed and outside and key not in outside and not claim.score:
            continue                       # only the tagger sees a number here, and the subject of the mail names another
        digits = [t for t in claim.tokens if any(c.isdigit() for c in t.text)]
        score = claim.score + TAGGED * view.tags.chance(digits, "po_number")
        score += min(counts[key] - 1, 3) * _AGAIN + (_NAMED_OUTSIDE if key in outside else 0.0)
        if score > scores.get(key, 0.0):
            scores[key], best[key] = score, claim
    order = sorted((k for k in scores if scores[k] >= _LEAST), key=lambda k: -scores[k])
    if not order:
        return _from_context(view)
    first = best[order[0]]
    lead = scores[order[0]] - (scores[order[1]] if len(order) > 1 else 0.0)
    got = found(first.value, first.tokens, min(0.98, 0.62 + 0.25 * min(lead, 1.4)))
    rivals = tuple(
        Candidate(best[k].value, round(_share(scores[k], scores[order[0]]), 4), proof(best[k].tokens)) for k in order[1:4]
    )
    return replace(got, candidates=(*rivals, *got.candidates))


def two_numbers(number: Found[str] | None) -> Iterable[Problem]:
    """What to say when another number is nearly as likely to be the order's."""
    rival = next((c for c in number.candidates if c.probability >= _NEAR and not c.evidence.note), None) if number else None
    if number and rival:          # a note would mean that the same ink is read otherwise
        place = next(iter(rival.evidence.places), None)
        yield Problem(
            "two_po_numbers",
            f"Two numbers may be the order's: {number.value} and {rival.value}. Look at the page and choose the buyer's own.",
            place.page if place else None, place.box if place else None)


def _share(score: float, best: float) -> float:
    """The probability of a rival: at most a half, less the farther it lies behind."""
    return max(0.02, 0.5 - 0.5 * min(1.0, best - score))


def _from_context(view: View) -> Found[str] | None:
    """The number in the subject or the file's name: in a typed mail that is where it is, beside an attachment it may not be."""
    value = next(iter(_context_numbers(view)), None)
    sure = 0.92 if view.lines and view.lines[0].kind is PageKind.TEXT else 0.7
    return Found(value, sure, Evidence(Origin.CONTEXT, value, note="from the subject or the file name")) if value else None


def _outside_tables(claims: Iterable[_Claim], view: View) -> Iterable[_Claim]:
    """Without the numbers among the order's lines: they are codes of goods where the paper says the order's number elsewhere."""
    free = {id(t) for line in view.lines for t in line.tokens}
    return (claim for claim in claims if id(claim.tokens[0]) in free)


def _tagged(view: View) -> Iterable[_Claim]:
    """Numbers that the tagger takes for the order's, wherever they stand."""
    for run in runs(view, "po_number"):
        code = _code(run.tokens, view)
        if code and sum(c.isdigit() for c in code[0]) >= _FEWEST_DIGITS:
            yield _Claim(*code, score=0.0)


def named_in(text: str) -> str | None:
    """The number of the order that a line is headed with ("PO 4711: …"); "order 200 bolts" has none."""
    text = _BEFORE_TITLE.sub("", text)
    match = _SUBJECT.match(text)
    if match is None or not _AFTER_HEADING.match(text, match.end()):
        return None
    number = match[1].rstrip("-./")
    return number if len(clean_code(number)) > 2 else None


def own_number(view: View) -> str | None:
    """The number that a clear label on these lines names, that the tagger is sure of, or that stands at a title and looks to the
    tagger like one."""
    seen = (replace(claim, score=view.tags.chance(claim.tokens, "po_number")) for claim in _tagged(view))
    titled = (
        replace(claim, score=claim.score + TAGGED * view.tags.chance(claim.tokens, "po_number")) for claim in _beside_title(view))
    best = max((*_labelled(view), *titled, *seen), key=lambda c: c.score, default=None)
    return best.value if best and best.score > 0.8 else None


def _labelled(view: View) -> Iterable[_Claim]:
    for pair in view.named("po_number"):
        score = _wording(pair)
        for tokens, place in ((pair.beside, 1.0), (pair.below, 0.9)):
            code = _code(tokens, view)
            if score and code:
                yield _Claim(*code, score=score * place)
                if _parted(code[1]):          # or the first group is the number, and the others are something else
                    yield _Claim(code[1][0].text, code[1][:1], score=score * place * 0.85)
                break


def _wording(pair: Pair) -> float:
    """How surely the wording names the buyer's own order number; 0 when it is more likely another number or a sentence."""
    if pair.first in {"not_po_number", "vendor_number", "customer_account"} or pair.label.text.endswith("box"):
        return 0.0
    before = [t.text.casefold().strip(".:") for t in pair.segment.tokens[max(0, pair.label.start - 2) : pair.label.start]]
    if {"sales", "your", "box", "ihr", "vendor", "quote", "invoice"} & set(before) and pair.label.text.startswith(
        ("order", "number")
    ):
        return 0.2
    if pair.label.text in _GENERIC:
        return 0.55 if pair.clear or pair.label.text.startswith("purchase") else 0.4 if pair.label.text != "number" else 0.0
    return (1.0 if pair.clear else 0.8) - 0.004 * min(rank("po_number", pair.label.text), 30)


def _code(tokens: Sequence[Token], view: View) -> tuple[str, tuple[Token, ...]] | None:
    """The number at the front of a value; None when there is a date, a word or money."""
    while tokens and fold(tokens[0].text) in {
        ("no",),
        ("nr",),
        ("n",),
        ("o",),
        ("numer",),
        ("number",),
        ("num",),
        (),
        ("#",),
        ("is",),
        ("ist",),
        ("est",),
        ("es",),
        ("lautet",),
        ("to",),
    }:
        tokens = tokens[1:]
    if tokens and fold(tokens[0].text) == ("box",):
        return None                           # "P.O. Box 220"
    parted = _parted(tokens) or _torn(tokens)
    if parted:
        return parted
    lettered = _lettered(tokens, view)
    if lettered:
        return lettered
    for token in tokens[:2]:
        match = _SHAPE.match(token.text)
        if not match or not any(c.isdigit() for c in match["code"]):
            if not (token.text.isupper() and len(token.text) <= 4):
                return None
            continue
        code = match["code"]
        whole = find_dates(code, view.dates)
        if (whole and whole[0].end - whole[0].start == len(code) and not code.isdigit()) or len(code) > 30:
            return None
        if re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}", code) or len(clean_code(code)) < 2:
            return None
        return code, (token,)
    return None


def _parted(tokens: Sequence[Token]) -> tuple[str, tuple[Token, ...]] | None:
    """A value that is nothing but groups of digits, close together: "45 0001 2345" is one number."""
    whole = 2 <= len(tokens) <= 5 and all(t.text.isdecimal() for t in tokens)
    return (" ".join(t.text for t in tokens), tuple(tokens)) if whole else None


def _torn(tokens: Sequence[Token]) -> tuple[str, tuple[Token, ...]] | None:
    """A number that a scan tore before its stroke: "27 /0019"."""
    if len(tokens) < 2 or not tokens[0].text.isalnum() or not re.fullmatch(r"[/-]\d[\d/-]*", tokens[1].text):
        return None
    is_close = tokens[1].left - tokens[0].right < _CLOSE
    return (tokens[0].text + tokens[1].text, tuple(tokens[:2])) if is_close and any(map(str.isdigit, tokens[0].text)) else None


def _lettered(tokens: Sequence[Token], view: View) -> tuple[str, tuple[Token, ...]] | None:
    """A value that is nothing but a number and the letters of its kind, before or behind it: "ABC 0417", "0004711 OP"."""
    if len(tokens) != 2 or label_at(tokens, 0) or find_dates(text_of(tokens), view.dates):
        return None
    letters, digits = sorted(tokens, key=lambda t: any(c.isdigit() for c in t.text))
    kind = letters.text.isalpha() and letters.text.isupper() and len(letters.text) <= _LONGEST_KIND
    if not kind or currency_in(letters.text) or fold(letters.text) in _NAMES or not _NUMBERED.match(digits.text):
        return None
    return text_of(tokens), tuple(tokens)


def _beside_title(view: View) -> Iterable[_Claim]:
    """A number without a label, behind the title, right of it, or under it."""
    titles = phrases("doc_type.purchase_order") | phrases("doc_type.order_change") | phrases("doc_type.cancellation")
    for n, line in enumerate(view.top):
        for s, part in enumerate(line.segments):
            tokens = _unglued(part.tokens, titles)
            words = fold(" ".join(t.text for t in tokens))
            size = next((k for k in range(min(5, len(words)), 0, -1) if words[:k] in titles), 0)
            if not size:
                continue
            after, count = list(tokens), 0
            while after and count < size:
                count += len(fold(after.pop(0).text))
            code = _code(after, view) if after else None
            label = label_at(tokens, 0)
            if code and label and "revision" in label.fields and len(code[0]) <= _LONGEST_REVISION:
                continue
            if code:
                if line.kind is not PageKind.TEXT or not _counts(after, code[1]):
                    yield _Claim(*code, score=0.75)
            elif not after:
                beside = [x for x in line.segments[s + 1 : s + 2] if len(x.tokens) == 1]
                under = [
                    x
                    for low in view.top[n + 1 : n + 2]
                    for x in low.segments
                    if len(x.tokens) == 1 and x.left < part.right and part.left < x.right
                ]
                if numbered := _numbered(line.segments[s + 1 : s + 2], view) or _numbered_under(view, n, part):
                    yield _Claim(*numbered, score=0.8)
                for x in (*beside, *under):
                    if not label_at(x.tokens, 0) and (code := _code(x.tokens, view)) and sum(c.isdigit() for c in code[0]) >= 3:
                        yield _Claim(*code, score=0.5)


def _numbered_under(view: View, n: int, title: Segment) -> tuple[str, tuple[Token, ...]] | None:
    """The code behind "No." alone, near below a title."""
    for line in view.top[n + 1 : n + 1 + _UNDER_TITLE]:
        for s, part in enumerate(line.segments):
            apart = part.left > title.right or part.right < title.left
            if not apart and line.page == view.top[n].page and (code := _numbered(line.segments[s : s + 2], view)):
                return code
    return None


def _numbered(parts: Sequence[Segment], view: View) -> tuple[str, tuple[Token, ...]] | None:
    """The code behind "No." alone, which begins the first of these segments, in it or in the second."""
    if not parts or fold(parts[0].tokens[0].text) not in _NUMBER_WORDS:
        return None
    value = parts[0].tokens[1:] or next((x.tokens for x in parts[1:]), ())
    code = _code(value, view) if value else None
    is_whole = code is not None and len(code[1]) == len(value)
    return code if code and is_whole and sum(c.isdigit() for c in code[0]) >= _FEWEST_DIGITS else None


def _unglued(tokens: tuple[Token, ...], titles: Set[tuple[str, ...]]) -> tuple[Token, ...]:
    """The words, a title and the number printed right behind it as two: "Bestellung4711-22"."""
    match = _GLUED.match(tokens[0].text)
    if not match or fold(match["title"]) not in titles:
        return tokens
    first, at = tokens[0], match.end("title")
    return (piece(first, 0, at), piece(first, at, len(first.text)), *tokens[1:])


def _counts(tokens: Sequence[Token], number: Sequence[Token]) -> bool:
    """True where running text goes on behind a number: "we order 60 boxes of …"."""
    behind = tokens[next(n for n, t in enumerate(tokens) if t is number[-1]) + 1 :]
    return not _AFTER_HEADING.match(number[-1].text[len(number[-1].text.rstrip(":;,")) :] or " ".join(t.text for t in behind))


def _in_sentences(view: View) -> Iterable[_Claim]:
    """ "We order under number 4711 of 3 May." """
    for part in view.segments:
        match = _SENTENCE.search(part.text)
        tokens = [t for t in part.tokens if match and t.text.strip(".,;:") == match[1].strip(".,;:")]
        if match and tokens and (code := _code(tokens[:1], view)):
            yield _Claim(*code, score=0.85)
        elif part.tokens[0].kind is PageKind.TEXT and (code := _referred_to(part.tokens, view)):
            yield _Claim(*code, score=0.8)


def _referred_to(words: Sequence[Token], view: View) -> tuple[str, tuple[Token, ...]] | None:
    """The number by which a sentence refers to the order: "Ref. PO 4711", "please use 4711 as the order reference"."""
    orders = [n for n, t in enumerate(words) if _ORDER_WORD.match(t.text)]
    refers = [n for n, t in enumerate(words) if _REFERENCE.match(t.text)]
    near = [(o, r) for o in orders for r in refers if 0 < abs(o - r) <= _BETWEEN]
    for n, token in enumerate(words):
        is_near = any(min(o, r) - _AWAY <= n <= max(o, r) + _AWAY for o, r in near)
        if is_near and sum(c.isdigit() for c in token.text) > _FEWEST_DIGITS and (code := _code((token,), view)):
            return code
    return None


def _headed(view: View) -> Iterable[_Claim]:
    """ "PO 4711:" above the lines of a mail."""
    for line in view.lines:
        number = named_in(line.text) if line.kind is PageKind.TEXT else None
        tokens = [t for t in line.tokens if number and t.text.strip("#.,;:()-–/") == number]
        if number and tokens:
            yield _Claim(number, (tokens[0],), score=0.8)


def _context_numbers(view: View) -> tuple[str, ...]:
    """Order numbers in the subject and the file name."""
    texts = (view.context.subject, (view.context.file_name or "").rsplit(".", 1)[0])
    return tuple(m[1].rstrip("-./") for text in texts if text for m in _SUBJECT.finditer(text))
