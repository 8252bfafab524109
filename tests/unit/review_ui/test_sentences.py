"""Sentences that the server made are shown in the person's language, with everything that stood in them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from models.domain.doubt import DoubtCode
from review_ui.formats import localized
from review_ui.sentences import pieces, told
from scripts.strings import of_sentences, read, sentences

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "checks.md"
EXAMPLES = re.findall(r"^\| `(\w+)` \| (.*?) \|", PAGE.read_text(encoding="utf-8").split("## Rules")[0], re.M)
FACT = re.compile(r"\S*\d\S*\w|“.*?”")
"""What must be the same in all languages: numbers, codes and what is quoted."""


def test_every_pattern_has_a_translation_and_none_is_gone() -> None:
    there = {message.id for message in sentences() if message.id}
    for path in of_sentences():
        known = {message.id for message in read(path) if message.id and message.string}
        assert (there - known, known - there) == (set(), set()), f"run make strings, then translate them in {path.name}"


@pytest.mark.parametrize("path", of_sentences(), ids=lambda path: path.stem)
def test_a_translation_has_the_places_of_its_pattern(path: Path) -> None:
    for message in read(path):
        if message.id:
            assert sorted(pieces(str(message.string))[1]) == sorted(pieces(str(message.id))[1]), message.id


@pytest.mark.parametrize("path", of_sentences(), ids=lambda path: path.stem)
def test_a_sentence_made_by_a_pattern_is_told_with_all_that_stands_in_it(path: Path) -> None:
    for message in sentences():
        fixed, names = pieces(str(message.id))
        values = [f"{n}{n}.5" for n in range(1, len(names) + 1)]
        made = fixed[0] + "".join(value + after for value, after in zip(values, fixed[1:], strict=True))
        shown = told(made, path.stem) if made.strip() else made
        assert shown is not None, made
        assert all(value in shown or localized(value, path.stem) in shown for value in values), made


@pytest.mark.parametrize(("code", "english"), EXAMPLES, ids=[code for code, _ in EXAMPLES])
def test_every_question_is_asked_in_german(code: str, english: str) -> None:
    german = told(english, "de")
    assert code in set(DoubtCode) and german is not None and german != english
    plain = german.replace("„", "“").replace("“", "”").replace("”", "“")
    facts = (fact.strip("“”().,") for fact in FACT.findall(english))
    missing = [fact for fact in facts if fact not in plain and localized(fact, "de") not in plain]
    assert missing == []
    assert not re.search(r"\b(?:the|is|are|of|pieces|line|order)\b", re.sub(r"“.*?[”“]|„.*?“", "", german), re.IGNORECASE)


@pytest.mark.parametrize(("english", "german"), [
    ("Line 3: 12 cases of 24 = 288 pieces, or 12 pieces? The difference is 303.60 EUR.",
     "Position 3: 12 Kisten zu 24 = 288 Stück oder 12 Stück? Der Unterschied beträgt 303,60 EUR."),
    ("This cancels order SO-000007 (PO 4711). It comes too late for line 2: 30 of 100 have left. Agree with the customer what is "
     "to be done, correct the lines, then approve.",
     "Das storniert Auftrag SO-000007 (Bestellnummer 4711). Zu spät kommt es für: Position 2: 30 von 100 sind schon unterwegs. "
     "Klären Sie mit dem Kunden, was geschehen soll, berichtigen Sie die Positionen und genehmigen Sie dann."),
    ("the brand agrees; 70% of the words agree", "die Marke stimmt überein; 70% der Wörter stimmen überein"),
    ("colour red, not blue; thread 8, not 10; millimetres 30, not 12; b16, not c6",
     "Farbe rot, nicht blau; Gewinde 8, nicht 10; Millimeter 30, nicht 12; b16, nicht c6"),
    ("“padded”, not “softshell”; “BEARING” 6204, not 6205", "“padded”, nicht “softshell”; “BEARING” 6204, nicht 6205"),
    ("Line 3: price 59.80, list price 70.27 (-14.9 %, tolerance 2 %).",
     "Position 3: Preis 59,80, Listenpreis 70,27 (-14,9 %, Toleranz 2 %)."),
    ("Line 3: price 59.80, customer's price 70.27 (-14.9 %, tolerance 2 %).",
     "Position 3: Preis 59,80, Kundenpreis 70,27 (-14,9 %, Toleranz 2 %)."),
    ("colour green/yellow, not red", "Farbe grün/gelb, nicht rot"),
    ("This changes order SO-000007 (PO 4711): line 4 (“the usual gloves”) is removed; line 5 (KX-4): item KX-4 → “Gloves”, "
     "quantity 100 pieces → 120 pieces. Approve to change the order.",
     "Das ändert Auftrag SO-000007 (Bestellnummer 4711): Position 4 (“the usual gloves”): gestrichen; Position 5 (KX-4): Artikel "
     "KX-4 → “Gloves”, Menge 100 Stück → 120 Stück. Genehmigen Sie, um den Auftrag zu ändern."),
    ("No unit is printed. 90 % sure.", "Keine Einheit ist gedruckt. 90 % sicher."),
    ("No case was opened: it is a quote (subject: “enquiry”; words: “send us a quotation”). If it is an order after all, choose "
     "“It is an order”.",
     "Es wurde kein Vorgang eröffnet: Es ist ein Angebot (Betreff: “enquiry”; Wörter: “send us a quotation”). Ist es doch eine "
     "Bestellung, wählen Sie „Es ist eine Bestellung“."),
    ("Smith and Sons owes 12.50 EUR past its date. Ask accounts before you approve.",
     "Smith and Sons schuldet 12,50 EUR über die Fälligkeit hinaus. Fragen Sie die Buchhaltung, bevor Sie genehmigen.")])
def test_words_in_places_are_told_too_and_names_stay(english: str, german: str) -> None:
    assert told(english, "de") == german


@pytest.mark.parametrize(("english", "german"), [
    ("FO-000003 is in progress; only an open fulfilment order can be submitted.",
     "FO-000003 ist im Zustand „In Arbeit“; nur ein offener Auslieferauftrag kann übermittelt werden."),
    ("Line 2 (KX-4): price 12.40, ours 13.05 (−5.0 %, tolerance 2 %). There is no address to ship to.",
     "Position 2 (KX-4): Preis 12,40, unserer 13,05 (−5,0 %, Toleranz 2 %). Es gibt keine Lieferadresse."),
    ("SO-000007: Line 1: 2,500.5 of KX-4 are short; no location that may send has them free. What is known to come covers all "
     "that is wanted from 2026-11-23 on. Wait for new stock, offer a substitute, or cancel the rest.",
     "SO-000007: Position 1: Es fehlen 2.500,5 von KX-4; kein Standort, der senden darf, hat sie frei. Was bekanntermaßen kommt, "
     "deckt ab 23.11.2026 alles, was gewünscht ist. Warten Sie auf neuen Bestand, bieten Sie Ersatz an, oder stornieren Sie den "
     "Rest."),
    ("“many” is no number. Type digits, with a point or a comma before the fraction.",
     "„many“ ist keine Zahl. Tippen Sie Ziffern, mit einem Komma oder Punkt vor den Nachkommastellen."),
    ("MAIN sends lines 1, 2: together with B, C it covers most of the order.",
     "MAIN sendet Positionen 1, 2: zusammen mit B, C deckt er das meiste des Auftrags."),
    ("Read on page 1: “12,40”. 71 % sure.", "Gelesen auf Seite 1: “12,40”. 71 % sicher."),
    ("Page 3 bears handwriting that was not read; look at it.",
     "Seite 3 trägt Handschrift, die nicht gelesen wurde; sehen Sie sie an.")])
def test_refusals_holds_and_exceptions_are_told_with_numbers_and_days_as_german_has_them(english: str, german: str) -> None:
    assert told(english, "de") == german


def test_no_sentence_of_the_code_is_left_out() -> None:
    there = {message.id for message in sentences()}
    assert there >= {
        "There is no case {case_id}.", "Line {position}: {missing} of {sku} are short, and the order must leave complete.",
        "The goods go to {word}, which the house's list names.", "Return {number}", "put off until {moment}",
        "{name} is here whole. Inspect it next.", "Page {words1} bears a stamp that was not read; look at it."}


def test_what_is_quoted_stays_as_it_is_printed() -> None:
    shown = told("Line 3: we do not know “pieces and Line 4”. Choose the item, or reject the line.", "de")
    assert shown is not None and "“pieces and Line 4”" in shown


@pytest.mark.parametrize("text", ["KX-4 · nuts and bolts", "Nobody says this.", "and " * 400, "a; b, c. D and e: f (PO g) " * 60])
def test_what_is_not_known_is_not_told(text: str) -> None:
    assert told(text, "de") is None


def test_english_is_what_it_is() -> None:
    assert told("Nobody says this here.", "en") == "Nobody says this here."
