"""Lines of a document → its TEXT page within limits, with what a person should know of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extraction.formats.options import ParseOptions
from extraction.formats.text_flow import FlowLine, flow_page
from models.domain.pages import Page, Problem, Word
from models.errors import InputError

_SAMPLE = 80              # signs of what was left out that are shown


def text_page(
    lines: Sequence[FlowLine], options: ParseOptions, *, is_cut: bool = False, may_be_blank: bool = False,
) -> tuple[Page, tuple[Problem, ...]]:
    """The page and its problems. `is_cut`: something was nested too deeply to be read.

    Raises InputError: too_many_rows, too_many_words, empty_document unless it `may_be_blank`.
    """
    if not lines and not may_be_blank:
        raise InputError("The document is blank. Ask the sender to send it again.", code="empty_document")
    if len(lines) > options.max_rows:
        raise InputError(f"The document has {len(lines)} lines; at most {options.max_rows} are read.", code="too_many_rows")
    check_words(sum(map(len, lines)), options)
    page = flow_page(lines)
    return page, tuple(_problems(page.words, is_cut=is_cut))


def check_words(count: int, options: ParseOptions) -> None:
    """Raise InputError too_many_words for more than are allowed."""
    if count > options.max_words:
        raise InputError(f"The document has more than {options.max_words} words. Ask for the order alone.", code="too_many_words")


def _problems(words: Sequence[Word], *, is_cut: bool) -> Iterator[Problem]:
    if unseen := [w for w in words if not w.seen]:
        yield Problem("hidden_text", f"The document holds {len(unseen)} words a person cannot see ({_sample(unseen)}). They were "
                                     "not read: check whether they count.", 0)
    if is_cut:
        yield Problem("nested_too_deep", "The document nests tables or text boxes too deeply; what lies deepest was not read.", 0)


def _sample(words: Sequence[Word]) -> str:
    return f"“{' '.join(w.text for w in words[:20])[:_SAMPLE]}”"
