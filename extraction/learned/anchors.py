"""The words of a form from which a value is found again: its label, the title above it, a name beside it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from rapidfuzz import fuzz

from extraction.layout.geometry import Line, Segment, Token
from extraction.layout.labels import fields_of, fold, labels_in
from extraction.learned.paper import Paper
from extraction.learned.search import Run
from extraction.lines.texts import is_sentence
from models.domain.learned import Anchor

_LONGEST = 6          # words of an anchor
_FAR = 90.0           # ems from a label to its value on the line
_UNDER = 3.2          # ems from the top of a label to the top of what stands under it
_AROUND = 30.0        # ems in which other words of the form are looked for when a value has no label
_NEAR = 1.6           # ems by which a value may stand off its place
_ASIDE = 8.0          # ems by which a value beside its words may stand off its place
_DRIFT = 12.0         # `Mark.x` by which the words of an anchor may stand off theirs
_COUNT = 2            # words between a label and its value that count what there are several of
_CLOSE = 1.5          # ems from words to a value that is surely theirs
_WIDE = 1.0           # ems between the words of one label at most
_MARKS = frozenset({":", "-", "=", "."})
_DASHES = frozenset({"-", "–", "—", "/", "#"})
_ALIKE = 88           # percent: what OCR leaves of a word


def anchors_of(paper: Paper, run: Run, field: str, taken: Collection[int] = ()) -> tuple[Anchor, ...]:
    """The anchors of a value, the surest first: words right before it and labels that name the field, then other words of the
    form; empty when nothing of the form stands around it. `taken` are the ids of words that are values themselves, which another
    copy has not."""
    at = next((n for n, line in enumerate(paper.lines) if any(t is run[0] for t in line.tokens)), None)
    if at is None:
        return ()
    around = (*_beside(paper, at, run), *_above(paper, at, run), *_elsewhere(paper, at, run))
    own = [
        (relation == "beside" and run[0].left - label[-1].right < _CLOSE, _anchor(paper, label, run, relation))
        for label, relation in around if not any(id(t) in taken for t in label)]
    ranked = sorted(own, key=lambda a: not a[0] and (a[1].relation == "at" or field not in fields_of(a[1].words)))
    return tuple(dict.fromkeys(anchor for _, anchor in ranked))[:3]


def _beside(paper: Paper, at: int, run: Run) -> Iterator[tuple[Run, str]]:
    line = paper.lines[at]
    segments = line.segments
    s = next(n for n, part in enumerate(segments) if any(t is run[0] for t in part.tokens))
    before = _unmarked(segments[s].tokens[: _index(segments[s].tokens, run[0])])
    label = _tail(_uncounted(before))
    if label:
        yield label, "beside"
        return
    left = [part for part in segments[:s] if part.text.strip(":") != ""]
    if left and not before and run[0].left - left[-1].right < _FAR and (label := _tail(_spaced(left))):
        yield label, "beside"


def _unmarked(tokens: Run) -> Run:
    """The words without the marks at their end."""
    end = len(tokens)
    while end and tokens[end - 1].text in _MARKS:
        end -= 1
    return tokens[:end]


def _spaced(parts: Sequence[Segment]) -> Run:
    """The last of these, with those before it that stand as close as words do: a label whose words are set wide."""
    tokens = parts[-1].tokens
    for part in reversed(parts[:-1]):
        if tokens[0].left - part.right > _WIDE:
            break
        tokens = (*part.tokens, *tokens)
    return tokens


def _above(paper: Paper, at: int, run: Run) -> Iterator[tuple[Run, str]]:
    for line in paper.lines[max(0, at - 3) : at][::-1]:
        if line.page != paper.lines[at].page or run[0].top - line.top > _UNDER:
            return
        over = [s for s in line.segments if s.left < run[-1].right + 0.3 and s.right > run[0].left - 0.3]
        if over and (label := _tail(over[0].tokens)) and not is_sentence(over[0].tokens):
            yield label, "below"


def _elsewhere(paper: Paper, at: int, run: Run) -> Iterator[tuple[Run, str]]:
    """The nearest words of the form: a title, a heading."""
    line = paper.lines[at]
    near = []
    for other in paper.lines[max(0, at - 15) : at + 15]:
        for part in other.segments if other.page == line.page else ():
            label = _tail(part.tokens)
            away = abs(other.top - line.top) + 0.3 * abs(part.left - run[0].left)
            if label and len(label) == len(part.tokens) and away < _AROUND and not set(map(id, label)) & set(map(id, run)):
                near.append((away, label))
    yield from ((label, "at") for _, label in sorted(near, key=lambda x: x[0])[:2])


def _anchor(paper: Paper, label: Run, run: Run, relation: str) -> Anchor:
    page = label[0].word.page
    last = max(t.right for t in run if abs(t.middle - run[0].middle) < 0.5)
    return Anchor(
        " ".join(_folded(label)), relation, paper.x(label[0].left, page), round(run[0].left - label[0].left, 2),
        round(run[0].top - label[0].top, 2), round(last - label[0].left, 2), round(paper.em(page), 4))


def _uncounted(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words without the count and the dash between a label and its value: "Delivery 2 - 5 March"."""
    end = len(tokens)
    while end and len(tokens) - end < _COUNT and (tokens[end - 1].text in _DASHES or tokens[end - 1].text.isdecimal()):
        end -= 1
    return tokens[:end]


