"""Office documents in a ZIP (OOXML, ODF): members within limits, XML without document types, relations between parts."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import IO
from xml.parsers import expat

from lxml import etree

from models.errors import InputError

_MOST_MEMBERS = 2_000
_MOST_BYTES = 200 * 2**20
_CHUNK = 65_536
_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, RuntimeError, KeyError, etree.XMLSyntaxError,
           ValueError)


class _Seen(Exception):
    """The root element has begun: no document type can follow."""


def refuse_doctype(stream: IO[bytes], what: str) -> None:
    """Raise InputError doctype_refused when the XML in `stream` declares a document type; read no further than its root.

    Raises damaged_document for what is no XML up to there: another parser might see a declaration in it. What is wrong
    behind the root is left to the parser that reads it.
    """
    def stop(*_: object) -> None:
        raise _Seen

    def refuse(*_: object) -> None:
        raise InputError(f"{what} carries a document type declaration, which may hide an attack, and was not read. "
                         "Ask the sender for one without.", code="doctype_refused")

    parser = expat.ParserCreate()
    parser.StartElementHandler = stop
    parser.StartDoctypeDeclHandler = refuse
    try:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk)
    except _Seen:
        return
    except (expat.ExpatError, LookupError) as e:
        raise InputError(f"{what} is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True)


def parse_xml(content: bytes, what: str) -> etree._Element:
    """A document that is one XML file, as a tree. Raises InputError: doctype_refused, damaged_document."""
    refuse_doctype(BytesIO(content), what)
    try:
        return etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as e:
        raise InputError(f"{what} is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: its id, the last word of its type, the part it leads to; "" for targets outside the file."""

    id: str
    kind: str
    target: str


class OfficeZip:
    """The parts of a document, read one at a time. XML with a document type is refused, references outwards are not followed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def bytes_of(self, name: str) -> bytes:
        """A part as it is stored."""
        return self._archive.read(name)

    def root(self, name: str) -> etree._Element | None:
        """The XML of a part as a tree; None when there is no such part. Raises InputError doctype_refused."""
        if name not in self.names:
            return None
        with self._checked(name) as stream:
            return etree.parse(stream, _parser()).getroot()

    def walk(self, name: str, tags: tuple[str, ...]) -> Iterator[tuple[str, etree._Element]]:
        """("end", element) for the elements named, whatever their namespace; the caller clears what it has read."""
        with self._checked(name) as stream:
            yield from etree.iterparse(
                stream, tag=[f"{{*}}{tag}" for tag in tags], resolve_entities=False, no_network=True, load_dtd=False,
                huge_tree=False, remove_comments=True, remove_pis=True)

    @contextmanager
    def _checked(self, name: str) -> Iterator[IO[bytes]]:
        with self._archive.open(name) as head:
            refuse_doctype(head, "The document")
        with self._archive.open(name) as stream:
            yield stream

    def relations(self, part: str) -> list[Relation]:
        """What a part leads to ("" for the whole document)."""
        folder, name = posixpath.split(part)
        root = self.root(posixpath.join(folder, "_rels", f"{name}.rels"))
        found = []
        for element in root if root is not None else ():
            target = element.get("Target") or ""
            inside = element.get("TargetMode") != "External"
            path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/") if inside else ""
            found.append(Relation(element.get("Id") or "", (element.get("Type") or "").rpartition("/")[2], path))
        return found

    def main_part(self, usual: str) -> str:
        """The part that the document begins with, by its relations."""
        found = [r.target for r in self.relations("") if r.kind == "officeDocument" and r.target in self.names]
        return found[0] if found else usual


@contextmanager
def open_office(content: bytes) -> Iterator[OfficeZip]:
    """The document's parts. Raises InputError: too_large before anything is unpacked, damaged_document, doctype_refused."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS or sum(m.file_size for m in members) > _MOST_BYTES:
                raise InputError("The document unpacks to more than 200 MB. Ask for the order alone.", code="too_large")
            yield OfficeZip(archive)
    except _FAULTS as e:
        raise InputError("The document is damaged and cannot be opened. Ask for a new copy.", code="damaged_document") from e
