"""Whose a mail's domain is: the firm whose name it bears. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from extraction.fields.names import head_of, is_no_name, without_legal_form
from extraction.fields.view import View, text_of
from extraction.layout.geometry import Line, Token
from extraction.layout.labels import fold, label_at
from models.domain.evidence import PageKind
from models.domain.pages import WordFlag

_AT = re.compile(r"@([\w-]+(?:\.[\w-]+)+)")
_PROVIDERS = (
    "gmail googlemail gmx web outlook hotmail live msn yahoo icloud me mac aol mail post freenet t-online orange wanadoo free "
    "sfr laposte libero virgilio tiscali alice ziggo kpnmail xs4all planet wp onet interia o2 btinternet btconnect sky comcast "
    "verizon att proton protonmail")
_EVERYBODYS = frozenset(_PROVIDERS.split())
"""Domains at which anybody may have an address."""

_SECOND = frozenset({"co", "com", "org", "net", "ac", "gov", "edu", "ltd", "plc", "nhs", "sch", "gob", "gouv"})
_LEAST = 4               # letters by which a name is known in a domain
_SHARE = 0.5             # of the domain's letters that are the name's
_LONGEST = 8             # words of a name
_QUOTES = "> "           # before the lines of a mail that is answered
_PARTS = re.compile(r"[,|·•]$|^[-–—|·•]$")


@dataclass(frozen=True, slots=True)
class Ends:
    """The telling parts of the domains of who wrote a mail and of who reads it; empty where nobody's is known."""

    writers: tuple[str, ...]
    readers: tuple[str, ...]
    mailbox: str

    def is_reader(self, name: str) -> bool:
        """True for the name of the firm to which the mail was written."""
        return any(_bears(name, domain) for domain in self.readers)

    def is_writer(self, name: str) -> bool:
        """True for the name of the firm that wrote the mail; not for the person after whom firm and mailbox are called."""
        if set(fold(name)) & set(fold(self.mailbox.replace(".", " "))) or is_no_name(name):
            return False
        return any(_bears(name, domain) for domain in self.writers)


def ends(view: View) -> Ends:
    """Reader is the mail's recipient and we; writer its sender or, of one that a colleague passed on, who else has a domain in
    it."""
    context = view.context
    known = (_label(context.recipient_address), *(_label(f"@{domain}") for domain in context.own_domains))
    readers = tuple(name for name in known if name)
    sender = _label(context.sender_address)
    if sender in readers:
        printed = (_label(f"@{m[1]}") for line in (*view.all_lines, *view.answered) for m in _AT.finditer(line.text))
        writers = tuple(dict.fromkeys(name for name in printed if name and name not in readers))
    else:
        writers = (sender,) if sender else ()
    return Ends(writers, readers, (context.sender_address or "").partition("@")[0])


def bearers(view: View, domains: Sequence[str], *, answered: bool = False) -> Iterator[tuple[Token, ...]]:
    """The names at the front of the lines of a mail that one of these domains bears; `answered`: of the mails below it too."""
    lines = (*view.lines, *view.answered) if answered else view.lines
    for line in lines if domains else ():
        if line.kind is PageKind.TEXT:
            name = _head(line)
            text = text_of(name)
            signed = any(WordFlag.SIGNATURE in t.word.flags for t in line.tokens)
            if 0 < len(name) <= _LONGEST and (signed or len(name) > 1) and not is_no_name(text) and (
                    not label_at(name, 0) and any(_bears(text, domain) for domain in domains)):
                yield name


def _head(line: Line) -> tuple[Token, ...]:
    """The words of a line up to the first comma or bar; those of a quoted line without its marks."""
    tokens = [t for t in line.tokens if t.text.strip(_QUOTES)]
    end = next((n for n, t in enumerate(tokens, 1) if _PARTS.search(t.text)), len(tokens))
    head = tuple(tokens[:end])
    if head and not any(c.isalnum() for c in head[-1].text):
        head = head[:-1]
    return head[: max(len(head_of(text_of(head)).split()), 1)] if head else ()


def _label(address: str | None) -> str | None:
    """The telling part of an address's domain: "orders@mail.acme.co.uk" gives "acme"; None for one at which anybody may be."""
    *parts, _ = (address or "").rpartition("@")[2].casefold().split(".")
    if len(parts) > 1 and parts[-1] in _SECOND:
        parts = parts[:-1]
    return _plain(parts[-1]) if parts and parts[-1] not in _EVERYBODYS else None


def _bears(name: str, domain: str) -> bool:
    """True where words of the name that follow one another are the domain or a good part of it: "Acme Mills Ltd" is at
    "acmemills" and at "acme-shop"."""
    words = [_plain(word) for word in fold(without_legal_form(name))]
    runs = _runs(words)
    return any(len(run) >= _LEAST and (run in domain and len(run) >= _SHARE * len(domain)) for run in runs)


def _runs(words: Sequence[str]) -> Iterable[str]:
    return ("".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1))


def _plain(text: str) -> str:
    """Letters and digits alone; a letter with its points as one without."""
    bare = "".join(c for c in "".join(fold(text)) if c.isalnum())
    for spelled, short in (("ae", "a"), ("oe", "o"), ("ue", "u")):
        bare = bare.replace(spelled, short)
    return bare
