"""An XML document as leaves, each a segment: path, text, attribute values. Serves as the document's page and as proof. Pure."""

from __future__ import annotations

from lxml import etree

from edi.segments import MalformedInterchange, Segment
from models.errors import InputError

MOST_LEAVES = 200_000


class Leaves:
    """A parsed document. `segments[i]` is the i-th element without child elements, in document order: element 0 is its path
    of local names from the root, 1 its text, 2 and on the values of its attributes."""

    def __init__(self, content: bytes) -> None:
        """Raises MalformedInterchange (malformed_edi), or InputError: doctype_refused, too_many_rows."""
        self.root = _root(content)
        self.segments: list[Segment] = []
        self._by_element: dict[etree._Element, Segment] = {}
        self._walk(self.root)

    def _walk(self, root: etree._Element) -> None:
        path: list[str] = []
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "end":
                path.pop()
                continue
            path.append(local_name(element))
            if len(element) == 0:
                self._add(element, "/".join(path[1:] or path))

    def _add(self, element: etree._Element, path: str) -> None:
        if len(self.segments) >= MOST_LEAVES:
            raise InputError(f"The XML document has more than {MOST_LEAVES} values; send it in parts.", code="too_many_rows")
        texts = [path, (element.text or "").strip(), *(str(value).strip() for value in element.attrib.values())]
        segment = Segment(len(self.segments), tuple((text,) for text in texts))
        self.segments.append(segment)
        self._by_element[element] = segment

    def of(self, element: etree._Element | None) -> Segment | None:
        """The segment of a leaf; None for an element that is absent or has children."""
        return None if element is None else self._by_element.get(element)


def local_name(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return etree.QName(element).localname


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as e:
        raise MalformedInterchange("The XML document is not well-formed. Ask the sender to transmit it again.") from e
    if root.getroottree().docinfo.doctype:
        raise InputError("The XML document carries a document type declaration, which may hide an attack, and was not read. "
                         "Ask the sender for one without.", code="doctype_refused")
    return root
