"""Which language a screen speaks."""

import pytest

from review_ui import language


@pytest.mark.parametrize(("chosen", "browser", "expected"), [
    (None, "", "en"), (None, "de-AT,de;q=0.8,en;q=0.5", "de"), ("en", "de", "en"), ("de", "fr", "de"), ("xx", "de", "de"),
    (None, "fr,it", "en"), (None, "*", "en"), (None, "not a header;;;", "en")])
def test_the_persons_choice_counts_before_the_browsers_wish(chosen: str | None, browser: str, expected: str) -> None:
    assert language.choose(chosen, browser) == expected


def test_a_text_without_a_translation_stays_english() -> None:
    assert language.translations("de").gettext("No such text") == "No such text"
