"""Legal forms that OCR misreads ("S.r.I.", "G m b H", "GrnbH"): mended in a firm's name, and marked as mended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from extraction.layout.geometry import Token
from models.domain.evidence import Candidate, Found, Origin

_FORMS = (
    "GmbH", "gGmbH", "mbH", "KGaA", "S.r.l.", "Srl", "S.R.L.", "S.p.A.", "SpA", "Ltd", "Ltd.", "Limited", "Inc.", "Incorporated",
    "Corporation", "SARL", "S.à r.l.", "S.L.U.", "Sp. z o.o.", "B.V.", "BVBA", "SASU", "EURL")
_LOOKS = str.maketrans({"i": "l", "1": "l", "|": "l", "!": "l", "0": "o", "5": "s", "8": "b"})
_APART = re.compile(r"\b(?:[^\W_] ){2,3}[^\W_]$")
_AS_IT_WAS = 0.1          # probability that a name does end as OCR read it
_MOST_WORDS = 4           # "G m b H"
_FEWEST_SIGNS = 3         # "8.V." as the end of a name is too little to go by with less


def _look(text: str) -> str:
    """What a text has in common with its misreadings."""
    plain = re.sub(r"[\s.,]", "", text).casefold().translate(_LOOKS)
    return plain.replace("rn", "m").replace("cl", "d").replace("vv", "w")


def _by_look() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for form in _FORMS:
        found.setdefault(_look(form), []).append(form)
    return {look: tuple(forms) for look, forms in found.items()}


_KNOWN = _by_look()
_PLAIN = frozenset(re.sub(r"[\s.,]", "", form).casefold() for form in _FORMS)


def mended(name: Found[str], tokens: Sequence[Token]) -> Found[str]:
    """The name with its last words as the legal form they look like, what was read as a candidate; the name itself where OCR did
    not read these words, or they are a legal form as they stand."""
    words = name.value.split()
    for count in range(min(_MOST_WORDS, len(words) - 1), 0, -1):
        tail = " ".join(words[-count:])
        forms = _KNOWN.get(_look(tail), ()) if len(tail) >= _FEWEST_SIGNS else ()
        if forms and not _is_form(tail) and all(t.word.confidence is not None for t in tokens[-count:]):
            return _with(name, " ".join((*words[:-count], _alike(tail, forms))))
    return name


def together(text: str) -> str:
    """The text with a legal form at its end in one word whose letters are printed apart: "Acme G m b H"."""
    match = _APART.search(text)
    is_form = match is not None and _look(match[0]) in _KNOWN
    return text[: match.start()] + match[0].replace(" ", "") if match and is_form else text


def _is_form(text: str) -> bool:
    """True for a legal form as it is written: with or without full stops, in any case, its letters together."""
    is_apart = " " in text and all(len(part) == 1 for part in text.split())
    return not is_apart and re.sub(r"[\s.,]", "", text).casefold() in _PLAIN


def _alike(read: str, forms: Sequence[str]) -> str:
    """The spelling that has as many full stops as was read, in capitals only where it was."""
    return min(forms, key=lambda form: (abs(form.count(".") - read.count(".")), form.isupper() != read.isupper()))


def _with(name: Found[str], value: str) -> Found[str]:
    was = Candidate(name.value, _AS_IT_WAS, name.evidence)
    evidence = replace(name.evidence, origin=Origin.REPAIRED, note=f"read as {name.value}; its end looks like a legal form")
    return replace(name, value=value, evidence=evidence, candidates=(was, *(c for c in name.candidates if c.value != value)))
