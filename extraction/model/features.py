"""What the tagger knows of each word: its looks, its surroundings, its place on the page, and the arithmetic of its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from extraction.layout.geometry import Line, Token
from extraction.layout.labels import Label
from extraction.model.looks import dated, run_looks, titled_as, values_of, word_looks
from extraction.model.surroundings import Row, Run, field_name, surroundings, title_over

MOST_FACTORS = 9
"""Numbers of a line that are tried against each other."""

_HEAD = 25                                 # lines in which a paper's title stands
_ZONE = 9.0                                # ems of the zones of a first page
_DEPTHS = (3.0, 8.0, 16.0, 30.0, 50.0)     # ems below the first line


def features(lines: Sequence[Line]) -> list[list[list[str]]]:
    """For each line one list a word, left to right. Pure; all are plain strings, present or absent."""
    rows = surroundings(lines)
    counts = Counter(t.text for line in lines for s in line.segments for t in s.tokens if len(t.text) > 2)
    frames = _frames(lines)
    paper = _paper(rows)
    out = []
    sums: set[float] = set()
    running = 0.0
    for n, row in enumerate(rows):
        roles, product = _roles([t for run in row.runs for t in run.part.tokens], sums)
        if product:
            running += product
            sums = {round(running, 2), *sums} if len(sums) < 200 else {round(running, 2)}
        shared = [*_line_features(row, frames[row.line.page]), *_around_title(rows, n)]
        out.append(_row_features(row, shared, frames[row.line.page], counts, roles, paper))
    return out


def _row_features(
    row: Row, shared: list[str], frame: tuple[float, float, float, float, bool], counts: Mapping[str, int],
    roles: Mapping[int, str], paper: str,
) -> list[list[str]]:
    words: list[list[str]] = []
    looks: list[tuple[str, ...]] = []
    at = 0
    for run in row.runs:
        common = [*shared, *_run_features(run)]
        if frame[4]:
            named = run.heading or run.left
            common.append(f"p={paper}/{named.fields[0] if named else min(3, int((row.line.top - frame[1]) / _ZONE))}")
        dates = dated(tuple(t.text for t in run.part.tokens))
        last = len(run.part.tokens) - 1
        labelled = _labels_before(run)
        for n, token in enumerate(run.part.tokens):
            own = word_looks(token.text)
            mine = [*common, *own, *labelled[n], *_column(row, token), _across(token, frame)]
            if n == 0:
                mine.append("first")
            if n == last:
                mine.append("last")
            if n in dates:
                mine.append("date")
            if token.word.bold:
                mine.append("bold")
            if at in roles:
                mine.append(roles[at])
            if counts[token.text] > 1 and any(c.isdigit() for c in token.text):
                mine.append("again" if counts[token.text] == 2 else "often")
            words.append(mine)
            looks.append(own)
            at += 1
    for n, mine in enumerate(words):
        mine += ["<" + x for x in looks[n - 1]] if n else ["<|"]
        mine += [">" + x for x in looks[n + 1]] if n + 1 < len(words) else [">|"]
    return words


def _paper(rows: Sequence[Row]) -> str:
    """What the largest title in the head of the first page calls the paper; "" without one."""
    best, largest = "", 0.0
    for row in rows[:_HEAD]:
        for run in row.runs:
            kind = titled_as(run.part.text)
            if kind and run.part.height > largest + 0.05:
                best, largest = kind, run.part.height
    return best


def _line_features(row: Row, frame: tuple[float, float, float, float, bool]) -> list[str]:
    line = row.line
    top, height = frame[1], frame[3]
    numbers = sum(1 for s in line.segments for t in s.tokens if values_of(t.text))
    out = [
        f"k={line.kind.value}", f"y={int(5 * (line.middle - top) / height)}", f"t={sum(line.top - top > x for x in _DEPTHS)}",
        f"numbers={min(numbers, 5)}", f"segments={min(len(line.segments), 6)}",
    ]
    if not frame[4]:
        out.append("later")
    if row.first:
        out.append(f"line={row.first}")
    if row.is_head:
        out.append("head")
    elif row.titles:
        out.append(f"since={min(row.since, 4)}")
    return out


def _around_title(rows: Sequence[Row], n: int) -> Iterable[str]:
    """Whether the paper's title stands on this line, the one before or the one after."""
    for name, at in (("title<", n - 1), ("title=", n), ("title>", n + 1)):
        if 0 <= at < len(rows) and any("titled" in run_looks(run.part.text) for run in rows[at].runs):
            yield name


