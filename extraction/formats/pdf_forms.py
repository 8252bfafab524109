"""Forms and notes of a PDF: what they show is read like print; what they hold beside that is reported, never read as a value."""

from __future__ import annotations

from typing import Any

from extraction.formats.lines import centre, contains
from extraction.formats.mupdf import pymupdf
from extraction.formats.pdf_text import upright
from models.domain.evidence import Box
from models.domain.pages import Page, Problem

_names: Any = pymupdf          # its constants are not all typed
_UNSHOWN = _names.PDF_ANNOT_IS_HIDDEN | _names.PDF_ANNOT_IS_NO_VIEW
_SHOW_THEIR_TEXT = {_names.PDF_ANNOT_FREE_TEXT, _names.PDF_ANNOT_POPUP, _names.PDF_ANNOT_WIDGET, _names.PDF_ANNOT_LINK}
_TEXT_FIELDS = {_names.PDF_WIDGET_TYPE_TEXT, _names.PDF_WIDGET_TYPE_COMBOBOX}
_PASSWORD = _names.PDF_TX_FIELD_IS_PASSWORD
_HIDDEN = 1                # PyMuPDF's field_display of a field that neither screen nor paper shows
_SAMPLE = 60


def form_problems(document: Any) -> list[Problem]:
    """What to say about the form as a whole: pages of an XFA form are drawn by Adobe's programs only."""
    catalog = document.pdf_catalog()
    if document.xref_get_key(catalog, "NeedsRendering")[1] != "true":
        return []
    if document.xref_get_key(catalog, "AcroForm/XFA")[0] == "null":
        return []
    return [Problem(
        "xfa_form", "This is an XFA form, which only Adobe's programs can show; its values were not read. Ask the sender to "
        "print it to a PDF.")]


def note_problems(page: Any, read: Page) -> list[Problem]:
    """What the page's notes and form fields hold beside what they show; the page was turned upright before."""
    if not page.annot_xrefs():
        return []
    comments, unseen = _notes(page)
    told = _fields(page, read)
    number = read.number
    if comments:
        count = "a comment that is" if len(comments) == 1 else f"{len(comments)} comments that are"
        told.append(Problem(
            "comments_unread", f"Page {number + 1} bears {count} no part of its print (“{_sample(comments)}”); look at the page, "
            "they were not read.", number, comments[0][1]))
    if unseen:
        told.append(Problem(
            "hidden_text", f"Page {number + 1} holds notes a person cannot see (“{_sample(unseen)}”). They were not "
            "read: check whether they count.", number, unseen[0][1]))
    return told


def _sample(found: list[tuple[str, Box]]) -> str:
    text = "; ".join(text for text, _ in found)
    return text if len(text) <= _SAMPLE else f"{text[:_SAMPLE]}…"


def _notes(page: Any) -> tuple[list[tuple[str, Box]], list[tuple[str, Box]]]:
    """Comments that a reader opens, and notes that are never shown, with their boxes."""
    comments: list[tuple[str, Box]] = []
    unseen: list[tuple[str, Box]] = []
    for note in page.annots():
        text = " ".join(note.info["content"].split())
        if not text:
            continue
        if note.flags & _UNSHOWN:
            unseen.append((text, upright(page, tuple(note.rect))))
        elif note.type[0] not in _SHOW_THEIR_TEXT and not _names_its_file(note, text):
            comments.append((text, upright(page, tuple(note.rect))))
    return comments, unseen


def _names_its_file(note: Any, text: str) -> bool:
    """True for a file pinned to the page, which is a document of its own, when it says no more than the file's name."""
    return bool(note.type[0] == _names.PDF_ANNOT_FILE_ATTACHMENT and text == note.file_info.get("filename"))


def _fields(page: Any, read: Page) -> list[Problem]:
    told: list[Problem] = []
    for field in page.widgets():
        value = str(field.field_value or "").strip()
        if field.field_type not in _TEXT_FIELDS or not value or field.field_flags & _PASSWORD:
            continue
        box = upright(page, tuple(field.rect))
        if field.field_display == _HIDDEN:
            told.append(Problem(
                "hidden_text", f"Page {read.number + 1} has a form field that is not shown (“{value[:_SAMPLE]}”); "
                "not read as a value.", read.number, box))
            continue
        shown = " ".join(w.text for w in read.words if w.seen and contains(box, *centre(w.box)))
        if _letters(shown) not in _letters(value):
            told.append(Problem(
                "form_value_differs", f"A form field on page {read.number + 1} shows “{shown[:_SAMPLE]}” but holds "
                f"“{value[:_SAMPLE]}”; what it shows was read. Ask the sender which is meant.", read.number, box))
    return told


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))
