"""Brings the catalogues of the screens' languages up to date: `python -m scripts.strings` (or `make strings`).

Texts are found in templates (`_("…")`, `ngettext`), and in Python where a word is named that a template translates: `N_("…")`,
the words of badges, rooms, health and keys, and of the reasons that the desk chooses from. What is new stands in the PO files
without a translation, for a person to fill in. Sentences that the server makes stand in catalogues of their own
(`scripts/sentences.py`).
"""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from matching.overrides import OVERRIDES
from review_ui.price_reasons import PRICE_REASONS
from review_ui.sentences import FOLDER
from scripts.sentences import patterns

ROOT = Path(__file__).parent.parent / "review_ui"
LOCALE = ROOT / "locale"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "Badge": (1,), "Room": (2,), "Health": (2,), "Action": (2,), "show": (3,)}


def texts() -> Catalog:
    """Every text that screens show, with where it stands."""
    with (LOCALE / "babel.cfg").open() as f:
        methods, options = parse_mapping_cfg(f)
    catalog = Catalog(project="Ordermill", charset="utf-8")
    for name, line, message, comments, context in extract_from_dir(ROOT, methods, options, keywords=KEYWORDS):
        catalog.add(message, None, [(name, line)], auto_comments=comments, context=context)
    for words in (*OVERRIDES.values(), *PRICE_REASONS.values()):
        catalog.add(words)
    return catalog


def sentences() -> Catalog:
    """Every sentence that the server makes for people, as a pattern."""
    catalog = Catalog(project="Ordermill", charset="utf-8")
    for pattern in patterns():
        catalog.add(pattern)
    return catalog


def languages() -> list[Path]:
    """The catalogues there are."""
    return sorted(LOCALE.glob("*.po"))


def of_sentences() -> list[Path]:
    """The catalogues of sentences."""
    return sorted(FOLDER.glob("*.po"))


def read(path: Path) -> Catalog:
    """One catalogue."""
    with path.open("rb") as f:
        return read_po(f, locale=path.stem)


def main() -> None:
    """Write every catalogue anew: translations are kept, texts that are gone are dropped."""
    for paths, found in ((languages(), texts()), (of_sentences(), sentences())):
        for path in paths:
            catalog = read(path)
            catalog.update(found, no_fuzzy_matching=True)
            catalog.obsolete.clear()
            with path.open("wb") as f:
                write_po(f, catalog, width=120, sort_output=True, no_location=True, omit_header=False, include_previous=False)
            missing = sum(1 for message in catalog if message.id and not message.string)
            print(f"{path.relative_to(LOCALE)}: {len(catalog)} texts, {missing} without a translation")


if __name__ == "__main__":
    main()
