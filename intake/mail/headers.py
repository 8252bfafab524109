"""Mail headers as they really come: raw 8-bit, broken encoded words, endless lists. Nothing in here raises.

RFC 5322 (syntax), RFC 2047 (encoded words), RFC 2231 (parameters). Python's modern header parser raises IndexError, ValueError,
LookupError and RecursionError on mails met in the field and takes seconds for crafted ones, so values are cut and read here.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import getaddresses, parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from intake.charset import decode_text
from intake.labels import clean_text

VALUE_LENGTH = 20_000          # of one header; longer ones are cut
LINES = 5_000                  # of one header block; headers beyond are not read
ADDRESS_LENGTH = 320

_LINE = re.compile(rb"([!-9;-~]{1,200})[ \t]*:(.*)", re.DOTALL)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)')
_SEGMENT = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of one part, in order: lower-case name and raw value, unfolded."""

    fields: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str | None:
        """The first value of a header, undecoded; None when it is missing."""
        return next((value for field, value in self.fields if field == name), None)

    def text(self, name: str) -> str | None:
        """The first value of a header as people read it; None when missing or blank."""
        return clean_text(decode_words(self.get(name) or "")) or None

    def address(self, name: str) -> tuple[str | None, str | None]:
        """(name, address) of the first mailbox in a header; the address in lower case, None unless it has one @."""
        return first_mailbox(self.get(name) or "")

    def moment(self, name: str) -> datetime | None:
        """A date header in UTC; None when it cannot be understood. A missing zone counts as UTC."""
        try:
            at = parsedate_to_datetime((self.get(name) or "")[:200])
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (TypeError, ValueError, IndexError, OverflowError):
            return None

    def parameters(self, name: str) -> tuple[str, dict[str, str]]:
        """(value, parameters) of a structured header, value and names in lower case."""
        return parse_parameters(self.get(name) or "")


def split_headers(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    """The headers of raw[start:end] and where the body begins. The first line that is no header ends them."""
    fields: list[tuple[str, bytes]] = []
    at = start
    for _ in range(LINES):
        stop = raw.find(b"\n", at, end) + 1 or end
        line = raw[at:min(stop, at + VALUE_LENGTH)].rstrip(b"\r\n")
        if not line:
            return _decoded(fields), stop
        if line[:1] in b" \t" and fields:
            name, value = fields[-1]
            fields[-1] = (name, value if len(value) > VALUE_LENGTH else value + b" " + line.strip())
        elif found := _LINE.fullmatch(line):
            fields.append((found[1].decode("ascii").lower(), found[2].strip()))
        elif not (at == start and line.startswith((b"From ", b">From "))):       # the line mbox files put before a mail
            return _decoded(fields), at
        at = stop
    blank = _BLANK_LINE.search(raw, at, end)
    return _decoded(fields), blank.end() if blank else end


def _decoded(fields: list[tuple[str, bytes]]) -> Headers:
    return Headers(tuple((name, decode_text(value[:VALUE_LENGTH], None)) for name, value in fields))


def decode_words(value: str) -> str:
    """Encoded words to text (RFC 2047). Neighbours of one charset are joined before decoding: senders split characters."""
    pieces: list[tuple[str | None, bytes]] = []
    at = 0
    for word in _WORD.finditer(value):
        between = value[at:word.start()]
        if between.strip() or not pieces or pieces[-1][0] is None:
            pieces.append((None, between.encode("utf-8", "replace")))
        charset, content = word[1].partition("*")[0].lower(), _word_bytes(word[2], word[3])
        if pieces[-1][0] == charset:
            pieces[-1] = (charset, pieces[-1][1] + content)
        else:
            pieces.append((charset, content))
        at = word.end()
    pieces.append((None, value[at:].encode("utf-8", "replace")))
    return "".join(decode_text(content, charset or "utf-8") for charset, content in pieces)


def _word_bytes(encoding: str, content: str) -> bytes:
    data = content.encode("ascii", "ignore")
    if encoding in "qQ":
        return binascii.a2b_qp(data, header=True)
    return decode_base64(data)


def decode_base64(data: bytes) -> bytes:
    """Base64 with stray characters, missing padding or a cut end; what can be decoded is."""
    try:
        return binascii.a2b_base64(data)
    except binascii.Error:
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
        whole = letters[:len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """'text/plain; charset=utf-8' → ('text/plain', {'charset': 'utf-8'}), with RFC 2231 pieces joined and decoded."""
    main = value.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    segments: dict[str, list[tuple[int, bool, str]]] = {}
    for key, quoted in _PARAMETER.findall(value[:VALUE_LENGTH]):
        text = _unquoted(quoted)
        found = _SEGMENT.fullmatch(key.lower())
        if found and (found[2] or found[3]):
            segments.setdefault(found[1], []).append((int(found[2] or 0), bool(found[3]), text))
        else:
            plain.setdefault(key.lower(), decode_words(text))
    joined = {name: _joined(sorted(pieces)) for name, pieces in segments.items()}
    return main, plain | joined


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        return re.sub(r"\\(.)", r"\1", text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:])
    return text


def _joined(pieces: list[tuple[int, bool, str]]) -> str:
    charset, data = None, b""
    for number, (_, is_encoded, text) in enumerate(pieces):
        if is_encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(text) if is_encoded else text.encode("utf-8", "replace")
    return decode_text(data, charset or None)


def first_mailbox(value: str) -> tuple[str | None, str | None]:
    """(name, address) of the first mailbox in an address list; either may be None."""
    for text in (value[:2_000], decode_words(value[:2_000])):      # some senders encode name and address as one word
        name, address = _first_pair(text)
        if address.count("@") == 1 and len(address) <= ADDRESS_LENGTH and not re.search(r"\s", address):
            return clean_text(decode_words(name)) or None, clean_text(address).lower()
    return clean_text(decode_words(value[:2_000])) or None, None


def _first_pair(text: str) -> tuple[str, str]:
    try:
        return next((pair for pair in getaddresses([text]) if pair[1]), ("", ""))
    except (IndexError, ValueError, TypeError, RecursionError):
        return "", ""
