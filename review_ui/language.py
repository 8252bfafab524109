"""The language of a screen: the person's choice, else the browser's wish, else English.

Catalogues are gettext PO files in `review_ui/locale/<language>.po`; they are read at start, there is nothing to compile. English
is what the templates say; a text without a translation stays English.
"""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locale"
ENGLISH = "en"


def N_(text: str) -> str:                                         # noqa: N802 - the name that gettext's tools look for
    """Marks a text for translation that a template shows by `_(…)` later."""
    return text


ROLES = (N_("viewer"), N_("clerk"), N_("approver"), N_("admin"), N_("integration"))
"""The roles, whose names templates translate."""

KINDS = (
    N_("credit"), N_("price"), N_("compliance"), N_("address"), N_("payment"), N_("fraud"), N_("stock"), N_("manual"),
    N_("Opening"), N_("Receipt"), N_("Count"), N_("Adjustment"), N_("Transfer"), N_("Reservation"), N_("Shipment"), N_("Return"),
    N_("Scrap"), N_("Assembly"), N_("Reversal"), N_("mail"), N_("upload"), N_("folder"),
    N_("unknown item"), N_("minimum"), N_("short stock"), N_("duplicate po"), N_("sync failure"), N_("reconciliation"))
"""Kinds of holds, of entries of the ledger, of ways in and of exceptions, which templates translate by their own names."""


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages there are, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; the one that changes nothing for English or a language we have not."""
    path = FOLDER / f"{language}.po"
    if language not in languages() or not path.exists():
        return NullTranslations()
    with path.open("rb") as f:
        catalog = read_po(f, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return GNUTranslations(compiled)


def choose(chosen: str | None, accept_language: str) -> str:
    """The language for a person who chose `chosen` (None: nothing), whose browser sent this Accept-Language header."""
    if chosen in languages():
        return chosen or ENGLISH
    wishes = [part.split(";")[0].strip().replace("-", "_") for part in accept_language.split(",")]
    return (negotiate_locale([w for w in wishes if w], languages()) or ENGLISH)[:2]
