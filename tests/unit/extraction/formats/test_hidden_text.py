"""Text a person cannot see is never read as seen, and always reported, whatever hides it; honest pages report nothing."""

from __future__ import annotations

import pytest

from extraction.formats.options import ParseOptions
from extraction.formats.pdf import parse_pdf
from tests.support.hidden_text import OVERTYPED, SHOWN, TRAP, TRICKS, document


def test_there_are_at_least_sixty_tricks() -> None:
    assert len(TRICKS) >= 60


@pytest.mark.parametrize("name", TRICKS)
def test_hidden_text_is_never_seen_and_always_reported(name: str) -> None:
    parsed = parse_pdf(document(TRICKS[name]), ParseOptions()).parsed
    (page,) = parsed.pages
    seen = [w.text for w in page.words if w.seen]
    assert [text for text in seen if text in SHOWN] == list(SHOWN)
    assert set(seen) <= {*SHOWN, OVERTYPED}
    (problem,) = (p for p in parsed.problems if p.code == "hidden_text")
    assert problem.page == 0
    assert problem.box is not None
    assert TRAP[:4] in problem.message
