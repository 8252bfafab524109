"""An XML document as leaves, each a segment: tag, text, attribute values. Serves as the document's page and as proof. Pure."""

from __future__ import annotations

from lxml import etree

from edi.segments import MalformedInterchange, Segment
from models.errors import InputError

MOST_LEAVES = 200_000


class Leaves:
    """A parsed document. `segments[i]` is the i-th element without child elements, in document order."""

    def __init__(self, content: bytes) -> None:
        """Raises MalformedInterchange, or InputError unsafe_xml for a document type declaration, too_many_rows."""
        self.root = _root(content)
        self.segments: list[Segment] = []
        self._by_element: dict[etree._Element, Segment] = {}
        for element in self.root.iter(etree.Element):
            if len(element) == 0:
                self._add(element)

    def _add(self, element: etree._Element) -> None:
        if len(self.segments) >= MOST_LEAVES:
            raise InputError(f"The XML document has more than {MOST_LEAVES} values; send it in parts.", code="too_many_rows")
        texts = [local_name(element), (element.text or "").strip(), *(str(v).strip() for v in element.attrib.values())]
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
        raise InputError("The XML document carries a document type declaration, which may hide an attack; it was not read.",
                         code="unsafe_xml")
    return root
