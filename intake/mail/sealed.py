"""The mail inside an opaque S/MIME signature (CMS SignedData, RFC 5652): taken out; the signature itself is not judged.

Mail programs write it in BER with lengths left open, so this reads that too (X.690, 8.1).
"""

from __future__ import annotations

from collections.abc import Iterator

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")       # the object identifier 1.2.840.113549.1.7.2
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _END_MARK = 0x30, 0x04, 0x24, 0x00
_DEEPEST = 30

Element = tuple[int, int, int]
"""Tag, and where the content begins and ends."""


def is_signed_data(content: bytes) -> bool:
    """True for a CMS structure with a signature around (or apart from) its content."""
    return content[:1] == bytes([_SEQUENCE]) and _SIGNED_DATA in content[:32]


def signed_content(content: bytes) -> bytes | None:
    """The bytes that were signed; None when they are elsewhere (a detached signature) or the structure is broken."""
    try:
        info = _child(content, (_SEQUENCE, 0, len(content)), 0)         # content type, [0] the signed data
        signed = _child(content, _child(content, info, 1), 0)           # version, algorithms, what is signed, …
        capsule = list(_children(content, _child(content, signed, 2)))  # its type, [0] its octets
        return b"".join(_octets(content, _child(content, capsule[1], 0), 0)) if len(capsule) > 1 else None
    except (ValueError, IndexError):
        return None


def _octets(data: bytes, element: Element, depth: int) -> Iterator[bytes]:
    tag, start, end = element
    if tag == _OCTETS:
        yield data[start:end]
    elif tag == _OCTETS_IN_PIECES and depth < _DEEPEST:
        for piece in _children(data, element):
            yield from _octets(data, piece, depth + 1)
    else:
        raise ValueError("no octets")


def _child(data: bytes, parent: Element, n: int) -> Element:
    """The n-th element inside another. Raises IndexError when there are fewer."""
    for count, child in enumerate(_children(data, parent)):
        if count == n:
            return child
    raise IndexError("no such element")


def _children(data: bytes, parent: Element) -> Iterator[Element]:
    at, end = parent[1:]
    while at < end:
        element, at = _element(data, at, end, 0)
        if element[0] == _END_MARK:
            return
        yield element


def _element(data: bytes, at: int, end: int, depth: int) -> tuple[Element, int]:
    """The element at a place, and where the next one is. Raises ValueError, IndexError for what is none."""
    tag, size = data[at], data[at + 1]
    if depth > _DEEPEST or tag & 0x1F == 0x1F:
        raise ValueError("nested too deeply, or a tag that CMS does not use")
    at += 2
    if size == 0x80:                                        # open: up to the end mark behind the elements in it
        inner = at
        while True:
            element, after = _element(data, inner, end, depth + 1)
            if element[0] == _END_MARK:
                return (tag, at, inner), after
            inner = after
    if size > 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[at:at + count], "big")
        at += count
    if at + size > end:
        raise ValueError("longer than what it is in")
    return (tag, at, at + size), at + size
