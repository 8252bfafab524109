"""In which code page a text of unknown encoding was written: the one whose letters make words. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

from charset_normalizer import from_bytes

_WEST = ("äöüß", "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àèéìíòóù", "áâãàçéêíóôõúü", "éëïóöü", "æøåéö", "åäöé", "áæéíðóöúýþ")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "ăâîşţ", "čćđšž", "äöüß")
_CYRILLIC = ("абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш")
_GREEK = ("αβγδεζηθικλμνξοπρστυφχψωςάέήίόύώϊϋΐΰ",)
_CODECS: tuple[tuple[str, tuple[str, ...]], ...] = (            # the likeliest first: it wins a tie
    ("cp1252", _WEST), ("iso8859_15", _WEST), ("cp1250", _CENTRAL), ("iso8859_2", _CENTRAL), ("mac_roman", _WEST),
    ("cp850", _WEST), ("cp852", _CENTRAL), ("cp1254", ("çğıöşüâîû",)), ("cp1257", ("āčēģīķļņšūž", "ąčęėįšųūž", "äöõüšž")),
    ("cp1251", _CYRILLIC), ("koi8_r", _CYRILLIC), ("cp866", _CYRILLIC), ("cp1253", _GREEK))
_EAST = ["shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"]
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_SAMPLE = 1_000_000          # bytes looked at
_MOST_WORDS = 2_000          # different words weighed
_LONGEST_WORD = 60
_FIT = 0.4                   # of the signs beyond ASCII: .78 and more in the right code page, under .2 for East Asian text
_TOGETHER = 0.3
_USUAL_SIGNS = frozenset("€£§°²³½¼¾µ×±–—“”„‚‘’…•·«»®©™´¡¿ºª\u00a0¤÷‰†")
_VALID_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def guessed_text(content: bytes) -> tuple[str, bool]:
    """The text of bytes that are no whole UTF-8, U+FFFD for what cannot be read; and whether anything tells its code page."""
    if _is_mostly_utf8(content):
        return content.decode("utf-8", "replace"), True
    codec = _likely_codec(content)
    if codec is None:
        best = from_bytes(content[:_SAMPLE], cp_isolation=_EAST).best()
        codec = best.encoding if best else None
    return content.decode(codec or "cp1252", "replace"), codec is not None


def _is_mostly_utf8(content: bytes) -> bool:
    """True for UTF-8 with a few foreign bytes in it, or cut off in the middle of a sign."""
    sample = content[:_SAMPLE]
    valid = _VALID_UTF8.findall(sample)
    high = sum(1 for b in sample if b > 127)
    odd = high - sum(map(len, valid))
    return len(valid) >= 2 and odd <= max(1, len(valid) // 10)


def _likely_codec(content: bytes) -> str | None:
    """The code page in which the words with letters beyond ASCII look like words of one language; None when none does."""
    words = Counter(w for w in _WORD.findall(content[:_SAMPLE]) if len(w) <= _LONGEST_WORD)
    weights = [(word, min(count, 3)) for word, count in words.most_common(_MOST_WORDS)]
    scores = [(_score(weights, codec, languages), -n, codec) for n, (codec, languages) in enumerate(_CODECS)]
    score, _, codec = max(scores)
    signs = sum(weight * sum(b > 127 for b in word) for word, weight in weights if not _is_alone(word))
    return codec if score >= _FIT * signs or _stand_alone(content[:_SAMPLE]) else None


def _stand_alone(sample: bytes) -> bool:
    """True when signs beyond ASCII hardly ever stand side by side: they are marks ("Ø", "²") and not East Asian text."""
    runs = [len(run) for run in re.findall(rb"[\x80-\xff]+", sample)]
    return sum(run for run in runs if run > 1) <= _TOGETHER * sum(runs)


def _is_alone(word: bytes) -> bool:
    """True for a sign by itself: "Ø 6" and "à 1,10" are written in every language of the West."""
    return len(word) == 1


def _score(words: list[tuple[bytes, int]], codec: str, languages: tuple[str, ...]) -> float:
    """How well the words fit the one language of the code page that they fit best; below 0 when they look like noise."""
    fixed, letters = 0.0, Counter[str]()
    for raw, weight in words:
        word = raw.decode(codec, "replace")
        fixed += weight * _looks(word)
        for sign in "" if _is_alone(raw) else word.lower():
            if ord(sign) > 127 and sign.isalpha():
                letters[sign] += weight
    total = letters.total()
    known = max(sum(letters[sign] for sign in language) for language in languages)
    return fixed + known - 1.5 * (total - known)


@cache
def _looks(word: str) -> float:
    """What is odd about a word whatever its language: signs inside it, capitals behind small letters, mixed scripts."""
    cost = 0.0
    for n, sign in enumerate(word):
        if ord(sign) < 128:
            continue
        if sign.isalpha():
            cost -= 2.0 * (sign.isupper() and n > 0 and word[n - 1].islower())
        elif sign == "\ufffd" or unicodedata.category(sign) == "Cc":
            cost -= 5.0
        elif 0 < n < len(word) - 1 and word[n - 1].isalpha() and word[n + 1].isalpha() and sign not in "’‘\u00a0–—":
            cost -= 2.0
        else:
            cost -= 0.1 if sign in _USUAL_SIGNS else 1.0
        cost += 0.2 * (sign == "€")
    scripts = {unicodedata.name(s, "").partition(" ")[0] for s in word if s.isalpha()}
    return cost - 2.0 * (len(scripts) > 1)
