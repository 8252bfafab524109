"""Payment terms as they are written, and when that is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from oms.billing.terms import Terms, parse_terms

TWO, THREE = Decimal(2), Decimal(3)


@pytest.mark.parametrize(("text", "terms"), [
    ("30 days net", Terms(30)), ("Net 30", Terms(30)), ("net30", Terms(30)), ("N/60", Terms(60)), ("N60", Terms(60)),
    ("2/10 net 30", Terms(30, False, TWO, 10)), ("2%/10, n/30", Terms(30, False, TWO, 10)),
    ("14 Tage netto", Terms(14)), ("Zahlbar innerhalb von 14 Tagen ohne Abzug", Terms(14)),
    ("8 Tage 2 % Skonto, 30 Tage netto", Terms(30, False, TWO, 8)), ("2% Skonto innerhalb 10 Tagen, 30 Tage netto",
     Terms(30, False, TWO, 10)), ("3 % discount if paid within 7 days", Terms(7, False, THREE, 7)),
    ("30 jours fin de mois", Terms(30, True)), ("60 gg d.f. f.m.", Terms(60, True)), ("Net 30 EOM", Terms(30, True)),
    ("45 days from end of month", Terms(45, True)), ("due on receipt", Terms(0)), ("Vorkasse", Terms(0)),
    ("prepayment", Terms(0)), ("sofort ohne Abzug", Terms(0)), ("30 días", Terms(30)), ("1,5/14 net 60",
     Terms(60, False, Decimal("1.5"), 14)),
    ("", None), (None, None), ("as agreed", None), ("per contract 4711", None), ("9999 days", None),
])
def test_terms_mean_what_they_say(text: str | None, terms: Terms | None) -> None:
    assert parse_terms(text) == terms


def test_the_end_of_the_month_comes_before_the_days() -> None:
    assert Terms(30, True).due_on(date(2031, 2, 3)) == date(2031, 3, 30)
    assert Terms(30).due_on(date(2031, 2, 3)) == date(2031, 3, 5)
    assert Terms(30, False, TWO, 10).discount_until(date(2031, 2, 3)) == date(2031, 2, 13)
    assert Terms(30).discount_until(date(2031, 2, 3)) is None
