"""Where tagged values stand: on paper, in cells, and in the characters and lines of a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from extraction.formats.html import parse_html
from extraction.formats.options import ParseOptions
from extraction.model.synth.form_table import Run
from models.domain.evidence import Box, PageKind

TAB = 8
_FIRST_MARK, _MARKS = 0xF0000, 0xFFF0       # signs of a private plane: no letter of any document


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a tagged value was printed. Page 0-based; box left, top, right, bottom in the unit of the page's kind."""

    tag: str
    text: str
    page: int
    box: Box
    kind: PageKind = PageKind.PAPER


def in_text(lines: Iterable[Sequence[Run]], first_line: int = 0) -> list[Placed]:
    """The tagged runs of a plain text whose first line has this number; tabs reach to the next multiple of eight."""
    found = []
    for row, runs in enumerate(lines, first_line):
        before = ""
        for text, tag in runs:
            if tag and text.strip():
                left = len((before + text[: len(text) - len(text.lstrip())]).expandtabs(TAB))
                right = len((before + text.rstrip()).expandtabs(TAB))
                found.append(Placed(tag, text.strip(), 0, (float(left), float(row), float(right), row + 1.0), PageKind.TEXT))
            before += text
    return found


class Marks:
    """Puts a sign of its own for every visible letter of a tagged text, so that the text can be found again in what the
    reader makes of the HTML. The signs keep the length, hence the layout.
    """

    def __init__(self) -> None:
        self.runs: list[Run] = []

    def marked(self, text: str, tag: str | None) -> str:
        """The text with the sign of this run for each letter that is no blank; untagged text as it is."""
        if not tag or len(self.runs) >= _MARKS:
            return text
        self.runs.append((text, tag))
        sign = chr(_FIRST_MARK + len(self.runs) - 1)
        return "".join(c if c.isspace() else sign for c in text)

    def places(self, html: str) -> list[Placed]:
        """Where the marked texts of an HTML body stand on the page that is read from it."""
        boxes: dict[tuple[int, float], Box] = {}
        for word in parse_html(html.encode(), ParseOptions(is_body=True)).parsed.pages[0].words:
            left, top, _, bottom = word.box
            for n, sign in enumerate(word.text):
                key = (ord(sign) - _FIRST_MARK, top)
                if 0 <= key[0] < len(self.runs):
                    first, _, last, _ = boxes.get(key, (left + n, top, left + n, bottom))
                    boxes[key] = (min(first, left + n), top, max(last, left + n + 1), bottom)
        return [Placed(self.runs[n][1] or "", self.runs[n][0].strip(), 0, box, PageKind.TEXT) for (n, _), box in boxes.items()]
