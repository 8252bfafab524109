"""Text a person cannot see is never read as seen, and always reported, whatever hides it; honest pages report nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from extraction.formats.options import ParseOptions
from extraction.formats.pdf import parse_pdf
from extraction.model.synth import generate, make_company
from tests.support.hidden_text import HONEST, OVERTYPED, SEEN, SHOWN, TRAP, TRICKS, document


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


@pytest.mark.parametrize("name", HONEST)
def test_what_can_be_seen_is_seen_and_nothing_is_reported(name: str) -> None:
    parsed = parse_pdf(document(HONEST[name]), ParseOptions()).parsed
    (page,) = parsed.pages
    assert {w.text for w in page.words if w.seen} == {*SHOWN, SEEN}
    assert not parsed.problems
    assert not parsed.images


def test_generated_orders_are_reported_only_where_they_hide_something(tmp_path: Path) -> None:
    generate(tmp_path, seed=11, count=12, part="train", kinds=["pdf"], company=make_company(11))
    for path in sorted((tmp_path / "documents").iterdir()):
        content = path.read_bytes()
        parsed = parse_pdf(content, ParseOptions()).parsed
        assert not [p for p in parsed.problems if p.code != "hidden_text" or _INVISIBLE not in p.message]
        assert not [i for i in parsed.images if i.verify or i.box]


_INVISIBLE = "PO 99999 total 1.00"          # what the generator writes invisibly, now and then
