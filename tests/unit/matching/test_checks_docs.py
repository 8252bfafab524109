"""Every question the order desk may be asked is explained, and none that is not asked."""

import re
from pathlib import Path

from models.domain.doubt import DoubtCode

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "checks.md"


def test_every_doubt_is_explained_once_and_nothing_else() -> None:
    table = PAGE.read_text(encoding="utf-8").split("## Rules")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.M)) == sorted(DoubtCode)


def test_each_row_says_what_is_asked_and_what_to_do() -> None:
    rows = re.findall(r"^\| `\w+` \| (.*) \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    assert len(rows) == len(DoubtCode) and all(asked.strip() and answer.endswith(".") for asked, answer in rows)