def _run_features(run: Run) -> list[str]:
    out = list(run_looks(run.part.text))
    out.append("tall" if run.part.height > 1.6 else "large" if run.part.height > 1.2 else "plain")
    if run.left:
        out += [f"l={name}" for name in _names(run.left)]
    if run.heading:
        out += [f"h={name}" for name in _names(run.heading)]
        out.append(f"hd={run.heading.fields[0]}/{min(run.depth, 5)}")
    out.append(f"depth={min(run.depth, 5)}")
    out += ["^" + x for x in run_looks(run.over.part.text)] if run.over else ["^0"]
    out += ["v" + x for x in run_looks(run.under.part.text)] if run.under else ["v0"]
    if run.over and run.over.left:
        out.append(f"^l={run.over.left.fields[0]}")
    return out


def _names(label: Label) -> Iterable[str]:
    yield field_name(label.fields[0])
    for name in label.fields[1:3]:
        yield "or " + field_name(name)


def _labels_before(run: Run) -> list[list[str]]:
    """For each word of a run: the label it is part of, and the last label before it in the run."""
    out: list[list[str]] = [[] for _ in run.part.tokens]
    for labels, mark in ((run.labels, ""), (run.columns, "c")):
        for k, label in enumerate(labels):
            names = list(_names(label))
            for n in range(label.start, label.end):
                out[n] += [f"is{mark}={names[0]}"]
            end = labels[k + 1].start if k + 1 < len(labels) else len(out)
            for n in range(label.end, min(end, label.end + 8)):
                out[n] += [f"b{mark}={name}" for name in names]
                out[n].append(f"b{mark}={names[0]}/{min(n - label.end, 3)}{':' if label.colon else ''}")
    return out


def _column(row: Row, token: Token) -> list[str]:
    if row.is_head or not row.titles:
        return []
    got = title_over(row.titles, token)
    if got is None:
        return ["col=none"]
    title, under = got
    names = [field_name(f) for f in title.fields]
    return [("col=" if under else "near=") + names[0], *(("col?" if under else "near?") + x for x in names[1:])]


def _across(token: Token, frame: tuple[float, float, float, float, bool]) -> str:
    return f"x={int(6 * (token.middle_x - frame[0]) / frame[2])}"


def _frames(lines: Sequence[Line]) -> Mapping[int, tuple[float, float, float, float, bool]]:
    """For each page: left and top of its words, width, height, and whether it is the first."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    out = {}
    for n, (page, found) in enumerate(pages.items()):
        left, right = min(x.segments[0].left for x in found), max(x.segments[-1].right for x in found)
        top, bottom = found[0].top, found[-1].bottom
        out[page] = (left, top, max(right - left, 1.0), max(bottom - top, 1.0) * 1.0001, n == 0)
    return out


def _roles(tokens: Sequence[Token], sums: set[float]) -> tuple[dict[int, str], float | None]:
    """Which words of a line are factors and product of one another (a price may be for 10, 100 or 1000), and the product.

    A number that is the sum of products above it is told too.
    """
    numbers = [(n, values) for n, t in enumerate(tokens) if (values := values_of(t.text))][:MOST_FACTORS]
    out = {n: "sum" for n, values in numbers if any(round(v, 2) in sums for v in values if v > 1)}
    if len(numbers) < 3:
        return out, None
    for i, (a, va) in enumerate(numbers):
        for b, vb in numbers[i + 1 :]:
            for c, vc in numbers:
                if c not in (a, b) and (product := _product(va, vb, vc)) is not None:
                    return out | {a: "factor1", b: "factor2", c: "product" if c > b else "product<"}, product
    return out, None


def _product(first: Sequence[float], second: Sequence[float], third: Sequence[float]) -> float | None:
    for x in first:
        for y in second:
            if x == 1 or y == 1 or x * y == 0:
                continue
            for z in third:
                if any(abs(x * y / base - z) <= 0.011 for base in (1, 100, 1000)):
                    return z
    return None
