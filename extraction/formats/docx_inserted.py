"""Documents of another kind that stand in a DOCX as they are: programs that write Word files from web pages insert them whole.

ECMA-376 Part 1, 17.17.2.1 (altChunk).
"""

from __future__ import annotations

import email
import email.policy

from extraction.formats.encoding import decode_text
from extraction.formats.html import html_lines
from extraction.formats.rtf import rtf_lines
from extraction.formats.sniff import sniff
from extraction.formats.text_flow import Flow, FlowLine
from models.domain.pages import SourceFormat
from models.errors import InputError


def inserted_lines(content: bytes) -> list[FlowLine] | None:
    """The lines of a web page, saved with its pictures or not, a rich or a plain text; None for what is none of them."""
    kind = sniff(content) if content else None
    try:
        if kind is SourceFormat.HTML:
            return html_lines(decode_text(content)[0])[0]
        if kind in (SourceFormat.EMAIL, SourceFormat.TEXT) and (page := _saved_page(content)) is not None:
            return page
        if kind is SourceFormat.RTF:
            return rtf_lines(content)
    except InputError:
        return None
    return _plain(decode_text(content)[0]) if kind is SourceFormat.TEXT else None


def _saved_page(content: bytes) -> list[FlowLine] | None:
    """A page saved as one file (RFC 2557): the first part that is HTML; None without one."""
    for part in email.message_from_bytes(content, policy=email.policy.compat32).walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(data, bytes):
            return html_lines(decode_text(data)[0])[0]
    return None


def _plain(text: str) -> list[FlowLine]:
    flow = Flow()
    for line in text.split("\n"):
        flow.write(line, frozenset())
        flow.break_line()
    return flow.written()
