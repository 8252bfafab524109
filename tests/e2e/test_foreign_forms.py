"""Order forms by hands other than the generator's, printed by a browser: what the readers were not trained on.

Every form carries its truth. The bars stand a little below what is reached, so that a change that reads strange papers worse is
seen; they are to be raised with the readers, and no reader may be fitted to one of the forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import Rooms
from app.reading import read_file
from bench.score import Score, score_document
from extraction.export import reading_to_json
from runtime.settings import OcrProfile, Settings
from tests.support.browser import chromium

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FORMS = sorted((Path(__file__).parents[1] / "documents" / "forms").glob("*.html"))
HEADER_BAR, LINES_BAR = 0.86, 0.88


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = Rooms(Settings(
        data=tmp_path_factory.mktemp("forms"), company_name="", mail_host=None, workers=1, ocr=OcrProfile.NONE, _env_file=None))
    yield made
    made.close()


def test_forms_of_other_makers_are_read(rooms: Rooms, tmp_path: Path) -> None:
    score = Score()
    with chromium() as browser:
        page = browser.new_page()
        for form in FORMS:
            page.set_content(form.read_text(encoding="utf-8"))
            truth = json.loads(page.inner_text("#truth") or page.text_content("#truth") or "")
            printed = tmp_path / f"{form.stem}.pdf"
            page.pdf(path=str(printed), format="A4")
            readings = read_file(rooms, printed).readings
            score_document(score, [truth], [reading_to_json(r, file=printed.name, seconds=0) for r in readings], form.stem)
    told = "\n".join(str(miss) for miss in score.misses)
    assert score.documents == len(FORMS) >= 36
    assert score.header_f1 >= HEADER_BAR, told
    assert score.lines.f1 >= LINES_BAR, told
