"""What the pages say about values, pages, prices and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.domain import states
from models.domain.doubt import Choice, Doubt, DoubtCode
from models.domain.draft import Draft, DraftLine
from models.domain.evidence import Evidence, Found, Origin, PageKind, Place
from models.domain.outbox import NoticeKind
from models.domain.pages import Page, Word
from models.domain.reading import DocumentType
from models.domain.states import LineState
from models.errors import InputError
from oms.acknowledgement.compose import ACKNOWLEDGEMENT
from oms.erp.payload import CANCELLED, CHANGED, CREATED
from review_ui.evidence_form import parse_places
from review_ui.formats import field_text, file_size, localized, money, number, plain_number, stamp, typed_number
from review_ui.headers import download_headers
from review_ui.language import languages, translations
from review_ui.pages import ago
from review_ui.presenters.badges import badge
from review_ui.presenters.case import deviation_text, show_order
from review_ui.presenters.differences import differing
from review_ui.presenters.documents import column_name, show_page
from review_ui.presenters.message_words import message_word
from review_ui.presenters.values import note_text, percent, places_text, price_text, show, value_text
from review_ui.routes.sign_in import local_path

T = TypeVar("T")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
boxes = st.tuples(*(st.floats(0, 5_000, allow_nan=False).map(lambda x: round(x, 2)) for _ in range(4)))


def test_every_state_has_a_badge_of_its_own() -> None:
    kinds = [k for name, k in vars(states).items() if name.endswith("State") and issubclass(k, StrEnum)]
    assert len(kinds) >= 7
    for kind in kinds:
        shown = [badge(state) for state in kind]
        assert len({(b.word, b.icon) for b in shown}) == len(list(kind)), kind


def test_a_place_comes_back_from_the_page_as_it_went() -> None:
    places = (Place(0, (1.5, 2, 3, 4)), Place(2, (5, 6, 7, 8.25)))
    sent = places_text(Evidence(Origin.READ, "12 40", places, document_id=7))
    back = parse_places(sent, "paper", "12 40", "Anna")
    assert back is not None and back.places == places and back.document_id == 7 and back.person == "Anna"
    assert places_text(Evidence(Origin.READ, "x", places)) == "" and places_text(None) == ""
    assert parse_places("", "paper", "x", "Anna") is None


@given(st.lists(boxes, min_size=1, max_size=20), st.integers(1, 10**9), st.sampled_from(PageKind))
def test_any_places_survive_the_way_to_the_page_and_back(found: list[tuple[float, ...]], document: int, kind: PageKind) -> None:
    evidence = Evidence(Origin.READ, "x", tuple(Place(n, box, kind) for n, box in enumerate(found)), document)  # type: ignore[arg-type]
    back = parse_places(places_text(evidence), kind, "x", "Anna")
    assert back is not None and back.document_id == document and len(back.places) == len(found)
    for before, after in zip(evidence.places, back.places, strict=True):
        assert after.kind is kind and after.page == before.page
        assert all(abs(a - b) <= 0.005 for a, b in zip(before.box, after.box, strict=True))


def test_a_note_says_how_a_value_came_to_be() -> None:
    read = Evidence(Origin.READ, "12,40", (Place(1, (0, 0, 1, 1)),))
    assert note_text(read) == "Read on page 2: “12,40”."
    assert note_text(Evidence(Origin.REPAIRED, "l2", (Place(0, (0, 0, 1, 1)),), note="3 × 4 = 12")) == (
        "Read and repaired on page 1: “l2”. 3 × 4 = 12.")
    assert note_text(Evidence(Origin.TYPED, "5", person="Anna")) == "Entered by Anna: “5”."
    assert note_text(Evidence(Origin.READ, "5", (Place(0, (0, 0, 1, 1), PageKind.SHEET),))) == "Read on sheet 1: “5”."


def test_a_value_below_the_threshold_is_marked() -> None:
    found = Found(Decimal("12.40"), 0.899, Evidence(Origin.READ, "12.40"))
    assert (show(found, "x", "X", 0.9).is_sure, show(found, "x", "X", 0.9).percent) == (False, 89)
    assert show(found, "x", "X", 0.89).is_sure and show(None, "x", "X", 0.9).text == ""


@pytest.mark.parametrize(("probability", "shown"), [(0.0, 0), (0.995, 99), (0.9999, 99), (1.0, 100), (1.5, 100), (-1, 0)])
def test_a_hundred_percent_means_certain(probability: float, shown: int) -> None:
    assert percent(probability) == shown


@pytest.mark.parametrize(("value", "plain", "price"), [
    ("12.40", "12.4", "12.40"), ("0.124000", "0.124", "0.124"), ("1E+3", "1000", "1000.00"), ("0", "0", "0.00"),
    ("100", "100", "100.00")])
def test_numbers_are_written_as_people_type_them(value: str, plain: str, price: str) -> None:
    assert number(Decimal(value)) == plain and price_text(Decimal(value)) == price


@given(st.decimals(0, 10**9, places=6))
def test_no_number_is_changed_by_showing_it(value: Decimal) -> None:
    assert Decimal(price_text(value)) == value
    for language in languages():
        assert typed_number(number(value, language), language) == value
        shown = money(value, None, language)
        assert typed_number(shown, language) == value
        field = field_text(value_text(value), language)
        assert plain_number(field, language) == value_text(value)
        assert Decimal(plain_number(money(value, None, "de"), "de")) == value


@pytest.mark.parametrize(("typed", "plain"), [
    ("1.234,5", "1234.5"), ("1.234", "1234"), ("1 234,5", "1234.5"), ("-0,25", "-0.25"), ("12,", "12."), ("12.40", "12.40"),
    ("0.115", "0.115"), ("1.23.4", "1.23.4"), ("1,234.5", "1,234.5"), ("a dozen", "a dozen"), ("", "")])
def test_a_number_typed_in_german_is_understood_and_anything_else_is_left_as_it_is(typed: str, plain: str) -> None:
    assert plain_number(typed, "de") == plain
    assert plain_number(typed, "en") == typed


def test_money_times_and_sizes_are_short() -> None:
    assert money(Decimal("1234.5"), "EUR") == "1,234.50 EUR" and money(None) == ""
    assert [ago(NOW - timedelta(seconds=s), NOW) for s in (5, 65, 7_300, 200_000)] == ["5 s", "1 min", "2 h", "2 d"]
    assert ago(None, NOW) == "never" and ago(NOW + timedelta(hours=1), NOW) == "0 s"
    assert stamp(NOW) == "2026-11-22 12:00 UTC" and stamp(date(2026, 1, 2)) == "2026-01-02" and stamp(None) == ""
    assert (money(Decimal("2500"), "EUR", "de"), money(Decimal("12345.125"), "CHF", "de")) == ("2.500,00 €", "12.345,125 CHF")
    assert (stamp(NOW, "de"), stamp(date(2026, 11, 23), "de")) == ("22.11.2026 12:00 UTC", "23.11.2026")
    assert [file_size(n) for n in (999, 1_500, 25_000_000)] == ["999 B", "1 kB", "25 MB"]


@pytest.mark.parametrize("text", ["KX-4.5", "192.168.1.20", "4711", "7.0.12", "2026-13-45", "M8×1,25"])
def test_codes_are_not_taken_for_numbers(text: str) -> None:
    assert localized(text, "de") == text


@pytest.mark.parametrize("text", ["", "many", "1.2.3", "NaN", "1e999999999999999999", "1,234"])
def test_what_is_no_number_or_may_be_two_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        typed_number(text)


@pytest.mark.parametrize(("language", "typed", "meant"), [
    ("de", "1.234", "1234"), ("de", "1.234,5", "1234.5"), ("de", "1,234", "1.234"), ("de", "12.40", "12.40"),
    ("en", "1.234", "1.234"), ("en", "0,234", "0.234"), ("en", "1,234.5", "1234.5")])
def test_a_number_is_taken_as_the_persons_language_writes_it(language: str, typed: str, meant: str) -> None:
    assert typed_number(typed, language) == Decimal(meant)


@pytest.mark.parametrize(("asked", "contract", "text"), [
    ("12.40", "11.90", "+4.2 %"), ("11.90", "12.40", "-4.0 %"), ("5", "5.00", ""), ("5", "0", "")])
def test_a_deviation_is_signed(asked: str, contract: str, text: str) -> None:
    assert deviation_text(Decimal(asked), Decimal(contract)) == text


@pytest.mark.parametrize(("column", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_named_as_in_spreadsheets(column: int, name: str) -> None:
    assert column_name(column) == name


cells = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 3), st.integers(1, 3)), max_size=20)


@given(cells)
def test_every_cell_of_a_sheet_is_shown_once_unless_a_merged_one_covers_it(places: list[tuple[int, int, int, int]]) -> None:
    words = tuple(Word(f"w{n}", 0, (c, r, c + w, r + h)) for n, (c, r, w, h) in enumerate(places))
    shown = show_page(Page(0, PageKind.SHEET, 12, 12, words))
    texts = [cell.word.text for _, row in shown.rows for cell in row if cell.word]
    assert len(texts) == len(set(texts)) and set(texts) <= {w.text for w in words}
    if places:
        assert texts
    for _, row in shown.rows:
        assert all(cell.columns >= 1 and cell.rows >= 1 for cell in row)


def test_a_wide_sheet_is_shown_to_its_last_column_and_what_is_cut_is_said() -> None:
    words = (Word("last", 0, (200, 3, 201, 4)), Word("far", 0, (800, 4, 801, 5)), Word("low", 0, (0, 5_000, 1, 5_001)))
    wide = show_page(Page(0, PageKind.SHEET, 201, 4, words[:1]))
    assert len(wide.heads) == 201 and (wide.cut, wide.cut_columns) == (0, 0)
    assert wide.rows[3][1][200].word is not None
    far = show_page(Page(0, PageKind.SHEET, 801, 5_001, words))
    assert (len(far.heads), far.cut_columns) == (702, 99)
    assert len(far.rows) * len(far.heads) <= 100_000 and len(far.rows) + far.cut == 5_001


@given(st.text(max_size=300))
def test_a_file_name_never_breaks_a_header(name: str) -> None:
    for value in download_headers(name).values():
        assert value.isascii() and value.isprintable()


@given(st.text(max_size=50))
def test_a_sign_in_leads_nowhere_but_to_us(target: str) -> None:
    path = local_path(target)
    assert path.startswith("/") and not path.startswith(("//", "/\\"))


@pytest.mark.parametrize("kind", [*NoticeKind, ACKNOWLEDGEMENT, CREATED, CHANGED, CANCELLED])
def test_every_kind_of_message_has_a_word_in_both_languages(kind: str) -> None:
    word = message_word(kind)
    assert word != kind and translations("de").gettext(word) != word


def marked(pieces: tuple[tuple[str, bool], ...]) -> str:
    return "".join(f"[{piece}]" if differs else piece for piece, differs in pieces)


def test_the_words_that_tell_a_candidate_from_its_nearest_twin_are_marked() -> None:
    texts = ["Nitrile gloves, size M, box of 100", "Nitrile gloves, size L, box of 100", "Packing tape 48 mm, clear", "Work lamp"]
    gloves, large, tape, lamp = differing(texts)
    assert marked(gloves) == "Nitrile gloves, size [M,] box of 100" and marked(large) == "Nitrile gloves, size [L,] box of 100"
    assert tape == () and lamp == ()
    assert differing(["Bolt M8", "Bolt M8"]) == ((), ()) and differing([]) == () and differing(["", "a"]) == ((), ())


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_marked_text_is_still_the_text(texts: list[str]) -> None:
    for text, pieces in zip(texts, differing(texts), strict=True):
        assert not pieces or "".join(piece for piece, _ in pieces) == text


@pytest.mark.parametrize("code", [DoubtCode.FIELD_UNSURE, DoubtCode.PRICE_AMBIGUOUS])
def test_each_reading_of_a_price_says_what_the_line_would_cost_more_or_less(code: DoubtCode) -> None:
    def found(value: T) -> Found[T]:
        return Found(value, 0.6, Evidence(Origin.READ, str(value)))

    line = DraftLine("1", LineState.PROPOSED, quantity=found(Decimal(12)), unit_price=found(Decimal("7.90")))
    draft = Draft(DocumentType.PURCHASE_ORDER, currency=found("EUR"), lines=(line,))
    choices = tuple(Choice(value, value, 0.5) for value in ("7.9", "1.90", "9.00", "nan"))
    doubt = Doubt(code, "Which?", "lines.1.unit_price", None, choices, 1.0)
    shown = show_order(draft, [doubt], threshold=0.9, tolerance=Decimal(2)).questions[0]
    assert [c.reason for c in shown.choices] == ["", "72.00 EUR less than printed", "13.20 EUR more than printed", ""]
