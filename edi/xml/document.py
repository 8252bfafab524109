"""Look-ups in an XML document by paths of local names, whatever prefixes and version of the namespace it uses. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from lxml import etree

from edi.build import OrderBuilder
from edi.segments import Segment, Spot, joined, text_at
from edi.xml.leaves import Leaves
from models.domain.evidence import Found

Node = etree._Element


class Document:
    """Values by path ("Delivery/DeliveryAddress/CityName") below a node; nodes may be None, then nothing is found.

    Numbers and dates that cannot be read are noted on `builder`.
    """

    def __init__(self, leaves: Leaves, builder: OrderBuilder) -> None:
        self.leaves = leaves
        self.builder = builder

    def all(self, start: Node | None, path: str) -> list[Node]:
        """Every node at the path, in document order."""
        return [] if start is None else start.findall("/".join(f"{{*}}{step}" for step in path.split("/")))

    def one(self, start: Node | None, path: str) -> Node | None:
        """The first node at the path."""
        return next(iter(self.all(start, path)), None)

    def text(self, start: Node | None, *paths: str) -> Found[str] | None:
        """The text at the first path that has any."""
        return next((found for path in paths if (leaf := self._leaf(start, path)) and (found := text_at(leaf, 1))), None)

    def own_text(self, node: Node) -> Found[str] | None:
        """The text of a leaf."""
        leaf = self.leaves.of(node)
        return text_at(leaf, 1) if leaf else None

    def texts(self, start: Node | None, paths: tuple[str, ...], *, by: str = ", ") -> Found[str] | None:
        """The texts at all paths in the order given, as one line."""
        leaves = [self.leaves.of(node) for path in paths for node in self.all(start, path)]
        spots: list[Spot] = [(leaf, 1, 0) for leaf in leaves if leaf is not None]
        return joined(spots, by)

    def number(self, start: Node | None, path: str, *, per: Decimal = Decimal(1)) -> Found[Decimal] | None:
        """The number at the path, divided by `per`."""
        leaf = self._leaf(start, path)
        return self.builder.number(leaf, 1, per=per) if leaf else None

    def day(self, start: Node | None, path: str) -> Found[date] | None:
        """The xsd:date at the path; a time or a time zone behind it is ignored."""
        leaf = self._leaf(start, path)
        if leaf is None:
            return None
        # The shared reader of dates wants CCYYMMDD; the proof keeps what stands there.
        plain = Segment(leaf.index, (leaf.elements[0], (leaf.get(1).replace("-", ""),)))
        found = self.builder.day(plain, 1, digits=8)
        return replace(found, evidence=replace(found.evidence, text=leaf.get(1))) if found else None

    def attribute(self, start: Node | None, path: str, name: str) -> Found[str] | None:
        """The attribute of the leaf at the path."""
        node, leaf = self.one(start, path), self._leaf(start, path)
        if node is None or leaf is None or name not in node.attrib:
            return None
        return text_at(leaf, 2 + list(node.attrib).index(name))

    def _leaf(self, start: Node | None, path: str) -> Segment | None:
        return self.leaves.of(self.one(start, path))
