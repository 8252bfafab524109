"""Who orders and where it goes: each clue counts as much as it proves, and a look-alike proves nothing."""

from dataclasses import replace
from datetime import date

import pytest

from bench import partners
from matching.checks.order import check_sender
from matching.customer import CustomerClues, answers_elsewhere, look_alike, name_likeness, rank_customers
from matching.names import fit_name
from matching.records import AddressRecord, CustomerRecord, Facts, Sender
from matching.ship_to import rank_addresses
from models.domain.draft import Draft
from models.domain.partners import AddressKind
from models.domain.reading import DocumentType

MAIN = AddressRecord(1, AddressKind.SHIP_TO, "MAIN", "Muster Works", "Long Road 1", "12345", "Sampleton", "DE", is_default=True)
NORTH = AddressRecord(2, AddressKind.SHIP_TO, "NORTH", "Muster Works", "Harbour Street 77", "54321", "Portville", "DE")
BILL = AddressRecord(3, AddressKind.BILL_TO, "BILL", "Muster Works", "Desk Lane 3", "12345", "Sampleton", "DE")
MUSTER = CustomerRecord(
    1, "C-100", "Muster Works GmbH", "DE123456789", "muster.example", frozenset({"ann@gmail.com"}), addresses=(MAIN, NORTH, BILL))
ELBE = CustomerRecord(2, "C-200", "Elbe Fittings Ltd", "GB999", "elbe.example", gln="4006381333931")
NAMESAKE = CustomerRecord(3, "C-300", "Muster Works Ltd", None, "other.example")
EVERYBODY = (MUSTER, ELBE, NAMESAKE)


@pytest.mark.parametrize(("clues", "customer", "sure"), [
    (CustomerClues(account="c100"), 1, True),
    (CustomerClues(vat_id="DE 123 456 789"), 1, True),
    (CustomerClues(sender="ann@gmail.com"), 1, True),
    (CustomerClues(sender="new@muster.example", names=("MUSTER WORKS",)), 1, True),
    (CustomerClues(sender="new@mail.muster.example"), 1, False),
    (CustomerClues(names=("Elbe Fittings",)), 2, True),
    (CustomerClues(names=("Muster Works",)), None, False),                              # two of that name
    (CustomerClues(names=("Muster Works",), sender="x@other.example"), 3, True),
    (CustomerClues(names=("Muster Works",), addresses=("Long Road 1, 12345 Sampleton",)), 1, True),
    (CustomerClues(names=("Muster Works",), addresses=("Long Road 2, 12345 Sampleton",)), None, False),
    (CustomerClues(names=("Muster Works Nord GmbH",)), None, False),                    # another of the group
    (CustomerClues(names=("Muster Works G.m.b.H.",)), 1, False),
    (CustomerClues(addresses=("MUSTER WORKS GMBH, Long Rd 1, 12345 Sampleton",)), 1, True),
    (CustomerClues(addresses=("Goods in 4006381333931, Nowhere 9",)), 2, False),
    (CustomerClues(sender="new@muster.example", names=("Muster Works GmbH",), reply_to="x@thief.example"), 1, False),
    (CustomerClues(sender="new@muster.example", names=("Muster Works GmbH",), reply_to="ann@gmail.com"), 1, True),
    (CustomerClues(vat_id="DE999", names=("Muster Works GmbH",)), None, False),
    (CustomerClues(sender="bob@gmail.com"), None, False),
    (CustomerClues(sender="po@rnuster.example"), None, False),
    (CustomerClues(known_form=frozenset({1})), 1, False),
    (CustomerClues(known_form=frozenset({1}), names=("Quite Others Ltd",)), None, False),
    (CustomerClues(known_form=frozenset({1}), sender="new@mail.muster.example"), 1, True),
    (CustomerClues(known_form=frozenset({3}), names=("Muster Works",)), 3, True),       # it tells namesakes apart
    (CustomerClues(), None, False),
])
def test_clues_rank_customers(clues: CustomerClues, customer: int | None, sure: bool) -> None:
    ranked = rank_customers(clues, EVERYBODY)
    best = ranked[0] if ranked else None
    assert sum(m.probability for m in ranked) <= 1.0001
    assert (best is not None and best.probability >= 0.9) is sure
    if customer:
        assert best and best.customer_id == customer and best.reasons


def test_a_form_that_many_use_tells_nothing_of_who_sent_it() -> None:
    alone, shared = (
        rank_customers(CustomerClues(known_form=frozenset(users)), [MUSTER])[0] for users in ({1}, range(1, 14)))
    assert alone.reasons == ("papers of this form came from them",) and not shared.reasons
    assert 0.5 <= alone.probability < 0.9 and shared.probability < 0.2


@pytest.mark.parametrize(("domain", "resembled"), [
    ("rnuster.example", "muster.example"), ("muster-orders.example", "muster.example"), ("muster.shop", "muster.example"),
    ("xn--mster-kva.example", "muster.example"), ("muѕter.example", "muster.example"), ("mvster.example", "muster.example"),
    ("muster.example", None), ("mail.muster.example", None), ("quite-different.example", None), (None, None),
])
def test_look_alike_domains_are_seen(domain: str | None, resembled: str | None) -> None:
    assert look_alike(domain, ["muster.example", "elbe.example"]) == resembled


def test_legal_forms_and_order_of_words_do_not_count() -> None:
    assert name_likeness("ELBE fittings", "Fittings Elbe Ltd.") == 1.0
    assert name_likeness("Elbe Fittings", "Muster Works") < 0.5


