"""The page of failure stories names tests that exist, one for each of the eighteen."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_story_has_a_test_that_exists() -> None:
    rows = [line for line in (ROOT / "docs/failure-stories.md").read_text().splitlines() if line.startswith("| ")][1:]
    assert len(rows) == 18
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", row)
        assert named, row
        for file, test in named:
            assert not test or re.search(rf"^(?:async )?(?:def |class )?{test}\b", (ROOT / file).read_text(), re.M), (file, test)
            assert (ROOT / file).is_file()
