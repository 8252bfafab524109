"""Numbers spelled out, 1 to 1000, in seven languages, as folded words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from extraction.layout.labels import fold

Folded = tuple[str, ...]
LONGEST = 4            # words of the longest number ("quatre vingt dix neuf")

_SMALL = {              # 1 to 19, or as far as the language has words of their own; then 20, 30, …, 90; then 100, 1000
    "en": ("one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
           "nineteen", "twenty thirty forty fifty sixty seventy eighty ninety", "hundred thousand"),
    "de": ("ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn "
           "neunzehn", "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig", "hundert tausend"),
    "fr": ("un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
           "vingt trente quarante cinquante soixante soixante-dix quatre-vingt quatre-vingt-dix", "cent mille"),
    "es": ("un dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho "
           "diecinueve", "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", "cien mil"),
    "nl": ("een twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien "
           "negentien", "twintig dertig veertig vijftig zestig zeventig tachtig negentig", "honderd duizend"),
    "it": ("un due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette "
           "diciotto diciannove", "venti trenta quaranta cinquanta sessanta settanta ottanta novanta", "cento mille"),
    "pl": ("jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście "
           "piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście",
           "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
           "sto tysiąc"),
}
_FORMS = {              # other forms of small numbers
    "en": "a=1 an=1", "de": "eine=1 einen=1 einem=1 einer=1 eins=1 zwo=2", "fr": "une=1 quatre-vingts=80",
    "es": "una=1 uno=1 ciento=100",
    "nl": "één=1", "it": "uno=1 una=1 tré=3", "pl": "jedna=1 jedną=1 jedno=1 dwie=2 dwóch=2 dwu=2 trzech=3 czterech=4 pięciu=5",
}


@cache
def numerals(language: str | None) -> Mapping[Folded, int]:
    """Folded words to their number, of one language, or of all when none is given."""
    names = (language,) if language in _SMALL else tuple(_SMALL)
    return {words: n for name in names for text, n in _spelled(name) if (words := fold(text))}


def _spelled(language: str) -> Iterable[tuple[str, int]]:
    small, tens, large = (text.split() for text in _SMALL[language])
    units = dict(enumerate(small, 1))
    yield from ((word, n) for n, word in units.items())
    yield from ((form.split("=")[0], int(form.split("=")[1])) for form in _FORMS[language].split())
    for n, ten in enumerate(tens, 2):
        yield ten, 10 * n
        for unit in range(1, 20 if language == "fr" and n in {6, 8} else 10):
            for word in _joined(language, ten, units[unit], unit, 10 * n):
                yield word, 10 * n + unit
    hundred, thousand = large
    yield from ((hundred, 100), (thousand, 1000))
    for n in range(1, 10):
        yield from ((f"{units[n]} {hundred}", 100 * n), (f"{units[n]}{hundred}", 100 * n))
        if language in {"es", "fr"}:
            yield from ((f"{units[n]}cientos", 100 * n), (f"{units[n]} {hundred}s", 100 * n))
    if language == "en":
        yield from (("a hundred", 100), ("a thousand", 1000))


def _joined(language: str, ten: str, unit: str, number: int, base: int) -> Iterable[str]:
    """A ten and a unit as one number."""
    match language:
        case "de":
            yield f"{unit}und{ten}"
        case "nl":
            yield f"{unit}en{ten}"
        case "fr":
            yield from (f"{ten}-{unit}", f"{ten} et {unit}")
        case "es":
            yield f"veinti{unit}" if base == 20 else f"{ten} y {unit}"
        case "it":
            yield ten[:-1] + unit if number in {1, 8} else ten + unit
        case _:
            yield f"{ten} {unit}"


@cache
def first_numerals(language: str | None) -> frozenset[str]:
    """The first folded words of all numbers of a language."""
    return frozenset(words[0] for words in numerals(language))
