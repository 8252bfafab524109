"""What an alias is known again by: printed codes, texts, units, addresses and names folded, and keys made of them. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache

from matching.records import LineQuery
from models.domain.codes import fold_code
from models.domain.learned import LessonKind, Printed

_LONGEST_KEY = 64
_TOKEN = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|[/%+]")


@lru_cache(maxsize=20_000)
def fold_text(text: str) -> str:
    """A text without what spacing, case, accents and punctuation change: "M8×40, zinc" and "m 8 x 40 Zinc" alike. Keys in the
    database are made of it, so it does not follow changes of how matching reads texts."""
    plain = unicodedata.normalize("NFKD", text.replace("×", "x")).casefold().replace("ß", "ss")
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(_TOKEN.findall(re.sub(r"(?<=\d),(?=\d)", ".", plain)))


def rough(folded: str) -> str:
    """What two spellings of a text share: numbers whole, words by their beginning, in any order."""
    return " ".join(sorted({word if word[0].isdigit() else word[:4] for word in folded.split()}))


def printed_line(query: LineQuery) -> Printed:
    """What a line is known again by."""
    codes = {fold_code(code) for code in query.codes} - {""}
    return Printed(tuple(sorted(codes)), fold_text(query.description), fold_text(query.uom or ""), query.description)


def printed_text(text: str) -> Printed:
    """What an address or a name is known again by."""
    return Printed(text=fold_text(text), said=text)


def printed_unit(unit: str, sku: str | None = None) -> Printed:
    """What a unit is known again by: for all items, or for one where the word usually means something else."""
    return Printed((fold_code(sku),) if sku else (), uom=fold_text(unit))


def keys_of(kind: LessonKind, printed: Printed) -> tuple[str, ...]:
    """The words under which an alias is filed, and a line, address, unit or name looked up; none for what says nothing."""
    match kind:
        case LessonKind.ITEM:
            words = [("code", c) for c in printed.codes]
            if any(c.isalpha() for c in printed.text):
                words += [("text", printed.text), ("rough", rough(printed.text))]
        case LessonKind.UNIT:
            words = [("unit", printed.uom)] if printed.uom else []
        case _:
            words = [(kind.value, printed.text)] if printed.text else []
    return tuple(dict.fromkeys(_key(*word) for word in words))


def _key(kind: str, word: str) -> str:
    text = f"{kind}:{word}"
    digest = hashlib.blake2b(word.encode(), digest_size=16).hexdigest()
    return text if len(text) <= _LONGEST_KEY else f"{kind}#{digest}"


def printed_sender(address: str) -> Printed:
    """What a mail address is known again by."""
    return Printed(text="".join(address.lower().replace("\0", "").split()), said=address)


def say_otherwise(a: Printed, b: Printed) -> bool:
    """Whether two aliases with different meanings contradict each other: the same was printed, with no other unit."""
    return a.codes == b.codes and a.text == b.text and (a.uom == b.uom or not a.uom or not b.uom)
