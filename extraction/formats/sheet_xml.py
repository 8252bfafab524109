"""What calamine does not tell of a workbook: unsafe archives, hidden rows and columns, formulas. XLSX only, from its XML."""

from __future__ import annotations

import html
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from io import BytesIO

from models.errors import InputError

_MOST_MEMBERS = 2_000
_MOST_BYTES = 200 * 2**20
_DOCTYPES = (b"<!doctype", "<!doctype".encode("utf-16-le"), "<!doctype".encode("utf-16-be"))
_ATTRIBUTE = re.compile(r'([\w:]+)\s*=\s*"([^"]*)"')
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_ROW = re.compile(rb"<(?:\w+:)?row\s([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\s([^>]*)>")
_FORMULA = re.compile(rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?f>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Of one sheet, rows and columns from 0: which are hidden, and the formula of each cell that has one."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


NOTHING = SheetMarks()


def check_archive(content: bytes) -> None:
    """Raise InputError (too_large, unsafe_xml, damaged_document) before anything big is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS or sum(m.file_size for m in members) > _MOST_BYTES:
                raise InputError("The workbook unpacks to more than 200 MB. Ask for the order sheet alone.", code="too_large")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    _refuse_doctype(archive, member)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as e:
        raise InputError("The workbook is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def _refuse_doctype(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    with archive.open(member) as f:
        head = f.read(4096).lower()
    if any(mark in head for mark in _DOCTYPES):
        raise InputError("The workbook carries a document type declaration, which may hide an attack; it was not read.",
                         code="unsafe_xml")


def marks_of(content: bytes) -> dict[str, SheetMarks]:
    """Marks by sheet name; sheets without any are left out. The archive has passed `check_archive`."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = set(archive.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return {}
        relations = [_attributes(m) for m in _RELATION.findall(_text(archive, "xl/_rels/workbook.xml.rels"))]
        targets = {r.get("Id", ""): posixpath.normpath(posixpath.join("xl", r.get("Target", "")).lstrip("/")) for r in relations}
        sheets = [_attributes(m) for m in _SHEET.findall(_text(archive, "xl/workbook.xml"))]
        found = {html.unescape(s.get("name", "")): targets.get(s.get("r:id", s.get("id", "")), "") for s in sheets}
        return {name: _marks(archive.read(path)) for name, path in found.items() if path in names}


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8", "replace")


def _attributes(text: str) -> dict[str, str]:
    return dict(_ATTRIBUTE.findall(text))


def _marks(xml: bytes) -> SheetMarks:
    rows = {int(a["r"]) - 1 for a in _hidden(_ROW, xml) if a.get("r", "").isdigit()}
    columns: set[int] = set()
    for a in _hidden(_COLUMN, xml):
        if a.get("min", "").isdigit() and a.get("max", "").isdigit():
            columns.update(range(int(a["min"]) - 1, min(int(a["max"]), 16_384)))
    formulas: dict[tuple[int, int], str] = {}
    for attributes, formula in _FORMULA.findall(xml) if b"<f" in xml or b":f>" in xml else ():
        cell = _cell(_attributes(attributes.decode("ascii", "replace")).get("r", ""))
        if cell is not None:
            formulas[cell] = html.unescape(formula.decode("utf-8", "replace"))
    return SheetMarks(frozenset(rows), frozenset(columns), formulas)


def _hidden(pattern: re.Pattern[bytes], xml: bytes) -> list[dict[str, str]]:
    if b"hidden=" not in xml:
        return []
    found = (_attributes(m.decode("ascii", "replace")) for m in pattern.findall(xml))
    return [a for a in found if a.get("hidden") in {"1", "true"}]


def _cell(reference: str) -> tuple[int, int] | None:
    """"B3" → row 2, column 1."""
    match = re.fullmatch(r"([A-Z]{1,3})(\d{1,7})", reference)
    if match is None:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1