@pytest.mark.parametrize(("printed", "code", "sure"), [
    (None, "MAIN", True), ("Muster Works, Long Rd. 1, 12345 Sampleton", "MAIN", True),
    ("Depot, Harbour Street 77, D-54321 PORTVILLE", "NORTH", True), ("site NORTH", "NORTH", True),
    ("Harbour Street 7, 54321 Portville", "NORTH", False), ("Desk Lane 3, 12345 Sampleton", "MAIN", False),
    ("Nowhere 9, 11111 Elsewhere", None, False),
])
def test_the_ship_to_is_found_among_the_customers_own(printed: str | None, code: str | None, sure: bool) -> None:
    ranked = rank_addresses(printed, MUSTER.addresses)
    best = ranked[0]
    assert {m.address_id for m in ranked} == {1, 2}
    assert (best.probability >= 0.9) is sure
    assert code is None or best.label.startswith(code)
    assert code is not None or best.probability < 0.5


def test_without_default_and_print_nobody_is_sure() -> None:
    ranked = rank_addresses(None, (NORTH, AddressRecord(4, AddressKind.SHIP_TO, "X", "n", "s", "1", "c", "DE")))
    assert [m.probability for m in ranked] == [0.45, 0.45]
    assert rank_addresses(None, ()) == ()


ZIEGEL = AddressRecord(5, AddressKind.SHIP_TO, "W1", "Muster Works", "Ziegelstraße 12a", "70499", "Mönchfelde", "DE")
QUARRY = AddressRecord(6, AddressKind.SHIP_TO, "W2", "Muster Works", "14 North Quarry Avenue", "LS9 7QX", "Leeds", "GB")


@pytest.mark.parametrize(("printed", "known", "fits"), [
    ("Ziegelstr. 12 a, D-70499 Moenchfelde", ZIEGEL, True), ("ZIEGEL STRASSE 12A, 70499 MÖNCHFELDE, Germany", ZIEGEL, True),
    ("Wareneingang, Ziegelstraße l2a, 70499 Mönchfe1de", ZIEGEL, True), ("Ziegelstraße 12a, 704g9 Mönchfelde", ZIEGEL, True),
    ("Ziegelstraße 12a 70499 Mönchfelde", ZIEGEL, True),
    ("Ziegelstraße 12b, 70499 Mönchfelde", ZIEGEL, False), ("Ziegelstraße 21a, 70499 Mönchfelde", ZIEGEL, False),
    ("Ziegelweg 12a, 70499 Mönchfelde", ZIEGEL, False), ("Ziegelstraße, 70499 Mönchfelde", ZIEGEL, False),
    ("Ziegelstraße 12a, 10115 Berlin", ZIEGEL, False), ("Ziegelstraße 12a, 70499 Mönchfelde, Austria", ZIEGEL, False),
    ("14 N Quarry Ave, Leeds LS97QX, UK", QUARRY, True), ("Unit 3, 14 North Quarry Av., LS9 7QX Leeds", QUARRY, True),
    ("14 North Quarry Street, Leeds LS9 7QX", QUARRY, False), ("140 North Quarry Avenue, Leeds LS9 7QX", QUARRY, False),
])
def test_an_address_agrees_in_all_its_parts_or_is_another(printed: str, known: AddressRecord, fits: bool) -> None:
    best = rank_addresses(printed, (known,))[0]
    assert (best.probability >= 0.9, best.probability < 0.9) == (fits, not fits)
    assert fits or rank_addresses(printed, (known, MAIN, NORTH))[0].probability < 0.9


def test_a_known_gln_names_the_address() -> None:
    known = replace(ZIEGEL, gln="4006381333931")
    assert rank_addresses("Depot 4006381333931", (known, MAIN))[0].probability > 0.9


@pytest.mark.parametrize(("name", "known", "strange", "other_form"), [
    ("FÖRDERTECHNIK Muster G.m.b.H.", "Muster Foerdertechnik GmbH", 0, False),
    ("Muster Förder Technik", "Muster Fördertechnik", 0, None),
    ("Muster Nord Sp. z o.o.", "Muster Sp. z o.o.", 1, False), ("Muster Ltd", "Muster PLC", 0, True),
    ("Muster Limited", "Muster Ltd.", 0, False),
])
def test_names_are_compared_word_by_word(name: str, known: str, strange: int, other_form: bool | None) -> None:
    fit = fit_name(name, known)
    assert (fit.strange, fit.other_form) == (strange, other_form) and fit.likeness >= 0.9


def test_of_a_thousand_customers_none_is_taken_for_another() -> None:
    figures = {row.case: row.value for row in partners.run(customers=150, orders=150, seed=11)}
    assert figures["customer: right one, at least 0.9 sure"] > 0.9 and figures["customer: wrong one, at least 0.9 sure"] == 0
    assert figures["ship-to: right one, at least 0.9 sure"] > 0.93 and figures["ship-to: wrong one, at least 0.9 sure"] == 0
    assert all(value == 0 for case, value in figures.items() if "forced" in case)


@pytest.mark.parametrize(("address", "reply_to", "elsewhere"), [
    ("po@muster.example", "Thief@elsewhere.example", "thief@elsewhere.example"),
    ("po@muster.example", "ann@mail.muster.example", None),
    ("po@mail.muster.example", "ann@muster.example", None), ("po@muster.example", None, None), (None, "ann@muster.example", None),
])
def test_answers_that_go_to_another_domain_are_seen(address: str | None, reply_to: str | None, elsewhere: str | None) -> None:
    assert answers_elsewhere(Sender(address, reply_to=reply_to)) == elsewhere
    facts = Facts(on=date(2031, 5, 6), sender=Sender(address, reply_to=reply_to), customer=MUSTER)
    asked = [doubt.sentence for doubt in check_sender(Draft(DocumentType.PURCHASE_ORDER), facts)]
    assert [elsewhere in sentence for sentence in asked if elsewhere] == ([True] if elsewhere else [])
    assert elsewhere or not asked