def _tail(tokens: Sequence[Token]) -> Run:
    """The words at the end that may be a label: no digits, not beyond an earlier colon, letters among them."""
    out: list[Token] = []
    for n, token in enumerate(reversed(tokens)):
        if any(c.isdigit() for c in token.text) or (out and n and token.text.endswith((":", ";", "."))and len(token.text) > 4):
            break
        out.insert(0, token)
    kept = tuple(out[-_LONGEST:])
    return kept if sum(c.isalpha() for t in kept for c in t.text) >= 2 else ()


def _folded(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(word for t in tokens for word in fold(t.text))


def _index(tokens: Sequence[Token], token: Token) -> int:
    return next(n for n, t in enumerate(tokens) if t is token)


def locate(paper: Paper, anchor: Anchor) -> Run | None:
    """The words the anchor leads to; empty when its words stand there without a value, None when they are not on the paper."""
    runs = all_located(paper, anchor)
    return runs if runs is None else next(iter(runs), ())


def all_located(paper: Paper, anchor: Anchor) -> tuple[Run, ...] | None:
    """All words the anchor may lead to, the likeliest first; None when its own words are not on the paper."""
    places = sorted(_standing(paper, anchor), key=lambda x: (_goes_on(paper.lines[x[0][0]], x[0][2]), abs(x[1] - anchor.x)))
    if not places:
        return None
    return tuple(run for (n, start, end), _ in places for run in _values(paper, anchor, n, start, end) if run)


def _standing(paper: Paper, anchor: Anchor) -> Iterator[tuple[tuple[int, int, int], float]]:
    """Where the words of an anchor stand: (line, first token, token behind the last), and their `x`."""
    words = tuple(anchor.words.split())
    for n, t in _begins(paper, words[0]):
        line = paper.lines[n]
        tokens = line.tokens
        said: list[str] = []
        end = t
        while end < len(tokens) and len(said) < len(words):
            said += fold(tokens[end].text)
            end += 1
        x = paper.x(tokens[t].left, line.page)
        if abs(x - anchor.x) <= _DRIFT and _alike(tuple(said), words):
            yield (n, t, end), x


def _goes_on(line: Line, end: int) -> bool:
    """Whether words of a label are followed by more of it: "Total pieces" where "Total" was learned."""
    tokens = line.tokens
    if end == len(tokens) or tokens[end - 1].text[-1:] in _MARKS or tokens[end].left - tokens[end - 1].right > _WIDE:
        return False
    return tokens[end].text[:1].isalpha()


def _begins(paper: Paper, word: str) -> Iterator[tuple[int, int]]:
    exact = paper.words.get(word)
    if exact:
        yield from exact
    elif len(word) > 3:
        for other, places in paper.words.items():
            if abs(len(other) - len(word)) < 2 and fuzz.ratio(other, word) >= 100 - 100 / len(word):
                yield from places


def _alike(said: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return said == words or (len(" ".join(words)) > 5 and fuzz.ratio(" ".join(said), " ".join(words)) >= _ALIKE)


def _values(paper: Paper, anchor: Anchor, n: int, start: int, end: int) -> Iterator[Run]:
    line = paper.lines[n]
    first = line.tokens[start]
    scale = anchor.em / paper.em(line.page) if anchor.em else 1.0
    if anchor.relation == "beside":
        yield from _to_the_right(line, end, first.left + scale * anchor.dx)
        return
    yield _at(
        paper, n, first.left + scale * anchor.dx, first.left + scale * anchor.rx, first.top + scale * anchor.dy, max(1.0, scale))


def _to_the_right(line: Line, end: int, expected: float) -> Iterator[Run]:
    """The rest of the label's own segment, else the next one, unless it stands where another column begins. Where the rest of
    the segment goes on with the label ("Total incl. VAT"), the value is behind it."""
    tokens = line.tokens
    while end < len(tokens) and tokens[end].text in _MARKS:
        end += 1
    if end == len(tokens):
        return
    at = next(n for n, s in enumerate(line.segments) if any(t is tokens[end] for t in s.tokens))
    part = line.segments[at]
    rest = part.tokens[_index(part.tokens, tokens[end]) :]
    if part.tokens[0] is not tokens[end]:
        yield until_label(rest)
        if any(c.isdigit() for t in rest for c in t.text) or at + 1 == len(line.segments):
            return
        part = line.segments[at + 1]
        rest = part.tokens
    if abs(part.left - expected) <= _ASIDE or abs(part.right - expected) <= _ASIDE:
        yield until_label(rest)


def _at(paper: Paper, n: int, left: float, right: float, top: float, scale: float) -> Run:
    line = paper.lines[n]
    best: tuple[float, Segment] | None = None
    for other in paper.lines[max(0, n - 20) : n + 20]:
        if other.page != line.page or abs(other.top - top) > scale:
            continue
        for part in other.segments:
            off = min(abs(part.left - left), abs(part.right - right))
            if part.left <= left + 0.3 and part.right >= right - 0.3:
                off = min(off, 1.0)
            score = off + 2 * abs(other.top - top)
            if off <= _NEAR * scale and (best is None or score < best[0]):
                best = (score, part)
    if best is None:
        return ()
    tokens = best[1].tokens
    if best[1].left < left - _NEAR * scale:          # several things on one line: what begins at the place
        tokens = tuple(t for t in tokens if t.left >= left - 0.6) or tokens
    return until_label(tokens)


def until_label(tokens: Sequence[Token]) -> Run:
    """The words before the next label with a colon."""
    stop = next((x.start for x in labels_in(tokens) if x.colon), len(tokens))
    return tuple(tokens[:stop])
