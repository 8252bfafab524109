"""Pages completed by what OCR read: parts of pages, and text layers that must be checked against what the page shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extraction.completion import complete
from extraction.ocr.engine import PictureText
from models.domain.evidence import Box, PageKind
from models.domain.pages import Page, PageImage, Problem, Word, WordFlag

_TEXTS = ("Order", "4711", "Bolt", "M8", "900", "pcs", "12.50")


def _word(text: str, at: int, confidence: float | None = None, *, hidden: bool = False) -> Word:
    flags = frozenset({WordFlag.HIDDEN}) if hidden else frozenset[WordFlag]()
    return Word(text, 0, (10.0 + 60 * at, 10.0, 60.0 + 60 * at, 22.0), confidence, flags)


def _page(texts: tuple[str, ...] = _TEXTS, *, hidden: bool = False) -> Page:
    return Page(0, PageKind.PAPER, 500.0, 300.0, tuple(_word(t, n, hidden=hidden) for n, t in enumerate(texts)))


def _shown(*texts: str, confidence: float = 0.95) -> PictureText:
    return PictureText(tuple(_word(t, n, confidence) for n, t in enumerate(texts) if t), read_by="tesseract")


def _image(*, box: Box | None = None, verify: bool = False) -> PageImage:
    return PageImage(0, 1, 1, 72.0, b"\xff", box, verify)


def _checked(page: Page, text: PictureText) -> tuple[Page, tuple[Problem, ...]]:
    return complete(page, [(_image(verify=True), text)])


def test_a_layer_that_says_what_the_page_shows_stays() -> None:
    page, problems = _checked(_page(), _shown("Order", "47ll", "Bolt", "MB", "900", "pcs.", "12,50"))
    assert (page, problems) == (_page(), ())


def test_a_word_that_is_shown_otherwise_is_read_from_the_picture() -> None:
    page, (problem,) = _checked(_page(), _shown("Order", "4711", "Bolt", "M8", "100", "pcs", "12.50"))
    assert [w.text for w in page.words] == ["Order", "4711", "Bolt", "M8", "100", "pcs", "12.50"]
    (mended,) = (w for w in page.words if w.text == "100")
    assert [(r.text, r.read_by) for r in mended.rivals] == [("900", "text")]
    assert (problem.code, problem.page, problem.box) == ("text_layer_disagrees", 0, mended.box)
    assert "“900” is shown as “100”" in problem.message


@pytest.mark.parametrize("verify", [False, True])
@pytest.mark.parametrize("letters", ["\ufffd\ufffd\ufffd", "\ue031\ue030", "\x02\x03", "7\ufffd\ufffd"])
def test_letters_that_stand_for_nothing_give_way_to_what_is_shown_there(verify: bool, letters: str) -> None:
    page, problems = complete(
        _page(("Order", letters, letters)), [(_image(verify=verify), _shown("Order", "4711", "", confidence=0.5))])
    assert [w.text for w in page.words] == ["Order", "4711", letters]
    assert not problems


def test_an_unsure_reader_does_not_contradict() -> None:
    page, problems = _checked(_page(), _shown("Order", "4711", "Bolt", "M8", "100", "pcs", "12.50", confidence=0.3))
    assert (page, problems) == (_page(), ())


def test_a_layer_of_another_text_is_replaced_as_a_whole() -> None:
    page, (problem,) = _checked(_page(), _shown("Rechnung", "5522", "Rohr", "DN50", "33", "Stk", "8.00"))
    assert [w.text for w in page.words] == ["Rechnung", "5522", "Rohr", "DN50", "33", "Stk", "8.00"]
    assert (page.read_by, problem.code) == ("tesseract", "text_layer_disagrees")


def test_what_the_layer_lacks_is_added() -> None:
    page, problems = _checked(_page(_TEXTS[:5]), _shown(*_TEXTS))
    assert [w.text for w in page.words] == list(_TEXTS)
    assert not problems


@pytest.mark.parametrize(("turn", "inner", "outer"), [
    (0, (10, 20, 30, 40), (110, 220, 130, 240)),
    (90, (10, 20, 30, 40), (120, 200 + 50 - 30, 140, 200 + 50 - 10)),
    (180, (10, 20, 30, 40), (100 + 80 - 30, 200 + 50 - 40, 100 + 80 - 10, 200 + 50 - 20)),
    (270, (10, 20, 30, 40), (100 + 80 - 40, 210, 100 + 80 - 20, 230)),
])
def test_words_of_a_part_lie_on_the_page(turn: int, inner: Box, outer: Box) -> None:
    text = PictureText((Word("x", 0, inner, 0.9),), (inner,), "tesseract", turn=turn)
    page, problems = complete(_page(()), [(_image(box=(100, 200, 180, 250)), text)])
    assert [w.box for w in page.words] == [outer]
    assert page.rules == (outer,)
    assert not problems


def test_a_part_that_cannot_be_read_is_told_with_its_place() -> None:
    page, (problem,) = complete(_page(), [(_image(box=(1, 2, 3, 4)), PictureText(problem="It failed."))])
    assert page == _page()
    assert (problem.code, problem.box) == ("ocr_failed", (1, 2, 3, 4))


def test_a_scanners_own_text_layer_is_no_news_but_another_text_is() -> None:
    layer = _page(hidden=True)
    shown = _shown(*_TEXTS)
    page, problems = complete(layer, [(_image(), shown)])
    assert [w.text for w in page.words if w.seen] == list(_TEXTS)
    assert not problems
    trap = replace(layer, words=(*layer.words[:-1], replace(layer.words[-1], box=(10, 100, 60, 112))))
    _, (problem,) = complete(trap, [(_image(), shown)])
    assert problem.code == "hidden_text"
