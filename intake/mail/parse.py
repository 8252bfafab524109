"""A raw mail to its envelope and its leaves: one body, and everything else however it was marked.

Real senders mark orders as inline, give them a Content-Id, call them application/octet-stream or nothing at all; so whatever is
not the text of the mail is an attachment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.charset import decode_text, html_bytes
from intake.labels import file_label
from intake.mail.closed import closed, split_armoured
from intake.mail.headers import Headers
from intake.mail.kinds import classify
from intake.mail.mime import Entity, read_entity
from intake.mail.sealed import is_signed_data, signed_content
from intake.mail.uuencoded import split_uuencoded
from models.domain.messages import Envelope

LOOKED_AT = 1_000_000       # characters of a body that are looked at to choose between alternatives
MOST_REFERENCES = 50        # Message-IDs of the mails before this one that are kept, the newest
LONGEST_ID = 255
NESTING = 30        # multiparts in multiparts; real mails stay under 6

_KNOWN = frozenset((
    b"from", b"to", b"subject", b"date", b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to",
    b"content-type", b"cc", b"reply-to", b"sender", b"x-mailer", b"dkim-signature", b"in-reply-to", b"references"))
_TELLING = frozenset((b"received", b"return-path", b"message-id", b"mime-version", b"delivered-to", b"dkim-signature"))
_HEADER_NAME = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,70})[ \t]*:")
_CELL = re.compile(r"<t[dh][\s>]", re.IGNORECASE)
_ROW = re.compile(r"<tr[\s>]", re.IGNORECASE)
_PGP = "application/pgp-encrypted"
_TAG = re.compile(r"<!--|-->|<(/?)(style|script|head)\b[^<>]*>|<[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One thing in a mail: its text (`is_body`, content in UTF-8) or a file. `code` and `sentence` when it cannot be opened.

    `forwards` are the mails inside this one that it came in, outermost first.
    """

    content: bytes
    media_type: str
    name: str | None = None
    is_body: bool = False
    code: str | None = None
    sentence: str | None = None
    forwards: tuple[Envelope, ...] = ()


def looks_like_mail(content: bytes) -> bool:
    """True when the bytes begin with mail headers: two known ones, or one that only mails have."""
    names: set[bytes] = set()
    for line in content[:8_192].lstrip(b"\xef\xbb\xbf \t\r\n").splitlines():
        if line[:1] in (b" ", b"\t") or (not names and line.startswith(b"From ")):
            continue
        found = _HEADER_NAME.match(line)
        if not found:
            break
        names.add(found[1].lower())
    return len(names & _KNOWN) >= 2 or bool(names & _TELLING)


def open_mail(content: bytes) -> Entity:
    """The root of a mail's tree; blank lines and a byte order mark before the headers are skipped."""
    return read_entity(content, len(content) - len(content.lstrip(b"\xef\xbb\xbf \t\r\n")))


def read_envelope(mail: Entity, *, own_addresses: frozenset[str], has_attachment: bool) -> Envelope:
    """What the headers say."""
    return envelope_of(mail.headers, own_addresses=own_addresses, has_attachment=has_attachment)


def envelope_of(headers: Headers, *, own_addresses: frozenset[str], has_attachment: bool) -> Envelope:
    """The envelope of any set of headers; `own_addresses` in lower case."""
    name, address = headers.address("from")
    reader, its_address = headers.address("to")
    references = (headers.text("references") or "").split()
    answered = headers.text("in-reply-to")
    thread = dict.fromkeys(mid for mid in (*references[-MOST_REFERENCES:], *(answered or "").split()) if len(mid) <= LONGEST_ID)
    return Envelope(
        subject=headers.text("subject"), sender_name=name, sender_address=address,
        reply_to=headers.address("reply-to")[1], sent_at=headers.moment("date"), message_id=headers.text("message-id"),
        recipient_name=reader, recipient_address=its_address,
        in_reply_to=answered or (references[-1] if references else None), thread=tuple(thread),
        kind=classify(headers, own_addresses=own_addresses, has_attachment=has_attachment))


def leaves(mail: Entity) -> list[Leaf]:
    """The mail's text first (as a rule one leaf), then its files in order."""
    found = list(_walk(mail, 0))
    texts = [leaf for leaf in found if leaf.is_body]
    files = [leaf for leaf in found if not leaf.is_body]
    return [*_joined(texts), *files]


def _walk(node: Entity, depth: int) -> Iterator[Leaf]:
    if not node.media_type.startswith("multipart/") or node.media_type == "multipart/encrypted":
        yield from _single(node, depth)
        return
    children = list(node.children()) if depth < NESTING else []
    if not children:
        yield from _unsplit(node, depth)
    elif node.media_type == "multipart/alternative":
        yield from _best([list(_walk(child, depth + 1)) for child in children])
    else:
        for child in children:
            yield from _walk(child, depth + 1)


