"""A mail being written: lines of tagged text, from which the truth and the places of its values follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from extraction.model.synth.form_parts import Text
from extraction.model.synth.form_table import Run
from extraction.model.synth.places import Placed, in_text

_HOLE = re.compile(r"\{(\w+)\}")


@dataclass(slots=True)
class Letter:
    """Subject and lines of a body; `printed` maps each tag that was said to its value."""

    subject: str = ""
    lines: list[tuple[Run, ...]] = field(default_factory=list)
    printed: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> str:
        """The text part."""
        return "".join(f"{self.text(n)}\n" for n in range(len(self.lines)))

    def text(self, number: int) -> str:
        """One line without its tags."""
        return "".join(text for text, _ in self.lines[number])

    def say(self, pattern: str = "", **values: Text) -> None:
        """A line, or several parted by line breaks; `{name}` is filled by the value of that name."""
        for part in self.filled(pattern, **values):
            self.lines.append(part)

    def go_on(self, pattern: str, **values: Text) -> None:
        """More of the last line."""
        first, *more = self.filled(pattern, **values)
        self.lines[-1:] = [(*(self.lines[-1] if self.lines else ()), *first), *more]

    def filled(self, pattern: str, **values: Text) -> list[tuple[Run, ...]]:
        """The pattern's lines as runs; what is filled in counts as printed."""
        lines: list[tuple[Run, ...]] = []
        for line in pattern.split("\n"):
            runs: list[Run] = []
            for n, piece in enumerate(_HOLE.split(line)):
                if n % 2 == 0:
                    runs += [(piece, None)] if piece else []
                else:
                    runs.append((values[piece].text, values[piece].tag))
                    self.note(values[piece])
            lines.append(tuple(runs))
        return lines

    def note(self, value: Text) -> None:
        """Count a value as printed; the first wins where it stands twice."""
        if value.tag and value.value not in (None, ""):
            self.printed.setdefault(value.tag, value.value)

    def add(self, other: Letter) -> None:
        """Another letter's lines below, with what they say."""
        self.lines += other.lines
        for tag, value in other.printed.items():
            self.printed.setdefault(tag, value)

    def wrapped(self, width: int) -> Letter:
        """The same with long lines broken at blanks, as some mail programs do."""
        lines = [part for line in self.lines for part in _broken(line, width)]
        return Letter(self.subject, lines, self.printed)

    def places(self) -> list[Placed]:
        """Where the tagged texts stand in the body."""
        return in_text(self.lines)



def _broken(line: tuple[Run, ...], width: int) -> list[tuple[Run, ...]]:
    """A line as lines of at most `width` characters, broken at blanks outside of tabs; none but its first begins with one."""
    if sum(len(text) for text, _ in line) <= width or any("\t" in text or "   " in text for text, _ in line):
        return [line]
    found: list[list[Run]] = [[]]
    used = 0
    for text, tag in line:
        for n, word in enumerate(re.split(r"(?<= )", text)):
            if used and used + len(word.rstrip()) > width and (n or (found[-1] and found[-1][-1][0].endswith(" "))):
                found.append([])
                used = 0
            if word:
                found[-1].append((word, tag))
                used += len(word)
    return [_merged(runs) for runs in found if runs]


def _merged(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Neighbours of one tag as one run."""
    found: list[Run] = []
    for text, tag in runs:
        if found and found[-1][1] == tag:
            found[-1] = (found[-1][0] + text, tag)
        else:
            found.append((text, tag))
    return tuple(found)
