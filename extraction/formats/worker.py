"""Entry points inside the sandbox: bytes and packed options in, packed answer out. Preloaded once, run in a fresh child."""

from __future__ import annotations

from edi.read import PARSERS
from extraction.formats import embedded
from extraction.formats.options import EmbeddedOptions, ParseOptions, RenderOptions
from extraction.formats.parse import parse_document
from extraction.formats.render import render_document
from extraction.formats.thumbnail import thumbnail as small
from extraction.reconcile import on_page
from models.domain.pages import SourceFormat
from runtime.codec import pack, unpack


def parse(content: bytes, options: bytes) -> bytes:
    """`ParseOptions` → `Portion`, both packed. Raises InputError for what cannot be read, with a code and a sentence."""
    return pack(parse_document(content, unpack(ParseOptions, options)))


def decode(content: bytes, options: bytes) -> bytes:
    """A packed `SourceFormat` that has a codec → the packed readings. Raises InputError for a broken interchange."""
    return pack(PARSERS[unpack(SourceFormat, options)](content))


def decode_embedded(content: bytes, options: bytes) -> bytes:
    """A PDF with order data inside, `EmbeddedOptions` → the packed readings of the data. Raises InputError when it is broken."""
    asked = unpack(EmbeddedOptions, options)
    return pack(tuple(on_page(reading, asked.page) for reading in embedded.decode_embedded(content, asked.passwords)))


def carried_files(content: bytes, options: bytes) -> bytes:
    """A PDF, packed passwords → packed names and contents of the files in it. Raises InputError when it cannot be opened."""
    return pack(embedded.carried_files(content, unpack(tuple[str, ...], options)))


def thumbnail(content: bytes, options: bytes) -> bytes:
    """A picture file, the packed length of a side → a small PNG of it. Raises InputError for what is no picture."""
    return small(content, unpack(int, options))


def render(content: bytes, options: bytes) -> bytes:
    """`RenderOptions` → the PNG of one page of a PDF or a picture. Raises InputError when there is nothing to draw."""
    return render_document(content, unpack(RenderOptions, options))