def _unsplit(node: Entity, depth: int) -> Iterator[Leaf]:
    """A multipart that cannot be split: too deep, or without the boundary it names."""
    if depth >= NESTING:
        yield Leaf(
            node.raw[node.body:node.end], node.media_type, code="too_deep",
            sentence=f"Parts are nested more than {NESTING} deep; ask the sender to send the order as a plain attachment.")
    elif _is_file(node):
        yield Leaf(node.content(), node.media_type, node.file_name)
    else:
        yield from _text_leaves(node, "text/plain")


def _is_file(node: Entity) -> bool:
    return node.file_name is not None or node.disposition == "attachment"


def _single(node: Entity, depth: int) -> Iterator[Leaf]:
    media_type = node.media_type
    if media_type in ("text/plain", "text/html") and not _is_file(node):
        yield from _text_leaves(node, media_type)
        return
    content = node.content()
    if is_signed_data(content) and depth < NESTING and (inside := signed_content(content)) is not None:
        yield from _walk(read_entity(inside), depth + 1)        # the mail lies in its signature
        return
    code, sentence = closed(media_type, content)
    yield Leaf(content, media_type, node.file_name or _nested_name(node), code=code, sentence=sentence)


def _nested_name(node: Entity) -> str | None:
    """A forwarded mail without a name is called by its subject."""
    if node.media_type != "message/rfc822":
        return None
    return file_label((open_mail(node.content()).headers.text("subject") or "").replace("/", "-").replace("\\", "-"))


def _text_leaves(node: Entity, media_type: str) -> Iterator[Leaf]:
    """The text, and the files that were typed into it."""
    text = decode_text(node.content(), node.parameters.get("charset"))
    if media_type == "text/plain" and node.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=node.parameters.get("delsp", "").lower() == "yes")
    if media_type == "text/html":
        yield Leaf(html_bytes(text), media_type, is_body=True)
        return
    text, sealed = split_armoured(text)
    text, files = split_uuencoded(text)
    if text.strip() or not sealed:
        yield Leaf(text.encode("utf-8", "replace"), media_type, is_body=True)
    for message in sealed:
        code, sentence = closed(_PGP, b"")
        yield Leaf(message.encode("utf-8", "replace"), _PGP, code=code, sentence=sentence)
    yield from (Leaf(content, "application/octet-stream", file_label(name)) for name, content in files)


def unflow(text: str, *, delsp: bool) -> str:
    """Undo the soft line breaks of format=flowed (RFC 3676); quoted lines and the signature mark stay as they are."""
    out: list[str] = []
    is_open = False
    for line in text.splitlines():
        is_fixed = line.startswith(">") or line == "-- "
        out.append("" if is_open and not is_fixed else "\n")
        is_open = line.endswith(" ") and not is_fixed
        out.append(line if is_fixed else line[:-1].removeprefix(" ") if is_open and delsp else line.removeprefix(" "))
    return "".join(out[1:])


def _best(alternatives: list[list[Leaf]]) -> Iterator[Leaf]:
    """One text out of several that say the same, and every file that came with any of them."""
    texts = [leaf for leaves in alternatives for leaf in leaves if leaf.is_body]
    plain = next((leaf for leaf in texts if leaf.media_type == "text/plain" and leaf.content.strip()), None)
    html = next((leaf for leaf in texts if leaf.media_type == "text/html" and leaf.content.strip()), None)
    if plain and html:
        yield html if says_more(html.content.decode(), plain.content.decode()) else plain
    elif plain or html or texts:
        yield plain or html or texts[0]
    yield from (leaf for leaves in alternatives for leaf in leaves if not leaf.is_body)


def says_more(html: str, plain: str) -> bool:
    """True when the HTML has a table of at least two rows and four cells, or three times as many words as the plain text."""
    html = html[:LOOKED_AT]
    if len(_ROW.findall(html)) >= 2 and len(_CELL.findall(html)) >= 4:
        return True
    return shown_words(html) > 3 * len(plain.split())


def shown_words(html: str) -> int:
    """How many words a person sees in HTML; style sheets, scripts, the head and comments do not count."""
    words, at, hidden_until = 0, 0, ""
    for tag in _TAG.finditer(html):
        if not hidden_until:
            words += len(html[at:tag.start()].replace("&nbsp;", " ").split())
            hidden_until = "-->" if tag[0] == "<!--" else (tag[2] or "").lower() if not tag[1] else ""
        elif hidden_until == (tag[2].lower() if tag[1] else tag[0]):
            hidden_until = ""
        at = tag.end()
    return words + (0 if hidden_until else len(html[at:].split()))


def _joined(texts: list[Leaf]) -> list[Leaf]:
    """Plain texts around attachments are one body; a body of HTML stays a document of its own."""
    said = [leaf for leaf in texts if leaf.content.strip()] or texts[:1]
    if len(said) > 1 and all(leaf.media_type == "text/plain" for leaf in said):
        return [Leaf(b"\n".join(leaf.content for leaf in said), "text/plain", is_body=True)]
    return said
